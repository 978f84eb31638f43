import { ApiError, api } from "../../ui/api.js";
import { toast } from "../../ui/toast.js";
import { askRejection } from "./dialogs.js";

/**
 * @typedef {import('./types.js').Answer} Answer
 * @typedef {import('./types.js').Judgement} Judgement
 * @typedef {import('./types.js').Payload} Payload
 * @typedef {import('./types.js').Row} Row
 */

const AHEAD = 2;
const FEW = 5;

/** Going through the queue: show, judge, take back. */
export class Reviewing {
  #parts;
  #today;
  /** @type {() => void} */
  #lastToast = () => {};
  #turn = 0;
  #fetching = false;

  /**
   * @param {{queue: import('./queue.js').Queue, entries: import('./entries.js').Entries,
   *   stage: import('./stage.js').Stage, verdicts: import('./verdicts.js').Verdicts, urls: Record<string, string>,
   *   filters: Record<string, string>, today: number, onChange: () => void}} parts
   */
  constructor(parts) {
    this.#parts = parts;
    this.#today = parts.today;
  }

  get today() {
    return this.#today;
  }

  /** The answer that can be judged now. @returns {Payload | null} */
  get payload() {
    const { queue, stage } = this.#parts;
    return stage.payload && stage.payload.subject === queue.current ? stage.payload : null;
  }

  /** @param {string | null} annotation */
  async open(annotation) {
    const { queue, entries, stage, onChange } = this.#parts;
    const turn = ++this.#turn;
    queue.select(annotation);
    if (annotation === null) return onChange();
    try {
      stage.wait(true);
      const payload = entries.peek(annotation) ?? (await entries.get(annotation));
      if (turn !== this.#turn) return;
      stage.show(payload, entries.ontology(payload.ontology_version));
      onChange();
      await painted();
      entries.prefetch(Array.from({ length: AHEAD }, (_, step) => queue.beside(step + 1)));
      await this.#fill();
    } catch (error) {
      entries.forget(annotation);
      stage.wait(false);
      this.#failed(error, "Could not be shown.");
      if (error instanceof ApiError && error.status === 404) this.#drop(annotation);
    }
  }

  /** @param {number} step */
  step(step) {
    const next = this.#parts.queue.beside(step);
    if (next) void this.open(next);
  }

  accept() {
    if (this.payload) this.#judge({ verdict: "accept" }, "Accepted.");
  }

  async reject() {
    if (!this.payload) return;
    const asked = await askRejection(this.#parts.stage.pin);
    if (asked) this.#judge({ verdict: "reject", ...asked }, "Sent back to its author.");
  }

  /** @param {Answer} value */
  fix(value) {
    const { seconds } = this.#parts.stage;
    this.#judge({ verdict: "fix", value, seconds }, "Fixed: your answer stands.");
  }

  /** All selected ones leave at once; what the server does not accept of them is said when it has answered. */
  acceptSelected() {
    const { queue, verdicts } = this.#parts;
    const chosen = [...queue.selected];
    if (!chosen.length) return;
    /** @type {Map<string, {row: Row, index: number}>} */
    const removed = new Map();
    const back = () => this.#bringBack([...removed.values()].reverse());
    for (const annotation of chosen) {
      const was = queue.remove(annotation);
      if (was) removed.set(annotation, was);
    }
    const sent = verdicts.acceptAll(chosen, back);
    this.#count(chosen.length);
    void this.open(queue.current ?? queue.rows[0]?.annotation ?? null);
    this.#say(`${chosen.length} accepted.`, true);
    void sent.then((result) => {
      if (!result.ok) {
        this.#count(-chosen.length);
        this.#lastToast();
        back();
        this.#failed(result.error, "Nothing was accepted, so they wait again.");
        return;
      }
      this.#count(-result.refused.length);
      for (const { annotation } of result.refused) removed.delete(annotation);
      for (const { message } of result.refused.slice(0, 3))
        toast({ text: `One was not accepted: ${message}`, tone: "warn" });
    });
  }

  async undo() {
    const { verdicts, queue, entries } = this.#parts;
    this.#lastToast();
    try {
      const last = await verdicts.undo();
      if (!last) return;
      if (last.arrived) for (const annotation of last.annotations) entries.forget(annotation);
      this.#count(-last.annotations.length);
      this.#say(`Taken back: ${last.what.toLowerCase()}.`, false);
      await this.open(last.annotations[0] ?? queue.current);
    } catch (error) {
      this.#failed(error, "Could not be taken back.");
    }
  }

  /**
   * The next one is shown before the verdict has arrived.
   * @param {Judgement} judgement
   * @param {string} text
   */
  #judge(judgement, text) {
    const { queue, verdicts, stage, entries } = this.#parts;
    const { payload } = this;
    const annotation = payload?.subject;
    if (!payload || !annotation) return;
    const version = payload.answers.find(({ id }) => id === annotation)?.version;
    const removed = queue.remove(annotation);
    const back = () => removed && queue.restore(removed);
    const sent = verdicts.give(annotation, { ...judgement, version }, () =>
      this.#bringBack(removed ? [removed] : []),
    );
    this.#count(1);
    stage.leave();
    void this.open(queue.current);
    this.#say(text, true);
    void sent.then((result) => {
      if (result.ok) return;
      this.#count(-1);
      this.#lastToast();
      entries.forget(annotation);
      this.#refused(result.error, { annotation, back, judgement });
    });
  }

  /**
   * @param {ApiError} error
   * @param {{annotation: string, back: () => unknown, judgement: Judgement}} what
   */
  #refused(error, { annotation, back, judgement }) {
    if ([403, 404, 409].includes(error.status)) {
      toast({
        text: `${error.message} Your verdict was not needed; here is the next one.`,
        tone: "warn",
        seconds: 10,
      });
      return;
    }
    back();
    void this.open(annotation).then(() => {
      if (judgement.verdict === "fix")
        toast({ text: "Your fix is not lost: edit again, it is checked below.", tone: "warn" });
    });
    toast({ text: `Not saved, so it waits again. ${error.details}`, tone: "bad" });
  }

