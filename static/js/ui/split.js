import { h } from "../core/dom.js";

/** Two panes with a bar between: `<ts-split data-split="40"><div>…</div><div>…</div></ts-split>`; drag or arrow keys. */
export class Split extends HTMLElement {
  #share = 50;
  #bar = h("div", {
    role: "separator",
    tabindex: "0",
    "aria-orientation": "vertical",
    "aria-label": "Width of the panes",
    "aria-valuemin": "15",
    "aria-valuemax": "85",
  });

  connectedCallback() {
    const [first] = this.children;
    if (!first || this.contains(this.#bar)) return;
    first.after(this.#bar);
    this.#bar.addEventListener("pointerdown", (event) => this.#bar.setPointerCapture(event.pointerId));
    this.#bar.addEventListener("pointermove", (event) => {
      if (this.#bar.hasPointerCapture(event.pointerId)) this.#set(this.#shareAt(event.clientX));
    });
    this.#bar.addEventListener("keydown", (event) => {
      const step = { ArrowLeft: -2, ArrowRight: 2 }[event.key];
      if (step === undefined) return;
      event.preventDefault();
      this.#set(this.#share + step);
    });
    this.#set(Number(this.dataset.split ?? 50));
  }

  /** @param {number} x */
  #shareAt(x) {
    const box = this.getBoundingClientRect();
    const share = ((x - box.left) / box.width) * 100;
    return getComputedStyle(this).direction === "rtl" ? 100 - share : share;
  }

  /** @param {number} share percent of the first pane */
  #set(share) {
    this.#share = Math.min(Math.max(share, 15), 85);
    this.style.setProperty("--split", `${this.#share}fr`);
    this.style.setProperty("--split-rest", `${100 - this.#share}fr`);
    this.#bar.setAttribute("aria-valuenow", String(Math.round(this.#share)));
  }
}

export function startSplit() {
  customElements.define("ts-split", Split);
}
