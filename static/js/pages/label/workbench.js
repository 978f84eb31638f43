import { sameJson } from "../../core/json.js";
import { toast } from "../../ui/toast.js";
import { Held } from "./held.js";
import { passingReason } from "./message.js";
import { pastOf } from "./past.js";
import { Refused, request, SignedOut } from "./server.js";
import { isComplete } from "./start-value.js";
import { answerOf, answersItem, belongsHere, entryOf, localDraft, Works } from "./works.js";

/**
 * @typedef {import('./types.js').Answer} Answer
 * @typedef {import('./types.js').Assignment} Assignment
 * @typedef {import('./types.js').Drawing} Drawing
 * @typedef {import('./types.js').Entry} Entry
 * @typedef {import('./types.js').LocalDraft} LocalDraft
 * @typedef {import('./types.js').Past} Past
 * @typedef {import('./types.js').Reason} Reason
 * @typedef {import('./types.js').Work} Work
 *
 * @typedef {object} Parts
 * @property {import('./types.js').Boot} boot
 * @property {import('../../label/component.js').LabelingHandle} handle
 * @property {import('./drafts.js').Drafts} drafts
 * @property {import('./outbox.js').Outbox} outbox
 * @property {import('./tabs.js').Tabs} tabs
 * @property {import('./clock.js').Clock} clock
 * @property {import('./past.js').PastAnswers} past
 * @property {import('./ontologies.js').Ontologies} ontologies
 * @property {import('./preferences.js').SavedPreferences} preferences
 * @property {import('../../core/scope.js').Scope} scope
 *
 * @typedef {object} Screen what the workbench tells the page
 * @property {(work: Work) => void} showed an item is on the screen
 * @property {(reason: Reason) => void} nothingToDo
 * @property {(version: number) => void} guidelineChanged
 * @property {(today: number) => void} counted by how much the own answers of today changed
 * @property {(entry: Entry) => void} answered
 */

/** An answer or a skip that cannot be mended later may be taken back so long. */
const GRACE = 5000;

/** The way of the items: drawn, shown, answered, gone; back and corrected. Knows nothing of buttons. */
export class Workbench {
  held = new Held();
  /** @type {Work | null} */
  current = null;
  /** Refused answers that wait to be mended. @type {LocalDraft[]} */
  returned = [];
  /** @type {Reason | null} */
  reason = null;
  /** Shown already, and left for another item. @type {string | null} */
  #leftFor = null;
  #parts;
  #screen;
  #turn = 0;
  #works;

  /**
   * @param {Parts} parts
   * @param {Screen} screen
   */
  constructor(parts, screen) {
    this.#parts = parts;
    this.#screen = screen;
    this.#works = new Works(parts);
  }

