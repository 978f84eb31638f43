import { toast } from "../../ui/toast.js";
import { bindActions } from "../label/actions.js";
import { Banner } from "../label/banner.js";
import { GuidelinePanel } from "../label/guideline.js";
import { ItemNotices } from "../label/item-notices.js";
import { KnownAnswerView } from "../label/known-answer.js";
import { Message } from "../label/message.js";
import { request } from "../label/server.js";
import { showState, stateOf } from "../label/state-line.js";
import { CourseBench, ofCourse } from "./bench.js";
import { cardOf, drawCard } from "./cards.js";
import { titleOfClass } from "./class-titles.js";

/**
 * @typedef {import('./types.js').Course} Course
 * @typedef {import('./types.js').Feedback} Feedback
 * @typedef {import('../label/types.js').Reason} Reason
 * @typedef {import('../label/page.js').PageParts} PageParts
 */

/** @param {string} id */
const element = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

/** After that long a waiting page asks again, in milliseconds. */
const SOON = 1000;
const LONGEST = 60_000;
/** So long an item that was answered stays on the screen before the page says that the next one is on its way. */
const PATIENCE = 400;

/** Practice and quiz: the labeling page's parts around another way of the items. */
export class CoursePage {
  workbench;
  #parts;
  #urls;
  /** @type {Course | null} */
  #course = null;
  #message;
  #notices;
  #feedback;
  #guideline;
  #gated = false;
  #busy = false;
  /** Which practice item is looked at again, by its place; none: the present one. @type {number | null} */
  #past = null;
  #primary = () => {};
  #stopWaiting = () => {};
  #foot = element("label-foot");

