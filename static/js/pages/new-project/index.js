import { h } from "../../core/dom.js";
import { ApiError } from "../../ui/api.js";
import { pageKeys, scope } from "../../ui/page.js";
import { guardUnsaved } from "../../ui/unsaved.js";
import { expand, OntologyDocument } from "../ontology/document.js";
import { OntologyEditor } from "../ontology/editor.js";
import { setAt } from "../ontology/paths.js";
import { Preview } from "../ontology/preview.js";
import { matchColumns } from "./columns.js";
import { DataFailed } from "./data-sender.js";
import { DataStep } from "./data-step.js";
import { estimateText } from "./estimate.js";
import { Launch } from "./launch.js";
import { OutcomeView } from "./outcome.js";
import { PeopleStep } from "./people-step.js";
import { Stepper } from "./stepper.js";

/**
 * @typedef {object} Template
 * @property {string} key
 * @property {string} title
 * @property {unknown} ontology
 * @property {string} guideline
 * @property {import("../ontology/item.js").Sample} item
 * @property {number} seconds
 *
 * @typedef {object} Setup
 * @property {Template[]} templates
 * @property {import("../ontology/kinds.js").Kinds} kinds
 * @property {import("../ontology/item.js").Substitutes} samples
 * @property {{id: string, name: string}[]} organizations
 */

const setup = /** @type {Setup} */ (
  JSON.parse(document.getElementById("new-project-setup")?.textContent ?? "{}")
);
const input = (/** @type {string} */ id) => /** @type {HTMLInputElement} */ (document.getElementById(id));
const name = input("project-name");
const guideline = /** @type {HTMLTextAreaElement} */ (document.getElementById("guideline"));
const facts = /** @type {HTMLElement} */ (document.getElementById("launch-facts"));
let template = /** @type {Template} */ (setup.templates[0]);
let offered = template.guideline;
let busy = false;
let made = false;
/** Whether somebody has worked on the task, rather than we matched its columns. */
let touched = false;

const ontology = new OntologyDocument(template.ontology);
const editor = new OntologyEditor({
  document: ontology,
  kinds: setup.kinds,
  scope,
  keys: pageKeys,
  onChecked: () => showState(),
});
document.getElementById("new-editor")?.replaceChildren(editor.element);
const preview = new Preview({
  definition: ontology.definition,
  samples: [template.item],
  substitutes: setup.samples,
  kinds: setup.kinds,
  scope,
});
document.getElementById("new-preview")?.replaceChildren(preview.element);
const people = new PeopleStep(scope);
const data = new DataStep({
  scope,
  onData: () => useData(),
  setSource: (medium, column) =>
    ontology.edit(setAt(ontology.definition, ["media", medium, "source"], column)),
});
const outcome = new OutcomeView();
const launch = new Launch((step) => outcome.say(step));
const stepper = new Stepper(scope, (step) => {
  if (step === "task") editor.check();
  showState();
});

/** @param {string} key */
function choose(key) {
  const chosen = setup.templates.find((one) => one.key === key);
  if (!chosen) return;
  template = chosen;
  for (const card of document.querySelectorAll("[data-template]")) {
    card.setAttribute("aria-pressed", String(/** @type {HTMLElement} */ (card).dataset.template === key));
  }
  if (guideline.value === offered) guideline.value = chosen.guideline;
  offered = chosen.guideline;
  input("seconds").value = String(chosen.seconds);
  const { columns, rows } = data.look;
  ontology.edit(matchColumns(expand(chosen.ontology), columns, rows), { selection: ["fields", 0] });
  showSamples();
}

function showSamples() {
  const { rows } = data.look;
  preview.setSamples(rows.length ? rows.map((row) => ({ data: row, meta: {} })) : [template.item]);
}

function useData() {
  const { columns, rows } = data.look;
  const { loose } = data;
  const fits = ontology.definition.media.some((medium) => medium.kind === loose);
  if (loose && !fits && !touched) choose(loose === "audio" ? "sound-segments" : "image-classification");
  const matched = matchColumns(ontology.definition, columns, rows);
  const before = touched;
  if (matched !== ontology.definition) ontology.edit(matched);
  touched = before;
  showSamples();
  data.show(ontology.definition);
  showState();
}

