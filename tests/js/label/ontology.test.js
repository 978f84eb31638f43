import assert from "node:assert/strict";
import { test } from "node:test";

import { canonicalAnswer, problemsOf } from "../../../static/js/label/answer.js";
import { assignHotkeys } from "../../../static/js/label/hotkeys.js";
import { loadModules } from "../../../static/js/label/modules.js";
import { normalizeOntology, visibleFields } from "../../../static/js/label/ontology.js";

const raw = {
  media: [],
  fields: [
    { name: "weather", type: "choice", options: ["sun", "rain", "snow"], required: true },
    {
      name: "kinds",
      type: "choice",
      multiple: true,
      options: ["wet", "dry", "cold"],
      show_if: { weather: ["snow", "rain"] },
    },
    { name: "sure", type: "rating", max: 5, show_if: { kinds: ["cold"] } },
  ],
};
const ontology = normalizeOntology(raw);
const asked = (answer) => [...visibleFields(ontology, answer)];

test("it works", () => {
  assert.deepEqual(ontology.fields[0].options[0], { name: "sun", title: "sun" });
  assert.deepEqual(asked({}), ["weather"]);
  assert.deepEqual(asked({ weather: "snow" }), ["weather", "kinds"]);
  assert.deepEqual(asked({ weather: "snow", kinds: ["wet", "cold"] }), ["weather", "kinds", "sure"]);
});

test("what depends on a hidden field is hidden, whatever was answered before", () => {
  assert.deepEqual(asked({ weather: "sun", kinds: ["cold"], sure: 3 }), ["weather"]);
});

test("fields that wait for each other are hidden and hang nothing", () => {
  const circle = normalizeOntology({
    fields: [
      { name: "a", type: "choice", options: ["x"], show_if: { b: ["x"] } },
      { name: "b", type: "choice", options: ["x"], show_if: { a: ["x"] } },
    ],
  });
  assert.deepEqual([...visibleFields(circle, { a: "x", b: "x" })], []);
});

test("the answer is canonical: hidden fields absent, a multiple choice in the order of the ontology", async () => {
  const { types } = await loadModules(ontology);
  assert.deepEqual(canonicalAnswer(ontology, types, { weather: "rain", kinds: ["dry", "wet"], sure: 4 }), {
    weather: "rain",
    kinds: ["wet", "dry"],
  });
  assert.deepEqual(canonicalAnswer(ontology, types, { weather: "rain", kinds: [] }), {
    weather: "rain",
    kinds: [],
  });
  assert.deepEqual(canonicalAnswer(ontology, types, {}), {});
});

test("required fields are missed only where they are asked", async () => {
  const { types } = await loadModules(ontology);
  assert.deepEqual(problemsOf(ontology, types, {}, null), [{ path: "weather", message: "is required" }]);
  const strict = normalizeOntology({ ...raw, fields: [raw.fields[0], { ...raw.fields[1], required: true }] });
  assert.deepEqual(problemsOf(strict, types, { weather: "sun" }, null), []);
  assert.deepEqual(problemsOf(strict, types, { weather: "rain" }, null), [
    { path: "kinds", message: "is required" },
  ]);
});

test("an optional field of regions says that there are none; a required one wants to be told", async () => {
  const spans = normalizeOntology({
    fields: [
      { name: "e", type: "span", on: "t", classes: ["a"] },
      { name: "r", type: "span", on: "t", classes: ["a"], required: true },
    ],
  });
  const { types } = await loadModules(spans);
  assert.deepEqual(canonicalAnswer(spans, types, {}), { e: [] });
});

test("hotkeys: the manager’s own first, then free letters of the titles, none twice, none that pages use", () => {
  const keys = assignHotkeys(
    normalizeOntology({
      fields: [
        { name: "a", type: "choice", options: [{ name: "one", hotkey: "P" }, "positive", "negative"] },
        { name: "b", type: "choice", options: ["north", "south", "qqq"] },
      ],
    }),
  );
  const all = [...keys.values()].flatMap((map) => [...map.values()]).map((key) => key.toLowerCase());
  assert.deepEqual(
    [...keys.get("a")],
    [
      ["one", "P"],
      ["positive", "o"],
      ["negative", "n"],
    ],
  );
  assert.equal(new Set(all).size, all.length);
  assert.ok(all.every((key) => !"sqghlf".includes(key)));
});

test("a single field has digits by place", () => {
  const keys = assignHotkeys(
    normalizeOntology({
      fields: [{ name: "a", type: "choice", options: ["x", { name: "y", hotkey: "1" }, "z"] }],
    }),
  );
  assert.deepEqual([...keys.get("a").values()].sort(), ["1", "3", "x"].sort());
});

test("long lists have no hotkeys of ours", () => {
  const keys = assignHotkeys(
    normalizeOntology({
      fields: [{ name: "a", type: "choice", options: Array.from({ length: 13 }, (_, i) => `o${i}`) }],
    }),
  );
  assert.equal(keys.get("a").size, 0);
});
