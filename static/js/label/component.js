import { Commands } from "../core/commands.js";
import { h } from "../core/dom.js";
import { sameJson } from "../core/json.js";
import { Keys } from "../core/keys.js";
import { Scope } from "../core/scope.js";
import { Selection } from "../core/selection.js";
import { Store } from "../core/store.js";
import { canonicalAnswer, problemsOf } from "./answer.js";
import { loadModules } from "./modules.js";
import { createNotice } from "./notice.js";
import { normalizeOntology } from "./ontology.js";
import { bindPageKeys } from "./page-keys.js";
import { Session } from "./session.js";
import { createStartBar } from "./start-bar.js";
import { translator } from "./translate.js";

/**
 * @typedef {import('./types.js').Answer} Answer
 * @typedef {import('./types.js').Item} Item
 * @typedef {import('./types.js').Other} Other
 * @typedef {import('./types.js').Problem} Problem
 *
 * @typedef {object} LabelingOptions
 * @property {unknown} ontology as the server sends it, or as somebody just wrote it
 * @property {Item} item
 * @property {Answer} [value] draft, prediction, earlier answer
 * @property {import('./types.js').Mode} [mode] default `label`
 * @property {boolean} [readOnly]
 * @property {Other[]} [others] review: the answers of others
 * @property {import('./session.js').Begun} [begun] what `onBegun` gave of this item
 * @property {import('./types.js').Preferences} [preferences]
 * @property {Record<string, string>} [messages] translations
 * @property {EventTarget} [keyTarget] where keys are heard; default `document`, in mode `preview` the root
 * @property {(value: Answer) => void} [onChange] after every change by the person (not after setItem)
 * @property {(begun: import('./session.js').Begun) => void} [onBegun] what tools are in the middle of, such as an
 *   outline that is not closed, became another: not part of the answer, to be kept with the draft
 * @property {(value: Answer) => void} [onSubmit] Enter, when nothing is wrong
 * @property {(problems: Problem[]) => void} [onRefused] Enter, when something is
 * @property {(preferences: import('./types.js').Preferences) => void} [onPreferences] the person changed how it looks
 */

/**
 * Mounts the labeling component: one for labeling, preview, gold and review.
 * @param {HTMLElement} root its content is replaced
 * @param {LabelingOptions} options
 * @returns {LabelingHandle}
 */
export function mountLabeling(root, options) {
  return new LabelingHandle(root, options);
}

export class LabelingHandle {
  #scope = new Scope();
  #root;
  #options;
  /** @type {Session | null} */
  #session = null;
  /** @type {unknown} */
  #ontology = null;
  #startBar;
  #notice;
  #shell;
  #showAll = false;
  #changed = false;
  #began = false;

