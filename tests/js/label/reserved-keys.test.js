import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { assignHotkeys } from "../../../static/js/label/hotkeys.js";
import { RESERVED_KEYS, reservedBecause } from "../../../static/js/label/reserved-keys.js";

const shared = JSON.parse(
  readFileSync(new URL("../../labeltypes/reserved_keys.json", import.meta.url), "utf8"),
);

test("the browser reserves the keys that the server reserves", () => {
  assert.deepEqual({ ...RESERVED_KEYS }, shared.reserved);
});

test("a reserved key says what it does, any other is free", () => {
  for (const [key, what] of Object.entries(shared.reserved))
    assert.equal(reservedBecause(key), `"${key}" is reserved: it ${what}`);
  for (const key of shared.free) assert.equal(reservedBecause(key), null);
});

test("no option gets a reserved key by itself", () => {
  const options = [..."?/abc"].map((name) => ({ name, title: name, hotkey: name }));
  const keys = assignHotkeys({ media: [], fields: [{ name: "f", type: "choice", title: "F", options }] });
  assert.equal(keys.get("f")?.size, options.length);
  for (const key of keys.get("f")?.values() ?? []) assert.equal(reservedBecause(key), null);
});
