import assert from "node:assert/strict";
import { test } from "node:test";

import { comboOf, parseCombo, showCombo } from "../../../static/js/core/combo.js";

const event = (key, code = "", modifiers = {}) => ({
  key,
  code,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  ...modifiers,
});

test("it works", () => {
  assert.equal(comboOf(event("p", "KeyP")), parseCombo("P", false));
  assert.equal(comboOf(event("z", "KeyZ", { ctrlKey: true })), parseCombo("Mod+z", false));
  assert.equal(
    comboOf(event("Z", "KeyZ", { metaKey: true, shiftKey: true })),
    parseCombo("Mod+Shift+Z", true),
  );
});

test("Shift that makes the character is not part of the combination", () => {
  assert.equal(comboOf(event("?", "Slash", { shiftKey: true })), "?");
  assert.equal(comboOf(event("+", "Equal", { shiftKey: true })), parseCombo("+", false));
  assert.equal(comboOf(event("ArrowLeft", "ArrowLeft", { shiftKey: true })), "Shift+ArrowLeft");
});

test("letters of other scripts mean the place of the key", () => {
  assert.equal(comboOf(event("з", "KeyP")), "p");
  assert.equal(comboOf(event("ش", "KeyA")), "a");
  assert.equal(comboOf(event("π", "KeyP", { altKey: true })), "Alt+p");
});

test("combinations are shown as printed on the keyboard", () => {
  assert.equal(showCombo("Mod+z", true), "⌘Z");
  assert.equal(showCombo("Mod+z", false), "Ctrl Z");
  assert.equal(showCombo("Enter", false), "⏎");
});
