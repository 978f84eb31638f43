import assert from "node:assert/strict";
import test from "node:test";
import { cardOf } from "../../../../static/js/pages/course/cards.js";

const TERMS = {
  quiz_length: 10,
  pass_mark: 0.8,
  needed: 8,
  class_marks: { objects: { cyclist: 0.75 } },
  cooldown_minutes: 60,
  attempts_most: 3,
  other_items: true,
  validity_days: 180,
};
const RESULT = {
  right: 7,
  asked: 10,
  needed: 8,
  passed: false,
  low: 0.4,
  high: 0.89,
  classes: [],
  finished_at: "",
};
const COURSE = {
  stage: "ready",
  number: 0,
  total: 0,
  certificate: null,
  is_certified: false,
  result: null,
  next_at: null,
  attempts_left: 3,
  terms: TERMS,
  practiced: [],
  feedback: null,
};
const CERTIFICATE = {
  granted_at: "2026-01-01T00:00:00Z",
  by_quiz: true,
  reason: "",
  expires_at: "2026-06-30T12:00:00Z",
  withdrawn_at: null,
  withdrawal_reason: "",
};

/** The card of a standing, with the names of what its ways do. */
function card(change) {
  const done = [];
  const way = (name) => () => done.push(name);
  const ways = { quiz: way("quiz"), practice: way("practice"), work: way("work"), look: way("look") };
  const found = cardOf({ ...COURSE, ...change }, ways);
  for (const each of found.ways) each.run();
  return { ...found, text: found.lines.join(" "), done };
}

const REMARKED = {
  because: ["corrected"],
  right_before: 7,
  asked_before: 10,
  passed_before: false,
  change: "passes",
};

test("a quiz marked anew says when, why and what that changed", () => {
  const anew = { ...RESULT, right: 8, passed: true, remarked_at: "2026-03-05T12:00:00Z", remarked: REMARKED };
  const passes = card({ stage: "certified", certificate: CERTIFICATE, is_certified: true, result: anew });
  assert.match(passes.text, /Marked anew on March 5, 2026\. A known answer in it was corrected\. 7 of 10/);
  assert.match(passes.text, /8 of 10 are now\. It was failed; you pass now\. Your certificate lasts/);
  const failed = { ...anew, right: 7, passed: false };
  const same = card({
    stage: "waiting",
    next_at: "2026-03-05T13:00:00Z",
    result: { ...failed, remarked: { ...REMARKED, because: ["unfit"], right_before: null, change: "same" } },
  });
  assert.match(same.text, /An item in it proved unfit and counts for nobody\. You can take/);
  assert.doesNotMatch(card({ stage: "waiting", result: RESULT }).text, /anew/);
});

test("before the quiz: what it asks, and marks of classes", () => {
  const { title, text, done } = card({});
  assert.equal(title, "Ready for the quiz");
  assert.match(text, /10 items, 8 of them must be right/);
  assert.match(text, /cyclist\s75\s%/);
  assert.match(text, /after an hour/);
  assert.match(text, /Attempts left: 3/);
  assert.deepEqual(done, ["quiz"]);
});

test("after a failed one: the score, when the next is possible, practice meanwhile", () => {
  const soon = new Date(Date.now() + 30 * 60_000).toISOString();
  const waiting = {
    stage: "waiting",
    result: RESULT,
    next_at: soon,
    practiced: [{ id: "a", correct: true }],
  };
  const { title, text, done } = card(waiting);
  assert.equal(title, "Not passed: 7 of 10 right, 8 needed");
  assert.match(text, /again at \d\d:\d\d .*, with other items/);
  assert.deepEqual(done, ["practice", "look"]);
  assert.match(card({ ...waiting, stage: "stopped", next_at: null }).text, /A manager can give you one/);
});

test("passed: until when, and the way to work", () => {
  const passed = { ...RESULT, right: 9, passed: true };
  const { title, text, done } = card({ stage: "certified", result: passed, certificate: CERTIFICATE });
  assert.equal(title, "Passed: 9 of 10 right");
  assert.match(text, /June 30, 2026/);
  assert.deepEqual(done, ["work"]);
  const forever = card({ stage: "certified", certificate: { ...CERTIFICATE, expires_at: null } });
  assert.match(forever.text, /does not run out/);
});

test("why somebody who had a certificate is here again", () => {
  assert.match(card({ certificate: CERTIFICATE }).text, /ran out on June 30, 2026/);
  const withdrawn = {
    ...CERTIFICATE,
    withdrawn_at: "2026-02-01T00:00:00Z",
    withdrawal_reason: "Read rule 3.",
  };
  assert.match(card({ certificate: withdrawn }).text, /withdrawn: Read rule 3\./);
  const renewing = card({ certificate: CERTIFICATE, is_certified: true });
  assert.match(renewing.text, /You can renew it now/);
  assert.deepEqual(renewing.done, ["quiz", "work"]);
});
