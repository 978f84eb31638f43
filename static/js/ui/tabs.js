/**
 * Tabs that lead to other pages: the current one is in view. And tabs within a page, by the ARIA pattern:
 * `<ts-tabs><div role="tablist"><button role="tab" aria-controls="a">…</div><section role="tabpanel" id="a">…</ts-tabs>`.
 */
export class Tabs extends HTMLElement {
  connectedCallback() {
    const tabs = this.#tabs();
    this.addEventListener("click", (event) => {
      const tab = /** @type {Element} */ (event.target).closest('[role="tab"]');
      if (tab) this.select(/** @type {HTMLElement} */ (tab));
    });
    this.addEventListener("keydown", (event) => this.#key(event));
    const first = tabs.find((tab) => tab.getAttribute("aria-selected") === "true") ?? tabs[0];
    if (first) this.select(first);
  }

  /** @param {HTMLElement} chosen */
  select(chosen) {
    for (const tab of this.#tabs()) {
      const selected = tab === chosen;
      tab.setAttribute("aria-selected", String(selected));
      tab.tabIndex = selected ? 0 : -1;
      const panel = document.getElementById(tab.getAttribute("aria-controls") ?? "");
      if (panel) panel.hidden = !selected;
    }
    this.dispatchEvent(
      new CustomEvent("ts:tab", { detail: chosen.getAttribute("aria-controls"), bubbles: true }),
    );
  }

  /** @returns {HTMLElement[]} */
  #tabs() {
    return [...this.querySelectorAll('[role="tab"]')].map((tab) => /** @type {HTMLElement} */ (tab));
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const tabs = this.#tabs();
    const now = tabs.indexOf(/** @type {HTMLElement} */ (event.target));
    if (now < 0) return;
    const step = { ArrowRight: now + 1, ArrowLeft: now - 1, Home: 0, End: tabs.length - 1 }[event.key];
    if (step === undefined) return;
    const next = tabs[(step + tabs.length) % tabs.length];
    if (!next) return;
    event.preventDefault();
    next.focus();
    this.select(next);
  }
}

/** Bring the tab of this page into view where a narrow screen shows only a part of the strip. */
function showCurrent() {
  for (const current of document.querySelectorAll(":is(.subnav, .tabs) [aria-current]")) {
    const strip = current.closest(".subnav, .tabs");
    if (!strip) continue;
    const [outer, inner] = [strip.getBoundingClientRect(), current.getBoundingClientRect()];
    strip.scrollLeft += inner.left - outer.left - (outer.width - inner.width) / 2;
  }
}

export function startTabs() {
  customElements.define("ts-tabs", Tabs);
  showCurrent();
}
