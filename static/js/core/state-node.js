/**
 * A tool is a tree of small states, never a set of booleans. Each state is a class with handlers named after events:
 * `onPointerDown(info)`, `onPointerMove`, `onPointerUp`, `onDoubleClick`, `onKeyDown`, `onWheel`, `onCancel`,
 * `onComplete`, `onInterrupt`, and `onEnter(info)` / `onExit(info)`.
 *
 * An event goes to the innermost active state first and up from there; a handler that returns true has taken it.
 */
export class StateNode {
  /** @type {StateNode | null} */
  #parent = null;
  /** @type {Map<string, StateNode>} */
  #children = new Map();
  /** @type {StateNode | null} */
  #current = null;
  #initial;
  #active = false;

  /**
   * @param {string} id
   * @param {{children?: StateNode[], initial?: string}} [options] initial: default the first child
   */
  constructor(id, { children = [], initial } = {}) {
    this.id = id;
    this.#initial = initial ?? children[0]?.id ?? null;
    for (const child of children) {
      child.#parent = this;
      this.#children.set(child.id, child);
    }
  }

  get parent() {
    return this.#parent;
  }

  /** Whether this state and all above it are entered. */
  get active() {
    return this.#active;
  }

  get current() {
    return this.#current;
  }

  /** @returns {string} e.g. `box.resizing`: for tests, and for the cursor's CSS class */
  get path() {
    return this.#current ? `${this.id}.${this.#current.path}` : this.id;
  }

  /** @param {unknown} [info] */
  enter(info) {
    this.#active = true;
    this.#handler("Enter")?.(info);
    if (this.#active && !this.#current && this.#initial) this.transition(this.#initial, info);
  }

  /** @param {unknown} [info] */
  exit(info) {
    this.#current?.exit(info);
    this.#current = null;
    this.#active = false;
    this.#handler("Exit")?.(info);
  }

  /**
   * Leaves the present child and enters another; called by a child as `this.parent.transition('idle')`.
   * @param {string} id
   * @param {unknown} [info]
   */
  transition(id, info) {
    const next = this.#children.get(id);
    if (!next) throw new Error(`${this.id} has no state ${id}`);
    this.#current?.exit(info);
    this.#current = next;
    next.enter(info);
  }

  /**
   * @param {string} event e.g. `PointerDown`, `Cancel`
   * @param {unknown} [info]
   * @returns {boolean} whether a state took it
   */
  dispatch(event, info) {
    if (!this.#active) return false;
    if (this.#current?.dispatch(event, info)) return true;
    return this.#handler(event)?.(info) === true;
  }

  /**
   * @param {string} event
   * @returns {((info: unknown) => unknown) | undefined}
   */
  #handler(event) {
    const handler = /** @type {Record<string, any>} */ (/** @type {unknown} */ (this))[`on${event}`];
    return typeof handler === "function" ? handler.bind(this) : undefined;
  }
}
