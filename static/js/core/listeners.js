/**
 * A set of callbacks. A callback may be removed while the set is being called.
 * @template Change
 */
export class Listeners {
  /** @type {Set<(change: Change) => void>} */
  #all = new Set();

  /**
   * @param {(change: Change) => void} listener
   * @param {import('./scope.js').Scope} [scope] ends the subscription with it
   * @returns {() => void} ends the subscription
   */
  add(listener, scope) {
    this.#all.add(listener);
    const remove = () => {
      this.#all.delete(listener);
    };
    return scope ? scope.add(remove) : remove;
  }

  /** @param {Change} change */
  emit(change) {
    for (const listener of [...this.#all]) {
      if (this.#all.has(listener)) listener(change);
    }
  }
}
