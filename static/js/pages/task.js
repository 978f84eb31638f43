import { h } from "../core/dom.js";
import { mountLabeling } from "../label/component.js";
import { classColor } from "../ui/colors.js";
import { scope } from "../ui/page.js";
import { toast } from "../ui/toast.js";
import { ApiError, sendJson } from "./import-api.js";

/**
 * @typedef {import("../label/types.js").Answer} Answer
 * @typedef {import("../label/types.js").Item} Item
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
  showTable(all);
}

/** @param {Voice[]} all side by side: one row a field, one column a voice */
function showTable(all) {
  const table = document.getElementById("answers");
  const { fields } = /** @type {{fields: {name: string, title: string}[]}} */ (boot.ontology);
  document.getElementById("no-answers")?.toggleAttribute("hidden", all.length > 0);
  if (!table || !all.length) return;
  const head = all.map(({ name, facts }) =>
    h("th", { scope: "col", dir: "auto" }, [
      name,
      h("span", { class: "muted small" }, [` ${facts.filter(Boolean).join(" · ")}`]),
    ]),
  );
  const rows = fields.map(({ name, title }) => {
    const cells = all.map(({ value }) => h("td", { dir: "auto" }, [show(value[name])]));
    return h("tr", {}, [h("th", { scope: "row", dir: "auto" }, [title]), ...cells]);
  });
  table.replaceChildren(h("thead", {}, [h("tr", {}, [h("th", { scope: "col" }, ["Field"]), ...head])]));
  table.append(h("tbody", {}, rows));
}

/** @param {unknown} value @returns {string} an answer in one line */
function show(value) {
  if (value === undefined || value === null) return "–";
  if (Array.isArray(value)) {
    const names = value.map((one) => (typeof one === "object" && one ? one.class : String(one)));
    return `${value.length}: ${[...new Set(names)].join(", ")}`;
  }
  return typeof value === "object" ? JSON.stringify(value) : String(value);
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
