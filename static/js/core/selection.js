import { Listeners } from "./listeners.js";

/**
 * Which regions are selected, across all fields and surfaces. Region ids are unique in an answer.
 */
export class Selection {
  /** @type {readonly string[]} */
  #ids = [];
  /** @type {string | null} */
  #hovered = null;
  /** @type {Listeners<void>} */
  #listeners = new Listeners();

  /** Selected ids, the last one chosen is the last. */
  get ids() {
    return this.#ids;
  }

  /** The one that keys and panels act on, or null. */
  get primary() {
    return this.#ids.at(-1) ?? null;
  }

  get hovered() {
    return this.#hovered;
  }

  /** @param {string} id */
  has(id) {
    return this.#ids.includes(id);
  }

  /** @param {string | readonly string[] | null} ids */
  select(ids) {
    const next = ids === null ? [] : [ids].flat();
    if (next.length === this.#ids.length && next.every((id, index) => id === this.#ids[index])) return;
    this.#ids = next;
    this.#listeners.emit();
  }

  /** @param {string} id */
  toggle(id) {
    this.select(this.has(id) ? this.#ids.filter((other) => other !== id) : [...this.#ids, id]);
  }

  clear() {
    this.select(null);
  }

  /** @param {string | null} id */
  hover(id) {
    if (id === this.#hovered) return;
    this.#hovered = id;
    this.#listeners.emit();
  }

  /**
   * @param {() => void} listener
   * @param {import('./scope.js').Scope} [scope]
   */
  subscribe(listener, scope) {
    return this.#listeners.add(listener, scope);
  }
}
