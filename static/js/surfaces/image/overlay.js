import { h } from "../../core/dom.js";
import { svg } from "./svg.js";
import { toScreen } from "./viewport.js";

/**
 * @typedef {import('./types.js').View} View
 * @typedef {import('./types.js').Grip} Grip
 * @typedef {import('./types.js').Point} Point
 * @typedef {import('./types.js').Box} Box
 * @typedef {import('./types.js').Size} Size
 *
 * @typedef {object} Marks what lies above the canvases
 * @property {readonly Grip[]} grips of the one selected object
 * @property {{bounds: Box, text: string, color: string} | null} tag
 * @property {Point | null} guides image pixels: crosshair over the whole picture
 * @property {Box | null} marquee image pixels
 * @property {import('./types.js').Ring | null} ring
 */

/** Sides of grips in CSS pixels by their look, and whether they are round. @type {Record<string, readonly [number, boolean]>} */
const LOOKS = {
  "": [9, false],
  point: [9, true],
  middle: [7, true],
  chosen: [12, true],
  closing: [17, true],
};

/** Handles, crosshair, marquee and the selected object's tag: few elements, moved and never rebuilt. */
export class Overlay {
  /** @type {SVGRectElement[]} */
  #grips = [];
  #across = svg("line", { class: "image-guide" });
  #down = svg("line", { class: "image-guide" });
  #marquee = svg("rect", { class: "image-marquee" });
  /** Made when a brush first comes. @type {SVGCircleElement | null} */
  #ring = null;
  #svg = svg("svg", { class: "image-marks", "aria-hidden": "true" }, [
    this.#across,
    this.#down,
    this.#marquee,
  ]);
  #tag = h("div", { class: "image-tag", "aria-hidden": "true" });
  elements = [this.#svg, this.#tag];

  /**
   * @param {Marks} marks
   * @param {View} view
   * @param {Size} port
   */
  update(marks, view, port) {
    const empty = marks.grips.length === 0 && !marks.guides && !marks.marquee && !marks.ring;
    this.#svg.style.display = empty ? "none" : "";
    this.#placeGrips(marks.grips, view, port);
    this.#placeTag(marks.tag, view, port);
    this.#placeGuides(marks.guides, view, port);
    this.#placeMarquee(marks.marquee, view);
    if (marks.ring || this.#ring) this.#placeRing(marks.ring, view);
  }

  /**
   * @param {readonly Grip[]} grips
   * @param {View} view
   * @param {Size} port
   */
  #placeGrips(grips, view, port) {
    while (this.#grips.length < grips.length) {
      const grip = svg("rect", { class: "image-grip" });
      this.#grips.push(grip);
      this.#svg.append(grip);
    }
    this.#grips.forEach((element, index) => {
      const grip = grips[index];
      const at = grip && toScreen(view, grip.x, grip.y);
      const seen = at && at.x > -10 && at.y > -10 && at.x < port.width + 10 && at.y < port.height + 10;
      element.style.display = seen ? "" : "none";
      if (!grip || !seen) return;
      const side = this.#shape(element, grip.look ?? "");
      element.setAttribute("x", String(Math.round(at.x) - side / 2));
      element.setAttribute("y", String(Math.round(at.y) - side / 2));
    });
  }

  /**
   * @param {SVGRectElement} element
   * @param {string} look
   * @returns {number} its side
   */
  #shape(element, look) {
    const [side, round] = LOOKS[look] ?? [9, false];
    if (element.dataset.look !== look) {
      element.dataset.look = look;
      element.setAttribute("width", String(side));
      element.setAttribute("height", String(side));
      element.setAttribute("rx", String(round ? side / 2 : 1.5));
    }
    return side;
  }

  /**
   * @param {Marks['tag']} tag
   * @param {View} view
   * @param {Size} port
   */
  #placeTag(tag, view, port) {
    this.#tag.hidden = tag === null;
    if (!tag) return;
    if (this.#tag.textContent !== tag.text) this.#tag.textContent = tag.text;
    this.#tag.style.setProperty("--tag-color", tag.color);
    const { x, y } = toScreen(view, tag.bounds[0], tag.bounds[1] + tag.bounds[3]);
    const left = Math.min(Math.max(4, x), Math.max(4, port.width - 160));
    const top = Math.min(Math.max(4, y + 8), Math.max(4, port.height - 28));
    this.#tag.style.transform = `translate(${Math.round(left)}px, ${Math.round(top)}px)`;
  }

  /**
   * @param {Point | null} guides
   * @param {View} view
   * @param {Size} port
   */
  #placeGuides(guides, view, port) {
    for (const line of [this.#across, this.#down]) line.style.display = guides ? "" : "none";
    if (!guides) return;
    const { x, y } = toScreen(view, guides.x, guides.y);
    line(this.#across, 0, y, port.width, y);
    line(this.#down, x, 0, x, port.height);
  }

  /**
   * @param {Marks['ring']} ring
   * @param {View} view
   */
  #placeRing(ring, view) {
    if (!this.#ring) {
      this.#ring = svg("circle", { class: "image-ring" });
      this.#svg.append(this.#ring);
    }
    this.#ring.style.display = ring ? "" : "none";
    if (!ring) return;
    const { x, y } = toScreen(view, ring.x, ring.y);
    const sizes = { cx: x, cy: y, r: ring.radius };
    for (const [name, value] of Object.entries(sizes)) this.#ring.setAttribute(name, String(value));
    this.#ring.classList.toggle("is-erasing", ring.erase);
  }

  /**
   * @param {Box | null} marquee
   * @param {View} view
   */
  #placeMarquee(marquee, view) {
    this.#marquee.style.display = marquee ? "" : "none";
    if (!marquee) return;
    const { x, y } = toScreen(view, marquee[0], marquee[1]);
    const sizes = { x, y, width: marquee[2] * view.scale, height: marquee[3] * view.scale };
    for (const [name, value] of Object.entries(sizes)) this.#marquee.setAttribute(name, String(value));
  }
}

/**
 * @param {SVGLineElement} element
 * @param {number} x1
 * @param {number} y1
 * @param {number} x2
 * @param {number} y2
 */
function line(element, x1, y1, x2, y2) {
  for (const [name, value] of Object.entries({ x1, y1, x2, y2 })) element.setAttribute(name, String(value));
}
