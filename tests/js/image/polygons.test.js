import assert from "node:assert/strict";
import { test } from "node:test";

import { differences } from "../../../static/js/label/image-objects/differences.js";
import { outlines } from "../../../static/js/labeltypes/polygon/outlines.js";
import { validate } from "../../../static/js/labeltypes/polygon/validate.js";
import {
  boundsOf,
  firstCrossing,
  middleAfter,
  movePolygon,
  polygonArea,
  polygonHolds,
  polygonIou,
  sharedArea,
  withCorner,
  withMiddle,
  withoutCorner,
} from "../../../static/js/surfaces/image/polygons.js";
import { always } from "./random.js";

/** @typedef {import('../../../static/js/surfaces/image/polygons.js').Polygon} Polygon */

const image = { width: 640, height: 480 };
const media = { kind: /** @type {const} */ ("image"), url: "", ...image };
/** @type {Polygon} */
const SQUARE = [
  [0, 0],
  [10, 0],
  [10, 10],
  [0, 10],
];
/** @type {Polygon} */
const ANGLE = [
  [0, 0],
  [10, 0],
  [10, 4],
  [4, 4],
  [4, 10],
  [0, 10],
];
const field = { name: "f", type: "polygon", title: "F", classes: [{ name: "a", title: "A" }] };
const words = /** @type {any} */ ({ t: (/** @type {string} */ text) => text });

/**
 * Around a middle with the points in the order of their angles: it cannot cross itself.
 *
 * @param {(low: number, high: number) => number} next
 * @returns {Polygon}
 */
function someOutline(next) {
  const [x, y, size] = [next(150, 450), next(150, 330), Math.floor(next(3, 12))];
  return Array.from({ length: size }, (_, index) => {
    const angle = (2 * Math.PI * index) / size;
    const reach = next(5, 140);
    return /** @type {const} */ ([x + reach * Math.cos(angle), y + reach * Math.sin(angle)]);
  });
}

/** @param {Polygon} polygon @param {number} x @param {number} y @returns {Polygon} */
const shifted = (polygon, x, y) => polygon.map(([px, py]) => [px + x, py + y]);

test("it works", () => {
  assert.deepEqual(boundsOf(ANGLE), [0, 0, 10, 10]);
  assert.equal(polygonArea(ANGLE), 64);
  assert.equal(sharedArea(SQUARE, ANGLE), 64);
  assert.equal(polygonIou(SQUARE, shifted(SQUARE, 5, 5)), 25 / 175);
  assert.equal(polygonIou(SQUARE, shifted(SQUARE, 10, 0)), 0);
});

test("overlap: symmetric, whole with itself in either direction, as counted by points", () => {
  always((next) => {
    const [a, b] = [someOutline(next), someOutline(next)];
    assert.ok(Math.abs(polygonIou(a, b) - polygonIou(b, a)) < 1e-9);
    assert.ok(Math.abs(polygonIou(a, [...a].reverse()) - 1) < 1e-9);
    const [left, top, width, height] = boundsOf([...a, ...b]);
    let [both, either] = [0, 0];
    for (let index = 0; index < 3000; index += 1) {
      const at = { x: left + next(0, width), y: top + next(0, height) };
      const [inA, inB] = [polygonHolds(a, at), polygonHolds(b, at)];
      both += Number(inA && inB);
      either += Number(inA || inB);
    }
    assert.ok(Math.abs(polygonIou(a, b) - both / either) < 0.07);
  }, 60);
});

test("inside, on an edge within the tolerance, outside", () => {
  assert.ok(polygonHolds(ANGLE, { x: 2, y: 8 }));
  assert.ok(!polygonHolds(ANGLE, { x: 8, y: 8 }));
  assert.ok(polygonHolds(ANGLE, { x: 6, y: 5 }, 1));
  assert.ok(!polygonHolds(ANGLE, { x: 6, y: 5.5 }, 1));
});

