import assert from "node:assert/strict";
import { test } from "node:test";

import { differences } from "../../../static/js/label/image-objects/differences.js";
import { contoursOf } from "../../../static/js/labeltypes/mask/contours.js";
import { masks } from "../../../static/js/labeltypes/mask/kind.js";
import { enclosed, painted } from "../../../static/js/labeltypes/mask/painting.js";
import {
  areaOf,
  boxOf,
  countsOf,
  holds,
  packed,
  parseCounts,
  runIou,
  unpacked,
  withoutHoles,
} from "../../../static/js/labeltypes/mask/runs.js";
import { movedMask, runsOf } from "../../../static/js/labeltypes/mask/shown.js";
import { validate } from "../../../static/js/labeltypes/mask/validate.js";
import { always } from "./random.js";

/** @typedef {import('../../../static/js/labeltypes/mask/runs.js').Mask} Mask */

const image = { width: 640, height: 480 };
const field = /** @type {any} */ ({
  name: "objects",
  type: "mask",
  classes: [{ name: "car", title: "Car" }],
});

/** By pycocotools: the pixels within 20 of (80.5, 60.5) on 640 × 480. @type {Mask} */
const DISC = {
  size: [480, 640],
  counts: "idl08d>8J4M2M4M2N2N2O0O2N2O0O2O00000O2O00000000000001N1000001N101N2N101N2N2N3L3N3L6H[cl7",
};
/** By pycocotools: 10 × 10 at the corner, with a hole of 3 × 3 at (3, 3). @type {Mask} */
const RING = { size: [480, 640], counts: "0:f>0000I]A1c>O]A1c>O]A1c>6000000PZW9" };

/** @param {(low: number, high: number) => number} next */
function anyMask(next) {
  const [width, height] = [Math.floor(next(1, 9)), Math.floor(next(1, 9))];
  const box = /** @type {const} */ ([0, 0, width, height]);
  const share = next(0, 1);
  const pixels = Uint8Array.from({ length: width * height }, () => (next(0, 1) < share ? 1 : 0));
  return { pixels, box, image: { width, height }, runs: packed(pixels, box, { width, height }) };
}

test("it works", () => {
  const runs = parseCounts("52207", 4, 5);
  assert.deepEqual([...runs.edges], [5, 7, 9, 11]);
  assert.equal(countsOf(runs), "52207");
  assert.deepEqual(boxOf(runs), [1, 1, 2, 2]);
});

test("known texts are read and written", () => {
  for (const [{ counts }, area, box] of /** @type {const} */ ([
    [DISC, 1264, [61, 41, 40, 40]],
    [RING, 91, [0, 0, 10, 10]],
    [{ counts: "0PP\\9" }, 640 * 480, [0, 0, 640, 480]],
  ])) {
    const runs = parseCounts(counts, 480, 640);
    assert.equal(countsOf(runs), counts);
    assert.equal(areaOf(runs), area);
    assert.deepEqual(boxOf(runs), box);
  }
});

test("any pixels come back", () =>
  always((next) => {
    const { pixels, box, runs, image: size } = anyMask(next);
    const again = parseCounts(countsOf(runs), size.height, size.width);
    assert.deepEqual(again, runs);
    assert.deepEqual(unpacked(again, box), pixels);
    pixels.forEach((pixel, at) => {
      const [x, y] = [Math.floor(at / size.height) + next(0, 0.99), (at % size.height) + next(0, 0.99)];
      assert.equal(holds(runs, x, y), pixel === 1);
    });
  }));

test("overlap as counted pixel by pixel", () =>
  always((next) => {
    const { pixels, box, runs, image: size } = anyMask(next);
    const other = pixels.map((pixel) => (next(0, 1) < 0.3 ? 1 - pixel : pixel));
    const [both, any] = [
      pixels.filter((pixel, at) => pixel & (other[at] ?? 0)),
      other.map((p, at) => p | (pixels[at] ?? 0)),
    ];
    const union = any.reduce((sum, pixel) => sum + pixel, 0);
    if (union) assert.equal(runIou(runs, packed(other, box, size)), both.length / union);
  }));

test("contours hold just the pixels", () =>
  always((next) => {
    const { runs } = anyMask(next);
    if (runs.edges.length === 0) return;
    const lines = contoursOf(runs);
    const inside = lines.reduce((sum, line) => {
      let twice = 0;
      for (let at = 0; at < line.length; at += 2) {
        const [x, y] = [line[at] ?? 0, line[at + 1] ?? 0];
        const [x2, y2] = [line[(at + 2) % line.length] ?? 0, line[(at + 3) % line.length] ?? 0];
        assert.ok((x === x2) !== (y === y2));
        twice += x * y2 - x2 * y;
      }
      return sum + twice / 2;
    }, 0);
    assert.equal(inside, areaOf(runs));
  }));

test("a brush paints what is within its radius of its way", () =>
  always((next) => {
    const size = { width: 24, height: 18 };
    const points = Array.from({ length: Math.floor(next(1, 4)) }, () => ({
      x: next(-4, 28),
      y: next(-4, 22),
    }));
    const radius = next(0.75, 6);
    const mask = painted(null, points, radius, false, size);
    const runs = mask ? runsOf(mask) : null;
    for (let x = 0.5; x < size.width; x += 1) {
      for (let y = 0.5; y < size.height; y += 1) {
        const far = Math.min(
          ...points.map((point, at) => distance({ x, y }, points[at - 1] ?? point, point)),
        );
        if (Math.abs(far - radius) > 1e-6) assert.equal(runs !== null && holds(runs, x, y), far < radius);
      }
    }
  }, 150));

