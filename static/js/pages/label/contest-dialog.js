import { h } from "../../core/dom.js";
import { toast } from "../../ui/toast.js";
import { openPageDialog } from "./dialogs.js";
import { request } from "./server.js";
import { contrasts } from "./summaries.js";

/**
 * Asks why a known answer is wrong, and sends it. What was typed stays until it is sent.
 * @param {import('./news.js').Feedback} feedback
 * @param {unknown} definition of the ontology
 * @param {string} url
 * @param {() => void} sent
 */
export function openContestDialog({ answer, yours }, definition, url, sent) {
  const reason = h("textarea", { rows: 4, maxlength: 2000, "aria-label": "Why the known answer is wrong" });
  reason.dir = "auto";
  reason.placeholder = "Why is the known answer wrong? One contest per task.";
  const problem = h("p", { class: "lb-problem", role: "alert", hidden: true });
  const send = h("button", { type: "button", class: "button primary" }, ["Contest"]);
  const lines = definition && answer && yours ? [...compared(definition, answer, yours)] : [];
  const dialog = openPageDialog(
    "Contest this known answer",
    [
      lines.length ? h("dl", { class: "facts" }, lines) : null,
      reason,
      h("p", { class: "muted small" }, ["Somebody looks at it. The decision comes to your inbox."]),
      problem,
    ],
    [send],
  );
  reason.focus();
  const submit = async () => {
    if (!reason.value.trim() || send.disabled) return;
    send.disabled = true;
    try {
      await request("POST", url, { body: { reason: reason.value.trim() } });
      dialog.close();
      sent();
      toast({ text: "Contested. The decision comes to your inbox." });
    } catch (error) {
      problem.textContent = /** @type {Error} */ (error).message;
      problem.hidden = false;
      send.disabled = false;
    }
  };
  send.addEventListener("click", () => void submit());
  reason.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.isComposing) {
      event.preventDefault();
      void submit();
    }
  });
}

/**
 * @param {unknown} definition
 * @param {import('./types.js').Answer} known
 * @param {import('./types.js').Answer} yours
 * @returns {Generator<HTMLElement>} the fields in which the two differ
 */
function* compared(definition, known, yours) {
  for (const line of contrasts(definition, yours, known)) {
    yield h("dt", { dir: "auto" }, [line.title]);
    yield h("dd", { dir: "auto" }, [line.how ?? `yours: ${line.yours}; known: ${line.known}`]);
  }
}
