import assert from "node:assert/strict";
import test from "node:test";
import { chooseDraft } from "../../../../static/js/pages/label/drafts.js";

const local = (more) => ({
  key: "7",
  project: "1",
  value: { a: "mine" },
  base: 1,
  seconds: 4,
  at: 0,
  dirty: true,
  returned: null,
  ...more,
});
const server = (revision, value) => ({ value, revision, saved_at: "" });

test("it works: without any draft there is nothing", () => {
  assert.deepEqual(chooseDraft(undefined, null), {
    value: null,
    base: 0,
    seconds: 0,
    dirty: false,
    conflict: null,
  });
});

test("what the server has not got yet wins over what it had when it was typed", () => {
  const chosen = chooseDraft(local({}), server(1, { a: "old" }));
  assert.deepEqual(chosen.value, { a: "mine" });
  assert.equal(chosen.base, 1);
  assert.equal(chosen.dirty, true);
  assert.equal(chosen.conflict, null);
});

test("a clean copy gives way to the server", () => {
  assert.deepEqual(chooseDraft(local({ dirty: false }), server(3, { a: "newer" })).value, { a: "newer" });
});

test("a newer draft of another computer is a conflict", () => {
  const chosen = chooseDraft(local({}), server(2, { a: "theirs" }));
  assert.deepEqual(chosen.conflict?.value, { a: "theirs" });
  assert.deepEqual(chosen.value, { a: "mine" });
});

test("our own save whose answer was lost is no conflict", () => {
  assert.equal(chooseDraft(local({ sent: { a: "half" } }), server(2, { a: "half" })).conflict, null);
  const same = chooseDraft(local({}), server(2, { a: "mine" }));
  assert.equal(same.conflict, null);
  assert.equal(same.dirty, false);
  assert.equal(same.base, 2);
});
