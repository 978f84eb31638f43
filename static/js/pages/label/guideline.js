import { h } from "../../core/dom.js";
import { request, SignedOut, Unreachable } from "./server.js";

/** The guideline: a drawer at the side, and the whole page when there is a new version to read. */
export class GuidelinePanel {
  #drawer;
  #urls;
  /** @type {number | null} which version is in the drawer */
  #loaded = null;
  /** Where it was left. */
  #place = 0;

  /**
   * @param {HTMLElement} drawer
   * @param {import('./types.js').Urls} urls
   */
  constructor(drawer, urls) {
    this.#drawer = drawer;
    this.#urls = urls;
  }

  get open() {
    return this.#drawer.matches(":popover-open");
  }

  /**
   * @param {number | null} version the newest
   * @param {string[]} names what stands under the cursor: class, option, field; the first that is found is shown
   */
  async toggle(version, names) {
    if (this.open) {
      this.close();
      return;
    }
    this.#drawer.showPopover();
    if (this.#loaded !== version || version === null) await this.#load(version);
    this.#drawer.scrollTop = this.#place;
    this.#showPart(names);
  }

  close() {
    if (!this.open) return;
    this.#place = this.#drawer.scrollTop;
    this.#drawer.hidePopover();
  }

  /** @param {number | null} version */
  async #load(version) {
    const close = h(
      "button",
      { type: "button", class: "button ghost", "aria-label": "Close the guideline" },
      ["Close"],
    );
    close.addEventListener("click", () => this.close());
    const head = h("div", { class: "row label-drawer-head" }, [
      h("h2", {}, ["Guideline"]),
      h("span", { class: "grow" }),
      close,
    ]);
    try {
      const fragment = await this.fetchFragment();
      const empty = !fragment.textContent?.trim();
      this.#drawer.replaceChildren(
        head,
        empty ? h("p", { class: "muted" }, ["Nothing was written yet. Ask with Q."]) : fragment,
      );
      this.#loaded = version;
      this.#place = 0;
    } catch {
      this.#drawer.replaceChildren(
        head,
        h("p", {}, ["The guideline cannot be fetched now. Try again when the connection is back."]),
      );
    }
  }

  /** @returns {Promise<HTMLElement>} the server's page of it, with what is new marked */
  async fetchFragment() {
    const response = await fetch(this.#urls.guideline, { credentials: "same-origin" }).catch(() => {
      throw new Unreachable("No connection.");
    });
    if (response.redirected) throw new SignedOut("Sign in again.");
    if (!response.ok) throw new Unreachable(`The server answered ${response.status}.`);
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const article = page.querySelector("article") ?? page.body;
    return document.adoptNode(/** @type {HTMLElement} */ (article));
  }

  /** @param {string[]} names */
  #showPart(names) {
    const parts = [...this.#drawer.querySelectorAll("h1, h2, h3, h4, h5, h6, dt, strong, th")];
    for (const old of this.#drawer.querySelectorAll(".is-meant")) old.classList.remove("is-meant");
    for (const name of names) {
      const part = parts.find((one) => (one.textContent ?? "").trim().toLowerCase() === name.toLowerCase());
      if (!part) continue;
      part.classList.add("is-meant");
      part.scrollIntoView({ block: "start" });
      return;
    }
  }

  /**
   * A new version, to be read and confirmed before work goes on.
   * @param {{fill: (children: Node[]) => void, version: number, confirmed: () => void}} options
   */
  async gate({ fill, version, confirmed }) {
    this.close();
    const article = await this.fetchFragment().catch(() => null);
    const problem = h("p", { class: "label-gate-problem", role: "alert" });
    const button = h("button", { type: "button", class: "button primary large", id: "label-acknowledge" }, [
      "I have read it: go on",
    ]);
    button.addEventListener("click", async () => {
      try {
        await request("POST", this.#urls.acknowledge, { body: { version } });
        this.#loaded = null;
        confirmed();
      } catch (error) {
        problem.textContent = /** @type {Error} */ (error).message;
        if (error instanceof Unreachable || error instanceof SignedOut) return;
        confirmed();
      }
    });
    fill([
      h("div", { class: "label-gate" }, [
        h("h1", {}, [article?.dataset.known ? "The guideline has changed" : "Read the guideline first"]),
        h("div", { class: "label-gate-text", tabindex: "0", role: "region", "aria-label": "Guideline" }, [
          article ?? h("p", {}, ["It cannot be fetched now. Try again when the connection is back."]),
        ]),
        problem,
        button,
      ]),
    ]);
    button.disabled = article === null;
    button.focus();
  }
}
