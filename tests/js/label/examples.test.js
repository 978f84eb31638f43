/** The examples that Python's label types are tested with hold in the browser too. */
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";

import { loadModules } from "../../../static/js/label/modules.js";
import { normalizeField } from "../../../static/js/label/ontology.js";

const root = new URL("../../../", import.meta.url);
const kinds = readdirSync(new URL("labeltypes/", root)).filter(
  (kind) =>
    existsSync(new URL(`labeltypes/${kind}/examples.json`, root)) &&
    existsSync(new URL(`static/js/labeltypes/${kind}/index.js`, root)),
);
const { types } = await loadModules({
  media: [],
  fields: [...kinds, "choice", "rating"].map((type) => ({ name: type, type, title: type })),
});

test("it works", () => {
  assert.ok(kinds.includes("choice") && kinds.includes("span"));
});

for (const kind of kinds) {
  const examples = JSON.parse(readFileSync(new URL(`labeltypes/${kind}/examples.json`, root), "utf8"));
  const module = types.get(kind);
  const fieldOf = (example) => normalizeField({ ...examples.field, ...example.field });

  const mediaOf = (example) => (example.media === undefined ? examples.media : example.media);

  for (const [index, example] of examples.valid.entries()) {
    test(`${kind}: valid ${index}`, () => {
      const field = fieldOf(example);
      assert.deepEqual(module.validate(example.clean, field, mediaOf(example)), []);
      assert.ok(typeof module.summarize(example.clean, field) === "string");
      if (module.canonical) assert.deepEqual(module.canonical(example.clean, field), example.clean);
    });
  }

  for (const [index, example] of examples.invalid.entries()) {
    test(`${kind}: invalid ${index}: ${example.message}`, () => {
      const field = fieldOf(example);
      const problems = module
        .validate(example.raw, field, mediaOf(example))
        .map(({ path, message }) => ({ path: field.name + path, message }));
      assert.ok(
        problems.some(({ path, message }) => path === example.path && message === example.message),
        JSON.stringify(problems),
      );
    });
  }
}
