import assert from "node:assert/strict";
import { test } from "node:test";

import { CodePoints, countCodePoints } from "../../../static/js/core/codepoints.js";

const HARD = [
  "a",
  "é",
  "e\u0301",
  "\r\n",
  "\n",
  "😀",
  "👩🏽‍🔬",
  "🇩🇪",
  "東京",
  "שלום",
  "العربية",
  "\u200f",
  "\ufeff",
  "𝒳",
  " ",
  "\u0000",
];

function randomText(seed) {
  let state = seed;
  const next = () => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return state;
  };
  return Array.from({ length: next() % 40 }, () => HARD[next() % HARD.length]).join("");
}

test("it works", () => {
  const points = new CodePoints("a😀b");
  assert.equal(points.length, 3);
  assert.equal(points.toUtf16(2), 3);
  assert.equal(points.fromUtf16(3), 2);
  assert.equal(points.slice(1, 2), "😀");
});

test("every range of every text is the one that a list of code points gives", () => {
  for (let seed = 1; seed <= 300; seed += 1) {
    const text = randomText(seed * 7919);
    const list = Array.from(text);
    const points = new CodePoints(text);
    assert.equal(points.length, list.length);
    for (let start = 0; start <= list.length; start += 1) {
      assert.equal(points.fromUtf16(points.toUtf16(start)), start);
      const end = Math.min(list.length, start + 3);
      assert.equal(points.slice(start, end), list.slice(start, end).join(""));
    }
  }
});

test("an offset inside a pair counts as before it", () => {
  assert.equal(new CodePoints("a😀").fromUtf16(2), 1);
});

test("a lone surrogate counts as one", () => {
  assert.equal(countCodePoints("a\ud83d"), 2);
  assert.equal(countCodePoints("\ude00\ud83d"), 2);
});