/**
 * @param {{x: number, y: number}} at
 * @param {{x: number, y: number}} a
 * @param {{x: number, y: number}} b
 */
function distance(at, a, b) {
  const [dx, dy] = [b.x - a.x, b.y - a.y];
  const along = ((at.x - a.x) * dx + (at.y - a.y) * dy) / (dx * dx + dy * dy || 1);
  const part = Math.min(Math.max(along, 0), 1);
  return Math.hypot(at.x - a.x - part * dx, at.y - a.y - part * dy);
}

test("what is painted is erased again", () => {
  const way = [
    { x: 60, y: 60 },
    { x: 90, y: 200 },
  ];
  const more = painted(runsOf(DISC), way, 5, false, image);
  assert.ok(more && areaOf(runsOf(more)) > 1264);
  assert.equal(painted(runsOf(more), [...way, { x: 90, y: 60 }], 40, true, image), null);
  const less = painted(runsOf(DISC), [{ x: 80.5, y: 60.5 }], 5, true, image);
  assert.ok(less && !holds(runsOf(less), 80, 60) && holds(runsOf(less), 80, 70));
  assert.equal(countsOf(withoutHoles(runsOf(less))), DISC.counts);
});

test("holes are filled, what is open stays", () => {
  assert.equal(areaOf(withoutHoles(runsOf(RING))), 100);
  assert.equal(countsOf(withoutHoles(runsOf(DISC))), DISC.counts);
});

test("moved by whole pixels, up to the edges", () => {
  const moved = movedMask(DISC, 3.4, -2.6, image);
  assert.deepEqual(masks.shapes.bounds(moved), [64, 38, 40, 40]);
  assert.deepEqual(boxOf(parseCounts(moved.counts, 480, 640)), [64, 38, 40, 40]);
  assert.equal(movedMask(moved, -3, 3, image).counts, DISC.counts);
  assert.deepEqual(masks.shapes.bounds(movedMask(DISC, 9999, 9999, image)), [600, 440, 40, 40]);
});

test("picked where its pixels are, or as near as a hand is sure", () => {
  const { hit } = masks.shapes;
  assert.ok(hit(RING, { x: 1, y: 1 }, 0) && !hit(RING, { x: 4.5, y: 4.5 }, 0));
  assert.ok(hit(RING, { x: 12, y: 5 }, 3) && !hit(RING, { x: 16, y: 5 }, 3));
});

test("which is which, and how well", () => {
  const here = [{ id: "a", class: "car", mask: DISC }];
  const there = [{ id: "b", class: "car", mask: movedMask(DISC, 10, 0, image) }];
  const [{ status, iou }] = /** @type {any} */ (differences(here, there, masks));
  assert.equal(status, "low");
  assert.ok(iou > 0.4 && iou < 0.6);
  assert.deepEqual(
    differences(here, [{ ...there[0], mask: RING }], masks).map((each) => each.status),
    ["extra", "missing"],
  );
});

test("all masks of an answer together are not too long", () => {
  // Runs of one pixel: one character each.
  const counts = `0${"1".repeat(2)}${"0".repeat(399_997)}`;
  const lone = { size: [399_999, 1], counts };
  const value = ["a", "b", "c"].map((id) => ({ id, class: "car", mask: { ...lone } }));
  assert.deepEqual(validate(value.slice(0, 2), field, null), []);
  assert.deepEqual(validate(value, field, null), [
    { path: "", message: "has masks of 1,200,000 characters, at most 1,000,000 are allowed" },
  ]);
});

test("a lasso takes the pixels whose middle it goes around", () => {
  const small = { width: 24, height: 18 };
  always((next) => {
    const points = Array.from({ length: next(3, 9) }, () => ({
      x: next(-40, 280) / 10,
      y: next(-40, 220) / 10,
    }));
    const mask = enclosed(null, points, false, small);
    const runs = mask && parseCounts(mask.counts, small.height, small.width);
    for (let x = 0; x < small.width; x += 1)
      for (let y = 0; y < small.height; y += 1)
        assert.equal(
          runs ? holds(runs, x, y) : false,
          turnsAround(points, x + 0.5, y + 0.5) !== 0,
          `${x} ${y}`,
        );
  });
});

test("a lasso takes away what is inside, and leaves nothing of what is all inside", () => {
  const around = (/** @type {number} */ far) =>
    [
      [-far, -far],
      [far, -far],
      [far, far],
      [-far, far],
    ].map(([x = 0, y = 0]) => ({ x: 80.5 + x, y: 60.5 + y }));
  const before = runsOf(DISC);
  const left = enclosed(before, around(5), true, image);
  assert.equal(areaOf(runsOf(/** @type {Mask} */ (left))), areaOf(before) - 100);
  assert.equal(enclosed(before, around(30), true, image), null);
  assert.equal(enclosed(null, [{ x: 9, y: 9 }], false, image), null);
});

/**
 * How often a closed line goes around a point, computed otherwise: by the angle that it turns through.
 *
 * @param {{x: number, y: number}[]} points
 * @param {number} x
 * @param {number} y
 */
function turnsAround(points, x, y) {
  let angle = 0;
  for (const [index, a] of points.entries()) {
    const b = points[(index + 1) % points.length] ?? a;
    const [ax, ay, bx, by] = [a.x - x, a.y - y, b.x - x, b.y - y];
    angle += Math.atan2(ax * by - ay * bx, ax * bx + ay * by);
  }
  return Math.round(angle / (2 * Math.PI));
}
