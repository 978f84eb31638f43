import { Listeners } from "./listeners.js";

/**
 * @typedef {object} Command something a person can do here, for the list of keys and the palette
 * @property {string} id stable, e.g. `span.delete`; personal key bindings refer to it
 * @property {string} title what people read
 * @property {string} group heading in the list of keys
 * @property {string[]} keys combinations as in `keys.js`, the first is the one shown
 * @property {() => void} run
 * @property {() => boolean} [when] whether it makes sense now
 */

/** The commands of a page, in the order in which they were added. */
export class Commands {
  /** @type {Map<string, Command>} */
  #all = new Map();
  /** @type {Listeners<void>} */
  #listeners = new Listeners();

  /**
   * @param {Command} command
   * @param {import('./scope.js').Scope} [scope]
   * @returns {() => void} removes it
   */
  add(command, scope) {
    this.#all.set(command.id, command);
    this.#listeners.emit();
    const remove = () => {
      if (this.#all.get(command.id) !== command) return;
      this.#all.delete(command.id);
      this.#listeners.emit();
    };
    return scope ? scope.add(remove) : remove;
  }

  /** @returns {Command[]} those that make sense now */
  list() {
    return [...this.#all.values()].filter((command) => !command.when || command.when());
  }

  /**
   * @param {string} id
   * @returns {boolean} whether it ran
   */
  run(id) {
    const command = this.#all.get(id);
    if (!command || (command.when && !command.when())) return false;
    command.run();
    return true;
  }

  /**
   * @param {() => void} listener
   * @param {import('./scope.js').Scope} [scope]
   */
  subscribe(listener, scope) {
    return this.#listeners.add(listener, scope);
  }
}
