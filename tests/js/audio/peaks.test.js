/** Peaks as the server packs them, and coarser levels that lose no extreme. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { between, levelsOf, unpackPeaks } from "../../../static/js/surfaces/audio/peaks.js";

/** @param {number[]} values @param {number} [count] what the header says */
function packed(values, count = values.length / 2) {
  const buffer = new ArrayBuffer(24 + values.length);
  const view = new DataView(buffer);
  for (const [place, sign] of [..."TSP1"].entries()) view.setUint8(place, sign.charCodeAt(0));
  view.setUint32(4, count, true);
  view.setFloat64(8, 200, true);
  view.setFloat64(16, values.length / 400, true);
  new Int8Array(buffer, 24).set(values);
  return buffer;
}

test("it works", () => {
  const peaks = unpackPeaks(packed([-5, 7, 0, 1, -100, 3, 2, 127]));
  assert.equal(peaks.perSecond, 200);
  assert.equal(peaks.seconds, 0.02);
  assert.deepEqual(
    peaks.levels.map((level) => [...level]),
    [
      [-5, 7, 0, 1, -100, 3, 2, 127],
      [-5, 7, -100, 127],
      [-100, 127],
    ],
  );
});

test("what is none is refused, and a count that is not there does not count", () => {
  assert.equal(unpackPeaks(new ArrayBuffer(3)), null);
  assert.equal(unpackPeaks(new ArrayBuffer(40)), null);
  assert.equal(unpackPeaks(packed([1, 2], 4_000_000_000)).levels[0].length, 2);
});

test("an odd number of peaks loses none", () => {
  const levels = levelsOf(new Int8Array([-1, 1, -2, 2, -9, 9]));
  assert.deepEqual([...levels.at(-1)], [-9, 9]);
});

test("no extreme is lost at any zoom, and none is made up beyond a pixel beside", () => {
  const finest = new Int8Array(2 * 1000);
  finest[2 * 637] = -90;
  finest[2 * 637 + 1] = 80;
  const peaks = { perSecond: 200, seconds: 5, levels: levelsOf(finest) };
  for (const width of [7, 50, 300, 999, 4000]) {
    const seen = [];
    for (let x = 0; x < width; x += 1) {
      const [low, high] = between(peaks, (x / width) * 5, ((x + 1) / width) * 5);
      if (low === -90 && high === 80) seen.push(x);
    }
    const wanted = (637 / 1000) * width;
    assert.ok(seen.length >= 1, `width ${width}`);
    assert.ok(
      seen.every((x) => Math.abs(x - wanted) <= Math.max(2, width / 500)),
      `${seen} of ${width}`,
    );
  }
});

test("silence where there is nothing", () => {
  const peaks = { perSecond: 200, seconds: 0.01, levels: levelsOf(new Int8Array([-5, 5])) };
  assert.deepEqual(between(peaks, 3, 4), [0, 0]);
});