  /**
   * @param {HTMLElement} root
   * @param {LabelingOptions} options
   */
  constructor(root, options) {
    const { mode = "label" } = options;
    const preferences = { ...options.preferences };
    const t = translator(options.messages);
    this.#root = root;
    this.#options = options;
    this.commands = new Commands();
    this.selection = new Selection();
    this.store = new Store();
    this.keys = new Keys(options.keyTarget ?? (mode === "preview" ? root : document), {
      scope: this.#scope,
      commands: this.commands,
      overrides: preferences.keys,
    });
    this.#notice = createNotice(this.#scope);
    this.#startBar = createStartBar(this.#scope, { t, take: (value) => this.setValue(value) });
    this.#shell = h("div", { class: "lb", "data-mode": mode, "data-readonly": options.readOnly ?? false });
    this.#frame = {
      mode,
      preferences,
      t,
      savePreferences: (/** @type {Partial<import('./types.js').Preferences>} */ patch) =>
        this.#savePreferences(patch),
      readOnly: options.readOnly ?? false,
      keys: this.keys,
      selection: this.selection,
      store: this.store,
      announce: (/** @type {string} */ text) => this.#notice.show(text),
      submit: () => this.submit(),
      began: () => this.#onBegan(),
    };
    root.replaceChildren(this.#shell);
    this.store.subscribe((change) => this.#onStore(change.reason), this.#scope);
    bindPageKeys(this, {
      scope: this.#scope,
      t,
      readOnly: this.#frame.readOnly,
      submits: options.onSubmit !== undefined,
    });
    /** Resolved when the first item is shown. */
    this.ready = this.setItem(options);
  }

  #frame;

  /** The answer, canonical: hidden and unanswered fields are absent. */
  get value() {
    if (!this.#session) return this.store.answer;
    return canonicalAnswer(this.#session.ontology, this.#session.types, this.store.answer);
  }

  /** The field whose keys are awake, and the class of the selected region: where a guideline should open. */
  get context() {
    const frame = this.#session?.activeFrame;
    const regions = frame ? this.store.get(frame.ctx.field.name) : null;
    const region = Array.isArray(regions)
      ? regions.find((one) => /** @type {any} */ (one)?.id === this.selection.primary)
      : null;
    return {
      field: frame?.ctx.field.name ?? null,
      class: region ? String(/** @type {any} */ (region).class) : null,
    };
  }

  /**
   * Another item. With the same ontology the DOM is kept and all is shown when this returns; with another one modules
   * may have to be loaded first.
   * @param {{ontology?: unknown, item: Item, value?: Answer, others?: Other[],
   *   begun?: import('./session.js').Begun}} next
   * @returns {Promise<void>}
   */
  setItem({ ontology, item, value = {}, others = [], begun = {} }) {
    const show = () => {
      this.#showAll = false;
      this.#session?.show(item, value, others, begun);
      this.#session?.setProblems(new Map());
      this.#startBar.show(others);
      this.#root.dataset.ready = "true";
    };
    if (this.#session && (ontology === undefined || sameJson(ontology, this.#ontology))) {
      show();
      return Promise.resolve();
    }
    return this.#useOntology(ontology).then((current) => {
      if (current) show();
    });
  }

  /**
   * Replaces the answer as one step that can be undone.
   * @param {Answer} value
   */
  setValue(value) {
    this.store.history.transaction(() => {
      const names = new Set([...Object.keys(this.store.answer), ...Object.keys(value)]);
      for (const name of names) this.store.set(name, value[name]);
    });
  }

  /**
   * Review: the answers shown beside this one.
   * @param {Other[]} others
   */
  setOthers(others) {
    this.#session?.setOthers(others);
    this.#startBar.show(others);
  }

  /** @returns {Problem[]} what keeps the answer from being accepted */
  problems() {
    if (!this.#session) return [];
    return problemsOf(this.#session.ontology, this.#session.types, this.value, this.#session.item);
  }

  /**
   * Submits when nothing is wrong, else shows what is and focuses the first field concerned.
   * @returns {boolean} whether it was submitted
   */
  submit() {
    if (!this.#session || this.#frame.readOnly) return false;
    const unfinished = this.#session.unfinished();
    if (unfinished) {
      this.#notice.show(unfinished);
      return false;
    }
    const problems = this.problems();
    if (problems.length === 0) {
      this.#options.onSubmit?.(this.value);
      return true;
    }
    this.showProblems();
    this.#options.onRefused?.(problems);
    return false;
  }

  /**
   * Shows problems at their fields, by default our own, and focuses the first.
   * @param {Problem[]} [problems] e.g. the server's
   */
  showProblems(problems = this.problems()) {
    this.#showAll = true;
    this.#drawProblems(problems);
    const names = problems.map(({ path }) => fieldOf(path));
    const index = this.#session?.ontology.fields.findIndex((field) => names.includes(field.name)) ?? -1;
    if (index >= 0) this.focusField(index);
  }

  /**
   * @param {number} index 0-based
   * @returns {boolean} whether it could be focused
   */
  focusField(index) {
    return this.#session?.focusField(index) ?? false;
  }

  /** Of a gesture that is made of steps its last one, else of the answer. */
  undo() {
    return this.#session?.tell("Undo") || this.store.history.undo();
  }

  redo() {
    return this.#session?.tell("Redo") || this.store.history.redo();
  }

  /** What Escape does: cancels a gesture, else deselects. */
  escape() {
    if (this.#session?.tell("Cancel")) return true;
    const had = this.selection.ids.length > 0;
    this.selection.clear();
    return had;
  }

  /** @param {string | null} regionId selects, and scrolls the surface there */
  select(regionId) {
    this.selection.select(regionId);
  }

  /** @param {string} text says it to screen readers and shows it for a moment */
  announce(text) {
    this.#notice.show(text);
  }

  dispose() {
    this.#session?.dispose();
    this.#scope.dispose();
    this.#root.replaceChildren();
    delete this.#root.dataset.ready;
  }

  /**
   * @param {unknown} raw
   * @returns {Promise<boolean>} whether it is still wanted
   */
  async #useOntology(raw) {
    const ontology = normalizeOntology(raw);
    this.#ontology = raw;
    const modules = await loadModules(ontology);
    if (this.#ontology !== raw || this.#scope.disposed) return false;
    this.#session?.dispose();
    this.#session = new Session(ontology, modules, this.#frame);
    this.#session.side.prepend(this.#startBar.element);
    this.#shell.classList.toggle("has-stage", ontology.media.length > 0);
    this.#shell.replaceChildren(this.#session.stage, this.#session.side, this.#notice.element);
    return true;
  }

  /** @param {Partial<import('./types.js').Preferences>} patch */
  #savePreferences(patch) {
    Object.assign(this.#frame.preferences, patch);
    this.#options.onPreferences?.({ ...this.#frame.preferences });
  }

  /** @param {string} reason */
  #onStore(reason) {
    if (reason === "load" || this.#changed) return;
    this.#changed = true;
    queueMicrotask(() => {
      this.#changed = false;
      if (this.#scope.disposed) return;
      if (this.#showAll) this.#drawProblems(this.problems());
      this.#options.onChange?.(this.value);
    });
  }

  /** What a gesture did on its way, as one: while items change it begins and ends much. */
  #onBegan() {
    if (this.#began) return;
    this.#began = true;
    queueMicrotask(() => {
      this.#began = false;
      if (!this.#scope.disposed && this.#session) this.#options.onBegun?.(this.#session.begun);
    });
  }

  /** @param {Problem[]} problems */
  #drawProblems(problems) {
    /** @type {Map<string, string[]>} */
    const byField = new Map();
    for (const { path, message } of problems) {
      const name = fieldOf(path);
      const text =
        path.length > name.length ? `${path.slice(name.length).replace(/^\./, "")}: ${message}` : message;
      byField.set(name, [...(byField.get(name) ?? []), text]);
    }
    this.#session?.setProblems(byField);
  }
}

/** @param {string} path */
function fieldOf(path) {
  return /^[^.[]*/.exec(path)?.[0] ?? "";
}
