import assert from "node:assert/strict";
import { test } from "node:test";

import {
  covers,
  fitView,
  keepInSight,
  MAX_SCALE,
  panBy,
  relativeView,
  reveal,
  scaleLimits,
  toImage,
  toScreen,
  visibleBox,
  zoomAt,
} from "../../../static/js/surfaces/image/viewport.js";
import { always } from "./random.js";

/** @param {(low: number, high: number) => number} next */
const scene = (next) => ({
  image: { width: Math.round(next(1, 9000)), height: Math.round(next(1, 9000)) },
  port: { width: Math.round(next(50, 3000)), height: Math.round(next(50, 2000)) },
  view: { scale: Math.exp(next(-6, 4)), x: next(-5000, 5000), y: next(-5000, 5000) },
});

/** @param {number} a @param {number} b @param {number} [error] */
const near = (a, b, error = 1e-6) =>
  assert.ok(Math.abs(a - b) <= error * Math.max(1, Math.abs(a), Math.abs(b)), `${a} is not ${b}`);

test("it works", () => {
  const view = fitView({ width: 800, height: 600 }, { width: 432, height: 332 });
  assert.deepEqual(view, { scale: 0.5, x: 16, y: 16 });
});

test("fit shows all of the image, centered", () => {
  always((next) => {
    const { image, port } = scene(next);
    const view = fitView(image, port);
    const end = toScreen(view, image.width, image.height);
    assert.ok(view.x >= 0 && view.y >= 0 && end.x <= port.width + 1e-6 && end.y <= port.height + 1e-6);
    near(view.x, port.width - end.x);
    near(view.y, port.height - end.y);
  });
});

test("the point under the cursor stays where it is when zooming", () => {
  always((next) => {
    const { view, image, port } = scene(next);
    const at = { x: next(0, port.width), y: next(0, port.height) };
    const limits = { min: 1e-4, max: MAX_SCALE };
    const before = toImage(view, at.x, at.y);
    const after = toScreen(zoomAt(view, next(0.2, 5), at, limits), before.x, before.y);
    near(after.x, at.x);
    near(after.y, at.y);
    assert.ok(image.width > 0);
  });
});

test("zoom stays within its limits", () => {
  always((next) => {
    const { view, image, port } = scene(next);
    const limits = scaleLimits(image, port);
    const { scale } = zoomAt(view, Math.exp(next(-20, 20)), { x: 0, y: 0 }, limits);
    assert.ok(scale >= limits.min - 1e-12 && scale <= limits.max + 1e-12);
  });
});

test("screen and image coordinates are inverse", () => {
  always((next) => {
    const { view } = scene(next);
    const at = { x: next(-1000, 5000), y: next(-1000, 5000) };
    const screen = toScreen(view, at.x, at.y);
    const back = toImage(view, screen.x, screen.y);
    near(back.x, at.x, 1e-5);
    near(back.y, at.y, 1e-5);
  });
});

test("some of the image always remains in sight", () => {
  always((next) => {
    const { view, image, port } = scene(next);
    const kept = keepInSight(panBy(view, next(-1e6, 1e6), next(-1e6, 1e6)), image, port);
    const end = toScreen(kept, image.width, image.height);
    assert.ok(kept.x < port.width && end.x > 0 && kept.y < port.height && end.y > 0);
    assert.equal(kept.scale, view.scale);
  });
});

test("what is in sight is not moved by keeping it there", () => {
  const [image, port] = [
    { width: 800, height: 600 },
    { width: 400, height: 300 },
  ];
  const view = { scale: 1, x: -100, y: -100 };
  assert.deepEqual(keepInSight(view, image, port), view);
});

test("the relative transform carries drawn pixels to where they are wanted", () => {
  always((next) => {
    const { view: drawn } = scene(next);
    const wanted = { scale: drawn.scale * next(0.5, 2), x: next(-500, 500), y: next(-500, 500) };
    const t = relativeView(drawn, wanted);
    const point = { x: next(0, 100), y: next(0, 100) };
    const on = toScreen(drawn, point.x, point.y);
    const want = toScreen(wanted, point.x, point.y);
    near(on.x * t.scale + t.x, want.x, 1e-5);
    near(on.y * t.scale + t.y, want.y, 1e-5);
  });
});

test("a drawn picture covers the port until its margin is used up", () => {
  const port = { width: 400, height: 300 };
  const margin = { x: 100, y: 75 };
  const view = { scale: 1, x: 0, y: 0 };
  assert.ok(covers(view, panBy(view, 100, 0), port, margin));
  assert.ok(!covers(view, panBy(view, 102, 0), port, margin));
  assert.ok(!covers(view, { scale: 0.4, x: 120, y: 90 }, port, margin));
  assert.ok(!covers(view, { scale: 2.1, x: 0, y: 0 }, port, margin));
});

test("what covers shows nothing undrawn", () => {
  always((next) => {
    const port = { width: 400, height: 300 };
    const margin = { x: 100, y: 75 };
    const drawn = { scale: next(0.1, 5), x: next(-200, 200), y: next(-200, 200) };
    const wanted = zoomAt(
      panBy(drawn, next(-150, 150), next(-150, 150)),
      next(0.4, 2.5),
      { x: 200, y: 150 },
      { min: 0, max: 99 },
    );
    if (!covers(drawn, wanted, port, margin)) return;
    const [x, y, width, height] = visibleBox(drawn, port, margin);
    const seen = visibleBox(wanted, port);
    const slack = 1 / wanted.scale;
    assert.ok(seen[0] >= x - slack && seen[1] >= y - slack);
    assert.ok(seen[0] + seen[2] <= x + width + slack && seen[1] + seen[3] <= y + height + slack);
  });
});

test("revealing shows the box and moves no more than needed", () => {
  const port = { width: 400, height: 300 };
  const view = { scale: 1, x: 0, y: 0 };
  assert.deepEqual(reveal(view, [100, 100, 50, 50], port), view);
  assert.deepEqual(reveal(view, [390, 100, 50, 50], port), { scale: 1, x: -72, y: 0 });
  assert.deepEqual(reveal(view, [-1000, 0, 2000, 10], port), { scale: 1, x: 200, y: 32 });
});
