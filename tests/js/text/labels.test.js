import assert from "node:assert/strict";
import { test } from "node:test";

import { placeLabels } from "../../../static/js/surfaces/text/lanes.js";

const EDGE = 500;
const tag = (x, width, label, more = {}) => ({
  x,
  width,
  label,
  lane: 0,
  y: 0,
  rtl: false,
  whole: false,
  ...more,
});

test("it works", () => {
  assert.deepEqual(placeLabels([tag(10, 40, 60)], EDGE), [{ left: 10, right: 70 }]);
});

test("a label ends before the next one of its row begins", () => {
  const [first, second] = placeLabels([tag(10, 20, 60), tag(40, 20, 60)], EDGE);
  assert.deepEqual(first, { left: 10, right: 36 });
  assert.deepEqual(second, { left: 40, right: 100 });
});

test("labels of other lanes and other lines are no neighbors", () => {
  const tags = [tag(10, 20, 60), tag(40, 20, 60, { lane: 1 }), tag(40, 20, 60, { y: 30 })];
  assert.deepEqual(
    placeLabels(tags, EDGE).map(({ left, right }) => right - left),
    [60, 60, 60],
  );
});

test("at the edge of the page a label moves, but not over its neighbor", () => {
  assert.deepEqual(placeLabels([tag(480, 20, 60)], EDGE), [{ left: 440, right: 500 }]);
  const [first, last] = placeLabels([tag(430, 30, 40), tag(480, 20, 60)], EDGE);
  assert.equal(first.right, 470);
  assert.equal(last.left, 474);
});

test("a label of right-to-left text hangs from the right end", () => {
  const [left, right] = placeLabels([tag(100, 40, 60, { rtl: true }), tag(150, 40, 60, { rtl: true })], EDGE);
  assert.deepEqual(left, { left: 80, right: 140 });
  assert.equal(right.right, 190);
  assert.equal(right.left, 144);
});

test("the selected one is never shortened", () => {
  const [selected, next] = placeLabels([tag(10, 20, 60, { whole: true }), tag(40, 20, 60)], EDGE);
  assert.equal(selected.right - selected.left, 60);
  assert.equal(next.left, 40, "it lies over its neighbor");
});