  /** @param {{row: Row, index: number}[]} removed */
  #bringBack(removed) {
    for (const one of removed) this.#parts.queue.restore(one);
  }

  /** @param {string} annotation is not there (any more) */
  #drop(annotation) {
    const { queue } = this.#parts;
    queue.remove(annotation);
    void this.open(queue.current);
  }

  /** More rows before the last ones are reached. */
  async #fill() {
    const { queue, urls, filters } = this.#parts;
    if (this.#fetching || !queue.hasMore || queue.rows.length - queue.index > FEW) return;
    this.#fetching = true;
    try {
      const query = new URLSearchParams({
        ...filters,
        limit: String(Math.min(1000, queue.rows.length + 50)),
      });
      const page = /** @type {{results: Row[]}} */ (await api("GET", `${urls.queue}?${query}`));
      queue.add(page.results);
    } catch (error) {
      this.#failed(error, "The rest of the queue could not be read.");
    } finally {
      this.#fetching = false;
    }
  }

  /** @param {number} step */
  #count(step) {
    this.#today += step;
    this.#parts.onChange();
  }

  /** @param {string} text @param {boolean} canUndo */
  #say(text, canUndo) {
    this.#lastToast();
    this.#lastToast = toast({ text, tone: "good", undo: canUndo ? () => this.undo() : undefined });
  }

  /** @param {unknown} error @param {string} text */
  #failed(error, text) {
    toast({ text: `${text} ${error instanceof ApiError ? error.details : String(error)}`, tone: "bad" });
  }
}

/** What comes now must not hold up what is on its way to the screen. */
function painted() {
  return new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
}
