/** The labeling page: brings its parts together. */
import "../../ui/focus.js";
import { Scope } from "../../core/scope.js";
import { mountLabeling } from "../../label/component.js";
import { loadModules } from "../../label/modules.js";
import { normalizeOntology } from "../../label/ontology.js";
import { addCommands } from "../../ui/page.js";
import { Clock } from "./clock.js";
import { Database } from "./database.js";
import { Drafts } from "./drafts.js";
import { lookAt } from "./held.js";
import { Ontologies } from "./ontologies.js";
import { Outbox } from "./outbox.js";
import { LabelPage } from "./page.js";
import { PastAnswers } from "./past.js";
import { SavedPreferences } from "./preferences.js";
import { noteServerTime } from "./server.js";
import { Tabs } from "./tabs.js";

/** @type {import('./types.js').Boot} */
const boot = JSON.parse(document.getElementById("label-boot")?.textContent ?? "null");
noteServerTime(boot.now);
const root = /** @type {HTMLElement} */ (document.getElementById("label"));
const scope = new Scope();
const name = `label-${boot.user}`;
const preferences = new SavedPreferences(boot, scope);
const tabs = new Tabs(name, scope);
const database = new Database(name);
const drafts = new Drafts(database, tabs, { scope });
const outbox = new Outbox(database, tabs, { scope, name });
// Asked for first, and answered while the page is made: what this browser keeps, the first picture, label types.
const kept = Promise.all([drafts.returned(), outbox.start()]);
// A reload overtakes the draft that the page before it sends while it closes: the items that came with this page may
// not know of it. Those that are asked for now do.
const visit = /** @type {PerformanceNavigationTiming | undefined} */ (
  performance.getEntriesByType("navigation")[0]
);
const drawing = visit?.type === "navigate" ? boot.drawing : null;
lookAt(drawing?.assignments.slice(0, 1) ?? []);
if (boot.ontology) loadModules(normalizeOntology(boot.ontology.definition)).catch(() => {});
const skeleton = [...root.children];

/** @type {LabelPage | import('../course/page.js').CoursePage | null} */
let page = null;
const handle = mountLabeling(root, {
  ontology: { media: [], fields: [] },
  item: { data: {}, media: {} },
  preferences: preferences.all,
  onChange: (value) => page?.workbench.changed(value),
  onBegun: (begun) => drafts.began(begun),
  onSubmit: (value) => page?.workbench.submit(value),
  onPreferences: (all) => preferences.change(all),
});
root.append(...skeleton);
addCommands(() => handle.commands.list());

/**
 * The page of work, or of practice and quizzes. In a function, for a pack that waited at its top level for one which
 * needs it would wait for ever.
 */
async function begin() {
  const Page = boot.course ? (await import("../course/page.js")).CoursePage : LabelPage;
  page = new Page({
    boot,
    root,
    handle,
    preferences,
    tabs,
    database,
    scope,
    drafts,
    outbox,
    clock: new Clock(/** @type {HTMLElement} */ (document.getElementById("label-clock")), { scope }),
    past: new PastAnswers(boot.urls.own_work),
    ontologies: new Ontologies(boot),
  });
  const address = new URLSearchParams(location.search);
  await page.workbench.start(kept, drawing, {
    assignment: address.get("assignment"),
    answer: address.get("answer"),
  });
  if (address.size) history.replaceState(null, "", location.pathname);
}

begin();
