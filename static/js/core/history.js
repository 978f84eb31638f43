import { Listeners } from "./listeners.js";

/**
 * @typedef {import('./json.js').Json} Json
 * @typedef {{name: string, before: Json | undefined, after: Json | undefined}} Patch
 *   one field's value before and after; values are never mutated, so keeping the reference is keeping the state
 * @typedef {{patches: Patch[], merge: string | null, time: number}} Step
 */

const QUICK = 1000;
const LIMIT = 500;

/**
 * Undo and redo as steps of inverse patches.
 *
 * Steps recorded with the same `merge` key in quick succession (within a second of each other) become one.
 * A gesture takes a `mark()` on entry; `bail(mark)` returns exactly there and leaves no trace,
 * `squash(mark)` turns all that happened since into one step.
 */
export class History {
  /** @type {Step[]} */
  #done = [];
  /** @type {Step[]} */
  #undone = [];
  /** @type {Patch[] | null} */
  #open = null;
  #sealed = true;
  #dropped = 0;
  #apply;
  #now;
  /** @type {Listeners<void>} */
  #listeners = new Listeners();

  /**
   * @param {(patch: Patch, direction: 'undo' | 'redo') => void} apply writes a value without recording it
   * @param {() => number} [now] milliseconds
   */
  constructor(apply, now = () => performance.now()) {
    this.#apply = apply;
    this.#now = now;
  }

  get canUndo() {
    return this.#done.length > 0;
  }

  get canRedo() {
    return this.#undone.length > 0;
  }

  /**
   * @param {Patch} patch already applied
   * @param {string | null} [merge]
   */
  record(patch, merge = null) {
    this.#undone = [];
    if (this.#open) {
      this.#open.push(patch);
      return;
    }
    this.#push({ patches: [patch], merge, time: this.#now() });
  }

  /**
   * All that `run` records becomes one step; if it throws, nothing has happened.
   * @template T
   * @param {() => T} run
   * @returns {T}
   */
  transaction(run) {
    if (this.#open) return run();
    /** @type {Patch[]} */
    const patches = [];
    this.#open = patches;
    try {
      const result = run();
      this.#open = null;
      if (patches.length) this.#push({ patches, merge: null, time: this.#now() });
      return result;
    } catch (error) {
      this.#open = null;
      this.#revert(patches);
      throw error;
    }
  }

  /** The point to which `bail` and `squash` return. */
  mark() {
    this.#sealed = true;
    return this.#dropped + this.#done.length;
  }

  /** @param {number} mark */
  bail(mark) {
    while (this.#dropped + this.#done.length > mark && this.#done.length) {
      this.#revert(/** @type {Step} */ (this.#done.pop()).patches);
    }
    this.#sealed = true;
    this.#listeners.emit();
  }

  /** @param {number} mark */
  squash(mark) {
    const from = Math.max(0, mark - this.#dropped);
    const steps = this.#done.splice(from);
    const patches = steps.flatMap((step) => step.patches);
    if (patches.length) this.#done.push({ patches, merge: null, time: this.#now() });
    this.#sealed = true;
    this.#listeners.emit();
  }

  /** @returns {boolean} whether there was something to undo */
  undo() {
    const step = this.#done.pop();
    if (!step) return false;
    this.#revert(step.patches);
    this.#undone.push(step);
    this.#sealed = true;
    this.#listeners.emit();
    return true;
  }

  /** @returns {boolean} whether there was something to redo */
  redo() {
    const step = this.#undone.pop();
    if (!step) return false;
    for (const patch of step.patches) this.#apply(patch, "redo");
    this.#done.push(step);
    this.#sealed = true;
    this.#listeners.emit();
    return true;
  }

  clear() {
    this.#done = [];
    this.#undone = [];
    this.#dropped = 0;
    this.#sealed = true;
    this.#listeners.emit();
  }

  /**
   * @param {() => void} listener
   * @param {import('./scope.js').Scope} [scope]
   */
  subscribe(listener, scope) {
    return this.#listeners.add(listener, scope);
  }

  /** @param {Patch[]} patches */
  #revert(patches) {
    for (const patch of [...patches].reverse()) this.#apply(patch, "undo");
  }

  /** @param {Step} step */
  #push(step) {
    const last = this.#done.at(-1);
    const quick =
      last &&
      !this.#sealed &&
      step.merge !== null &&
      last.merge === step.merge &&
      step.time - last.time < QUICK;
    if (quick) {
      last.patches.push(...step.patches);
      last.time = step.time;
    } else {
      this.#done.push(step);
    }
    if (this.#done.length > LIMIT) {
      this.#done.shift();
      this.#dropped += 1;
    }
    this.#sealed = false;
    this.#listeners.emit();
  }
}
