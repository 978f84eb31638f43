import { differences, LINES } from "./differences.js";

/**
 * @typedef {import('../types.js').Ctx} Ctx
 * @typedef {import('../../surfaces/image/types.js').Shape} Shape
 * @typedef {import('../../surfaces/image/types.js').ShapeLayer} ShapeLayer
 * @typedef {import('./objects.js').Objects} Objects
 * @typedef {import('./objects.js').ObjectRegion} ObjectRegion
 * @typedef {import('./differences.js').Status} Status
 * @typedef {{id: string, status: Exclude<Status, 'same'>, who: string, place: import('../../surfaces/image/types.js').Box, text: string}} Finding
 */

/** Review: the objects of others over those of this answer, drawn by what is different. */
export class Others {
  #ctx;
  #objects;
  /** @type {readonly Shape[]} */
  #shapes = [];
  /** @type {Finding[]} */
  #findings = [];
  /** @type {unknown[]} */
  #made = [];

  /**
   * @param {Ctx} ctx
   * @param {Objects} objects
   */
  constructor(ctx, objects) {
    this.#ctx = ctx;
    this.#objects = objects;
  }

  /** @returns {ShapeLayer} */
  get layer() {
    return {
      id: `${this.#ctx.field.name}/others`,
      kind: this.#objects.kind.shapes,
      shapes: () => this.shapes,
    };
  }

  get shapes() {
    this.#refresh();
    return this.#shapes;
  }

  /** What differs, the gravest first. */
  get findings() {
    this.#refresh();
    return this.#findings;
  }

  #refresh() {
    const others = this.#ctx.others();
    const inputs = [this.#objects.all, ...others.flatMap((other) => [other.name, other.value])];
    if (inputs.length === this.#made.length && inputs.every((input, index) => input === this.#made[index]))
      return;
    this.#made = inputs;
    /** @type {Shape[]} */
    const shapes = [];
    /** @type {Finding[]} */
    const findings = [];
    for (const [index, other] of others.entries()) this.#compare(other, index, shapes, findings);
    this.#shapes = shapes;
    this.#findings = findings.sort((a, b) => ORDER.indexOf(a.status) - ORDER.indexOf(b.status));
  }

  /**
   * @param {import('../types.js').OtherValue} other
   * @param {number} index
   * @param {Shape[]} shapes
   * @param {Finding[]} findings
   */
  #compare(other, index, shapes, findings) {
    if (other.value === undefined) return;
    const theirs = /** @type {ObjectRegion[]} */ (/** @type {unknown} */ (other.value));
    for (const { status, here, there, iou } of differences(this.#objects.all, theirs, this.#objects.kind)) {
      const region = /** @type {ObjectRegion} */ (there ?? here);
      const id = `${index}:${region.id}:${status}`;
      const text = this.#text(status, here, there, iou);
      const style = {
        color: cssColor(other.color),
        ...LINES[status],
        title: status === "same" ? "" : this.#label(other.name, text),
      };
      shapes.push({ id, geometry: this.#objects.geometry(region), style, fixed: true });
      if (status !== "same") {
        const place = this.#objects.bounds(region);
        findings.push({ id, status, who: other.name, place, text });
      }
    }
  }

  /**
   * Whose it is need not be said where there is only one, and room for the rest is scarce.
   *
   * @param {string} name
   * @param {string} text
   */
  #label(name, text) {
    return this.#ctx.others().length === 1 ? text : `${name}: ${text}`;
  }

  /**
   * @param {Status} status
   * @param {ObjectRegion | null} here
   * @param {ObjectRegion | null} there
   * @param {number} overlap
   */
  #text(status, here, there, overlap) {
    const { t } = this.#ctx;
    const title = (/** @type {ObjectRegion | null} */ region) =>
      region ? this.#objects.look(region.class).title : "";
    if (status === "missing") return t("{class}, missing here", { class: title(there) });
    if (status === "extra") return t("{class}, only here", { class: title(here) });
    if (status === "class") return t("{there}, here {here}", { there: title(there), here: title(here) });
    return t("{class}, overlap {iou} %", { class: title(there), iou: Math.round(overlap * 100) });
  }
}

/** @type {readonly Status[]} */
const ORDER = ["missing", "extra", "class", "low"];

/**
 * A canvas knows no custom properties.
 *
 * @param {string} color
 */
function cssColor(color) {
  const name = /^var\((--[\w-]+)\)$/.exec(color)?.[1];
  return name
    ? getComputedStyle(document.documentElement).getPropertyValue(name).trim() || "rgb(128 128 128)"
    : color;
}