function plan() {
  const number = (/** @type {string} */ id) => Math.max(0, Number(input(id).value) || 0);
  return {
    overlap: Math.max(1, number("overlap")),
    gold: Math.min(number("gold_share"), 50) / 100,
    review: Math.min(number("review_share"), 100) / 100,
    seconds: number("seconds"),
  };
}

function defaultName() {
  const file = data.files[0]?.name.replace(/\.[^.]*$/, "");
  return data.loose ? template.title : file || template.title;
}

function showState() {
  const { count } = data.look;
  input("estimate").textContent = estimateText(count, plan());
  name.placeholder = defaultName();
  stepper.setDone("data", data.files.length > 0);
  stepper.setDone("task", editor.problems.length === 0 && touched);
  stepper.setDone("people", people.people.length > 0);
  const fields = ontology.definition.fields.length;
  const rows = [
    [
      "Data",
      data.files.length
        ? `${data.files[0]?.name}${data.files.length > 1 ? ` and ${data.files.length - 1} more` : ""}`
        : "none yet; it can be imported later",
    ],
    [
      "Task",
      editor.problems.length
        ? `${editor.problems.length} problems to mend`
        : `${fields === 1 ? "1 question" : `${fields} questions`} (${template.title})`,
    ],
    ["People", `you${people.people.length ? ` and ${people.people.length} more` : ""}`],
    ["Quality", estimateText(count, plan())],
  ];
  facts.replaceChildren(
    ...rows.flatMap(([title, text]) => [h("dt", {}, [title]), h("dd", { dir: "auto" }, [text])]),
  );
}

/**
 * @param {boolean} live
 * @param {{files?: File[]}} [options] files: none, to go without data
 */
async function start(live, { files = data.files } = {}) {
  if (busy) return;
  if (editor.problems.length) {
    stepper.show(1);
    outcome.fail("The task has problems to mend first; they stand below its fields.", "");
    return;
  }
  busy = true;
  setBusy(true);
  const { overlap, gold, review } = plan();
  const organizationName = setup.organizations.length
    ? ""
    : input("organization-name").value.trim() || "My organization";
  try {
    const result = await launch.run({
      name: name.value.trim() || defaultName(),
      organization: setup.organizations.length > 1 ? input("organization").value : "",
      organizationName,
      ontology: ontology.definition,
      guideline: guideline.value,
      settings: { overlap, gold_share: gold, review_share: review },
      people: people.people,
      files,
      loose: data.loose,
      live,
    });
    made = true;
    outcome.finish(result, live);
  } catch (error) {
    if (error instanceof DataFailed)
      outcome.failData(error, launch.project, {
        live,
        again: () => void start(live),
        without: () => void start(live, { files: [] }),
      });
    else if (error instanceof ApiError) outcome.fail(error.details, launch.project);
    else throw error;
  } finally {
    busy = false;
    setBusy(made);
  }
}

/** @param {boolean} on */
function setBusy(on) {
  const buttons = /** @type {NodeListOf<HTMLButtonElement>} */ (
    document.querySelectorAll("[data-launch], [data-draft]")
  );
  for (const button of buttons) button.disabled = on;
}

scope.listen(document, "click", (event) => {
  const card = event.target.closest("[data-template]");
  if (card) choose(card.dataset.template);
  else if (event.target.closest("[data-launch]")) void start(true);
  else if (event.target.closest("[data-draft]")) void start(false);
});
scope.listen(document, "input", () => showState());
ontology.subscribe((reason) => {
  if (reason === "select") return;
  touched = true;
  preview.show(ontology.definition);
  data.show(ontology.definition);
  showState();
}, scope);
pageKeys.bind("Mod+Enter", () => void start(true), { id: "project.launch", title: "Launch", typing: true });
guardUnsaved(() => !made && (data.files.length > 0 || touched || name.value !== ""));
guideline.value = offered;
document.querySelector(`[data-template="${template.key}"]`)?.setAttribute("aria-pressed", "true");
input("seconds").value = String(template.seconds);
showState();
