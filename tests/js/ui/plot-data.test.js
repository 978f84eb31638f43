import assert from "node:assert/strict";
import { test } from "node:test";
import { placeOf } from "../../../static/js/ui/plot-data.js";

const axis = { min: -1, max: 1 };

test("it works: where on the axis a value stands", () => {
  assert.deepEqual(
    [-1, 0, 0.5, 1].map((value) => placeOf(value, axis)),
    [0, 0.5, 0.75, 1],
  );
});

test("what lies beyond the axis is drawn at its end, as an alpha below -1", () => {
  assert.equal(placeOf(-1.31, axis), 0);
  assert.equal(placeOf(1.2, axis), 1);
  assert.equal(placeOf(3, { min: 2, max: 2 }), 1);
});