  /** @param {PageParts} parts */
  constructor(parts) {
    this.#parts = parts;
    const { boot, handle, scope, root } = parts;
    this.#urls = /** @type {import('./types.js').CourseUrls} */ (boot.urls);
    this.#message = new Message(element("label-message"), root);
    this.#feedback = new KnownAnswerView(element("course-feedback"), element("course-words"));
    this.#guideline = new GuidelinePanel(element("label-drawer"), boot.urls);
    this.workbench = new CourseBench(
      parts,
      {
        showed: () => this.#showed(),
        nothingToDo: (reason) => this.#nothing(reason),
        guidelineChanged: (version) => this.#gate(version),
        counted: () => {},
        answered: () => this.#notices.hide(),
      },
      { heard: (course) => this.#heard(course), shows: (feedback) => this.#showFeedback(feedback) },
    );
    const banner = new Banner(element("label-banner"));
    this.#notices = new ItemNotices({ ...parts, banner, workbench: this.workbench });
    this.#listen();
    bindActions(this.#actions(), { keys: handle.keys, scope, foot: this.#foot });
    // Above the component's own Enter: it is asleep while an item is on the screen.
    handle.keys
      .layer("Practice and quiz", { priority: 60, scope, when: () => !this.workbench.current })
      .bind("Enter", () => this.#primary(), { id: "course.on", title: "Go on" });
    element("label-guideline").addEventListener(
      "click",
      () => void this.#guideline.toggle(boot.guideline_version, []),
    );
    this.#drawFoot();
  }

  #listen() {
    const { outbox, drafts, tabs, handle, scope } = this.#parts;
    outbox.changes.add((change) => {
      if (change.type === "change") this.workbench.heardOf(outbox.entries);
      else if (ofCourse(change.entry)) {
        const mine = change.entry.tab === tabs.id || change.here;
        if (change.type === "sent") this.workbench.sent(change.entry, change.answer, mine);
        else void this.workbench.refused(change.entry, change.refusal, mine).then(() => this.#drawState());
      }
      this.#drawState();
    });
    drafts.changes.add((change) => {
      if (change.type === "adopted") handle.setValue(change.value);
      if (change.type === "conflict") this.#notices.draftConflict(change.refusal.current);
      if (change.type === "closed") this.#notices.closed();
      this.#drawState();
    });
    const idle = () => !this.workbench.current && !this.#feedback.shown;
    scope.listen(window, "online", () => idle() && void this.workbench.refresh());
    this.#drawState();
  }

  /** @returns {import('../label/actions.js').Action[]} */
  #actions() {
    const { handle, boot } = this.#parts;
    const working = () => this.workbench.current !== null;
    return [
      {
        id: "course.back",
        title: "Back to the practice item before",
        keys: ["ArrowLeft", "Alt+ArrowLeft"],
        button: "back",
        when: () => this.#before() !== null,
        run: () => void this.#back(),
      },
      { id: "course.go", title: "Go on", keys: [], button: "go", run: () => this.#primary() },
      {
        id: "label.guideline",
        title: "Guideline",
        keys: ["g"],
        run: () => void this.#guideline.toggle(boot.guideline_version, []),
      },
      {
        id: "label.leave",
        title: "Close the guideline",
        keys: ["Escape"],
        when: () => this.#guideline.open,
        run: () => this.#guideline.close(),
      },
      {
        id: "label.undo",
        title: "Undo",
        keys: [],
        button: "undo",
        when: working,
        run: () => void handle.undo(),
      },
      {
        id: "label.redo",
        title: "Redo",
        keys: [],
        button: "redo",
        when: working,
        run: () => void handle.redo(),
      },
      {
        id: "label.submit",
        title: "Submit",
        keys: [],
        button: "submit",
        when: working,
        run: () => void handle.submit(),
      },
    ];
  }

  /** @param {Course | null} course */
  #heard(course) {
    this.#course = course;
    this.#past = null;
  }

  /** An item is on the screen. */
  #showed() {
    const { root } = this.#parts;
    this.#stopWaiting();
    this.#gated = false;
    this.#primary = () => {};
    this.#message.hide();
    this.#feedback.hide();
    for (const old of root.querySelectorAll(":scope > .label-skeleton")) old.remove();
    const work = this.workbench.current;
    if (work) this.#notices.about(work);
    this.#drawProgress(this.#course?.number ?? 0);
    this.#drawFoot();
    this.#drawState();
  }

  /** @param {Feedback} feedback on the practice item just answered, or looked at again */
  #showFeedback(feedback) {
    const { boot, preferences, ontologies, root } = this.#parts;
    this.#stopWaiting();
    this.workbench.putDown();
    this.#notices.hide();
    this.#message.hide();
    root.hidden = true;
    for (const old of root.querySelectorAll(":scope > .label-skeleton")) old.remove();
    const definition = ontologies.now(feedback.item.ontology_version) ?? boot.ontology?.definition;
    this.#feedback.show(feedback, { definition, preferences: preferences.all });
    this.#primary = () => void this.#goOn();
    const done = this.#course?.practiced.length ?? 0;
    this.#drawProgress(this.#past === null ? done : this.#past + 1);
    this.#drawFoot();
  }

