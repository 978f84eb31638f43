import { grouped } from "../../core/numbers.js";
import { addCommands, scope } from "../../ui/page.js";
import { toast } from "../../ui/toast.js";
import { Database } from "../label/database.js";
import { Deciding } from "./deciding.js";
import { Entries } from "./entries.js";
import { bindKeys } from "./keys.js";
import { VerdictOutbox } from "./outbox.js";
import { Queue } from "./queue.js";
import { showQueue } from "./queue-list.js";
import { Reviewing } from "./reviewing.js";
import { Stage } from "./stage.js";
import { Verdicts } from "./verdicts.js";

/** @typedef {import('./types.js').Boot} Boot */

const boot = /** @type {Boot} */ (JSON.parse(byId("review-boot").textContent ?? ""));
const { urls, filters } = boot;
const entries = new Entries(urls, boot.ontology);
const outbox = new VerdictOutbox(new Database(`touchstone-review-${boot.user}`), scope);
const verdicts = new Verdicts(urls, outbox, boot.project.id);
const queue = new Queue(boot.entries, boot.waiting, boot.more);
const stage = new Stage(byId("review-stage"), {
  preferences: boot.preferences,
  comments: (task) => urls.comments?.replace("{}", task) ?? "",
  save: (value) => (deciding.payload ? void deciding.make(value) : reviewing.fix(value)),
  leave: () => act("cancel"),
});
const reviewing = new Reviewing({
  queue,
  entries,
  stage,
  verdicts,
  urls,
  filters,
  today: boot.today,
  onChange: refresh,
});
const deciding = new Deciding({ entries, stage, outbox, urls, boot, onChange: refresh });

/** The address follows when the next entry stands: changing it costs as much as drawing. */
let forgetAddress = () => {};

/** @type {Record<string, () => unknown>} */
const ACTS = {
  previous: () => reviewing.step(-1),
  next: () => reviewing.step(1),
  accept: () => reviewing.accept(),
  reject: () => reviewing.reject(),
  edit: () => around(() => stage.edit()),
  cancel: () => around(() => stage.leave()),
  save: () => stage.save(),
  undo: () => reviewing.undo(),
  decide: () =>
    boot.can_decide && stage.payload && location.assign(`${urls.page}?task=${stage.payload.task.id}`),
  settle: () => deciding.settle(),
  withdraw: () => deciding.withdraw(),
  "accept-selected": () => reviewing.acceptSelected(),
  "select-none": () => queue.selectNone(),
  "toggle-selected": () => queue.current && queue.toggle(queue.current),
  "toggle-all": () => stage.toggleAll(),
  "next-region": () => stage.nextRegion(1),
  "previous-region": () => stage.nextRegion(-1),
  comment: () => /** @type {HTMLElement | null} */ (document.querySelector("[data-comment]"))?.focus(),
};

/** @param {() => void} change of the stage */
function around(change) {
  change();
  refresh();
}

/** @param {string} name */
function act(name) {
  ACTS[name]?.();
}

/** What stands around the stage, after anything changed. */
function refresh() {
  const decides = deciding.payload !== null;
  const empty = !decides && queue.current === null;
  const judged = reviewing.payload?.answers.find(({ id }) => id === queue.current)?.judged;
  const sees = {
    queue: !decides && !stage.editing,
    deciding: decides && !stage.editing,
    editing: stage.editing,
  };
  byId("review-empty").hidden = !empty;
  byId("review-stage").hidden = empty;
  byId("review-foot").hidden = empty && !verdicts.canUndo;
  byId("review-task-note").hidden = !decides;
  byId("review-today").textContent = grouped(reviewing.today);
  for (const name of ["previous", "next", "accept", "reject"]) show(name, sees.queue);
  show("decide", sees.queue && boot.can_decide);
  for (const name of ["accept", "reject"]) button(name).disabled = Boolean(judged) || empty;
  for (const name of ["edit", "decide"])
    button(name).disabled = empty || (Boolean(judged) && name === "edit");
  show("edit", !stage.editing);
  show("save", sees.editing);
  show("cancel", sees.editing);
  show("settle", sees.deciding);
  show("withdraw", sees.deciding && deciding.payload?.decision !== null);
  show("undo", !decides && !stage.editing);
  button("undo").disabled = !verdicts.canUndo;
  const words = document.querySelector("[data-save-text]");
  if (words) words.textContent = decides ? "Make it final" : "Save the fix";
  button("previous").disabled = queue.beside(-1) === null || queue.index < 0;
  button("next").disabled = queue.beside(1) === null;
  forgetAddress();
  forgetAddress = scope.timeout(remember, 100);
}

/** Whether what was judged has arrived: nothing as long as it does, at once. */
function showUnsent() {
  const { trouble, entries: unsent } = outbox;
  const shown = byId("review-unsent");
  shown.hidden = trouble === "" || unsent.length === 0;
  const number = unsent.reduce((sum, { annotations }) => sum + Math.max(annotations.length, 1), 0);
  const count = number === 1 ? "1 verdict is kept here" : `${number} verdicts are kept here`;
  shown.textContent = `${trouble === "offline" ? "No connection" : "Signed out"}: ${count}`;
}

/** The address names what is looked at, so that a reload comes back here. */
function remember() {
  if (deciding.payload) return;
  const query = new URLSearchParams(filters);
  if (queue.current) query.set("answer", queue.current);
  history.replaceState(null, "", query.size ? `?${query}` : location.pathname);
}

/** @param {string} name @param {boolean} shown */
function show(name, shown) {
  button(name).hidden = !shown;
}

/** @param {string} name */
function button(name) {
  return /** @type {HTMLButtonElement} */ (document.querySelector(`[data-do="${name}"]`));
}

/** @param {string} id */
function byId(id) {
  return /** @type {HTMLElement} */ (document.getElementById(id));
}

async function start() {
  showQueue(queue, {
    list: byId("review-list"),
    bulk: byId("review-bulk"),
    waiting: byId("review-waiting"),
    scope,
    address: (annotation) => `?${new URLSearchParams({ ...filters, answer: annotation })}`,
    open: (annotation) =>
      deciding.payload ? location.assign(`${urls.page}?answer=${annotation}`) : reviewing.open(annotation),
  });
  scope.listen(document, "click", (event) => {
    const pressed = event.target.closest("[data-do]");
    if (pressed) act(pressed.dataset.do);
  });
  scope.listen(byId("review-filters"), "change", (event) => event.currentTarget.requestSubmit());
  scope.listen(byId("review-filters"), "formdata", (event) => {
    for (const name of ["reason", "author", "class"])
      if (event.formData.get(name) === "") event.formData.delete(name);
  });
  addCommands(() => stage.commands);
  bindKeys({
    act,
    pick: (place) => deciding.pick(place),
    stage,
    deciding,
    reviewing,
    canDecide: boot.can_decide,
  });
  outbox.changes.add(showUnsent, scope);
  outbox.refusals.add((error) => {
    toast({ text: `What you said before you left this page was not taken: ${error.details}`, tone: "warn" });
  }, scope);
  await outbox.start(boot.project.id);
  const onTheirWay = outbox.entries.flatMap(({ annotations }) => annotations);
  for (const annotation of onTheirWay) queue.remove(annotation);
  const { first } = boot;
  if (!first) return refresh();
  if (first.subject && onTheirWay.includes(first.subject))
    return reviewing.open(queue.rows[0]?.annotation ?? null);
  await entries.complete(first);
  entries.put(first);
  if (first.subject) return reviewing.open(first.subject);
  deciding.resume(first);
}

void start();
