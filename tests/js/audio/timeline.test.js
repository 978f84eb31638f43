/** What is seen of a recording: zoom keeps a time in place, nothing is shown beyond the ends, times are read and written. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { clock, readClock, Timeline } from "../../../static/js/surfaces/audio/timeline.js";

function timelineOf(seconds, width = 600) {
  const timeline = new Timeline();
  timeline.width = width;
  timeline.reset(seconds);
  return timeline;
}

test("it works", () => {
  const timeline = timelineOf(60);
  assert.equal(timeline.x(30), 300);
  assert.equal(timeline.time(300), 30);
  assert.equal(timeline.isWhole, true);
});

test("zoom keeps the time under the pointer in place", () => {
  const timeline = timelineOf(60);
  timeline.zoom(4, 24);
  assert.equal(timeline.span, 15);
  assert.ok(Math.abs(timeline.x(24) - 240) < 1e-9);
  timeline.zoom(1 / 4, 24);
  assert.equal(timeline.isWhole, true);
  assert.equal(timeline.from, 0);
});

test("nothing beyond the ends is shown, whatever is asked", () => {
  const timeline = timelineOf(60);
  timeline.zoom(6, 0);
  timeline.show(-5);
  assert.equal(timeline.from, 0);
  timeline.show(1000);
  assert.equal(timeline.to, 60);
  timeline.zoom(1e9, 30);
  assert.equal(timeline.span, 0.25);
  assert.equal(timeline.time(1e9), 60);
  assert.equal(timeline.time(-1e9), 0);
});

test("a recording shorter than the closest view is shown whole", () => {
  const timeline = timelineOf(0.1);
  timeline.zoom(8, 0.05);
  assert.equal(timeline.span, 0.1);
});

test("the view follows what plays, and stays where it is in sight", () => {
  const timeline = timelineOf(60);
  timeline.zoom(6, 0);
  assert.equal(timeline.reveal(5), false);
  assert.equal(timeline.reveal(9.9), true);
  assert.ok(Math.abs(timeline.from - 8.9) < 1e-9);
  assert.equal(timeline.reveal(2), true);
  assert.ok(timeline.from <= 2 && timeline.to >= 2);
});

test("of an unknown length nothing is shown and nothing breaks", () => {
  const timeline = timelineOf(0);
  assert.deepEqual(timeline.ticks(80), []);
  assert.ok(Number.isFinite(timeline.x(3)));
  timeline.zoom(2, 0);
  timeline.show(4);
  assert.equal(timeline.from, 0);
});

test("lines of the ruler stand at round times, apart from each other", () => {
  for (const seconds of [0.3, 6, 61, 3600, 90_000]) {
    const timeline = timelineOf(seconds);
    const ticks = timeline.ticks(76);
    assert.ok(ticks.length >= 1 && ticks.length <= 600 / 76 + 1, `${ticks.length} of ${seconds}`);
    for (const { time, step } of ticks) assert.ok(Math.abs(time / step - Math.round(time / step)) < 1e-6);
  }
});

test("times are written and read", () => {
  assert.equal(clock(7.25), "0:07.250");
  assert.equal(clock(3723, 0), "1:02:03");
  assert.equal(clock(59.9996), "1:00.000");
  for (const [text, seconds] of [
    ["7.25", 7.25],
    ["0:07.250", 7.25],
    ["1:02:03,5", 3723.5],
    [" 90 ", 90],
    [".5", 0.5],
  ])
    assert.equal(readClock(text), seconds);
  for (const text of ["", "soon", "1:2:3:4", "-1", "1:", "1.2.3", "1:-2"])
    assert.equal(readClock(text), null);
});
