import { grouped } from "../../core/numbers.js";
import { toast } from "../../ui/toast.js";
import { bindActions } from "./actions.js";
import { Banner } from "./banner.js";
import { GuidelinePanel } from "./guideline.js";
import { ItemNotices } from "./item-notices.js";
import { LeaseWatch } from "./lease-watch.js";
import { Message } from "./message.js";
import { NewsDesk } from "./news.js";
import { PreLabels } from "./pre-labels.js";
import { Questions } from "./questions.js";
import { openSkipDialog } from "./skip-dialog.js";
import { showState, stateOf } from "./state-line.js";
import { Workbench } from "./workbench.js";

/**
 * @typedef {import('./types.js').Work} Work
 * @typedef {import('./types.js').Entry} Entry
 * @typedef {import('./types.js').Reason} Reason
 * @typedef {import('./workbench.js').Parts & {root: HTMLElement, database: import('./database.js').Database}} PageParts
 */

/** @param {string} id */
const element = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

/** What is around the item: footer, state line, banners, messages, guideline. */
export class LabelPage {
  workbench;
  #parts;
  #notices;
  #preLabels;
  #foot = element("label-foot");
  #state = element("label-state");
  #message;
  #questions;
  #guideline;
  #lease;
  #news;
  #counts;
  /** @type {number | null} */
  #version;
  #gated = false;
  #started = Date.now();
  #stopPolling = () => {};
  #dropToast = () => {};

