import assert from "node:assert/strict";
import { test } from "node:test";

import { fuzzyFilter } from "../../../static/js/core/fuzzy.js";

const items = [
  "Great Dane",
  "Golden retriever",
  "Labrador retriever",
  "Red setter",
  "Épagneul breton",
  "Ångström",
].map((title) => ({ name: title, title }));
const found = (query) => fuzzyFilter(query, items).map((item) => item.title);

test("it works", () => {
  assert.deepEqual(found("retr").slice(0, 2), ["Golden retriever", "Labrador retriever"]);
});

test("the start of a title weighs more than the start of a word, and that more than scattered letters", () => {
  assert.equal(found("re")[0], "Red setter");
  assert.equal(found("gd")[0], "Great Dane");
  assert.equal(found("gr")[0], "Great Dane");
});

test("case and accents do not count", () => {
  assert.deepEqual(found("epagneul"), ["Épagneul breton"]);
  assert.deepEqual(found("ANGST"), ["Ångström"]);
});

test("an empty query keeps all, nonsense keeps none", () => {
  assert.equal(found("  ").length, items.length);
  assert.deepEqual(found("xyzzy"), []);
});
