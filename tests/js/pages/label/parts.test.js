import assert from "node:assert/strict";
import test from "node:test";
import { clockText } from "../../../../static/js/pages/label/clock.js";
import { Held } from "../../../../static/js/pages/label/held.js";
import { wordsFor } from "../../../../static/js/pages/label/message.js";
import { bestPrediction, isComplete, startValue } from "../../../../static/js/pages/label/start-value.js";
import { stateOf } from "../../../../static/js/pages/label/state-line.js";
import { belongsHere } from "../../../../static/js/pages/label/works.js";

const facts = { line: "idle", waiting: 0, draft: "saved", durable: true, trouble: null };
const item = (id, more = {}) => ({ id, media: {}, draft: null, predictions: [], rework: null, ...more });

test("it works: the clock's face", () => {
  assert.equal(clockText(7.9), "00:07");
  assert.equal(clockText(3723), "1:02:03");
});

test("the state line says the worst that is true", () => {
  assert.deepEqual(stateOf(facts), { kind: "saved", waiting: 0 });
  assert.equal(stateOf({ ...facts, draft: "local" }).kind, "local");
  assert.equal(stateOf({ ...facts, line: "sending", waiting: 1 }).kind, "local");
  assert.equal(stateOf({ ...facts, line: "sending", waiting: 1, durable: false }).kind, "volatile");
  assert.deepEqual(stateOf({ ...facts, line: "offline", waiting: 3 }), { kind: "offline", waiting: 3 });
  assert.equal(stateOf({ ...facts, line: "signed-out", waiting: 3, trouble: "refused" }).kind, "signed-out");
  assert.equal(stateOf({ ...facts, trouble: "versions" }).kind, "versions");
});

test("what is answered does not come back with a late response", () => {
  const held = new Held(["1"]);
  held.merge([item("1"), item("2"), item("3")]);
  assert.equal(held.next()?.id, "2");
  held.finish("2");
  held.merge([item("2"), item("3"), item("4")]);
  assert.deepEqual(
    held.items.map(({ id }) => id),
    ["3", "4"],
  );
  held.giveBack(item("2"));
  assert.equal(held.next()?.id, "2");
});

test("what is on the screen stays, even if the server gave it away", () => {
  const held = new Held();
  held.merge([item("1"), item("2")]);
  held.merge([item("3")], "1");
  assert.deepEqual(
    held.items.map(({ id }) => id),
    ["1", "3"],
  );
});

test("an item starts from what was sent back, else from the surest prediction, if that is shown", () => {
  const predictions = [{ value: { a: "y" } }, { value: { a: "x" } }];
  assert.deepEqual(bestPrediction(item("1", { predictions })), { a: "y" });
  assert.deepEqual(startValue(item("1", { predictions }), true), { a: "y" });
  assert.deepEqual(startValue(item("1", { predictions }), false), {});
  assert.deepEqual(startValue(item("1", { predictions, rework: { value: { a: "z" } } }), true), { a: "z" });
});

test("only answers of one key each are finished by their last key", () => {
  const choice = { name: "a", type: "choice", title: "A", options: [{ name: "x", title: "x" }] };
  const rating = { name: "b", type: "rating", title: "B", show_if: { a: ["x"] } };
  const ontology = { media: [], fields: [choice, rating] };
  assert.equal(isComplete(ontology, {}), false);
  assert.equal(isComplete(ontology, { a: "x" }), false);
  assert.equal(isComplete(ontology, { a: "w" }), true);
  assert.equal(isComplete(ontology, { a: "x", b: 3 }), true);
  assert.equal(isComplete({ media: [], fields: [{ ...choice, multiple: true }] }, { a: ["x"] }), false);
});

test("every reason has words, also one that we do not know", () => {
  const codes = [
    "all_done",
    "waiting_for_others",
    "searching",
    "empty",
    "paused",
    "not_live",
    "person_paused",
  ];
  for (const code of [...codes, "certificate"]) assert.ok(wordsFor({ code, text: "" }).title);
  assert.match(wordsFor({ code: "certificate", text: "" }).text, /quiz/);
  assert.match(wordsFor({ code: "unheard-of", text: "" }).text, /manager/);
});

test("a quiz's answers and work's do not meet, nor do those of two projects", () => {
  const work = { project: { id: "1" } };
  const course = { ...work, course: true };
  const leased = { project: "1", assignment: { expires: "2026-11-28T17:00:00Z" } };
  const asked = { project: "1", assignment: { expires: null } };
  assert.deepEqual([belongsHere(work, leased), belongsHere(work, asked)], [true, false]);
  assert.deepEqual([belongsHere(course, leased), belongsHere(course, asked)], [false, true]);
  assert.equal(belongsHere(work, { ...leased, project: "2" }), false);
});
