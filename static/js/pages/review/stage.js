import { h } from "../../core/dom.js";
import { Scope } from "../../core/scope.js";
import { mountLabeling } from "../../label/component.js";
import { createChanges } from "./changes.js";
import { createColumns } from "./columns.js";
import { columnsOf, othersOf } from "./others.js";
import { createThreads } from "./threads.js";
import { verdictText } from "./words.js";

/**
 * @typedef {import('./types.js').Answer} Answer
 * @typedef {import('./types.js').Payload} Payload
 * @typedef {import('./types.js').Pin} Pin
 */

/** The item with all answers over it, and beside it columns, changes and thread. One labeling component does the drawing. */
export class Stage {
  #root;
  #options;
  /** @type {import('../../label/component.js').LabelingHandle | null} */
  #handle = null;
  /** @type {Payload | null} */
  #payload = null;
  #definition = /** @type {unknown} */ (null);
  #editing = false;
  #all = false;
  #panels = h("div", { class: "review-panels" });
  #thread = h("div", { class: "review-panels" });
  /** Which column is looked at: the answer to judge, or the one picked. @type {string | null} */
  #base = null;
  #shownAt = 0;
  #mounted = new Scope();

  /**
   * @param {HTMLElement} root
   * @param {{preferences: import('../../label/types.js').Preferences, comments: (task: string) => string,
   *   save: (value: Answer) => void, leave: () => void}} options
   */
  constructor(root, options) {
    this.#root = root;
    this.#options = options;
  }

  get payload() {
    return this.#payload;
  }

  get editing() {
    return this.#editing;
  }

  get base() {
    return this.#base;
  }

