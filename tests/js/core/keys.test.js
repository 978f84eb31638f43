import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { Commands } from "../../../static/js/core/commands.js";
import { Keys } from "../../../static/js/core/keys.js";
import { Scope } from "../../../static/js/core/scope.js";

let scope;
let keys;
let commands;
let log;

function press(key, extra = {}) {
  const event = new Event("keydown", { cancelable: true });
  Object.assign(event, {
    key,
    code: "",
    ctrlKey: false,
    metaKey: false,
    altKey: false,
    shiftKey: false,
    isComposing: false,
    keyCode: 0,
    repeat: false,
    ...extra,
  });
  keys.handle(event);
  return event.defaultPrevented;
}

beforeEach(() => {
  scope = new Scope();
  commands = new Commands();
  keys = new Keys(new EventTarget(), { scope, commands, overrides: { "page.skip": "x" } });
  log = [];
});

test("it works", () => {
  keys
    .layer("Page", { priority: 0, scope })
    .bind("a", () => void log.push("page"), { id: "page.a", title: "A" });
  assert.ok(press("a"));
  assert.equal(press("b"), false);
  assert.deepEqual(log, ["page"]);
});

test("the uppermost layer that is awake takes the key, false passes it on", () => {
  let awake = true;
  keys
    .layer("Page", { priority: 0, scope })
    .bind("a", () => void log.push("page"), { id: "page.a", title: "A" });
  keys
    .layer("Tool", { priority: 30, scope, when: () => awake })
    .bind("a", () => void log.push("tool"), { id: "tool.a", title: "A" });
  keys
    .layer("Float", { priority: 40, scope })
    .bind("a", () => log.push("float") === 0, { id: "float.a", title: "A" });
  press("a");
  awake = false;
  press("a");
  assert.deepEqual(log, ["float", "tool", "float", "page"]);
});

test("keys never fire while somebody composes", () => {
  keys
    .layer("Page", { priority: 0, scope })
    .bind("a", () => void log.push("page"), { id: "page.a", title: "A" });
  press("a", { isComposing: true });
  press("a", { keyCode: 229 });
  assert.deepEqual(log, []);
});

test("a held key repeats only where that is wanted, and is not passed on", () => {
  const layer = keys.layer("Page", { priority: 0, scope });
  layer.bind("a", () => void log.push("once"), { id: "once", title: "A" });
  layer.bind("b", () => void log.push("many"), { id: "many", title: "B", repeat: true });
  assert.ok(press("a", { repeat: true }));
  press("b", { repeat: true });
  assert.deepEqual(log, ["many"]);
});

test("a personal binding replaces the default", () => {
  keys
    .layer("Page", { priority: 0, scope })
    .bind("s", () => void log.push("skip"), { id: "page.skip", title: "Skip" });
  press("s");
  press("x");
  assert.deepEqual(log, ["skip"]);
  assert.deepEqual(commands.list()[0].keys, ["x"]);
});

test("bindings end with their scope, also as commands", () => {
  const own = scope.child();
  keys
    .layer("Page", { priority: 0, scope })
    .bind("a", () => void log.push("a"), { id: "a", title: "A" }, own);
  assert.equal(commands.list().length, 1);
  own.dispose();
  press("a");
  assert.deepEqual(log, []);
  assert.equal(commands.list().length, 0);
});
