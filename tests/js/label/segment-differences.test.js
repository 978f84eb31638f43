/** What differs between two people's segments: each exactly once, however they lie. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { differences, iou } from "../../../static/js/labeltypes/segment/differences.js";
import segments from "../../../static/js/labeltypes/segment/index.js";

const segment = (start, end, name = "a") => ({ id: `${name}${start}`, class: name, start, end });
const told = (here, there) =>
  differences(here, there).map(({ status, here: a, there: b }) => [status, a?.id, b?.id]);

test("it works", () => {
  const here = [segment(0, 10), segment(20, 30), segment(40, 50), segment(60, 70)];
  const there = [segment(0.5, 10), segment(23, 30.5), segment(40, 50, "b"), segment(80, 90)];
  assert.deepEqual(told(here, there), [
    ["same", "a0", "a0.5"],
    ["ends", "a20", "a23"],
    ["class", "a40", "b40"],
    ["extra", "a60", undefined],
    ["missing", undefined, "a80"],
  ]);
});

test("the best overlap goes first, and nothing is paired twice", () => {
  const found = told([segment(0, 10), segment(9, 19)], [segment(1, 11)]);
  assert.deepEqual(found, [
    ["same", "a0", "a1"],
    ["extra", "a9", undefined],
  ]);
});

test("what only touches is not the same", () => {
  assert.equal(iou(segment(0, 5), segment(5, 9)), 0);
  assert.equal(iou(segment(0, 10), segment(5, 15)), 1 / 3);
  assert.deepEqual(differences([], []), []);
});

test("in words, the same ones counted", () => {
  const field = {
    name: "turns",
    type: "segment",
    title: "Turns",
    classes: [
      { name: "a", title: "Ada" },
      { name: "b", title: "Ben" },
    ],
  };
  const say = (yours, other) => segments.contrast(yours, other, field);
  assert.equal(
    say([segment(0, 10), segment(50, 60)], [segment(0.5, 10), segment(20, 30), segment(70, 80)]),
    "2 × Ada missing; Ada only yours",
  );
  assert.equal(
    say([segment(0, 10, "b"), segment(23, 30)], [segment(0, 10), segment(20, 30.5)]),
    "Ada, yours Ben; Ada with other ends",
  );
  assert.equal(
    say([segment(0, 10)], [{ ...segment(0.1, 10), attributes: { sure: 3 } }]),
    "Ada with other attributes",
  );
  assert.equal(say(undefined, []), "");
});
