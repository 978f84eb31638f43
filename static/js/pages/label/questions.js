import { toast } from "../../ui/toast.js";
import { openQuestionDialog } from "./question-dialog.js";
import { entryOf } from "./works.js";

/**
 * @typedef {import('./types.js').Entry} Entry
 * @typedef {import('./types.js').Pin} Pin
 * @typedef {import('./types.js').QuestionDraft} QuestionDraft
 * @typedef {import('./types.js').Work} Work
 * @typedef {import('./outbox.js').Change} Change
 * @typedef {import('./workbench.js').Parts & {database: import('./database.js').Database}} Parts
 */

/** Questions about items: what is typed is kept in this browser at once, what is asked goes out with the answers. */
export class Questions {
  /** What the server did not take, until it is mended or dropped. @type {QuestionDraft[]} */
  refused = [];
  #parts;
  #changed;

  /**
   * @param {Parts} parts
   * @param {() => void} changed what is refused
   */
  constructor(parts, changed) {
    this.#parts = parts;
    this.#changed = changed;
    void this.#readRefused();
  }

  /**
   * The dialog about this item, with what was begun here before.
   * @param {Work} work
   * @param {Pin | null} pin
   */
  open(work, pin) {
    const { database, outbox } = this.#parts;
    const key = `q:${work.assignment.id}`;
    openQuestionDialog({
      assignment: work.assignment.id,
      pin,
      begun: database.get("drafts", key).catch(() => undefined),
      others: this.refused.filter((one) => one.key !== key),
      waiting: () =>
        outbox.entries.filter((one) => one.kind === "question" && one.assignment.id === work.assignment.id),
      keep: (body, about) => this.#keep(work, body, about),
      ask: (body, about) => this.#ask(work, body, about),
      drop: (draft) => this.#drop(draft.key),
    });
  }

  /**
   * @param {Change} change of the outbox, about a question
   * @param {boolean} mine asked in this tab
   */
  heard(change, mine) {
    if (change.type === "sent" && mine) this.#parts.handle.announce("Asked. The answer comes to your inbox.");
    if (change.type !== "refused") return;
    const { message } = change.refusal;
    if (mine)
      toast({ text: `Your question was not accepted: ${message} It is kept here: press Q.`, tone: "bad" });
    void this.#readRefused();
  }

  /**
   * @param {Work} work
   * @param {string} body
   * @param {Pin | null} pin
   * @returns {Promise<void>} once it is on the disk
   */
  async #keep({ assignment }, body, pin) {
    const key = `q:${assignment.id}`;
    if (!body.trim()) return this.#drop(key);
    const { database, boot } = this.#parts;
    const project = boot.project.id;
    /** @type {QuestionDraft} */
    const draft = { key, project, body, pin, at: Date.now(), assignment, refused: null };
    await database.change({ put: [["drafts", draft]] });
    if (this.refused.some((one) => one.key === key)) await this.#readRefused();
  }

  /**
   * @param {Work} work
   * @param {string} body
   * @param {Pin | null} pin
   * @returns {Promise<void>} once it is on the disk; from there it goes out by itself
   */
  async #ask(work, body, pin) {
    const { outbox, boot, tabs, handle } = this.#parts;
    const url = `/api/v1/assignments/${work.assignment.id}/comments/`;
    const facts = { value: {}, project: boot.project.id, tab: tabs.id, notBefore: 0 };
    const entry = entryOf({ ...work, annotation: null }, facts, {
      kind: "question",
      url,
      body: { body, kind: "question", pin },
    });
    await outbox.add(entry, `q:${work.assignment.id}`);
    if (outbox.line === "offline") handle.announce("Kept here. It goes out when the connection is back.");
    await this.#readRefused();
  }

  /** @param {string} key */
  async #drop(key) {
    await this.#parts.database.change({ remove: [["drafts", key]] });
    await this.#readRefused();
  }

  async #readRefused() {
    const { database, boot } = this.#parts;
    const all = /** @type {any[]} */ (await database.all("drafts").catch(() => []));
    this.refused = all.filter(
      (one) => one.key.startsWith("q:") && one.refused && one.project === boot.project.id,
    );
    this.#changed();
  }
}
