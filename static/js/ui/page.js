/**
 * What a page as a whole owns: one scope, one list of commands, one set of keys.
 * A page with keys of its own (labeling) hands its commands to `addCommands` and they appear in palette and overlay.
 */
import { Commands } from "../core/commands.js";
import { Keys } from "../core/keys.js";
import { Scope } from "../core/scope.js";

/** @typedef {import('../core/commands.js').Command} Command */

export const scope = new Scope();
export const commands = new Commands();
export const keys = new Keys(document, { scope, commands });
export const pageKeys = keys.layer("This page", { priority: 0, scope });

/** @type {Set<() => Iterable<Command>>} */
const sources = new Set([() => commands.list()]);

/**
 * @param {() => Iterable<Command>} source asked each time the palette or the list of keys opens
 * @returns {() => void} takes it away again
 */
export function addCommands(source) {
  sources.add(source);
  return () => sources.delete(source);
}

/** @returns {Command[]} of all sources, the latest first, each id once */
export function allCommands() {
  /** @type {Map<string, Command>} */
  const found = new Map();
  for (const source of [...sources].reverse()) {
    for (const command of source()) {
      if (!found.has(command.id)) found.set(command.id, command);
    }
  }
  return [...found.values()];
}
