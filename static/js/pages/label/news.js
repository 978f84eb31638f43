import { h } from "../../core/dom.js";
import { icon } from "../../ui/icon.js";
import { request } from "./server.js";

/**
 * @typedef {{id: string, kind: string, text: string, payload: {correct?: boolean, explanation?: string}}} Notice
 * @typedef {{notices: Notice[], counts: import('./types.js').Counts, guideline_version: number | null}} News
 */

const EVERY = 30_000;
/** Feedback is graded by a worker a moment after the answer. */
const SOON = [700, 2000, 5000];

/** Looks now and then for what came in meanwhile: inbox, counts, feedback. */
export class NewsDesk {
  #urls;
  #scope;
  #heard;
  /** @type {Set<string>} notices shown as cards */
  #shown = new Set();
  #asking = false;
  /** @type {(() => void)[]} */
  #expected = [];

  /**
   * @param {import('./types.js').Urls} urls
   * @param {{scope: import('../../core/scope.js').Scope, heard: (news: News) => void}} options
   */
  constructor(urls, { scope, heard }) {
    this.#urls = urls;
    this.#scope = scope;
    this.#heard = heard;
    const timer = setInterval(() => !document.hidden && this.ask(), EVERY);
    scope.add(() => clearInterval(timer));
  }

  /** After an answer, where feedback comes at once; somebody fast hears at the next rest. */
  expect() {
    for (const cancel of this.#expected) cancel();
    this.#expected = SOON.map((wait) => this.#scope.timeout(() => this.ask(), wait));
  }

  async ask() {
    if (this.#asking) return;
    this.#asking = true;
    try {
      const news = /** @type {News} */ (await request("GET", this.#urls.news));
      this.#heard(news);
      for (const notice of news.notices) if (notice.kind === "feedback") this.#card(notice);
    } catch {
      // Without a connection there is no news; what matters says so elsewhere.
    } finally {
      this.#asking = false;
    }
  }

  /** @param {Notice} notice feedback on an answer, beside the work, not in its way */
  #card({ id, payload, text }) {
    if (this.#shown.has(id)) return;
    this.#shown.add(id);
    const close = h("button", { type: "button", class: "button ghost icon-only", "aria-label": "Close" });
    close.append(icon("x"));
    const card = h(
      "aside",
      { class: `callout label-feedback ${payload.correct ? "good" : "warn"}`, role: "status" },
      [
        icon(payload.correct ? "circle-check" : "info"),
        h("div", { dir: "auto" }, [h("p", {}, [text])]),
        close,
      ],
    );
    close.addEventListener("click", () => {
      card.remove();
      void request("POST", this.#urls.notices, { body: { notices: [id] } }).catch(() => {});
    });
    document.querySelector(".label-body")?.append(card);
  }
}
