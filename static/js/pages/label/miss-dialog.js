import { h } from "../../core/dom.js";
import { openPageDialog } from "./dialogs.js";
import { KnownAnswerView } from "./known-answer.js";
import { pastOf } from "./past.js";
import { request } from "./server.js";

/**
 * An item whose known answer was missed: the known answer over one's own, and why.
 * @param {import('./news.js').Feedback} feedback
 * @param {object} how
 * @param {string} how.url of one's own answer
 * @param {unknown} how.definition of the ontology
 * @param {import('./types.js').Preferences} how.preferences
 * @param {() => void} how.contest
 */
export async function openMissDialog(feedback, { url, definition, preferences, contest }) {
  const { assignment: item } = pastOf(await request("GET", url));
  const button = h("button", { type: "button", class: "button" }, ["Contest"]);
  const [words, root] = [h("div"), h("div", { class: "label-miss" })];
  const dialog = openPageDialog("The known answer", [words, root], [button]);
  dialog.classList.add("wide");
  const view = new KnownAnswerView(root, words);
  dialog.addEventListener("close", () => view.hide());
  button.addEventListener("click", () => {
    dialog.close();
    contest();
  });
  const { answer = {}, yours = {}, explanation = "", correct = false } = feedback;
  view.show({ item, correct, yours, answer, explanation }, { definition, preferences });
}
