import assert from "node:assert/strict";
import { test } from "node:test";

import { assignLanes } from "../../../static/js/surfaces/text/lanes.js";
import { splitLines } from "../../../static/js/surfaces/text/lines.js";
import {
  nextCharacter,
  nextWord,
  previousCharacter,
  previousWord,
  snapToCharacters,
  snapToWords,
  trimRange,
} from "../../../static/js/surfaces/text/words.js";

const cut = (text, range) => text.slice(range.start, range.end);

test("it works", () => {
  const text = "In Bad Ems, too.";
  assert.equal(nextWord(text, 0), 2);
  assert.equal(nextWord(text, 2), 6);
  assert.equal(previousWord(text, 6), 3);
  assert.equal(cut(text, snapToWords(text, { start: 4, end: 8 })), "Bad Ems");
});

test("snapping leaves punctuation and white space out", () => {
  const text = "to (Deutsche Bahn), again";
  assert.equal(cut(text, snapToWords(text, { start: 2, end: 19 })), "Deutsche Bahn");
});

test("words of scripts without spaces are found", () => {
  const text = "東京でマリアに会いました";
  const word = cut(text, snapToWords(text, { start: 0, end: 1 }));
  assert.ok(text.startsWith(word) && word.length >= 2 && word.length < text.length);
});

test("where there is no word, the range stays", () => {
  const text = "a ?!? b";
  assert.equal(cut(text, snapToWords(text, { start: 2, end: 5 })), "?!?");
});

test("characters are what people see: emoji sequences, flags, combining marks", () => {
  for (const one of ["😀", "👩🏽‍🔬", "🇩🇪", "e\u0301", "\r\n", "क्षि"]) {
    const text = `a${one}b`;
    assert.equal(nextCharacter(text, 1), 1 + one.length, one);
    assert.equal(previousCharacter(text, 1 + one.length), 1, one);
    if (one !== "क्षि")
      assert.equal(
        cut(text, snapToCharacters(text, { start: 2 > one.length ? 1 : 2, end: text.length - 1 })),
        one,
      );
  }
});

test("the ends of the text are the ends", () => {
  assert.equal(previousCharacter("ab", 0), 0);
  assert.equal(nextCharacter("ab", 2), 2);
  assert.equal(nextWord("ab  ", 2), 4);
  assert.equal(previousWord("  ab", 2), 0);
});

test("trimming keeps a range of nothing but white space", () => {
  assert.deepEqual(trimRange("a \n b", { start: 0, end: 4 }), { start: 0, end: 1 });
  assert.deepEqual(trimRange("a   b", { start: 1, end: 4 }), { start: 1, end: 4 });
});

test("lines are the text, whatever its line ends", () => {
  for (const text of ["", "\n", "a", "a\n", "\r\n\r\nb", "a\rb\n\nc"]) {
    const lines = splitLines(text);
    assert.equal(lines.map(({ start, end }) => text.slice(start, end)).join(""), text);
    assert.ok(lines.length >= 1);
  }
  assert.equal(splitLines("a\r\nb").length, 2);
});

test("marks that overlap lie in lanes, those that touch share one", () => {
  const marks = [
    [0, 5],
    [5, 9],
    [3, 6],
    [8, 20],
    [0, 20],
  ].map(([start, end]) => ({ start, end }));
  assert.deepEqual(assignLanes(marks), [0, 0, 1, 1, 2]);
});

test("no two marks of a lane overlap", () => {
  let state = 7;
  const next = (most) => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return state % most;
  };
  const marks = Array.from({ length: 300 }, () => next(1000)).map((start) => ({
    start,
    end: start + 1 + next(30),
  }));
  const lanes = assignLanes(marks);
  for (const [a, one] of marks.entries()) {
    for (const [b, other] of marks.entries()) {
      assert.ok(a === b || lanes[a] !== lanes[b] || one.end <= other.start || other.end <= one.start);
    }
  }
});