  async #goOn() {
    this.#feedback.hide();
    const practiced = this.#course?.practiced ?? [];
    if (this.#past !== null && this.#past + 1 < practiced.length) {
      await this.#look(this.#past + 1);
      return;
    }
    this.#past = null;
    await this.workbench.goOn();
  }

  /** @returns {number | null} the place of the practice item before what is on the screen */
  #before() {
    const practiced = this.#course?.practiced ?? [];
    const shown = this.#feedback.shown ? practiced.length - 1 : practiced.length;
    const place = (this.#past ?? shown) - 1;
    return practiced[place] ? place : null;
  }

  async #back() {
    const place = this.#before();
    if (place !== null) await this.#look(place);
  }

  /** @param {number} place of a practice item that was answered */
  async #look(place) {
    const one = this.#course?.practiced[place];
    if (!one) return;
    try {
      const feedback = await request("GET", this.#urls.assignment.replace("{}", one.id));
      this.#past = place;
      this.#showFeedback(feedback);
    } catch (error) {
      toast({ text: `Not now: ${/** @type {Error} */ (error).message}`, tone: "warn" });
    }
  }

  /** @param {Reason} reason */
  #nothing(reason) {
    if (this.#gated) return;
    const { scope, root } = this.#parts;
    this.#stopWaiting();
    this.#notices.hide();
    this.#drawFoot();
    if (reason.code === "course" && this.#course) {
      this.#showCard(this.#course);
      return;
    }
    this.#primary = () => {};
    const again = () => void this.workbench.refresh();
    const tell = () => {
      for (const old of root.querySelectorAll(":scope > .label-skeleton")) old.remove();
      if (reason.code === "no_qualification") this.#showOff();
      else {
        const seconds = this.#message.show(reason, { answers: this.#urls.answers, again });
        if (seconds > 0) this.#stopWaiting = scope.timeout(again, seconds * SOON);
      }
    };
    // What was just answered stays until the server has said what comes: mostly it is there before anybody sees.
    if (reason.code === "waiting") this.#stopWaiting = scope.timeout(tell, PATIENCE);
    else tell();
  }

  #showOff() {
    this.#card({
      title: "No certificate is needed here",
      lines: ["This project hands out its items without practice and quiz."],
      result: null,
      ways: [{ text: "Go to work", run: () => location.assign(this.#urls.label), primary: true }],
    });
  }

  /** @param {Course} course */
  #showCard(course) {
    const { scope } = this.#parts;
    for (const old of this.#parts.root.querySelectorAll(":scope > .label-skeleton")) old.remove();
    this.#card(
      cardOf(
        course,
        {
          quiz: () => void this.#begin(this.#urls.quiz),
          practice: () => void this.#begin(this.#urls.practice),
          work: () => location.assign(this.#urls.label),
          look: () => void this.#look(0),
        },
        this.#titleOf,
      ),
    );
    const left = course.next_at ? Date.parse(course.next_at) - Date.now() + SOON : 0;
    if (left > 0)
      this.#stopWaiting = scope.timeout(() => void this.workbench.refresh(), Math.min(left, LONGEST));
  }

  /** @param {import('./cards.js').Card} card */
  #card(card) {
    this.#primary = card.ways.find(({ primary }) => primary)?.run ?? (() => {});
    this.#message.fill(drawCard(card, this.#titleOf));
    this.#drawProgress(0);
    this.#drawFoot();
  }

  /** @type {import('./cards.js').TitleOf} */
  #titleOf = (field, name) => titleOfClass(this.#parts.boot.ontology?.definition, field, name);

  /** @param {string} url of what begins: another practice, or the quiz */
  async #begin(url) {
    if (this.#busy) return;
    this.#busy = true;
    try {
      this.workbench.receive(await request("POST", url, { body: {} }));
      await this.workbench.showNext();
    } catch (error) {
      toast({ text: /** @type {Error} */ (error).message, tone: "warn" });
      await this.workbench.refresh();
    } finally {
      this.#busy = false;
    }
  }

  /** @param {number} version */
  #gate(version) {
    this.#gated = true;
    this.#notices.hide();
    this.#primary = () => element("label-acknowledge")?.click();
    void this.#guideline.gate({
      version,
      fill: (children) => this.#message.fill(children),
      confirmed: () => {
        this.#gated = false;
        this.workbench.reason = null;
        void this.workbench.refresh();
      },
    });
    this.#drawFoot();
  }

  /** @param {number} number of the item on the screen; 0: there is none */
  #drawProgress(number) {
    const course = this.#course;
    const place = element("course-progress");
    const word = course?.stage === "quiz" ? "Quiz" : "Practice";
    const total = course?.total || course?.practiced.length || 0;
    place.textContent = number && total ? `${word}: ${number} of ${total}` : "Practice and quiz";
  }

  #drawFoot() {
    const working = this.workbench?.current !== null && !this.#feedback.shown;
    for (const button of this.#foot.querySelectorAll("button")) {
      const name = button.dataset.do ?? "";
      if (name === "back") button.disabled = this.#before() === null;
      else if (name === "go") button.hidden = !this.#feedback.shown;
      else {
        button.disabled = !working;
        if (name === "submit") button.hidden = !working;
      }
    }
  }

  #drawState() {
    const { outbox, drafts, database } = this.#parts;
    const refused = this.workbench?.current?.refusal ? "refused" : null;
    showState(
      element("label-state"),
      stateOf({
        line: outbox.line,
        waiting: outbox.entries.length,
        draft: drafts.state,
        durable: database.durable,
        trouble: refused,
      }),
    );
  }
}
