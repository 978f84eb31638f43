import { sameJson } from "../../core/json.js";
import { Listeners } from "../../core/listeners.js";
import { Refused, request, SignedOut } from "./server.js";

/**
 * @typedef {import('./types.js').Answer} Answer
 * @typedef {import('./types.js').LocalDraft} LocalDraft
 * @typedef {import('./types.js').ServerDraft} ServerDraft
 * @typedef {import('./types.js').Refusal} Refusal
 * @typedef {{type: 'state'} | {type: 'adopted', value: Answer} | {type: 'conflict', refusal: Refusal}
 *   | {type: 'closed'} | {type: 'lease', expires: string}} Change
 */

const SOON = 1000;
const AGAIN = 5000;

/** The unfinished answer on the screen: in this browser at once, at the server soon, the same in all tabs. */
export class Drafts {
  /** @type {Listeners<Change>} */
  changes = new Listeners();
  /** @type {'saved' | 'local' | 'offline'} */
  state = "saved";
  /** @type {LocalDraft | null} */
  #draft = null;
  #url = "";
  /** @type {Promise<void> | null} */
  #sending = null;
  #writing = Promise.resolve();
  #cancel = () => {};
  /** All that was read a moment ago, for the first item. @type {Map<string, LocalDraft> | null} */
  #read = null;
  #database;
  #tabs;
  #scope;

