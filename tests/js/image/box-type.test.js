import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { differences, LINES } from "../../../static/js/label/image-objects/differences.js";
import { boxes } from "../../../static/js/labeltypes/box/kind.js";
import { validate } from "../../../static/js/labeltypes/box/validate.js";
import { classLook } from "../../../static/js/surfaces/image/colors.js";
import { always } from "./random.js";

const examples = JSON.parse(
  readFileSync(new URL("../../../labeltypes/box/examples.json", import.meta.url), "utf8"),
);

/** @param {{field?: object}} example */
const fieldOf = (example) => ({ ...examples.field, ...example.field });

/** @param {string} id @param {number[]} box @param {string} [name] */
const region = (id, box, name = "car") => ({ id, class: name, box: /** @type {any} */ (box) });

for (const example of examples.valid) {
  test(`accepts ${JSON.stringify(example.raw)}`, () => {
    assert.deepEqual(validate(example.raw, fieldOf(example), examples.media), []);
  });
}

for (const example of examples.invalid) {
  test(`refuses at ${example.path}: ${example.message}`, () => {
    const field = fieldOf(example);
    const problems = validate(example.raw, field, examples.media);
    const found = problems.map(({ path, message }) => ({ path: field.name + path, message }));
    assert.deepEqual(found, [{ path: example.path, message: example.message }]);
  });
}

test("what the server refuses as no number", () => {
  for (const wrong of [NaN, Infinity, null, true]) {
    assert.equal(
      validate([region("a", [0, 0, /** @type {any} */ (wrong), 5])], examples.field, null)[0]?.path,
      "[0].box[2]",
    );
  }
});

test("differences: every box of both sides exactly once", () => {
  always((next) => {
    const make = (/** @type {string} */ prefix) =>
      Array.from({ length: Math.floor(next(0, 8)) }, (_, index) =>
        region(
          `${prefix}${index}`,
          [next(0, 80), next(0, 80), next(1, 60), next(1, 60)],
          next(0, 1) < 0.5 ? "car" : "bike",
        ),
      );
    const [here, there] = [make("h"), make("t")];
    const found = differences(here, there, boxes);
    const ids = (/** @type {'here' | 'there'} */ side) => found.flatMap((one) => one[side]?.id ?? []).sort();
    assert.deepEqual(ids("here"), here.map(({ id }) => id).sort());
    assert.deepEqual(ids("there"), there.map(({ id }) => id).sort());
  }, 200);
});

test("differences: an answer compared with itself is the same", () => {
  const answer = [
    region("a", [0, 0, 10, 10]),
    region("b", [0, 0, 10, 10], "bike"),
    region("c", [50, 50, 5, 5]),
  ];
  assert.deepEqual(
    differences(answer, answer, boxes).map(({ status }) => status),
    ["same", "same", "same"],
  );
});

test("differences: each kind by name", () => {
  const status = (/** @type {any[]} */ here, /** @type {any[]} */ there) =>
    differences(here, there, boxes).map((one) => one.status);
  assert.deepEqual(status([region("a", [0, 0, 10, 10])], []), ["extra"]);
  assert.deepEqual(status([], [region("a", [0, 0, 10, 10])]), ["missing"]);
  assert.deepEqual(status([region("a", [0, 0, 10, 10])], [region("b", [0, 0, 10, 6])]), ["low"]);
  assert.deepEqual(status([region("a", [0, 0, 10, 10])], [region("b", [0, 0, 10, 10], "bike")]), ["class"]);
  assert.deepEqual(status([region("a", [0, 0, 10, 10])], [region("b", [9, 9, 10, 10])]), [
    "extra",
    "missing",
  ]);
});

test("differences are told apart without color", () => {
  const patterns = Object.values(LINES).map(({ dash, width }) => `${dash} ${width}`);
  assert.equal(new Set(patterns).size, patterns.length);
});

test("classes beyond the palette differ by pattern and hue", () => {
  const token = (/** @type {string} */ name) => `color(${name})`;
  assert.deepEqual(classLook({ name: "a", title: "A" }, 3, token), { color: "color(--class-3)", dash: [] });
  assert.deepEqual(classLook({ name: "a", title: "A", color: "#ff0000" }, 3, token), {
    color: "#ff0000",
    dash: [],
  });
  assert.ok(classLook({ name: "a", title: "A" }, 23, token).dash.length > 0);
  const many = Array.from({ length: 100 }, (_, index) => JSON.stringify(classLook(undefined, index, token)));
  assert.equal(new Set(many).size, 100);
});
