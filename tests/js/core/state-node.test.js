import assert from "node:assert/strict";
import { test } from "node:test";

import { Scope } from "../../../static/js/core/scope.js";
import { StateNode } from "../../../static/js/core/state-node.js";

class Logging extends StateNode {
  constructor(id, log, options) {
    super(id, options);
    this.log = log;
  }
  onEnter(info) {
    this.log.push(`+${this.id}${info ?? ""}`);
  }
  onExit() {
    this.log.push(`-${this.id}`);
  }
  onPoke() {
    this.log.push(`poke ${this.id}`);
    return this.id === "inner";
  }
}

test("it works", () => {
  const log = [];
  const root = new Logging("tool", log, { children: [new Logging("idle", log), new Logging("inner", log)] });
  assert.equal(root.dispatch("Poke"), false);
  root.enter();
  assert.equal(root.path, "tool.idle");
  root.transition("inner", "!");
  assert.ok(root.dispatch("Poke"));
  root.exit();
  assert.deepEqual(log, ["+tool", "+idle", "-idle", "+inner!", "poke inner", "-inner", "-tool"]);
});

test("an event that no state takes goes up", () => {
  const log = [];
  const root = new Logging("tool", log, { children: [new Logging("idle", log)] });
  root.enter();
  root.dispatch("Poke");
  assert.deepEqual(log.slice(2), ["poke idle", "poke tool"]);
});

test("an unknown state is an error", () => {
  assert.throws(() => new StateNode("tool").transition("nowhere"), /no state nowhere/);
});

test("a scope ends all that belongs to it, innermost last added first", () => {
  const log = [];
  const scope = new Scope();
  scope.add(() => log.push("first"));
  scope.child().add(() => log.push("child"));
  const target = new EventTarget();
  scope.listen(target, "x", () => log.push("heard"));
  target.dispatchEvent(new Event("x"));
  scope.dispose();
  scope.dispose();
  target.dispatchEvent(new Event("x"));
  assert.deepEqual(log, ["heard", "child", "first"]);
});
