import assert from "node:assert/strict";
import { test } from "node:test";
import { place } from "../../../static/js/ui/place.js";

const VIEW = { width: 400, height: 300 };
const box = (left, top, width = 50, height = 20) => ({
  left,
  top,
  width,
  height,
  right: left + width,
  bottom: top + height,
});

test("it works: under the anchor, at its start", () => {
  assert.deepEqual(place(box(100, 50), { width: 120, height: 80 }, VIEW), { left: 100, top: 74 });
});

test("above when there is no room below", () => {
  assert.deepEqual(place(box(100, 250), { width: 120, height: 80 }, VIEW), { left: 100, top: 166 });
});

test("aligned to the end, and never outside the window", () => {
  assert.equal(place(box(340, 50), { width: 120, height: 80 }, VIEW, { align: "end" }).left, 270);
  assert.equal(place(box(380, 50), { width: 120, height: 80 }, VIEW).left, 276);
  assert.equal(place(box(0, 50), { width: 120, height: 80 }, VIEW, { align: "end" }).left, 4);
  assert.equal(place(box(10, 140), { width: 60, height: 500 }, VIEW).top, 4);
});