  /**
   * @param {import('./database.js').Database} database
   * @param {import('./tabs.js').Tabs} tabs
   * @param {{scope: import('../../core/scope.js').Scope}} options
   */
  constructor(database, tabs, { scope }) {
    this.#database = database;
    this.#tabs = tabs;
    this.#scope = scope;
    tabs.on("draft", (data) => this.#adopt(data));
    scope.listen(window, "pagehide", () => this.flush({ keepalive: true }));
    scope.listen(document, "visibilitychange", () => document.hidden && this.flush({ keepalive: true }));
    scope.listen(window, "online", () => this.flush());
  }

  /** @param {string} key @returns {Promise<LocalDraft | undefined>} */
  async stored(key) {
    const read = this.#read;
    this.#read = null;
    return read ? read.get(key) : this.#database.get("drafts", key);
  }

  /** @returns {Promise<LocalDraft[]>} answers that were refused and wait to be mended */
  async returned() {
    const all = /** @type {LocalDraft[]} */ (await this.#database.all("drafts"));
    this.#read = new Map(all.map((draft) => [draft.key, draft]));
    return all.filter((draft) => draft.returned);
  }

  /** @param {string} key */
  forget(key) {
    return this.#database.change({ remove: [["drafts", key]] });
  }

  /**
   * Another item comes on the screen; what was typed into the one before goes out now.
   * @param {LocalDraft} draft
   * @param {string} url of the server's draft; empty when it keeps none (corrections)
   */
  open(draft, url) {
    this.leave();
    this.#draft = draft;
    this.#url = url;
    this.#setState(draft.dirty || isBegun(draft) ? "local" : "saved");
    if (draft.dirty) this.#soon(SOON);
  }

  /** The item leaves without an answer: to come back. */
  leave() {
    void this.flush();
    this.close();
  }

  /** The item leaves, answered: nothing more to keep. */
  close() {
    this.#cancel();
    this.#draft = null;
    this.#setState("saved");
  }

  /**
   * @param {Answer} value
   * @param {number} seconds
   */
  changed(value, seconds) {
    const draft = this.#draft;
    if (!draft || sameJson(draft.value, value)) return;
    Object.assign(draft, { value, seconds, at: Date.now(), dirty: true });
    this.#write(draft);
    this.#tabs.tell("draft", { key: draft.key, value, base: draft.base, dirty: true });
    this.#setState("local");
    this.#soon(SOON);
  }

  /**
   * What has been begun is kept in this browser only: the server's drafts are answers.
   * @param {import('../../label/session.js').Begun} begun
   */
  began(begun) {
    const draft = this.#draft;
    if (!draft || sameJson(draft.begun ?? {}, begun)) return;
    draft.begun = begun;
    this.#write(draft);
    if (!draft.dirty) this.#setState(isBegun(draft) ? "local" : "saved");
  }

  /** The newer draft of the other side was seen, and ours is to stand. @param {number} revision */
  overrule(revision) {
    if (!this.#draft) return;
    this.#draft.base = revision;
    this.#draft.dirty = true;
    this.#soon(0);
  }

  /**
   * Sends what the server has not got.
   * @param {{keepalive?: boolean}} [options]
   * @returns {Promise<void>}
   */
  async flush({ keepalive = false } = {}) {
    const draft = this.#draft;
    const url = this.#url;
    if (!draft?.dirty || !url) return;
    this.#cancel();
    if (this.#sending && !keepalive) await this.#sending;
    if (!draft.dirty) return;
    this.#sending = this.#send(draft, url, keepalive).finally(() => {
      this.#sending = null;
    });
    await this.#sending;
  }

  /**
   * @param {LocalDraft} draft
   * @param {string} url
   * @param {boolean} keepalive
   */
  async #send(draft, url, keepalive) {
    const { value, base } = draft;
    draft.sent = value;
    this.#write(draft);
    try {
      const answer = await request("PUT", url, { body: { value, base }, keepalive });
      draft.base = answer.draft.revision;
      draft.dirty = !sameJson(draft.value, value);
      this.#write(draft);
      this.#tabs.tell("draft", { key: draft.key, value: draft.value, base: draft.base, dirty: draft.dirty });
      if (draft !== this.#draft) return;
      this.changes.emit({ type: "lease", expires: answer.expires });
      if (draft.dirty) this.#soon(SOON);
      else this.#setState(isBegun(draft) ? "local" : "saved");
    } catch (error) {
      if (draft === this.#draft) this.#failed(error);
    }
  }

  /** @param {unknown} error */
  #failed(error) {
    if (!(error instanceof Refused)) {
      this.#setState(error instanceof SignedOut ? "local" : "offline");
      this.#soon(AGAIN);
    } else if (error.refusal.code === "draft") {
      this.changes.emit({ type: "conflict", refusal: error.refusal });
    } else if (error.refusal.status === 409) {
      this.changes.emit({ type: "closed" });
    }
  }

  /** @param {{key: string, value: Answer, base: number, dirty: boolean}} news from another tab */
  #adopt({ key, value, base, dirty }) {
    const draft = this.#draft;
    if (draft?.key !== key) return;
    const differs = !sameJson(draft.value, value);
    Object.assign(draft, { value, base: Math.max(base, draft.base), dirty });
    this.#cancel();
    this.#setState(dirty ? "local" : "saved");
    if (differs) this.changes.emit({ type: "adopted", value });
  }

  /** @param {LocalDraft} draft one write at a time, always the latest */
  #write(draft) {
    const copy = { ...draft };
    this.#writing = this.#writing
      .then(() => (draft === this.#draft || copy.dirty || isBegun(copy) ? this.#put(copy) : undefined))
      .catch(() => this.#setState("offline"));
  }

  /** @param {LocalDraft} draft */
  #put(draft) {
    if (this.#gone.has(draft.key)) return undefined;
    return this.#database.change({ put: [["drafts", draft]] });
  }

  /** Drafts that became answers: a write that comes late must not bring them back. @type {Set<string>} */
  #gone = new Set();

  /** @param {string} key */
  answered(key) {
    this.#gone.add(key);
    this.close();
  }

  /** @param {string} key it is unanswered again */
  revive(key) {
    this.#gone.delete(key);
  }

  /** @param {number} milliseconds */
  #soon(milliseconds) {
    this.#cancel();
    this.#cancel = this.#scope.timeout(() => void this.flush(), milliseconds);
  }

  /** @param {'saved' | 'local' | 'offline'} state */
  #setState(state) {
    if (this.state === state) return;
    this.state = state;
    this.changes.emit({ type: "state" });
  }
}

/** @param {LocalDraft} draft @returns {boolean} whether something has been begun that is not in the answer */
function isBegun({ begun = {} }) {
  return Object.keys(begun).length > 0;
}

/**
 * Which draft to go on from: this browser's or the server's.
 * @param {LocalDraft | undefined} local
 * @param {ServerDraft | null} server
 * @returns {{value: Answer | null, base: number, seconds: number, dirty: boolean, conflict: ServerDraft | null}}
 */
export function chooseDraft(local, server) {
  const base = server?.revision ?? 0;
  const seconds = local?.seconds ?? 0;
  if (!local?.dirty) return { value: server?.value ?? null, base, seconds, dirty: false, conflict: null };
  const same = server !== null && sameJson(server.value, local.value);
  const known = !server || base <= local.base || same || sameJson(server.value, local.sent ?? null);
  return { value: local.value, base, seconds, dirty: !same, conflict: known ? null : server };
}
