import { Listeners } from "../../core/listeners.js";
import { grouped } from "../../core/numbers.js";

/** @typedef {import('./types.js').Row} Row */

/** The answers that wait, in order; which one is looked at; which are selected. Known by the answer's id. */
export class Queue {
  /** @type {Row[]} */
  rows;
  /** @type {string | null} */
  current = null;
  /** @type {Set<string>} */
  selected = new Set();
  /** @type {Set<string>} judged here, so that a list fetched meanwhile does not bring them back */
  #gone = new Set();
  #waiting;
  #more;
  /** @type {Listeners<void>} */
  #listeners = new Listeners();

  /**
   * @param {Row[]} rows
   * @param {number} waiting how many wait in all
   * @param {boolean} [more] whether more wait than were counted
   */
  constructor(rows, waiting, more = false) {
    this.rows = rows;
    this.#waiting = waiting;
    this.#more = more;
  }

  /** How many wait, as people read it. */
  get count() {
    return `${grouped(this.#waiting)}${this.#more ? "+" : ""}`;
  }

  get waiting() {
    return this.#waiting;
  }

  get index() {
    return this.rows.findIndex(({ annotation }) => annotation === this.current);
  }

  /** Whether the server has more than what is here. */
  get hasMore() {
    return this.#waiting > this.rows.length;
  }

  /** @param {string | null} annotation */
  select(annotation) {
    this.current = annotation;
    this.#listeners.emit();
  }

  /**
   * @param {number} step
   * @returns {string | null} the answer so many places from the current one
   */
  beside(step) {
    return this.rows[this.index + step]?.annotation ?? null;
  }

  /**
   * @param {string} annotation
   * @returns {{row: Row, index: number} | null} to bring it back with; null when it is not in the list
   */
  remove(annotation) {
    this.#gone.add(annotation);
    const index = this.rows.findIndex((row) => row.annotation === annotation);
    const row = this.rows[index];
    if (!row) return null;
    const following = this.rows[index + 1] ?? this.rows[index - 1];
    this.rows = this.rows.filter((other) => other !== row);
    this.selected.delete(annotation);
    this.#waiting -= 1;
    if (this.current === annotation) this.current = following?.annotation ?? null;
    this.#listeners.emit();
    return { row, index };
  }

  /** @param {{row: Row, index: number}} removed */
  restore({ row, index }) {
    this.#gone.delete(row.annotation);
    if (this.rows.some(({ annotation }) => annotation === row.annotation)) return;
    this.rows = this.rows.toSpliced(index, 0, row);
    this.#waiting += 1;
    this.#listeners.emit();
  }

  /** @param {Row[]} rows as fetched: what is new goes to the end */
  add(rows) {
    const known = new Set([...this.rows.map(({ annotation }) => annotation), ...this.#gone]);
    const fresh = rows.filter(({ annotation }) => !known.has(annotation));
    this.rows = [...this.rows, ...fresh];
    if (fresh.length === 0) this.#waiting = this.rows.length;
    this.#listeners.emit();
  }

  /** @param {string} annotation */
  toggle(annotation) {
    if (!this.selected.delete(annotation)) this.selected.add(annotation);
    this.#listeners.emit();
  }

  selectNone() {
    this.selected.clear();
    this.#listeners.emit();
  }

  /** @param {() => void} listener @param {import('../../core/scope.js').Scope} scope */
  subscribe(listener, scope) {
    this.#listeners.add(listener, scope);
  }
}
