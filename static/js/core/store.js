import { History } from "./history.js";
import { sameJson } from "./json.js";
import { Listeners } from "./listeners.js";

/**
 * @typedef {import('./json.js').Json} Json
 * @typedef {{[name: string]: Json}} Answer one value per answered field
 * @typedef {{name: string | null, reason: 'set' | 'undo' | 'redo' | 'load'}} Change
 *   which field changed and why; `name` is null when a whole answer was loaded
 */

/**
 * The answer being made: plain data, changed only by `set` and `load`, so that undo is exact.
 * A value that was handed in or out must never be mutated.
 */
export class Store {
  /** @type {Map<string, Json>} */
  #values = new Map();
  /** @type {Listeners<Change>} */
  #listeners = new Listeners();

  constructor() {
    this.history = new History(({ name, before, after }, direction) => {
      this.#write(name, direction === "undo" ? before : after);
      this.#listeners.emit({ name, reason: direction });
    });
  }

  /** @returns {Answer} */
  get answer() {
    return Object.fromEntries(this.#values);
  }

  /**
   * @param {string} name
   * @returns {Json | undefined} undefined when not answered
   */
  get(name) {
    return this.#values.get(name);
  }

  /**
   * @param {string} name
   * @param {Json | undefined} value undefined takes the answer back
   * @param {{merge?: string | null}} [options] quick changes with the same key become one undo step
   */
  set(name, value, { merge = null } = {}) {
    const before = this.#values.get(name);
    if (sameJson(before, value)) return;
    this.#write(name, value);
    this.history.record({ name, before, after: value }, merge === null ? null : `${name}:${merge}`);
    this.#listeners.emit({ name, reason: "set" });
  }

  /**
   * Another item: replaces everything and forgets the history.
   * @param {Answer} answer
   */
  load(answer) {
    this.#values = new Map(Object.entries(answer));
    this.history.clear();
    this.#listeners.emit({ name: null, reason: "load" });
  }

  /** Tells all listeners to look again, as what stands beside the answer has changed. */
  refresh() {
    this.#listeners.emit({ name: null, reason: "load" });
  }

  /**
   * @param {string} name
   * @returns {FieldStore}
   */
  field(name) {
    return new FieldStore(this, name);
  }

  /**
   * @param {(change: Change) => void} listener
   * @param {import('./scope.js').Scope} [scope]
   */
  subscribe(listener, scope) {
    return this.#listeners.add(listener, scope);
  }

  /**
   * @param {string} name
   * @param {Json | undefined} value
   */
  #write(name, value) {
    if (value === undefined) this.#values.delete(name);
    else this.#values.set(name, value);
  }
}

/**
 * One field's share of the store. `ctx.store` of a label type is one; attributes of regions get a look-alike.
 * @typedef {object} ValueStore
 * @property {() => Json | undefined} get
 * @property {(value: Json | undefined, options?: {merge?: string | null}) => void} set
 * @property {(listener: (change: Change) => void, scope?: import('./scope.js').Scope) => (() => void)} subscribe
 *   called when this value changed, or all did
 * @property {History} history of the whole answer: mark, bail, squash, transaction
 */

/** @implements {ValueStore} */
export class FieldStore {
  #store;

  /**
   * @param {Store} store
   * @param {string} name
   */
  constructor(store, name) {
    this.#store = store;
    this.name = name;
  }

  get history() {
    return this.#store.history;
  }

  get() {
    return this.#store.get(this.name);
  }

  /**
   * @param {Json | undefined} value
   * @param {{merge?: string | null}} [options]
   */
  set(value, options) {
    this.#store.set(this.name, value, options);
  }

  /**
   * @param {(change: Change) => void} listener
   * @param {import('./scope.js').Scope} [scope]
   */
  subscribe(listener, scope) {
    return this.#store.subscribe((change) => {
      if (change.name === null || change.name === this.name) listener(change);
    }, scope);
  }
}
