import { h } from "../../core/dom.js";
import { openPageDialog } from "./dialogs.js";
import { request } from "./server.js";

/**
 * @typedef {import('./types.js').Entry} Entry
 * @typedef {import('./types.js').Pin} Pin
 * @typedef {import('./types.js').QuestionDraft} QuestionDraft
 * @typedef {{id: string, thread: string | null, kind: string, body: string, author: {name: string} | null}} Comment
 *
 * @typedef {object} Options
 * @property {string} assignment
 * @property {Pin | null} pin
 * @property {Promise<QuestionDraft | undefined>} begun what was typed here before; nobody waits for it to type
 * @property {QuestionDraft[]} others refused questions about other items
 * @property {() => Entry[]} waiting questions about this item that are on their way
 * @property {(body: string, pin: Pin | null) => Promise<void>} keep
 * @property {(body: string, pin: Pin | null) => Promise<void>} ask
 * @property {(draft: QuestionDraft) => Promise<void>} drop
 */

/**
 * The thread about one item, and a place to ask.
 * @param {Options} options
 */
export function openQuestionDialog({ assignment, pin, begun, others, waiting, keep, ask, drop }) {
  const thread = h("ol", { class: "label-thread" });
  const body = h("textarea", { rows: 4, maxlength: 10_000, "aria-label": "Your question", dir: "auto" });
  body.placeholder = "What is unclear? The manager sees the item beside your question.";
  const pinned = h("input", { type: "checkbox" });
  const place = h("label", { class: "row" });
  const problem = h("p", { class: "lb-problem", role: "alert", hidden: true });
  const kept = h("p", { class: "muted small", role: "status" });
  const send = h("button", { type: "button", class: "button primary" }, ["Ask"]);
  const dialog = openPageDialog(
    "Question about this item",
    [thread, body, place, problem, kept, ...others.map((draft) => otherRow(draft, drop))],
    [send],
  );
  body.focus();
  let region = pin;
  const about = () => (region && pinned.checked ? region : null);
  const offer = (/** @type {Pin | null} */ one) => {
    region = one;
    place.hidden = one === null;
    pinned.checked = one !== null;
    place.replaceChildren(pinned, h("span", { dir: "auto" }, [`About ${one?.text ?? ""}`]));
  };
  offer(pin);
  const failed = (/** @type {unknown} */ error) => {
    problem.textContent = `This browser could not keep it: ${/** @type {Error} */ (error).message}`;
    problem.hidden = false;
  };
  const typed = () =>
    keep(body.value, about()).then(() => {
      kept.textContent = body.value.trim() ? "Kept in this browser, not asked yet." : "";
    }, failed);
  void begun.then((draft) => {
    if (!draft) return;
    body.value = [draft.body, body.value].filter(Boolean).join(" ");
    if (draft.pin) offer(draft.pin);
    problem.hidden = !draft.refused;
    problem.textContent = draft.refused ? `Not accepted: ${draft.refused}` : "";
    void typed();
  });
  body.addEventListener("input", typed);
  pinned.addEventListener("change", typed);
  const submit = () => {
    if (!body.value.trim() || send.disabled) return;
    send.disabled = true;
    ask(body.value, about()).then(
      () => dialog.close(),
      (error) => {
        failed(error);
        send.disabled = false;
      },
    );
  };
  send.addEventListener("click", submit);
  body.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.isComposing) {
      event.preventDefault();
      submit();
    }
  });
  void showThread(thread, `/api/v1/assignments/${assignment}/comments/`, waiting);
}

/**
 * @param {QuestionDraft} draft
 * @param {Options['drop']} drop
 */
function otherRow(draft, drop) {
  const button = h("button", { type: "button", class: "button" }, ["Drop it"]);
  const row = h("div", { class: "callout bad" }, [
    h("div", { dir: "auto" }, [
      h("p", {}, [`Not accepted, about another item: ${draft.refused}`]),
      h("p", {}, [draft.body]),
    ]),
    button,
  ]);
  button.addEventListener("click", () => void drop(draft).then(() => row.remove()));
  return row;
}

/**
 * @param {HTMLElement} list
 * @param {string} url
 * @param {() => Entry[]} waiting
 */
async function showThread(list, url, waiting) {
  const onTheWay = () => waiting().map((entry) => line("You", String(entry.body.body), "waiting to be sent"));
  list.replaceChildren(...onTheWay());
  const { results } = await request("GET", url).catch(() => ({ results: [] }));
  const said = /** @type {Comment[]} */ (results).map(({ author, body, kind }) =>
    line(author?.name ?? "Somebody", body, kind),
  );
  list.replaceChildren(...said, ...onTheWay());
}

/**
 * @param {string} who
 * @param {string} body
 * @param {string} kind
 */
function line(who, body, kind) {
  const state = kind === "waiting to be sent" ? ` · ${kind}` : "";
  return h("li", { "data-kind": kind }, [
    h("span", { class: "muted small" }, [who + state]),
    h("p", { dir: "auto" }, [body]),
  ]);
}
