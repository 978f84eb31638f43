import { h } from "../core/dom.js";
import { mountLabeling } from "../label/component.js";
import { loadedType, loadModules } from "../label/modules.js";
import { normalizeOntology } from "../label/ontology.js";
import { classColor } from "../ui/colors.js";
import { scope } from "../ui/page.js";
import { toast } from "../ui/toast.js";
import { ApiError, sendJson } from "./import-api.js";

/**
 * @typedef {import("../label/types.js").Answer} Answer
 * @typedef {import("../label/types.js").Field} Field
 * @typedef {import("../label/types.js").Item} Item
 * @typedef {import("../label/types.js").Json} Json
 * @typedef {{name: string, value: Answer, facts: string[]}} Voice
 * @typedef {object} AnswerRow
 * @property {{name: string} | null} person
 * @property {Answer} value
 * @property {number} version
 * @property {number} seconds
 * @property {{verdict: string} | null} judged
 * @typedef {object} Boot
 * @property {unknown} ontology
 * @property {Item} item
 * @property {AnswerRow[]} answers
 * @property {{value: Answer, probability: number | null, source: string} | null} consensus
 * @property {{value: Answer, by: string} | null} decision
 * @property {{model: string, version: string, value: Answer, score: number | null}[]} predictions
 * @property {import("../label/types.js").Preferences} preferences
 * @property {string} comments
 */

const boot = /** @type {Boot} */ (JSON.parse(document.getElementById("task-boot")?.textContent ?? "{}"));

/** @returns {Voice[]} everybody who said something: the final answer first, models last */
function voices() {
  const { consensus, answers, predictions } = boot;
  const people = answers.map(({ person, value, version, seconds, judged }, index) => ({
    name: person?.name ?? `Person ${index + 1}`,
    value,
    facts: [
      `version ${version}`,
      `${Math.round(seconds)} s`,
      judged ? `${judged.verdict} by a reviewer` : "",
    ],
  }));
  const models = predictions.map(({ model, version, value, score }) => ({
    name: `${model} ${version}`,
    value,
    facts: ["prediction", score === null ? "" : `score ${score.toFixed(2)}`],
  }));
  const final = consensus && {
    name: "Final",
    value: consensus.value,
    facts: [consensus.source, consensus.probability === null ? "" : `p ${consensus.probability.toFixed(2)}`],
  };
  return [...(final ? [final] : []), ...people, ...models];
}

/** Mounts the item with the first voice, and a switch between all of them. */
function showItem() {
  const root = document.getElementById("item");
  if (!root || !boot.ontology) return;
  const all = voices();
  const others = all.map(({ name, value }, index) => ({ name, value, color: classColor(index).color }));
  const handle = mountLabeling(root, {
    ontology: boot.ontology,
    item: boot.item,
    value: all[0]?.value ?? {},
    mode: "review",
    readOnly: true,
    others,
    preferences: boot.preferences,
    keyTarget: root,
  });
  const buttons = all.map(({ name }) =>
    h("button", { type: "button", class: "button", dir: "auto", "aria-pressed": "false" }, [name]),
  );
  const choose = (/** @type {number} */ chosen) => {
    handle.setItem({ item: boot.item, value: all[chosen]?.value ?? {} });
    for (const [index, button] of buttons.entries())
      button.setAttribute("aria-pressed", String(index === chosen));
  };
  for (const [index, button] of buttons.entries()) scope.listen(button, "click", () => choose(index));
  buttons[0]?.setAttribute("aria-pressed", "true");
  document.getElementById("voices")?.replaceChildren(...buttons);
  void showTable(all);
}

/** @param {Voice[]} all one below the other: however many there are, none is cut off */
async function showTable(all) {
  const table = document.getElementById("answers");
  const ontology = normalizeOntology(boot.ontology);
  const { fields } = ontology;
  await loadModules(ontology);
  document.getElementById("no-answers")?.toggleAttribute("hidden", all.length > 0);
  if (!table || !all.length) return;
  const head = ["Who", ...fields.map(({ title }) => title), "How"].map((text) =>
    h("th", { scope: "col", dir: "auto" }, [text]),
  );
  const rows = all.map(({ name, value, facts }) =>
    h("tr", {}, [
      h("th", { scope: "row", dir: "auto" }, [name]),
      ...fields.map((field) =>
        h("td", { dir: "auto", "data-label": field.title }, [show(value[field.name], field)]),
      ),
      h("td", { class: "muted num", "data-label": "How" }, [facts.filter(Boolean).join(" · ")]),
    ]),
  );
  table.replaceChildren(h("thead", {}, [h("tr", {}, head)]), h("tbody", {}, rows));
}

/**
 * @param {Json | undefined} value
 * @param {Field} field
 * @returns {string | HTMLElement} an answer in one line, classes and options by their titles; an order as a list
 */
function show(value, field) {
  if (value === undefined || value === null) return "–";
  const steps = loadedType(field.type)?.steps?.(value, field);
  if (steps)
    return h(
      "ol",
      { class: "order" },
      steps.map((title) => h("li", { dir: "auto" }, [title])),
    );
  const titles = new Map(
    [...(field.options ?? []), ...(field.classes ?? [])].map(({ name, title }) => [name, title]),
  );
  const said = (/** @type {unknown} */ one) => titles.get(String(one)) ?? String(one);
  if (Array.isArray(value)) {
    const names = value.map((one) =>
      said(typeof one === "object" && one && "class" in one ? one.class : one),
    );
    return `${value.length}: ${[...new Set(names)].join(", ")}`;
  }
  return typeof value === "object" ? JSON.stringify(value) : said(value);
}

function startComments() {
  const form = document.getElementById("comment");
  if (!(form instanceof HTMLFormElement)) return;
  scope.listen(form, "submit", async (event) => {
    event.preventDefault();
    try {
      await sendJson(boot.comments, { body: new FormData(form).get("body"), kind: "comment" });
      window.location.reload();
    } catch (error) {
      toast({ text: error instanceof ApiError ? error.message : "No connection.", tone: "bad" });
    }
  });
}

const { data, meta } = boot.item;
const shown = Object.keys(meta ?? {}).length ? { data, meta } : { data };
document.getElementById("data")?.replaceChildren(JSON.stringify(shown, null, 2));
showItem();
startComments();
