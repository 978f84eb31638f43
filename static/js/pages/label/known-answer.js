import { h } from "../../core/dom.js";
import { mountLabeling } from "../../label/component.js";
import { icon } from "../../ui/icon.js";
import { contrasts } from "./summaries.js";

/** An answer with the accepted one over it: what differs is drawn, listed and explained. */
export class KnownAnswerView {
  /** @type {import('../../label/component.js').LabelingHandle | null} */
  #handle = null;
  #root;
  #words;

  /**
   * @param {HTMLElement} root for the item
   * @param {HTMLElement} words above it
   */
  constructor(root, words) {
    this.#root = root;
    this.#words = words;
  }

  get shown() {
    return this.#handle !== null;
  }

  /**
   * @param {import('../course/types.js').Feedback} feedback
   * @param {{definition: unknown, preferences: import('./types.js').Preferences}} how
   */
  show({ item, correct, yours, answer, explanation }, { definition, preferences }) {
    this.hide();
    this.#root.hidden = this.#words.hidden = false;
    this.#handle = mountLabeling(this.#root, {
      ontology: definition,
      item,
      value: yours,
      others: [{ name: "Accepted answer", color: this.#color(correct), value: answer }],
      mode: "review",
      readOnly: true,
      preferences,
      keyTarget: this.#root,
    });
    void this.#handle.ready.then(() => this.#explain(definition, yours, answer, correct, explanation));
  }

  hide() {
    this.#handle?.dispose();
    this.#handle = null;
    this.#root.hidden = this.#words.hidden = true;
    this.#words.replaceChildren();
  }

  /**
   * What the theme makes of it: pictures are drawn on a canvas, which knows no custom properties.
   * @param {boolean} correct
   */
  #color(correct) {
    const sample = h("span");
    sample.style.color = correct ? "var(--good-line)" : "var(--bad-line)";
    this.#words.replaceChildren(sample);
    const { color } = getComputedStyle(sample);
    sample.remove();
    return color;
  }

  /**
   * @param {unknown} definition
   * @param {import('./types.js').Answer} yours
   * @param {import('./types.js').Answer} answer
   * @param {boolean} correct
   * @param {string} explanation
   */
  #explain(definition, yours, answer, correct, explanation) {
    const missed = correct ? [] : contrasts(definition, yours, answer);
    this.#words.replaceChildren(
      h("div", { class: `callout ${correct ? "good" : "bad"}`, role: "status" }, [
        icon(correct ? "circle-check" : "circle-alert"),
        h("div", { dir: "auto" }, [
          h("p", {}, [h("strong", {}, [correct ? "This one was right." : "This one was not right."])]),
          ...missed.map(({ title, known, yours: mine, how }) =>
            h("p", {}, [
              `${title}: ${how ?? known}`,
              how === null ? h("span", { class: "muted" }, [` · yours: ${mine}`]) : null,
            ]),
          ),
          explanation ? h("p", {}, [explanation]) : null,
        ]),
      ]),
    );
  }
}
