import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { History } from "../../../static/js/core/history.js";
import { Store } from "../../../static/js/core/store.js";

let store;
beforeEach(() => {
  store = new Store();
  store.load({ a: 1 });
});

test("it works", () => {
  store.set("a", 2);
  store.set("b", ["x"]);
  assert.deepEqual(store.answer, { a: 2, b: ["x"] });
  assert.ok(store.history.undo());
  assert.deepEqual(store.answer, { a: 2 });
  assert.ok(store.history.undo());
  assert.deepEqual(store.answer, { a: 1 });
  assert.equal(store.history.undo(), false);
  store.history.redo();
  store.history.redo();
  assert.deepEqual(store.answer, { a: 2, b: ["x"] });
});

test("a new change ends what could be redone", () => {
  store.set("a", 2);
  store.history.undo();
  store.set("a", 3);
  assert.equal(store.history.redo(), false);
  assert.equal(store.get("a"), 3);
});

test("setting what is there already is no step", () => {
  store.set("a", 1);
  assert.equal(store.history.canUndo, false);
});

test("quick changes with one key become one step, slow ones do not", () => {
  let now = 0;
  const seen = [];
  const history = new History(
    (patch, direction) => seen.push(direction === "undo" ? patch.before : patch.after),
    () => now,
  );
  history.record({ name: "a", before: "", after: "h" }, "typing");
  now = 500;
  history.record({ name: "a", before: "h", after: "hi" }, "typing");
  now = 1700;
  history.record({ name: "a", before: "hi", after: "hi!" }, "typing");
  history.undo();
  assert.deepEqual(seen, ["hi"]);
  history.undo();
  assert.deepEqual(seen, ["hi", "h", ""]);
});

test("bail returns exactly to the mark and leaves nothing to redo", () => {
  store.set("a", 2);
  const mark = store.history.mark();
  store.set("a", 3, { merge: "drag" });
  store.set("a", 4, { merge: "drag" });
  store.set("b", true);
  store.history.bail(mark);
  assert.deepEqual(store.answer, { a: 2 });
  assert.equal(store.history.canRedo, false);
  store.history.undo();
  assert.deepEqual(store.answer, { a: 1 });
});

test("squash makes one step of all since the mark", () => {
  const mark = store.history.mark();
  store.set("a", 2);
  store.set("a", 3);
  store.history.squash(mark);
  store.history.undo();
  assert.equal(store.get("a"), 1);
});

test("a transaction is one step, and none if it throws", () => {
  store.history.transaction(() => {
    store.set("a", 2);
    store.set("b", 1);
  });
  store.history.undo();
  assert.deepEqual(store.answer, { a: 1 });
  assert.throws(
    () =>
      store.history.transaction(() => {
        store.set("a", 9);
        throw new Error("no");
      }),
    /no/,
  );
  assert.deepEqual(store.answer, { a: 1 });
});

test("loading another answer forgets the history and tells so", () => {
  const seen = [];
  store.field("a").subscribe((change) => seen.push(change.reason));
  store.set("a", 2);
  store.set("b", 2);
  store.load({ a: 5 });
  assert.deepEqual(seen, ["set", "load"]);
  assert.equal(store.history.canUndo, false);
});
