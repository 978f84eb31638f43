import { pageKeys, scope } from "../../ui/page.js";
import { toast } from "../../ui/toast.js";
import { guardUnsaved } from "../../ui/unsaved.js";
import { OntologyDocument } from "./document.js";
import { OntologyEditor } from "./editor.js";
import { Preview } from "./preview.js";
import { SaveDialog } from "./save.js";

/**
 * @typedef {object} Setup
 * @property {string} project
 * @property {number} version
 * @property {unknown} saved
 * @property {unknown} start
 * @property {import("./kinds.js").Kinds} kinds
 * @property {import("./item.js").Sample[]} items
 * @property {import("./item.js").Substitutes} samples
 */

const setup = /** @type {Setup} */ (
  JSON.parse(document.getElementById("ontology-setup")?.textContent ?? "{}")
);
const button = /** @type {HTMLButtonElement} */ (document.getElementById("ontology-save"));
const state = /** @type {HTMLElement} */ (document.getElementById("ontology-state"));
const versionText = /** @type {HTMLElement} */ (document.getElementById("ontology-version"));
let { version } = setup;

const ontology = new OntologyDocument(setup.start, setup.saved);
const columns = [...new Set(setup.items.flatMap((item) => Object.keys(item.data)))];
const editor = new OntologyEditor({
  document: ontology,
  kinds: setup.kinds,
  columns,
  scope,
  keys: pageKeys,
  onChecked: () => showState(),
});
const preview = new Preview({
  definition: ontology.definition,
  samples: setup.items,
  substitutes: setup.samples,
  kinds: setup.kinds,
  scope,
});
document.getElementById("ontology-editor")?.replaceChildren(editor.element);
document.getElementById("ontology-preview")?.replaceChildren(preview.element);

const dialog = new SaveDialog({
  project: setup.project,
  scope,
  onSaved: (saved) => {
    version = saved.version;
    versionText.textContent = `version ${version}`;
    ontology.load(saved.definition);
    showState();
  },
});

function showState() {
  const wrong = editor.problems.length;
  state.textContent = wrong ? "has problems" : ontology.isDirty ? "not saved" : "saved";
  state.dataset.state = wrong ? "conflict" : ontology.isDirty ? "offline" : "saved";
  button.disabled = !ontology.isDirty || wrong > 0;
}

function save() {
  if (editor.problems.length) toast({ text: "There are problems to mend first.", tone: "warn" });
  else if (!ontology.isDirty) toast({ text: "Nothing has changed." });
  else void dialog.open(ontology.definition, version);
}

ontology.subscribe((reason) => {
  if (reason !== "select") preview.show(ontology.definition);
  showState();
}, scope);
scope.listen(button, "click", save);
pageKeys.bind("Mod+s", save, {
  id: "ontology.save",
  title: "Save a new version",
  group: "Ontology",
  typing: true,
});
guardUnsaved(() => ontology.isDirty);
showState();
