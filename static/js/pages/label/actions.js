import { keepFocus } from "../../core/dom.js";

/**
 * What a person can do here, each with a key, a name and, mostly, a button `data-do` in the footer.
 *
 * @typedef {object} Action
 * @property {string} id
 * @property {string} title
 * @property {string[]} keys
 * @property {() => boolean | void} run
 * @property {() => boolean} [when]
 * @property {string} [button] the name of its button
 * @property {boolean} [typing]
 */

/**
 * @param {Action[]} actions
 * @param {{keys: import('../../core/keys.js').Keys, scope: import('../../core/scope.js').Scope, foot: HTMLElement}} options
 */
export function bindActions(actions, { keys, scope, foot }) {
  const layer = keys.layer("Labeling", {
    priority: 0,
    scope,
    when: () => !document.querySelector("dialog[open]"),
  });
  const buttons = new Map(actions.filter(({ button }) => button).map((action) => [action.button, action]));
  for (const { id, title, keys: combos, run, when, typing = false } of actions) {
    if (combos.length) layer.bind(combos, run, { id, title, typing, ...(when ? { when } : {}) });
    else
      keys.commands.add(
        { id, title, group: "Labeling", keys: [], run: () => void run(), ...(when ? { when } : {}) },
        scope,
      );
  }
  keepFocus(foot, scope);
  scope.listen(foot, "click", (event) => {
    const button = event.target.closest("[data-do]");
    if (button) buttons.get(button.dataset.do)?.run();
  });
}