  /** @param {PageParts} parts */
  constructor(parts) {
    this.#parts = parts;
    const { boot, scope, root, clock } = parts;
    this.#counts = { ...boot.counts };
    this.#version = boot.guideline_version;
    this.#message = new Message(element("label-message"), root);
    this.#guideline = new GuidelinePanel(element("label-drawer"), boot.urls);
    this.workbench = new Workbench(parts, {
      showed: (work) => this.#showed(work),
      nothingToDo: (reason) => this.#nothing(reason),
      guidelineChanged: (version) => this.#gate(version),
      counted: (step) => this.#count(step),
      answered: (entry) => this.#answered(entry),
    });
    this.#notices = new ItemNotices({
      ...parts,
      banner: new Banner(element("label-banner")),
      workbench: this.workbench,
    });
    this.#preLabels = new PreLabels(parts, this.#foot.querySelector('[data-do="predictions"]'));
    this.#questions = new Questions(parts, () => this.#drawState());
    const definition = boot.ontology?.definition;
    const heard = (/** @type {import('./news.js').News} */ news) => this.#heard(news);
    const preferences = () => parts.preferences.all;
    this.#news = new NewsDesk(boot.urls, { scope, definition, heard, preferences });
    this.#lease = new LeaseWatch({
      scope,
      active: () => clock.active,
      renew: () => void this.workbench.refresh(),
      ranOut: () => this.#notices.ranOut(),
    });
    this.#listen();
    bindActions(this.#actions(), { keys: parts.handle.keys, scope, foot: this.#foot });
    element("label-guideline").addEventListener("click", () => this.#toggleGuideline());
    this.#offerForward(null);
  }

  #listen() {
    const { outbox, drafts, tabs, handle, scope } = this.#parts;
    outbox.changes.add((change) => {
      if (change.type === "change") this.workbench.heardOf(outbox.entries);
      else {
        const mine = change.entry.tab === tabs.id || (change.here && change.entry.at < this.#started);
        if (change.entry.kind === "question") this.#questions.heard(change, mine);
        else if (change.type === "sent") this.#sent(change.entry, change.answer, mine);
        else void this.workbench.refused(change.entry, change.refusal, mine).then(() => this.#drawState());
      }
      this.#drawState();
    });
    drafts.changes.add((change) => {
      if (change.type === "adopted") handle.setValue(change.value);
      if (change.type === "conflict") this.#notices.draftConflict(change.refusal.current);
      if (change.type === "closed") this.#notices.closed();
      if (change.type === "lease") this.#lease.watch(change.expires);
      this.#drawState();
    });
    tabs.on("open", ({ key }) => key === this.workbench.current?.key && this.#alsoOpen(key));
    tabs.on("saw", ({ key }) => key === this.workbench.current?.key && this.#twice());
    scope.listen(window, "online", () => !this.workbench.current && this.workbench.refresh());
    this.#drawState();
  }

  /** @returns {import('./actions.js').Action[]} */
  #actions() {
    const { workbench } = this;
    const { handle, boot } = this.#parts;
    const working = () => workbench.current !== null;
    const labeling = () => workbench.current?.mode === "label";
    /** @type {import('./actions.js').Action[]} */
    const actions = [
      {
        id: "label.back",
        title: "Back to your last answer",
        keys: ["ArrowLeft", "Alt+ArrowLeft"],
        button: "back",
        run: () => void workbench.back(),
      },
      {
        id: "label.forward",
        title: "On to the present item",
        keys: ["Alt+ArrowRight", "ArrowRight"],
        button: "forward",
        when: () => workbench.current?.mode === "correct",
        run: () => void workbench.forward(),
      },
      {
        id: "label.skip",
        title: "Skip this item",
        keys: ["s"],
        button: "skip",
        when: labeling,
        run: () => openSkipDialog((reason, comment) => workbench.skip(reason, comment)),
      },
      {
        id: "label.question",
        title: "Ask a question",
        keys: ["q"],
        button: "question",
        when: working,
        run: () => this.#ask(),
      },
      { id: "label.guideline", title: "Guideline", keys: ["g"], run: () => this.#toggleGuideline() },
      {
        id: "label.confirm",
        title: "Confirm the guideline",
        keys: ["Enter"],
        when: () => this.#gated,
        run: () => element("label-acknowledge")?.click(),
      },
      {
        id: "label.leave",
        title: "Close what is open",
        keys: ["Escape"],
        when: () => this.#guideline.open || workbench.current?.mode === "correct",
        run: () => this.#escape(),
      },
      { id: "label.undo", title: "Undo", keys: [], button: "undo", run: () => void handle.undo() },
      { id: "label.redo", title: "Redo", keys: [], button: "redo", run: () => void handle.redo() },
      {
        id: "label.submit",
        title: "Submit",
        keys: [],
        button: "submit",
        when: working,
        run: () => void handle.submit(),
      },
      {
        id: "label.contest",
        title: "Contest the feedback",
        keys: ["Alt+c"],
        when: () => this.#news.canContest,
        run: () => void this.#news.contest(),
      },
      {
        id: "label.look",
        title: "Look at what you missed",
        keys: ["Alt+l"],
        when: () => this.#news.canContest,
        run: () => void this.#news.look(),
      },
      { id: "label.keys", title: "Change keys", keys: [], run: () => void this.#changeKeys() },
    ];
    if (boot.settings.show_predictions)
      actions.push({
        id: "label.predictions",
        title: "Pre-labels on or off",
        keys: ["Alt+p"],
        button: "predictions",
        run: () => this.#preLabels.toggle(workbench.current),
      });
    return actions;
  }

  /** @param {Work} work */
  #showed(work) {
    this.#stopPolling();
    this.#gated = false;
    this.#message.hide();
    for (const old of this.#parts.root.querySelectorAll(":scope > .label-skeleton")) old.remove();
    this.#lease.watch(work.mode === "label" ? work.assignment.expires : null);
    this.#offerForward(work);
    this.#notices.about(work);
    this.#drawState();
  }

  /** @param {Work | null} work */
  #offerForward(work) {
    const correcting = work?.mode === "correct";
    for (const button of this.#foot.querySelectorAll("button")) {
      const name = button.dataset.do ?? "";
      button.disabled = work === null ? name !== "back" : correcting && name === "skip";
      if (name === "forward") button.hidden = !correcting;
    }
    const text = this.#foot.querySelector("[data-submit-text]");
    if (text) text.textContent = correcting ? "Correct" : "Submit";
  }

  /** @param {string} key another tab has just opened what is open here */
  #alsoOpen(key) {
    this.#parts.tabs.tell("saw", { key });
    this.#twice();
  }

  #twice() {
    this.#parts.handle.announce("This item is open in another tab too. Both show what you type in either.");
  }

  /** @param {Reason} reason */
  #nothing(reason) {
    if (this.#gated) return;
    const { boot, scope } = this.#parts;
    this.#lease.watch(null);
    this.#notices.hide();
    this.#offerForward(null);
    const again = () => void this.workbench.refresh();
    const { answers, course } = boot.urls;
    const seconds = this.#message.show(reason, {
      answers,
      course,
      again,
      guideline: () => this.#toggleGuideline(),
    });
    this.#stopPolling();
    if (seconds > 0)
      this.#stopPolling = scope.timeout(
        () => (document.hidden ? this.#nothing(reason) : again()),
        seconds * 1000,
      );
  }

  /** @param {number} version */
  #gate(version) {
    this.#gated = true;
    this.#version = version;
    this.#notices.hide();
    this.#offerForward(null);
    const { drafts } = this.#parts;
    void drafts.flush();
    void this.#guideline.gate({
      version,
      fill: (children) => this.#message.fill(children),
      confirmed: () => {
        this.#gated = false;
        this.workbench.current = null;
        this.workbench.reason = null;
        void this.workbench.refresh();
      },
    });
  }

  /**
   * @param {Entry} entry
   * @param {any} answer
   * @param {boolean} mine
   */
  #sent(entry, answer, mine) {
    this.workbench.sent(entry, answer, mine);
    if (entry.kind === "submit" && this.#parts.boot.settings.feedback_at_once) this.#news.expect();
  }

  /** @param {Entry} entry */
  #answered(entry) {
    this.#notices.hide();
    this.#dropToast();
    if (entry.kind === "correct") this.#parts.handle.announce("Corrected: a new version of your answer.");
    if (entry.kind !== "submit" || !this.#parts.boot.settings.auto_submit) return;
    this.#dropToast = toast({ text: "Answered.", seconds: 4, undo: () => void this.workbench.back() });
  }

  /** @param {import('./news.js').News} news */
  #heard({ notices, counts, guideline_version }) {
    const badge = element("label-inbox").querySelector(".count");
    if (badge instanceof HTMLElement) {
      badge.textContent = String(notices.length);
      badge.hidden = notices.length === 0;
    }
    this.#version = guideline_version;
    if (this.#parts.outbox.entries.length === 0 && counts.all >= this.#counts.all) this.#counts = counts;
    this.#count(0);
  }

  /** @param {number} step */
  #count(step) {
    this.#counts = { today: this.#counts.today + step, all: this.#counts.all + step };
    const place = element("label-counts");
    for (const [name, value] of Object.entries(this.#counts)) {
      const number = place.querySelector(`[data-${name}]`);
      if (number) number.textContent = grouped(value);
    }
  }

  #drawState() {
    const { outbox, drafts, database } = this.#parts;
    const refusal = this.workbench?.current?.refusal ?? this.workbench?.returned[0]?.returned?.refusal;
    const refused = refusal !== undefined || this.#questions?.refused.length ? "refused" : null;
    const trouble = refusal?.current?.value ? "versions" : refused;
    showState(
      this.#state,
      stateOf({
        line: outbox.line,
        waiting: outbox.entries.length,
        draft: drafts.state,
        durable: database.durable,
        trouble,
      }),
    );
  }

  #ask() {
    const work = this.workbench.current;
    if (!work) return;
    const { handle } = this.#parts;
    const region = handle.selection.primary;
    const pin = region ? { region, text: handle.context.class ?? "what is selected" } : null;
    this.#questions.open(work, pin);
  }

  #toggleGuideline() {
    const { handle, ontologies } = this.#parts;
    const { field, class: name } = handle.context;
    const version = this.workbench.current?.assignment.ontology_version;
    const definition = /** @type {any} */ (version === undefined ? null : ontologies.now(version));
    const fields = /** @type {import('../../label/types.js').Field[]} */ (definition?.fields ?? []);
    const own = fields.find((one) => one.name === field);
    const chosen = name ?? String(handle.value[field ?? ""] ?? "");
    const option = [...(own?.classes ?? []), ...(own?.options ?? [])].find((one) => one.name === chosen);
    const names = [option?.title, option?.name, own?.title, own?.name].filter((one) => one !== undefined);
    void this.#guideline.toggle(this.#version, names);
  }

  #escape() {
    if (this.#guideline.open) this.#guideline.close();
    else if (this.#parts.handle.escape()) return true;
    else void this.workbench.toPresent();
    return true;
  }

  async #changeKeys() {
    const { handle, preferences } = this.#parts;
    const { openKeysDialog } = await import("./keys-dialog.js");
    openKeysDialog({
      commands: handle.commands.list(),
      own: preferences.all.keys ?? {},
      save: (keys) => this.#saveKeys(keys),
    });
  }

  /** @param {Record<string, string>} keys */
  async #saveKeys(keys) {
    const { preferences, drafts } = this.#parts;
    preferences.change({ keys });
    await Promise.all([preferences.save(), drafts.flush()]);
    location.reload();
  }
}
