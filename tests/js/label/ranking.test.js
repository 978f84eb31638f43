/** Rankings in the browser: what a key, a step or a drop makes of the answer, and what is said of it. */
import assert from "node:assert/strict";
import { test } from "node:test";

import ranking from "../../../static/js/labeltypes/ranking/index.js";
import { answerOf, put, ranked, stepped, unranked } from "../../../static/js/labeltypes/ranking/value.js";

const field = {
  name: "best",
  type: "ranking",
  title: "Best first",
  options: ["a", "b", "c", "d"].map((name) => ({ name, title: name.toUpperCase() })),
};
const pair = { ...field, options: field.options.slice(0, 2) };

test("it works", () => {
  const first = answerOf(put([], "c", 0), [], field);
  assert.deepEqual(first, ["c"]);
  assert.deepEqual(answerOf(put(first, "a", 1), first, field), ["c", "a"]);
});

test("the last one left is the last", () => {
  assert.deepEqual(answerOf(["b"], [], pair), ["b", "a"]);
  assert.deepEqual(answerOf(["d", "b", "a"], ["d", "b"], field), ["d", "b", "a", "c"]);
});

test("taking back and moving about fill nothing in", () => {
  assert.deepEqual(answerOf(["a", "b", "c"], ["a", "b", "c", "d"], field), ["a", "b", "c"]);
  assert.deepEqual(answerOf(put(["a", "b", "c"], "c", 0), ["a", "b", "c"], field), ["c", "a", "b"]);
  assert.equal(answerOf(put(["a"], "a", null), ["a"], field), undefined);
});

test("put counts places among the others", () => {
  assert.deepEqual(put(["a", "b", "c"], "a", 2), ["b", "c", "a"]);
  assert.deepEqual(put(["a", "b", "c"], "c", 0), ["c", "a", "b"]);
  assert.deepEqual(put(["a", "b"], "b", null), ["a"]);
});

test("a step goes one place, and the line is one", () => {
  assert.equal(stepped(["a", "b"], "b", -1, field), 0);
  assert.equal(stepped(["a", "b"], "a", -1, field), 0);
  assert.equal(stepped(["a", "b"], "a", 1, field), 1);
  assert.equal(stepped(["a", "b"], "b", 1, field), null);
  assert.equal(stepped(["a", "b"], "d", -1, field), 2);
  assert.equal(stepped(["a", "b"], "d", 1, field), null);
  assert.equal(stepped(["a", "b", "c", "d"], "d", 1, field), 3);
});

test("what an older answer names and is no option has no place", () => {
  assert.deepEqual(ranked(["x", "b"], field), ["b"]);
  assert.deepEqual(ranked(undefined, field), []);
  assert.deepEqual(unranked(["b"], field), ["a", "c", "d"]);
});

test("one line, each title in its own direction", () => {
  assert.equal(ranking.summarize(["c", "a"], field).replace(/[\u2068\u2069]/g, ""), "C > A");
  assert.equal(ranking.summarize([], field), "nothing");
});

test("an order is shown as its options' titles, one below the other", () => {
  assert.deepEqual(ranking.steps(["c", "a", "gone"], field), ["C", "A", "gone"]);
});
