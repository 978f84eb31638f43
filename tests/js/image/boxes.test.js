import assert from "node:assert/strict";
import { test } from "node:test";

import {
  boxAround,
  boxBetween,
  boxesMeet,
  boxHolds,
  groupStep,
  growBox,
  HANDLES,
  handleAt,
  handlePoint,
  iou,
  moveBox,
  resizeBox,
  unionBox,
} from "../../../static/js/surfaces/image/boxes.js";
import { always } from "./random.js";

const image = { width: 640, height: 480 };

/** @param {(low: number, high: number) => number} next */
const point = (next) => ({ x: next(-900, 1500), y: next(-900, 1500) });

/** @param {(low: number, high: number) => number} next */
const someBox = (next) =>
  boxBetween({ x: next(0, 640), y: next(0, 480) }, { x: next(0, 640), y: next(0, 480) }, image);

/** What the server allows a box to stick out is half a pixel; ours never does by more than the last bit. */
const inside = (/** @type {readonly [number, number, number, number]} */ [x, y, width, height]) =>
  assert.ok(
    x >= 0 && y >= 0 && width >= 0 && height >= 0 && x + width <= 640 + 1e-9 && y + height <= 480 + 1e-9,
    `${[x, y, width, height]}`,
  );

test("it works", () => {
  assert.deepEqual(boxBetween({ x: 30, y: 40 }, { x: 10, y: 15.004 }, image), [10, 15, 20, 25]);
});

test("corners may come in any order", () => {
  always((next) => {
    const [a, b] = [point(next), point(next)];
    assert.deepEqual(boxBetween(a, b, image), boxBetween(b, a, image));
    assert.deepEqual(boxBetween(a, b, image), boxBetween({ x: a.x, y: b.y }, { x: b.x, y: a.y }, image));
  });
});

test("nothing ever leaves the image", () => {
  always((next) => {
    const box = someBox(next);
    const handle = /** @type {import('../../../static/js/surfaces/image/boxes.js').Handle} */ (
      HANDLES[Math.floor(next(0, 8))]
    );
    inside(box);
    inside(boxBetween(point(next), point(next), image));
    inside(resizeBox(box, handle, point(next), image));
    inside(moveBox(box, next(-2000, 2000), next(-2000, 2000), image));
    inside(growBox(box, next(-2000, 2000), next(-2000, 2000), image));
    inside(boxAround(point(next), next(1, 2000), next(1, 2000), image));
  });
});

test("moving keeps the size, and there and back is the same place", () => {
  always((next) => {
    const box = someBox(next);
    const [dx, dy] = [Math.round(next(-300, 300)), Math.round(next(-300, 300))];
    const moved = moveBox(box, dx, dy, image);
    assert.deepEqual([moved[2], moved[3]], [box[2], box[3]]);
    const back = moveBox(moved, box[0] - moved[0], box[1] - moved[1], image);
    assert.deepEqual(back, box);
  });
});

test("a group moves as one and stops as one", () => {
  always((next) => {
    const boxes = [someBox(next), someBox(next), someBox(next)];
    const step = groupStep(boxes, next(-900, 900), next(-900, 900), image);
    for (const box of boxes) {
      const moved = moveBox(box, step.x, step.y, image);
      assert.ok(Math.abs(moved[0] - box[0] - step.x) < 0.02 && Math.abs(moved[1] - box[1] - step.y) < 0.02);
    }
  });
});

test("each handle moves its own sides only", () => {
  const box = /** @type {const} */ ([100, 100, 50, 40]);
  assert.deepEqual(resizeBox(box, "se", { x: 170, y: 180 }, image), [100, 100, 70, 80]);
  assert.deepEqual(resizeBox(box, "nw", { x: 90, y: 80 }, image), [90, 80, 60, 60]);
  assert.deepEqual(resizeBox(box, "n", { x: 5, y: 90 }, image), [100, 90, 50, 50]);
  assert.deepEqual(resizeBox(box, "e", { x: 160, y: 5 }, image), [100, 100, 60, 40]);
});

test("a handle pulled across the opposite side turns the box over", () => {
  assert.deepEqual(resizeBox([100, 100, 50, 40], "se", { x: 80, y: 70 }, image), [80, 70, 20, 30]);
});

test("growing by keys never goes below the least size, and starts from where it is", () => {
  assert.deepEqual(growBox([10, 10, 20, 20], -100, 5, image, 4), [10, 10, 4, 25]);
  assert.deepEqual(growBox([10, 10, 2, 2], -1, 0, image, 4), [10, 10, 2, 2]);
});

test("every handle is found at its point, and none far away", () => {
  always((next) => {
    const box = /** @type {const} */ ([next(0, 300), next(0, 200), next(60, 200), next(60, 200)]);
    for (const handle of HANDLES) {
      const at = handlePoint(box, handle);
      assert.equal(handleAt(box, { x: at.x + 2, y: at.y - 2 }, 6), handle);
    }
    assert.equal(handleAt(box, { x: box[0] - 50, y: box[1] - 50 }, 6), null);
  }, 100);
});

test("hits include the edge and the tolerance", () => {
  assert.ok(boxHolds([10, 10, 5, 5], { x: 15, y: 15 }));
  assert.ok(!boxHolds([10, 10, 5, 5], { x: 15.1, y: 15 }));
  assert.ok(boxHolds([10, 10, 5, 5], { x: 17, y: 15 }, 2));
});

test("overlap is symmetric, in [0, 1], one with itself", () => {
  assert.equal(iou([0, 0, 10, 10], [5, 5, 10, 10]), 25 / 175);
  always((next) => {
    const [a, b] = [someBox(next), someBox(next)];
    assert.equal(iou(a, b), iou(b, a));
    assert.ok(iou(a, b) >= 0 && iou(a, b) <= 1);
    assert.ok(iou(a, a) > 1 - 1e-9);
    if (iou(a, b) > 0) assert.ok(boxesMeet(a, b));
  });
});

test("the union holds all", () => {
  assert.equal(unionBox([]), null);
  assert.deepEqual(
    unionBox([
      [0, 0, 1, 1],
      [5, 6, 2, 2],
    ]),
    [0, 0, 7, 8],
  );
});
