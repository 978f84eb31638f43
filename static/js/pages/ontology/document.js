import { sameJson } from "../../core/json.js";
import { Listeners } from "../../core/listeners.js";
import { getAt, insertAt, moveTo, removeAt, samePath, setAt } from "./paths.js";

/**
 * @typedef {import("./paths.js").Definition} Definition
 * @typedef {import("./paths.js").Node} Node
 * @typedef {import("./paths.js").Path} Path
 * @typedef {{definition: Definition, selection: Path}} State
 * @typedef {"edit" | "select" | "load"} Reason
 */

const QUICK = 1000;
const LIMIT = 300;

/** The ontology being written: immutable states, of which the earlier and undone ones are kept. */
export class OntologyDocument {
  /** @type {State[]} */
  #past = [];
  /** @type {State[]} */
  #future = [];
  #merge = "";
  #time = 0;
  /** @type {State} */
  #state;
  /** @type {Definition | null} */
  #saved;
  /** @type {Listeners<Reason>} */
  #listeners = new Listeners();

  /**
   * @param {unknown} definition
   * @param {unknown} [saved] the current version; null when there is none yet
   */
  constructor(definition, saved = null) {
    this.#state = { definition: expand(definition), selection: ["fields", 0] };
    this.#saved = saved ? expand(saved) : null;
  }

  get definition() {
    return this.#state.definition;
  }

  get selection() {
    return this.#state.selection;
  }

  get saved() {
    return this.#saved;
  }

  get isDirty() {
    return this.#saved !== null && !sameJson(this.#saved, this.definition);
  }

  get canUndo() {
    return this.#past.length > 0;
  }

  get canRedo() {
    return this.#future.length > 0;
  }

  /** @param {Path} path @returns {any} */
  get(path) {
    return getAt(this.definition, path);
  }

  /**
   * Whether a node was saved under this name: its name is then the key of stored answers.
   * @param {Path} path
   */
  isLocked(path) {
    /** @type {any} */
    let saved = this.#saved;
    for (const [index, key] of path.entries()) {
      const here = path.slice(0, index + 1);
      saved =
        typeof key === "number"
          ? saved?.find?.((/** @type {Node} */ node) => node.name === this.get(here)?.name)
          : saved?.[key];
    }
    return saved !== undefined && saved !== null;
  }

  /**
   * @param {Definition} definition
   * @param {{selection?: Path, merge?: string}} [options] quick edits with the same key become one step
   */
  edit(definition, { selection = this.selection, merge = "" } = {}) {
    const now = performance.now();
    const quick = merge !== "" && merge === this.#merge && now - this.#time < QUICK;
    if (!quick) this.#past.push(this.#state);
    if (this.#past.length > LIMIT) this.#past.shift();
    this.#future = [];
    this.#merge = merge;
    this.#time = now;
    this.#state = { definition, selection };
    this.#listeners.emit("edit");
  }

  /**
   * @param {Path} path
   * @param {unknown} value
   * @param {string} [merge]
   */
  set(path, value, merge) {
    this.edit(setAt(this.definition, path, value), { merge });
  }

  /**
   * @param {Path} path
   * @param {Node} node
   */
  insert(path, node) {
    this.edit(insertAt(this.definition, path, node), { selection: path });
  }

  /** @param {Path} path */
  remove(path) {
    const index = Number(path.at(-1));
    const list = path.slice(0, -1);
    const left = this.get(list).length - 1;
    const selection =
      left > 0 ? [...list, Math.min(index, left - 1)] : list.length > 1 ? list.slice(0, -1) : list;
    this.edit(removeAt(this.definition, path), { selection });
  }

  /**
   * @param {Path} path
   * @param {number} index
   */
  move(path, index) {
    const { length } = this.get(path.slice(0, -1));
    const place = Math.max(0, Math.min(length - 1, index));
    if (place === path.at(-1)) return;
    this.edit(moveTo(this.definition, path, place), { selection: [...path.slice(0, -1), place] });
  }

  /** @param {Path} path */
  select(path) {
    if (samePath(path, this.selection)) return;
    this.#state = { ...this.#state, selection: path };
    this.#merge = "";
    this.#listeners.emit("select");
  }

  undo() {
    this.#step(this.#past, this.#future);
  }

  redo() {
    this.#step(this.#future, this.#past);
  }

  /**
   * The server has taken it: this is what is saved now.
   * @param {unknown} definition
   */
  load(definition) {
    this.#saved = expand(definition);
    this.#past = [];
    this.#future = [];
    this.#state = { definition: this.#saved, selection: this.selection };
    this.#listeners.emit("load");
  }

  /**
   * @param {(reason: Reason) => void} listener
   * @param {import("../../core/scope.js").Scope} scope
   */
  subscribe(listener, scope) {
    this.#listeners.add(listener, scope);
  }

  /**
   * @param {State[]} from
   * @param {State[]} to
   */
  #step(from, to) {
    const state = from.pop();
    if (!state) return;
    to.push(this.#state);
    this.#state = state;
    this.#merge = "";
    this.#listeners.emit("edit");
  }
}

/**
 * Bare strings become objects, so that the editor sees one shape only.
 * @param {any} raw
 * @returns {Definition}
 */
export function expand(raw) {
  const fields = Array.isArray(raw?.fields) ? raw.fields : [];
  return { ...raw, media: Array.isArray(raw?.media) ? raw.media : [], fields: fields.map(expandField) };
}

/** @param {any} field @returns {any} */
function expandField(field) {
  if (typeof field !== "object" || field === null) return { name: String(field) };
  const copy = { ...field };
  for (const key of ["options", "classes"]) {
    if (Array.isArray(field[key])) copy[key] = field[key].map(expandItem);
  }
  return copy;
}

/** @param {any} item @returns {any} */
function expandItem(item) {
  if (typeof item === "string") return { name: item, title: item };
  return Array.isArray(item?.attributes) ? { ...item, attributes: item.attributes.map(expandField) } : item;
}
