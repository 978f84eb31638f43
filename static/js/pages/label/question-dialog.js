import { h } from "../../core/dom.js";
import { openPageDialog } from "./dialogs.js";
import { request } from "./server.js";

/**
 * @typedef {{region: string, text: string}} Pin
 * @typedef {{id: string, thread: string | null, kind: string, body: string, author: {name: string} | null}} Comment
 */

/** What was begun and not sent, by assignment. @type {Map<string, string>} */
const begun = new Map();

/**
 * The thread about one item, and a place to ask.
 * @param {{assignment: string, pin: Pin | null, asked: () => void}} options
 */
export function openQuestionDialog({ assignment, pin, asked }) {
  const url = `/api/v1/assignments/${assignment}/comments/`;
  const thread = h("ol", { class: "label-thread" });
  const body = h("textarea", { rows: 4, maxlength: 10_000, "aria-label": "Your question", dir: "auto" });
  body.placeholder = "What is unclear? The manager sees the item beside your question.";
  body.value = begun.get(assignment) ?? "";
  const pinned = h("input", { type: "checkbox", checked: pin !== null });
  const problem = h("p", { class: "lb-problem", role: "alert", hidden: true });
  const send = h("button", { type: "button", class: "button primary" }, ["Ask"]);
  const dialog = openPageDialog(
    "Question about this item",
    [
      thread,
      body,
      pin ? h("label", { class: "row" }, [pinned, h("span", { dir: "auto" }, [`About ${pin.text}`])]) : null,
      problem,
    ],
    [send],
  );
  body.focus();
  body.addEventListener("input", () => begun.set(assignment, body.value));
  const ask = async () => {
    if (!body.value.trim()) return;
    send.disabled = true;
    try {
      await request("POST", url, {
        body: { body: body.value, kind: "question", pin: pin && pinned.checked ? pin : null },
      });
      begun.delete(assignment);
      dialog.close();
      asked();
    } catch (error) {
      problem.textContent = `Not sent: ${/** @type {Error} */ (error).message} What you wrote stays here.`;
      problem.hidden = false;
      send.disabled = false;
    }
  };
  send.addEventListener("click", ask);
  body.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.isComposing) {
      event.preventDefault();
      void ask();
    }
  });
  void showThread(thread, url);
}

/**
 * @param {HTMLElement} list
 * @param {string} url
 */
async function showThread(list, url) {
  const { results } = await request("GET", url).catch(() => ({ results: [] }));
  list.replaceChildren(
    .../** @type {Comment[]} */ (results).map(({ author, body, kind }) =>
      h("li", { "data-kind": kind }, [
        h("span", { class: "muted small" }, [author?.name ?? "Somebody"]),
        h("p", { dir: "auto" }, [body]),
      ]),
    ),
  );
}
