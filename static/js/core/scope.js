/**
 * Everything that listens, ticks or observes belongs to a scope; disposing the scope ends all of it.
 */
export class Scope {
  #controller = new AbortController();
  /** @type {Set<() => void>} */
  #disposers = new Set();

  /** Aborted when the scope is disposed; hand it to fetch or addEventListener. */
  get signal() {
    return this.#controller.signal;
  }

  get disposed() {
    return this.#controller.signal.aborted;
  }

  /**
   * @param {EventTarget} target
   * @param {string} type
   * @param {(event: any) => void} handler
   * @param {AddEventListenerOptions} [options]
   */
  listen(target, type, handler, options = {}) {
    target.addEventListener(type, handler, { ...options, signal: this.signal });
  }

  /**
   * Calls `dispose` when the scope ends, or at once when it already has.
   * @param {() => void} dispose
   * @returns {() => void} runs it now and forgets it
   */
  add(dispose) {
    if (this.disposed) {
      dispose();
      return () => {};
    }
    this.#disposers.add(dispose);
    return () => {
      if (this.#disposers.delete(dispose)) dispose();
    };
  }

  /** A scope that ends with this one, or earlier. */
  child() {
    const child = new Scope();
    const detach = this.add(() => child.dispose());
    child.add(detach);
    return child;
  }

  /**
   * @param {() => void} run
   * @param {number} milliseconds
   * @returns {() => void} cancels
   */
  timeout(run, milliseconds) {
    const id = setTimeout(() => {
      cancel();
      run();
    }, milliseconds);
    const cancel = this.add(() => clearTimeout(id));
    return cancel;
  }

  /**
   * A function that runs `draw` once in the next frame, however often it is called before.
   * @param {() => void} draw
   * @returns {() => void}
   */
  frame(draw) {
    let pending = 0;
    this.add(() => cancelAnimationFrame(pending));
    return () => {
      if (pending || this.disposed) return;
      pending = requestAnimationFrame(() => {
        pending = 0;
        draw();
      });
    };
  }

  /**
   * @param {Element} element
   * @param {() => void} changed called when the element's size changes
   */
  resize(element, changed) {
    const observer = new ResizeObserver(() => changed());
    observer.observe(element);
    this.add(() => observer.disconnect());
  }

  dispose() {
    if (this.disposed) return;
    this.#controller.abort();
    for (const dispose of [...this.#disposers].reverse()) dispose();
    this.#disposers.clear();
  }
}
