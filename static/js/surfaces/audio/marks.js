import { at } from "../../core/at.js";
import { h } from "../../core/dom.js";
import { assignLanes } from "../text/lanes.js";
import { clock } from "./timeline.js";

/**
 * @typedef {object} Mark a segment as it is drawn
 * @property {string} id
 * @property {number} start seconds
 * @property {number} end
 * @property {string} color
 * @property {string} label
 * @property {'own' | 'same' | 'different'} look `same`, `different`: of others, beside one's own
 * @property {boolean} selected
 * @property {boolean} handles whether its ends can be taken
 */

/** Segments in lanes below the wave, and as tints over it. Only what is in sight exists. */
export class Marks {
  lanes = h("div", { class: "au-lanes" });
  tints = h("div", { class: "au-tints", "aria-hidden": "true" });
  /** @type {readonly Mark[]} */
  #marks = [];
  /** @type {number[]} */
  #lane = [];
  #count = 0;
  #timeline;
  #t;

  /**
   * @param {import('./timeline.js').Timeline} timeline
   * @param {import('../../label/types.js').Translate} t
   */
  constructor(timeline, t) {
    this.#timeline = timeline;
    this.#t = t;
  }

  /** @param {readonly Mark[]} marks */
  set(marks) {
    const own = marks.filter((mark) => mark.look === "own").toSorted((a, b) => a.start - b.start);
    const others = marks.filter((mark) => mark.look !== "own").toSorted((a, b) => a.start - b.start);
    const first = assignLanes(own);
    const below = own.length ? Math.max(...first) + 1 : 0;
    this.#marks = [...own, ...others];
    this.#lane = [...first, ...assignLanes(others).map((lane) => lane + below)];
    this.#count = this.#lane.length ? Math.max(...this.#lane) + 1 : 0;
  }

  draw() {
    const { from, to } = this.#timeline;
    const focused = document.activeElement?.closest(".au-handle");
    const again = focused instanceof HTMLElement ? focused.dataset : null;
    this.lanes.style.setProperty("--lanes", String(Math.max(1, this.#count)));
    const seen = this.#marks.flatMap((mark, index) =>
      mark.end > from && mark.start < to ? [{ mark, lane: at(this.#lane, index) }] : [],
    );
    this.lanes.replaceChildren(...seen.map(({ mark, lane }) => this.#chip(mark, lane)));
    this.tints.replaceChildren(
      ...seen.flatMap(({ mark }) => (mark.look === "own" ? [this.#tint(mark)] : [])),
    );
    if (!again) return;
    const handles = /** @type {NodeListOf<HTMLElement>} */ (this.lanes.querySelectorAll(".au-handle"));
    for (const handle of handles)
      if (handle.dataset.mark === again.mark && handle.dataset.edge === again.edge) handle.focus();
  }

  /**
   * @param {Mark} mark
   * @param {number} lane
   */
  #chip(mark, lane) {
    const chip = h(
      "div",
      {
        class: "au-mark",
        "data-mark": mark.id,
        "data-look": mark.look,
        role: "group",
        "aria-label": `${mark.label}, ${clock(mark.start)} – ${clock(mark.end)}`,
        title: `${mark.label} · ${clock(mark.start)} – ${clock(mark.end)}`,
      },
      [
        h("span", { class: "au-label", dir: "auto" }, [mark.label]),
        ...(mark.handles ? [this.#handle(mark, "start"), this.#handle(mark, "end")] : []),
      ],
    );
    chip.classList.toggle("is-selected", mark.selected);
    chip.style.setProperty("--lane", String(lane));
    return this.#placed(chip, mark);
  }

  /** @param {Mark} mark */
  #tint(mark) {
    const tint = this.#placed(h("div", { class: "au-tint", "data-mark": mark.id }), mark);
    tint.classList.toggle("is-selected", mark.selected);
    return tint;
  }

  /**
   * @param {HTMLElement} element
   * @param {Mark} mark
   */
  #placed(element, mark) {
    const left = this.#timeline.x(mark.start);
    element.style.setProperty("--mark", mark.color);
    element.style.transform = `translateX(${left}px)`;
    element.style.width = `${Math.max(2, this.#timeline.x(mark.end) - left)}px`;
    return element;
  }

  /**
   * @param {Mark} mark
   * @param {'start' | 'end'} edge
   */
  #handle(mark, edge) {
    const title =
      edge === "start"
        ? this.#t("Start of {label}", { label: mark.label })
        : this.#t("End of {label}", { label: mark.label });
    return h("span", {
      class: "au-handle",
      tabindex: 0,
      role: "slider",
      "data-mark": mark.id,
      "data-edge": edge,
      "aria-label": title,
      "aria-valuemin": 0,
      "aria-valuemax": this.#timeline.seconds,
      "aria-valuenow": mark[edge],
      "aria-valuetext": clock(mark[edge]),
    });
  }
}
