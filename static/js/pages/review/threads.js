import { h } from "../../core/dom.js";
import { ApiError, api } from "../../ui/api.js";
import { toast } from "../../ui/toast.js";
import { pinOf } from "./changes.js";

/**
 * @typedef {import('./types.js').Comment} Comment
 * @typedef {import('./types.js').Payload} Payload
 */

/**
 * Questions and comments on the task, and a place to answer.
 * @param {Payload} payload
 * @param {{address: string, point: (region: string) => void}} options
 * @returns {HTMLElement}
 */
export function createThreads(payload, { address, point }) {
  const list = h("ul", { class: "review-thread", "aria-label": "Comments" });
  const show = () => list.replaceChildren(...payload.comments.map((comment) => row(comment, point)));
  const words = h("textarea", {
    rows: 2,
    maxlength: 10000,
    dir: "auto",
    "aria-label": "Comment on the task",
    placeholder: "Comment on the task",
    "data-comment": true,
  });
  const open = payload.comments
    .filter(({ kind, thread, resolved }) => kind === "question" && !thread && !resolved)
    .at(-1);
  const button = h("button", { type: "submit", class: "button" }, [open ? "Answer the question" : "Comment"]);
  const form = h("form", { class: "stack" }, [words, h("div", { class: "row" }, [button])]);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (!words.value.trim()) return words.focus();
    button.disabled = true;
    try {
      const body = open
        ? { body: words.value, kind: "answer", thread: open.id }
        : { body: words.value, kind: "comment" };
      const raw = /** @type {any} */ (await api("POST", address, body));
      payload.comments.push({ ...raw, own: true, author: null, resolved: false });
      words.value = "";
      show();
    } catch (error) {
      toast({ text: error instanceof ApiError ? error.details : String(error), tone: "bad" });
    } finally {
      button.disabled = false;
    }
  });
  show();
  return h("section", { class: "review-panel", "aria-label": "Thread" }, [
    h("div", { class: "review-panel-head" }, [h("h2", {}, ["Thread"])]),
    list,
    form,
  ]);
}

/**
 * @param {Comment} comment
 * @param {(region: string) => void} point
 */
function row(comment, point) {
  const who = comment.own ? "You" : (comment.author?.name ?? "Somebody");
  const kind = comment.kind === "comment" ? "" : ` · ${comment.kind}`;
  return h("li", { class: comment.thread ? "is-reply" : "" }, [
    h("p", { class: "muted small" }, [who, kind, comment.resolved ? " · settled" : ""]),
    h("p", { class: "review-said", dir: "auto" }, [comment.body]),
    pinOf(comment.pin, point),
  ]);
}