  /** Seconds since this entry came up. */
  get seconds() {
    return Math.round((performance.now() - this.#shownAt) / 100) / 10;
  }

  /** Commands of the component, for palette and list of keys. */
  get commands() {
    return this.#handle?.commands.list() ?? [];
  }

  /** What is shown is not what was asked for: it is on its way. @param {boolean} on */
  wait(on) {
    this.#root.setAttribute("aria-busy", String(on));
  }

  /**
   * @param {Payload} payload
   * @param {unknown} definition its ontology
   */
  show(payload, definition) {
    this.wait(false);
    this.#payload = payload;
    this.#definition = definition;
    this.#all = false;
    this.#base =
      payload.subject ??
      columnsOf(payload).find(({ id }) => id === "consensus")?.id ??
      payload.answers[0]?.id ??
      null;
    this.#shownAt = performance.now();
    this.#draw({ editing: false });
  }

  /** The answer looked at. @returns {Answer} */
  get value() {
    if (!this.#payload) return {};
    return columnsOf(this.#payload).find(({ id }) => id === this.#base)?.value ?? {};
  }

  /** @param {string} id of the column to look at */
  pick(id) {
    this.#base = id;
    this.#draw({ editing: false });
  }

  /** @param {Answer} [value] where to begin, if not with what is looked at */
  edit(value) {
    if (this.#payload) this.#draw({ editing: true, value });
  }

  /** Back to looking; what was changed is forgotten. */
  leave() {
    if (this.#editing) this.#draw({ editing: false });
  }

  save() {
    this.#handle?.submit();
  }

  /** Resubmitted work: difference only, or all answers. */
  toggleAll() {
    this.#all = !this.#all;
    if (this.#payload) {
      this.#handle?.setOthers(this.#others(this.#payload));
      this.#drawPanels();
    }
  }

  /** Selects the next (or previous) region of the answer. @param {number} step */
  nextRegion(step) {
    const ids = regionsOf(this.value).map(({ id }) => id);
    if (!ids.length || !this.#handle) return;
    const at = ids.indexOf(this.#handle.selection.primary ?? "");
    this.#handle.select(
      ids[at < 0 ? (step > 0 ? 0 : ids.length - 1) : (at + step + ids.length) % ids.length] ?? null,
    );
  }

  /** @returns {Pin | null} the selected region */
  get pin() {
    const region = this.#handle?.selection.primary;
    const found = regionsOf(this.value).find(({ id }) => id === region);
    if (!found) return null;
    return { field: found.field, region: found.id, text: this.#words(found) };
  }

  /** @param {import('../../label/types.js').Problem[]} problems the server's */
  showProblems(problems) {
    this.#handle?.showProblems(problems);
  }

  /** @param {{editing: boolean, value?: Answer}} options */
  #draw({ editing, value = this.value }) {
    const payload = this.#payload;
    if (!payload) return;
    const item = {
      ontology: this.#definition,
      item: payload.item,
      value,
      others: this.#others(payload),
    };
    const fresh = !this.#handle || editing !== this.#editing;
    this.#editing = editing;
    if (fresh) this.#mount(item);
    const shown = fresh ? this.#handle?.ready : this.#handle?.setItem(item);
    if (!fresh && this.#panels.isConnected) this.#drawPanels();
    void shown?.then(() => this.#placePanels(payload));
  }

  /** @param {{ontology: unknown, item: import('./types.js').Item, value: Answer, others: {name: string, color: string, value: Answer}[]}} item */
  #mount(item) {
    this.#handle?.dispose();
    this.#mounted.dispose();
    this.#mounted = new Scope();
    const { preferences, save, leave } = this.#options;
    const readOnly = !this.#editing;
    this.#handle = mountLabeling(this.#root, {
      ...item,
      mode: "review",
      readOnly,
      preferences,
      onSubmit: readOnly ? undefined : save,
    });
    if (readOnly) return;
    const layer = this.#handle.keys.layer("Review", { priority: -1, scope: this.#mounted });
    layer.bind("Escape", leave, { id: "review.leave", title: "Leave without saving", typing: true });
  }

  /** @param {Payload} payload */
  #others(payload) {
    return othersOf(payload, { all: this.#all || this.#editing, base: this.#base });
  }

  /** The component makes its side anew with another ontology. @param {Payload} payload */
  #placePanels(payload) {
    if (payload !== this.#payload) return;
    const side = this.#root.querySelector(".lb-side");
    if (this.#panels.parentElement !== side || !this.#panels.hasChildNodes()) {
      this.#drawPanels();
      side?.prepend(this.#panels);
      side?.append(this.#thread);
    }
    this.#root.dataset.shown = payload.subject ?? payload.task.id;
  }

  #drawPanels() {
    const payload = this.#payload;
    if (!payload) return;
    const point = (/** @type {string} */ region) => this.#handle?.select(region);
    const changes = createChanges(payload, {
      definition: this.#definition,
      all: this.#all,
      toggle: () => this.toggleAll(),
      point,
    });
    const deciding = payload.subject === null;
    const columns = createColumns(columnsOf(payload), {
      definition: this.#definition,
      pick: deciding ? (id) => this.pick(id) : null,
      picked: deciding ? this.#base : payload.subject,
    });
    const address = this.#options.comments(payload.task.id);
    this.#thread.replaceChildren(createThreads(payload, { address, point }));
    const parts = [judged(payload), changes, changes && !this.#all ? null : answers(columns, deciding)];
    this.#panels.replaceChildren(...parts.filter((part) => part !== null));
  }

  /** @param {{field: string, class: string, raw: any}} region */
  #words({ field, class: name, raw }) {
    const text = /** @type {any} */ (
      Object.values(this.#payload?.item.media ?? {}).find(({ kind }) => kind === "text")
    )?.text;
    const quoted =
      typeof raw.start === "number" && text
        ? ` “${[...text].slice(raw.start, raw.end).join("").slice(0, 60)}”`
        : "";
    return `${name || field}${quoted}`;
  }
}

/** @param {Payload} payload @returns {HTMLElement | null} that somebody has judged or decided already */
function judged({ answers: given, subject, decision }) {
  const verdict = given.find(({ id }) => id === subject)?.judged;
  if (!verdict && !decision) return null;
  const texts = [
    verdict ? verdictText(verdict) : null,
    decision ? `Decided by ${decision.by}${decision.reason ? `: ${decision.reason}` : ""}` : null,
  ];
  return h("div", { class: "callout good review-judged" }, [
    h(
      "div",
      {},
      texts.filter((text) => text !== null).map((text) => h("p", { dir: "auto" }, [text])),
    ),
  ]);
}

/**
 * @param {HTMLElement} columns
 * @param {boolean} deciding
 */
function answers(columns, deciding) {
  return h("section", { class: "review-panel", "aria-label": "Answers" }, [
    h("div", { class: "review-panel-head" }, [h("h2", {}, [deciding ? "Which one is right?" : "Answers"])]),
    columns,
  ]);
}

/**
 * @param {Answer} value
 * @returns {{id: string, field: string, class: string, raw: any}[]} everything in it that has a place
 */
function regionsOf(value) {
  return Object.entries(value).flatMap(([field, regions]) =>
    Array.isArray(regions)
      ? regions.flatMap((/** @type {any} */ raw) =>
          raw && typeof raw === "object" && typeof raw.id === "string"
            ? [{ id: raw.id, field, class: String(raw.class ?? ""), raw }]
            : [],
        )
      : [],
  );
}
