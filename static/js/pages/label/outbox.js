import { Listeners } from "../../core/listeners.js";
import { Refused, request, SignedOut } from "./server.js";

/**
 * @typedef {import('./types.js').Entry} Entry
 * @typedef {import('./types.js').Refusal} Refusal
 * @typedef {'idle' | 'sending' | 'offline' | 'signed-out'} Line how the connection does
 * @typedef {{type: 'change'} | {type: 'sent', entry: Entry, answer: any, here: boolean}
 *   | {type: 'refused', entry: Entry, refusal: Refusal, here: boolean}} Change
 */

const FIRST_WAIT = 500;
const LONGEST_WAIT = 20_000;

/**
 * Answers, skips, corrections and questions on their way: stored first, sent after, by one tab, until the server has said yes or
 * no. The key makes a repeat harmless, so anything unclear is sent again.
 */
export class Outbox {
  /** What waits, oldest first. @type {Entry[]} */
  entries = [];
  /** @type {Line} */
  line = "idle";
  /** @type {Listeners<Change>} */
  changes = new Listeners();
  /** @type {Set<string>} ids that have left this browser, perhaps */
  #inFlight = new Set();
  #wake = () => {};
  #failures = 0;
  #database;
  #tabs;
  #scope;
  #name;

  /**
   * @param {import('./database.js').Database} database
   * @param {import('./tabs.js').Tabs} tabs
   * @param {{scope: import('../../core/scope.js').Scope, name: string}} options
   */
  constructor(database, tabs, { scope, name }) {
    this.#database = database;
    this.#tabs = tabs;
    this.#scope = scope;
    this.#name = name;
    tabs.on("outbox", () => this.#reload());
    tabs.on("sent", ({ entry, answer }) =>
      this.#settled(entry, { type: "sent", entry, answer, here: false }),
    );
    tabs.on("refused", ({ entry, refusal }) =>
      this.#settled(entry, { type: "refused", entry, refusal, here: false }),
    );
    tabs.on("state", (line) => this.#setLine(line, false));
    for (const type of ["online", "focus"]) scope.listen(window, type, () => this.hurry());
  }

  /** Reads what an earlier page left, and begins to send as soon as no other tab does. */
  async start() {
    await this.#reload();
    const run = () => this.#run();
    if (navigator.locks)
      void navigator.locks.request(this.#name, { signal: this.#scope.signal }, run).catch(() => {});
    else void run();
  }

  /**
   * Stores it; resolves when it is on the disk.
   * @param {Entry} entry
   * @param {string} draft the key of the draft that it replaces
   */
  async add(entry, draft) {
    this.entries = [...this.entries, entry];
    this.changes.emit({ type: "change" });
    await this.#database.change({ put: [["outbox", entry]], remove: [["drafts", draft]] });
    this.#tabs.tell("outbox");
    this.hurry();
  }

  /**
   * Takes back what has not left this browser.
   * @param {string} id
   * @returns {Promise<Entry | null>} null: too late
   */
  async withdraw(id) {
    const entry = (await this.#database.get("outbox", id)) ?? null;
    if (!entry || this.#inFlight.has(id) || entry.sending) return null;
    await this.#database.change({ remove: [["outbox", id]] });
    this.entries = this.entries.filter((other) => other.id !== id);
    this.changes.emit({ type: "change" });
    this.#tabs.tell("outbox");
    return entry;
  }

  /** Tries again now instead of later. */
  hurry() {
    this.#wake();
  }

  async #reload() {
    const all = /** @type {Entry[]} */ (await this.#database.all("outbox"));
    this.entries = all.sort((a, b) => a.at - b.at);
    this.changes.emit({ type: "change" });
    this.hurry();
  }

  /** The one sender. */
  async #run() {
    while (!this.#scope.disposed) {
      const now = Date.now();
      const entry = this.entries.find((one) => one.notBefore <= now);
      if (entry && (await this.#database.get("outbox", entry.id))) await this.#send(entry);
      else if (entry) this.entries = this.entries.filter((one) => one.id !== entry.id);
      else await this.#pause(Math.min(...this.entries.map((one) => one.notBefore - now), LONGEST_WAIT));
    }
  }

  /** @param {Entry} entry */
  async #send(entry) {
    this.#inFlight.add(entry.id);
    if (this.#failures === 0) this.#setLine("sending");
    try {
      await this.#database.change({ put: [["outbox", { ...entry, sending: true }]] });
      const answer = await request(entry.method, entry.url, { body: entry.body, key: entry.id });
      await this.#finish(entry, { type: "sent", entry, answer, here: true });
    } catch (error) {
      if (error instanceof Refused)
        await this.#finish(entry, { type: "refused", entry, refusal: error.refusal, here: true });
      else await this.#later(entry, error);
    } finally {
      this.#inFlight.delete(entry.id);
    }
  }

  /**
   * @param {Entry} entry
   * @param {Change} change
   */
  async #finish(entry, change) {
    const { refusal } = /** @type {{refusal?: Refusal}} */ (change);
    await this.#database.change({
      remove: [["outbox", entry.id]],
      put: refusal ? [["drafts", returned(entry, refusal)]] : [],
    });
    this.#failures = 0;
    this.#tabs.tell(change.type === "sent" ? "sent" : "refused", change);
    this.#settled(entry, change);
    this.#setLine(this.entries.length ? "sending" : "idle");
  }

  /**
   * @param {Entry} entry
   * @param {Change} change
   */
  #settled(entry, change) {
    this.entries = this.entries.filter((one) => one.id !== entry.id);
    this.changes.emit({ type: "change" });
    this.changes.emit(change);
  }

  /**
   * @param {Entry} entry
   * @param {unknown} error
   */
  async #later(entry, error) {
    await this.#database.change({ put: [["outbox", { ...entry, sending: false }]] });
    this.#inFlight.delete(entry.id);
    this.#setLine(error instanceof SignedOut ? "signed-out" : "offline");
    this.#failures += 1;
    const longest = Math.min(FIRST_WAIT * 2 ** Math.min(this.#failures, 6), LONGEST_WAIT);
    await this.#pause(longest * (0.5 + Math.random() / 2));
  }

  /** @param {number} milliseconds at most; `hurry` ends it earlier */
  #pause(milliseconds) {
    return new Promise((resolve) => {
      const done = () => {
        cancel();
        resolve(undefined);
      };
      const cancel = this.#scope.timeout(done, milliseconds);
      this.#wake = done;
    });
  }

  /**
   * @param {Line} line
   * @param {boolean} [tell]
   */
  #setLine(line, tell = true) {
    if (this.line === line) return;
    this.line = line;
    if (tell) this.#tabs.tell("state", line);
    this.changes.emit({ type: "change" });
  }
}

/**
 * @param {Entry} entry
 * @param {Refusal} refusal
 */
function returned(entry, refusal) {
  return entry.kind === "question" ? returnedQuestion(entry, refusal) : returnedDraft(entry, refusal);
}

/**
 * @param {Entry} entry
 * @param {Refusal} refusal
 * @returns {import('./types.js').QuestionDraft}
 */
function returnedQuestion({ assignment, project, body, at }, refusal) {
  const pin = /** @type {import('./types.js').Pin | null} */ (body.pin);
  const key = `q:${assignment.id}`;
  return { key, project, body: String(body.body), pin, at, assignment, refused: refusal.message };
}

/**
 * An answer that was refused is not lost: it becomes a draft again, with what is wrong about it.
 * @param {Entry} entry
 * @param {Refusal} refusal
 * @returns {import('./types.js').LocalDraft}
 */
function returnedDraft(entry, refusal) {
  const { assignment, annotation, value, project } = entry;
  return {
    key: annotation ? `a:${annotation.id}` : assignment.id,
    project,
    value,
    base: assignment.draft?.revision ?? 0,
    seconds: Number(entry.body.seconds ?? 0),
    at: Date.now(),
    dirty: true,
    returned: { assignment, refusal, annotation },
  };
}
