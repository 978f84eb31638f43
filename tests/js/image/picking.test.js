import assert from "node:assert/strict";
import { test } from "node:test";

import { boxKind } from "../../../static/js/labeltypes/box/kind.js";
import { nextOf, pickAll, shapesIn } from "../../../static/js/surfaces/image/picking.js";
import { levelFor } from "../../../static/js/surfaces/image/picture.js";

/** @param {string} id @param {number[]} geometry @param {boolean} [fixed] */
const shape = (id, geometry, fixed = false) => ({
  id,
  geometry,
  fixed,
  style: { color: "red", dash: [], width: 2, title: "" },
});

const big = shape("big", [0, 0, 100, 100]);
const small = shape("small", [40, 40, 10, 10]);
const middle = shape("middle", [20, 20, 50, 50]);
const shapes = [small, big, middle];

test("it works: the smallest under the cursor comes first", () => {
  const found = pickAll(shapes, boxKind, { x: 45, y: 45 }, 0);
  assert.deepEqual(
    found.map(({ id }) => id),
    ["small", "middle", "big"],
  );
});

test("of equal ones the uppermost comes first", () => {
  const twins = [shape("lower", [0, 0, 10, 10]), shape("upper", [0, 0, 10, 10])];
  assert.equal(pickAll(twins, boxKind, { x: 5, y: 5 }, 0)[0]?.id, "upper");
});

test("what is locked is not picked", () => {
  assert.deepEqual(pickAll([shape("locked", [0, 0, 10, 10], true)], boxKind, { x: 5, y: 5 }, 0), []);
});

test("again and again goes through the overlaps and round", () => {
  const found = pickAll(shapes, boxKind, { x: 45, y: 45 }, 0);
  const seen = ["small"];
  for (let i = 0; i < 3; i += 1) seen.push(nextOf(found, seen.at(-1) ?? null)?.id ?? "");
  assert.deepEqual(seen, ["small", "middle", "big", "small"]);
  assert.equal(nextOf([], "x"), null);
});

test("the marquee takes what is inside, or what it touches", () => {
  assert.deepEqual(
    shapesIn(shapes, boxKind, [15, 15, 60, 60], false).map(({ id }) => id),
    ["small", "middle"],
  );
  assert.deepEqual(shapesIn(shapes, boxKind, [15, 15, 60, 60], true).length, 3);
});

test("the smallest level that is fine enough is drawn", () => {
  const levels = [{ width: 4000 }, { width: 2000 }, { width: 1000 }];
  assert.equal(levelFor(levels, 900).width, 1000);
  assert.equal(levelFor(levels, 1001).width, 2000);
  assert.equal(levelFor(levels, 9000).width, 4000);
});