  /**
   * @param {Promise<[LocalDraft[], void]>} kept the refused answers of this browser, once its outbox is read too
   * @param {Drawing | null} drawing what came with the page
   * @param {{assignment: string | null, answer: string | null}} wanted what the address names
   */
  async start(kept, drawing, { assignment, answer }) {
    const { outbox, boot } = this.#parts;
    const [returned] = await kept;
    for (const entry of outbox.entries) if (answersItem(entry)) this.held.finish(entry.assignment.id);
    this.returned = returned.filter((draft) => belongsHere(boot, { ...draft, ...draft.returned }));
    await this.#draw(
      async () => drawing ?? request("POST", boot.urls.next, { body: { count: boot.settings.count } }),
    );
    if (answer) await this.openAnswer(answer);
    else await this.showNext(assignment);
  }

  /** Asks again for what is held, and for more. */
  async refresh() {
    const { urls, settings } = this.#parts.boot;
    await this.#draw(() => request("POST", urls.next, { body: { count: settings.count } }));
    if (!this.current) await this.showNext();
  }

  /** @param {() => Promise<Drawing>} ask */
  async #draw(ask) {
    try {
      this.receive(await ask());
    } catch (error) {
      if (error instanceof Refused)
        this.reason = { code: "refused", text: error.message, guideline_version: null };
      else
        this.reason = {
          code: error instanceof SignedOut ? "signed_out" : "offline",
          text: "",
          guideline_version: null,
        };
    }
  }

  /** @param {Drawing} drawing */
  receive({ assignments, reason }) {
    const shown = this.current?.mode === "label" ? this.current.assignment.id : null;
    if (reason?.code === "guideline") {
      this.reason = reason;
      this.#screen.guidelineChanged(reason.guideline_version ?? 0);
      return;
    }
    this.held.merge(assignments, shown);
    this.reason = reason;
    this.held.lookAhead();
  }

  /** @param {string | null} [wanted] an assignment */
  async showNext(wanted = null) {
    if (this.reason?.code === "guideline") return undefined;
    const returned = this.returned[0];
    if (returned) return this.#show(() => this.#works.returned(returned));
    const assignment = this.held.next(wanted ?? this.#leftFor);
    if (assignment) return this.#show(() => this.#works.fresh(assignment));
    this.#leave();
    this.#screen.nothingToDo(this.reason ?? passingReason(this.#parts.outbox.line));
    return undefined;
  }

  /** @param {string} annotation id of an own answer */
  async openAnswer(annotation) {
    try {
      const answer = await request("GET", this.#parts.boot.urls.answer.replace("{}", annotation));
      await this.#show(() => this.#works.correction(pastOf(answer)));
    } catch (error) {
      toast({ text: `This answer cannot be opened: ${/** @type {Error} */ (error).message}`, tone: "warn" });
      await this.showNext();
    }
  }

  /** @param {() => Promise<Work>} make */
  async #show(make) {
    const { handle, ontologies, drafts, clock, tabs, boot } = this.#parts;
    const turn = ++this.#turn;
    const work = await make();
    const version = work.assignment.ontology_version;
    const ontology = ontologies.now(version) ?? (await ontologies.load(version));
    if (turn !== this.#turn) return;
    const local = localDraft(work, boot.project.id);
    drafts.open(local, work.mode === "label" ? `${this.#url(work)}draft/` : "");
    await handle.setItem({ ontology, item: work.assignment, value: work.value, begun: work.begun });
    if (turn !== this.#turn) return;
    this.current = work;
    clock.start(work.seconds);
    tabs.tell("open", { key: work.key });
    if (work.refusal) handle.showProblems(work.refusal.fields);
    this.#screen.showed(work);
    this.held.lookAhead();
  }

  /** @param {Answer} value of the component, after a change by the person */
  changed(value) {
    const { drafts, clock, boot, handle, ontologies } = this.#parts;
    const work = this.current;
    if (!work) return;
    drafts.changed(value, clock.seconds);
    const ontology = /** @type {any} */ (ontologies.now(work.assignment.ontology_version));
    if (!boot.settings.auto_submit || work.mode !== "label" || !isComplete(ontology, value)) return;
    if (handle.problems().length === 0) this.submit(handle.value, { hold: !boot.settings.allow_corrections });
  }

  /**
   * @param {Answer} value
   * @param {{hold?: boolean}} [options] hold: it may be taken back for a moment
   */
  submit(value, { hold = false } = {}) {
    const work = this.current;
    if (!work) return;
    const { boot, clock, past } = this.#parts;
    const { seconds } = clock;
    const what = answerOf(work, value, { seconds, next: boot.settings.count, url: this.#url(work) });
    const entry = this.#entry(work, value, what, hold ? Date.now() + GRACE : 0);
    const { assignment, annotation } = work;
    if (work.past) Object.assign(work.past, { value, entry: entry.id });
    else if (!annotation) past.add({ assignment, value, annotation: null, entry: entry.id, seconds });
    if (!annotation) this.#screen.counted(1);
    this.#send(work, entry);
  }

  /**
   * @param {string} reason
   * @param {string} comment
   */
  skip(reason, comment) {
    const work = this.current;
    if (work?.mode !== "label") return;
    const url = `${this.#url(work)}skip/`;
    const body = { reason, comment, next: this.#parts.boot.settings.count };
    const alone = this.held.items.length < 2; // the next item comes with the response: no time to lose
    const what = /** @type {const} */ ({ kind: "skip", url, body });
    const entry = this.#entry(work, this.#parts.handle.value, what, alone ? 0 : Date.now() + GRACE);
    this.#send(work, entry);
    if (alone) toast({ text: "Skipped.", seconds: 3 });
    else toast({ text: "Skipped.", seconds: GRACE / 1000, undo: () => this.takeBack(entry) });
  }

  /** @param {Work} work @returns {string} where the API has its assignment */
  #url({ assignment }) {
    return this.#parts.boot.urls.assignment.replace("{}", assignment.id);
  }

  /**
   * @param {Work} work
   * @param {Answer} value
   * @param {Pick<Entry, 'kind' | 'url' | 'body'>} what
   * @param {number} notBefore
   */
  #entry(work, value, what, notBefore) {
    const { boot, tabs } = this.#parts;
    return entryOf(work, { value, project: boot.project.id, tab: tabs.id, notBefore }, what);
  }

  /**
   * @param {Work} work
   * @param {Entry} entry
   */
  #send(work, entry) {
    const { drafts, outbox } = this.#parts;
    this.current = null;
    if (entry.kind !== "correct") this.held.finish(work.assignment.id);
    if (this.#leftFor === work.assignment.id) this.#leftFor = null;
    this.returned = this.returned.filter(({ key }) => key !== work.key);
    drafts.answered(work.key);
    outbox.add(entry, work.key).catch((error) => {
      toast({
        text: `This browser could not keep the answer (${error.message}). It is being sent; keep this tab open.`,
        tone: "bad",
      });
    });
    this.#screen.answered(entry);
    void this.showNext();
  }

  /**
   * @param {Entry} entry skipped or answered a moment ago
   * @returns {Promise<boolean>} whether it had not left yet
   */
  async takeBack(entry) {
    if (!(await this.#parts.outbox.withdraw(entry.id))) {
      if (entry.kind === "skip") toast({ text: "Too late: the server has it already.", tone: "warn" });
      return false;
    }
    if (entry.kind === "submit") this.#screen.counted(-1);
    this.held.giveBack(entry.assignment);
    await this.#show(() => this.#works.reopened(entry));
    return true;
  }

  /** The own answer before this one, or before the present item. */
  async back() {
    const { past, handle } = this.#parts;
    const before = await past.before(this.current?.past ?? null).catch(() => null);
    if (!before) {
      handle.announce("There is no earlier answer here.");
      return;
    }
    await this.#open(before);
  }

  /** @param {Past} past */
  async #open(past) {
    const { outbox, handle, boot } = this.#parts;
    this.#rememberPlace();
    const entry = outbox.entries.find(({ id }) => id === past.entry);
    if (entry?.kind === "submit" && (await this.takeBack(entry))) {
      this.#parts.past.remove(past);
      return;
    }
    if (past.entry) await this.#onceSent(past.entry);
    if (!past.annotation) handle.announce("This answer is on its way. Try again in a moment.");
    else if (!boot.settings.allow_corrections)
      handle.announce("This project does not allow answers to be changed.");
    else await this.#show(() => this.#works.correction(past));
  }

  /** @param {string} id of an entry that may be in flight */
  async #onceSent(id) {
    const { outbox, scope } = this.#parts;
    for (let tries = 0; tries < 30 && outbox.entries.some((entry) => entry.id === id); tries += 1)
      await new Promise((resolve) => scope.timeout(() => resolve(undefined), 50));
  }

  /** From a correction back to the present. */
  async forward() {
    const work = this.current;
    if (work?.mode !== "correct") return false;
    const after = work.past && this.#parts.past.after(work.past);
    if (after) await this.#open(after);
    else await this.toPresent();
    return true;
  }

  async toPresent() {
    this.returned = this.returned.filter(({ key }) => key !== this.current?.key);
    await this.showNext();
  }

  /** The item on the screen is not to be answered by this: its draft is dropped. */
  async drop() {
    const work = this.current;
    if (!work) return;
    this.current = null;
    this.returned = this.returned.filter(({ key }) => key !== work.key);
    this.#parts.drafts.answered(work.key);
    await this.#parts.drafts.forget(work.key);
    if (work.mode === "label") this.held.finish(work.assignment.id);
    await this.showNext();
  }

  #rememberPlace() {
    if (this.current?.mode === "label") this.#leftFor = this.current.assignment.id;
  }

  #leave() {
    this.#turn += 1;
    this.current = null;
    this.#parts.drafts.leave();
  }

  /**
   * @param {Entry} entry
   * @param {any} answer
   * @param {boolean} mine made in this tab
   */
  sent(entry, answer, mine) {
    const { past } = this.#parts;
    if (entry.kind === "submit")
      past.settle(entry.id, { id: answer.annotation.id, version: answer.annotation.version });
    if (entry.kind === "correct") past.settle(entry.id, { id: answer.id, version: answer.version });
    if (!mine || entry.kind === "correct" || !belongsHere(this.#parts.boot, entry)) return;
    this.receive(answer);
    if (!this.current) void this.showNext();
  }

  /**
   * @param {Entry} entry
   * @param {import('./types.js').Refusal} refusal
   * @param {boolean} mine
   */
  async refused(entry, refusal, mine) {
    const { drafts, past, boot } = this.#parts;
    const key = entry.annotation ? `a:${entry.annotation.id}` : entry.assignment.id;
    const { current } = refusal;
    if (
      refusal.code === "already_submitted" &&
      entry.kind === "submit" &&
      sameJson(current?.value, entry.value)
    ) {
      past.settle(entry.id, { id: current?.annotation ?? "", version: current?.version ?? 1 });
      await drafts.forget(key);
      return;
    }
    past.refuse(entry.assignment.id);
    if (!mine || !belongsHere(boot, entry)) return;
    if (entry.kind === "submit") this.#screen.counted(-1);
    if (entry.kind === "skip") {
      await drafts.forget(key);
      toast({ text: `Not skipped: ${refusal.message}`, tone: "warn" });
      return;
    }
    const draft = await drafts.stored(key);
    if (draft) this.returned = [...this.returned.filter((other) => other.key !== key), draft];
    if (!this.current) await this.showNext();
    else toast({ text: `An answer was not accepted: ${refusal.message} It comes next.`, tone: "warn" });
  }

  /** @param {Entry[]} entries what waits, of all tabs: what another tab has answered is not ours to answer */
  heardOf(entries) {
    const { tabs, drafts } = this.#parts;
    for (const entry of entries) {
      if (entry.tab === tabs.id || !answersItem(entry) || this.held.isDone(entry.assignment.id)) continue;
      this.held.finish(entry.assignment.id);
      if (this.current?.mode !== "label" || this.current.assignment.id !== entry.assignment.id) continue;
      drafts.answered(entry.assignment.id);
      this.current = null;
      toast({ text: "You answered that item in another tab." });
      void this.showNext();
    }
  }
}
