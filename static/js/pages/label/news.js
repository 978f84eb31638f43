import { showCombo } from "../../core/combo.js";
import { h, keycap } from "../../core/dom.js";
import { icon } from "../../ui/icon.js";
import { toast } from "../../ui/toast.js";
import { request } from "./server.js";
import { contrasts } from "./summaries.js";

/**
 * @typedef {import('./types.js').Answer} Answer
 * @typedef {{correct?: boolean, annotation?: string, answer?: Answer, yours?: Answer, explanation?: string}} Feedback
 * @typedef {{id: string, kind: string, text: string, payload: Feedback}} Notice
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
  #definition;
  #preferences;
  /** The latest miss on the screen. @type {{notice: Notice, card: HTMLElement} | null} */
  #missed = null;
  /** @type {Set<string>} notices shown as cards */
  #shown = new Set();
  #asking = false;
  /** @type {(() => void)[]} */
  #expected = [];

  /**
   * @param {import('./types.js').Urls} urls
   * @param {{scope: import('../../core/scope.js').Scope, definition: unknown, heard: (news: News) => void,
   *   preferences: () => import('./types.js').Preferences}} options
   */
  constructor(urls, { scope, definition, heard, preferences }) {
    this.#definition = definition;
    this.#preferences = preferences;
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

  /** Whether a miss is shown that somebody may contest. */
  get canContest() {
    return this.#missed?.card.isConnected ?? false;
  }

  /** Ask why the known answer of the latest miss is wrong; when that is sent, its card goes. */
  async contest(missed = this.#missed) {
    if (!missed?.card.isConnected) return;
    const { openContestDialog } = await import("./contest-dialog.js");
    const { payload, id } = missed.notice;
    const url = this.#urls.contest.replace("{}", payload.annotation ?? "");
    openContestDialog(payload, this.#definition, url, () => this.#dismiss(id, missed.card));
  }

  /** The item of the latest miss once more, with the known answer over one's own. */
  async look(missed = this.#missed) {
    if (!missed?.card.isConnected) return;
    const { openMissDialog } = await import("./miss-dialog.js");
    const { payload } = missed.notice;
    const url = this.#urls.answer.replace("{}", payload.annotation ?? "");
    const contest = () => void this.contest(missed);
    try {
      const [definition, preferences] = [this.#definition, this.#preferences()];
      await openMissDialog(payload, { url, definition, preferences, contest });
    } catch (error) {
      toast({ text: `Not now: ${/** @type {Error} */ (error).message}`, tone: "warn" });
    }
  }

  /**
   * @param {string} id
   * @param {HTMLElement} card
   */
  #dismiss(id, card) {
    card.remove();
    void request("POST", this.#urls.notices, { body: { notices: [id] } }).catch(() => {});
  }

  /** @param {Notice} notice feedback on an answer, beside the work, not in its way */
  #card(notice) {
    const { id, payload, text } = notice;
    if (this.#shown.has(id)) return;
    this.#shown.add(id);
    const close = h("button", { type: "button", class: "button ghost icon-only", "aria-label": "Close" });
    close.append(icon("x"));
    const card = h(
      "aside",
      { class: `callout label-feedback ${payload.correct ? "good" : "warn"}`, role: "status" },
      [
        icon(payload.correct ? "circle-check" : "info"),
        h("div", { dir: "auto" }, [h("p", {}, [text]), ...this.#differences(payload)]),
        close,
      ],
    );
    close.addEventListener("click", () => this.#dismiss(id, card));
    if (payload.correct === false && payload.annotation) {
      const missed = { notice, card };
      const ways = h("div", { class: "row" }, [
        wayButton("Look", "Alt+l", () => void this.look(missed)),
        wayButton("Contest", "Alt+c", () => void this.contest(missed)),
      ]);
      card.querySelector("div")?.append(ways);
      this.#missed = missed;
    }
    this.#show(card, payload.correct === false);
  }

  /**
   * One at a time, a miss before what was right; the others are in the inbox.
   * @param {HTMLElement} card
   * @param {boolean} miss
   */
  #show(card, miss) {
    const body = document.querySelector(".label-body");
    const old = body?.querySelector(":scope > .label-feedback");
    if (old && !miss && this.#missed?.card === old) return;
    old?.remove();
    body?.append(card);
  }

  /** @param {Feedback} feedback @returns {HTMLElement[]} a line for each field that was missed */
  #differences({ correct, answer, yours }) {
    if (correct !== false || !answer || !yours) return [];
    return contrasts(this.#definition, yours, answer).map(({ title, how, known, yours: mine }) =>
      h("p", { class: "small" }, [`${title}: ${how ?? `${known}, yours ${mine}`}`]),
    );
  }
}

/**
 * @param {string} text
 * @param {string} combo
 * @param {() => void} run
 */
function wayButton(text, combo, run) {
  const button = h("button", { type: "button", class: "button" }, [text, keycap(showCombo(combo))]);
  button.addEventListener("click", run);
  return button;
}