test("crossings, as the server finds them", () => {
  assert.equal(firstCrossing(ANGLE), null);
  always((next) => assert.equal(firstCrossing(someOutline(next)), null), 200);
  // biome-ignore format: one outline a line
  /** @type {[Polygon, readonly [number, number] | null][]} */
  const cases = [
    [[[0, 0], [10, 10], [10, 0], [0, 8]], [0, 2]],
    [[[0, 0], [10, 10], [20, 20], [20, 0], [10, 10], [0, 30]], [0, 3]],
    [[[0, 0], [10, 10], [20, 0], [20, 20], [10, 10], [0, 20]], null],
  ];
  for (const [polygon, crossing] of cases) assert.deepEqual(firstCrossing(polygon), crossing);
  assert.match(outlines.refuse(/** @type {any} */ (cases[0])[0], words) ?? "", /cross/);
  assert.match(outlines.refuse(SQUARE.slice(0, 2), words) ?? "", /at least/);
  assert.equal(outlines.refuse(SQUARE, words), null);
});

test("moving keeps the shape and stays inside", () => {
  always((next) => {
    const outline = someOutline(next).map(([x, y]) => /** @type {const} */ ([Math.round(x), Math.round(y)]));
    const moved = movePolygon(outline, next(-900, 900), next(-900, 900), image);
    const [x, y, width, height] = boundsOf(moved);
    assert.ok(x >= 0 && y >= 0 && x + width <= 640 && y + height <= 480);
    const step = [
      Number(moved[0]?.[0]) - Number(outline[0]?.[0]),
      Number(moved[0]?.[1]) - Number(outline[0]?.[1]),
    ];
    moved.forEach(([px, py], index) => {
      assert.ok(Math.abs(px - Number(outline[index]?.[0]) - Number(step[0])) < 1e-9);
      assert.ok(Math.abs(py - Number(outline[index]?.[1]) - Number(step[1])) < 1e-9);
    });
  }, 200);
});

test("corners are moved, put in and taken out; the outline before stays as it was", () => {
  const before = JSON.stringify(SQUARE);
  assert.deepEqual(withCorner(SQUARE, 2, { x: 700, y: 12.345 }, image)[2], [640, 12.35]);
  assert.deepEqual(middleAfter(SQUARE, 3), { x: 0, y: 5 });
  assert.deepEqual(withMiddle(SQUARE, 3, { x: 0, y: 5 }, image), [...SQUARE, [0, 5]]);
  assert.deepEqual(withoutCorner(SQUARE, 1), [SQUARE[0], SQUARE[2], SQUARE[3]]);
  assert.equal(JSON.stringify(SQUARE), before);
});

test("most points, and what is no number", () => {
  const many = Array.from({ length: 1001 }, (_, index) => [index / 2, index % 2 ? 3 : 3.5]);
  const said = (/** @type {any} */ polygon) =>
    validate([{ id: "p", class: "a", polygon }], field, media).map(
      ({ path, message }) => `${path}: ${message}`,
    );
  assert.deepEqual(said(many), ["[0].polygon: has 1,001 points, at most 1,000 are allowed"]);
  assert.deepEqual(
    said([
      [0, 0],
      [1, NaN],
      [0, Infinity],
    ]),
    ["[0].polygon[1][1]: must be a finite number", "[0].polygon[2][1]: must be a finite number"],
  );
});

test("differences by the overlap of outlines", () => {
  const region = (/** @type {string} */ id, /** @type {Polygon} */ polygon) => ({ id, class: "a", polygon });
  const status = (/** @type {any[]} */ here, /** @type {any[]} */ there) =>
    differences(here, there, outlines).map((one) => one.status);
  assert.deepEqual(status([region("x", SQUARE)], [region("y", SQUARE)]), ["same"]);
  assert.deepEqual(status([region("x", SQUARE)], [region("y", ANGLE)]), ["low"]);
  assert.deepEqual(status([region("x", SQUARE)], [region("y", shifted(SQUARE, 9, 9))]), ["extra", "missing"]);
});
