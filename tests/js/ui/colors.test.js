import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { classColor } from "../../../static/js/ui/colors.js";

const TOKENS = readFileSync(new URL("../../../static/css/tokens.css", import.meta.url), "utf8");
/** Machado, Oliveira and Fernandes 2009, severity 1.0, on linear RGB. */
const DEFICIENCIES = {
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};
const LMS_TO_RGB = [
  [4.0767416621, -3.3077115913, 0.2309699292],
  [-1.2684380046, 2.6097574011, -0.3413193965],
  [-0.0041960863, -0.7034186147, 1.707614701],
];
const RGB_TO_LMS = [
  [0.4122214708, 0.5363325363, 0.0514459929],
  [0.2119034982, 0.6806995451, 0.1073969566],
  [0.0883024619, 0.2817188376, 0.6299787005],
];
const LMS_TO_LAB = [
  [0.2104542553, 0.793617785, -0.0040720468],
  [1.9779984951, -2.428592205, 0.4505937099],
  [0.0259040371, 0.7827717662, -0.808675766],
];

const times = (matrix, vector) =>
  matrix.map((row) => row.reduce((sum, factor, index) => sum + factor * vector[index], 0));

function linearRgb([l, c, h]) {
  const a = c * Math.cos((h * Math.PI) / 180);
  const b = c * Math.sin((h * Math.PI) / 180);
  const roots = [
    l + 0.3963377774 * a + 0.2158037573 * b,
    l - 0.1055613458 * a - 0.0638541728 * b,
    l - 0.0894841775 * a - 1.291485548 * b,
  ];
  return times(
    LMS_TO_RGB,
    roots.map((root) => root ** 3),
  );
}

function oklab(rgb) {
  const clipped = rgb.map((value) => Math.min(Math.max(value, 0), 1));
  return times(LMS_TO_LAB, times(RGB_TO_LMS, clipped).map(Math.cbrt));
}

function classColors() {
  const found = [...TOKENS.matchAll(/--class-(\d+): oklch\(([\d.]+) ([\d.]+) ([\d.]+)\)/g)];
  return found.map(([, index, ...numbers]) => ({ index: Number(index), lch: numbers.map(Number) }));
}

function closest(seen) {
  let least = Infinity;
  for (const [index, one] of seen.entries()) {
    for (const other of seen.slice(index + 1))
      least = Math.min(least, Math.hypot(...one.map((value, axis) => value - other[axis])));
  }
  return least;
}

test("it works: there are twenty class colors, all of them in sRGB", () => {
  const colors = classColors();
  assert.deepEqual(
    colors.map(({ index }) => index),
    Array.from({ length: 20 }, (_, index) => index),
  );
  for (const { lch } of colors) {
    for (const channel of linearRgb(lch)) assert.ok(channel > -0.002 && channel < 1.002, String(lch));
  }
});

test("any two can be told apart, with every kind of color vision", () => {
  const colors = classColors().map(({ lch }) => linearRgb(lch));
  assert.ok(closest(colors.map(oklab)) >= 0.09);
  for (const [name, matrix] of Object.entries(DEFICIENCIES)) {
    const least = closest(
      colors.map((rgb) =>
        oklab(
          times(
            matrix,
            rgb.map((value) => Math.min(Math.max(value, 0), 1)),
          ),
        ),
      ),
    );
    assert.ok(least >= 0.053, `${name}: ${least.toFixed(3)}`);
  }
});

test("a manager's own color stands; beyond twenty the hue moves on and a pattern is asked for", () => {
  assert.deepEqual(classColor(3, "#1f77b4"), { color: "#1f77b4", pattern: 0 });
  assert.deepEqual(classColor(19), { color: "var(--class-19)", pattern: 0 });
  assert.deepEqual(classColor(22), { color: "oklch(from var(--class-2) l c calc(h + 9))", pattern: 1 });
});
