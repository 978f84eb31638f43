import { h } from "../../core/dom.js";
import { mountLabeling } from "../../label/component.js";
import { icon } from "../../ui/icon.js";
import { itemFor, keepAnswer } from "./item.js";

/**
 * @typedef {import("./item.js").Sample} Sample
 * @typedef {import("./item.js").Substitutes} Substitutes
 * @typedef {import("./paths.js").Definition} Definition
 */

const WAIT = 120;

/** The labeling component on a real item, following what is being written. */
export class Preview {
  /** @type {import("../../label/component.js").LabelingHandle | null} */
  #handle = null;
  /** @type {Definition | null} */
  #shown = null;
  /** @type {Definition} */
  #wanted;
  #index = 0;
  #frame = h("div", { class: "preview-frame" });
  #about = h("span", { class: "muted truncate", role: "status" });
  #json = h("pre", { class: "code", tabindex: 0, "aria-label": "The answer as it will be stored" });
  #walk = h("span", { class: "button-group" });
  #scope;
  #kinds;
  #substitutes;
  /** @type {readonly Sample[]} */
  #samples;
  #cancel = () => {};

  /**
   * @param {object} options
   * @param {Definition} options.definition
   * @param {readonly Sample[]} options.samples
   * @param {Substitutes} options.substitutes
   * @param {import("./kinds.js").Kinds} options.kinds
   * @param {import("../../core/scope.js").Scope} options.scope
   */
  constructor({ definition, samples, substitutes, kinds, scope }) {
    this.#wanted = definition;
    this.#samples = samples;
    this.#substitutes = substitutes;
    this.#kinds = kinds;
    this.#scope = scope;
    const again = h("button", { type: "button", class: "button ghost" }, [icon("refresh-cw"), "Clear"]);
    scope.listen(again, "click", () => this.#show({}));
    this.#addWalk();
    this.element = h("section", { class: "preview", "aria-label": "Preview" }, [
      h("div", { class: "preview-head" }, [
        h("h2", {}, ["Preview"]),
        this.#about,
        h("span", { class: "grow" }),
        this.#walk,
        again,
      ]),
      this.#frame,
      h("details", { class: "preview-answer" }, [
        h("summary", {}, ["The answer as it will be stored"]),
        this.#json,
      ]),
    ]);
    scope.add(() => this.#handle?.dispose());
    void this.#show({});
  }

  /** The answer being tried. */
  get value() {
    return this.#handle?.value ?? {};
  }

  /** @param {Definition} definition shown a moment later, unless it cannot be */
  show(definition) {
    this.#wanted = definition;
    this.#cancel();
    this.#cancel = this.#scope.timeout(() => void this.#show(), WAIT);
  }

  /** @param {readonly Sample[]} samples other items */
  setSamples(samples) {
    this.#samples = samples;
    this.#index = 0;
    this.#walk.hidden = samples.length < 2;
    void this.#show({});
  }

  #addWalk() {
    for (const [step, name, label] of /** @type {[number, string, string][]} */ ([
      [-1, "chevron-left", "Item before"],
      [1, "chevron-right", "Next item"],
    ])) {
      const button = h(
        "button",
        { type: "button", class: "button icon-only", "aria-label": label, "data-tip": label },
        [icon(name)],
      );
      this.#scope.listen(button, "click", () => this.#go(step));
      this.#walk.append(button);
    }
    this.#walk.hidden = this.#samples.length < 2;
  }

  /** @param {number} step */
  #go(step) {
    const { length } = this.#samples;
    this.#index = (this.#index + step + length) % length;
    void this.#show({});
  }

  /** @param {import("../../core/store.js").Answer} [value] default: what can be kept of the present one */
  async #show(value) {
    const wanted = this.#wanted;
    if (!this.#canShow(wanted)) {
      this.#about.textContent = "shows the last state without problems";
      return;
    }
    const item = itemFor(wanted, this.#samples[this.#index], this.#substitutes);
    const next = value ?? (this.#shown ? keepAnswer(this.#shown, wanted, this.value) : {});
    this.#shown = wanted;
    this.#about.textContent = this.#samples.length
      ? `item ${this.#index + 1} of ${this.#samples.length}`
      : "on a sample";
    try {
      if (this.#handle) await this.#handle.setItem({ ontology: wanted, item, value: next });
      else await this.#mount(wanted, item).ready;
    } catch {
      this.#about.textContent = "cannot be shown like this";
    }
    this.#showAnswer();
  }

  /**
   * @param {Definition} ontology
   * @param {import("../../label/types.js").Item} item
   */
  #mount(ontology, item) {
    this.#handle = mountLabeling(this.#frame, {
      ontology,
      item,
      mode: "preview",
      onChange: () => this.#showAnswer(),
    });
    return this.#handle;
  }

  #showAnswer() {
    this.#json.textContent = JSON.stringify(this.value, null, 2);
  }

  /**
   * Whether the component can make something of it; the server says the rest.
   * @param {Definition} definition
   */
  #canShow({ media, fields }) {
    const types = this.#kinds.types;
    const names = fields.map((field) => field.name);
    const sound = (/** @type {import("./paths.js").Node} */ field) => {
      const items = field.options ?? field.classes;
      return (
        field.name &&
        field.type in types &&
        (items === undefined || (Array.isArray(items) && items.every((one) => one?.name)))
      );
    };
    const onMedia = fields.every((field) => {
      const wanted = types[field.type]?.media ?? [];
      const fitting = media.filter((medium) => wanted.includes(medium.kind));
      return (
        wanted.length === 0 ||
        (field.on ? fitting.some((medium) => medium.name === field.on) : fitting.length === 1)
      );
    });
    const known = media.every((medium) => medium.name && this.#kinds.media.includes(medium.kind));
    return (
      fields.length > 0 && known && onMedia && fields.every(sound) && new Set(names).size === names.length
    );
  }
}
