import { svg } from "./icon.js";

const SMALL_SAMPLE = 20;

/** `<ts-interval value="0.91" lo="0.87" hi="0.94" n="212">`: the number with its interval as a thin bar. */
export class Interval extends HTMLElement {
  static observedAttributes = ["value", "lo", "hi", "n"];

  connectedCallback() {
    this.#draw();
  }

  attributeChangedCallback() {
    if (this.isConnected) this.#draw();
  }

  #draw() {
    const value = this.#number("value");
    if (value === null) {
      this.replaceChildren("–");
      this.title = "Not defined yet";
      return;
    }
    const [lo, hi, n] = [this.#number("lo") ?? value, this.#number("hi") ?? value, this.#number("n")];
    const small = n !== null && n < SMALL_SAMPLE;
    this.classList.toggle("small-sample", small);
    this.title = `${lo.toFixed(3)} to ${hi.toFixed(3)}${n === null ? "" : `, n = ${n}`}`;
    this.replaceChildren(
      number(value.toFixed(2)),
      bar(value, lo, hi),
      hidden(` ${this.title}${small ? ", small sample" : ""}`),
    );
  }

  /** @param {string} name */
  #number(name) {
    const text = this.getAttribute(name);
    const value = text === null || text === "" ? Number.NaN : Number(text);
    return Number.isFinite(value) ? value : null;
  }
}

/** @param {string} text */
function number(text) {
  const element = document.createElement("span");
  element.className = "num";
  element.textContent = text;
  return element;
}

/** @param {string} text */
function hidden(text) {
  const element = document.createElement("span");
  element.className = "visually-hidden";
  element.textContent = text;
  return element;
}

/**
 * @param {number} value
 * @param {number} lo
 * @param {number} hi
 */
function bar(value, lo, hi) {
  const percent = (/** @type {number} */ share) => Math.min(Math.max(share, 0), 1) * 100;
  return svg("svg", { viewBox: "0 0 100 10", preserveAspectRatio: "none", "aria-hidden": "true" }, [
    svg("rect", { class: "track", x: 0, y: 4.5, width: 100, height: 1 }),
    svg("rect", {
      class: "range",
      x: percent(lo),
      y: 3,
      width: Math.max(percent(hi) - percent(lo), 0),
      height: 4,
    }),
    svg("rect", { class: "at", x: Math.min(percent(value), 98), y: 0, width: 2, height: 10 }),
  ]);
}

export function startInterval() {
  customElements.define("ts-interval", Interval);
}
