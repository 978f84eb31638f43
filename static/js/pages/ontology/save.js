import { h } from "../../core/dom.js";
import { grouped } from "../../core/numbers.js";
import { ApiError, api } from "../../ui/api.js";
import { icon } from "../../ui/icon.js";
import { toast } from "../../ui/toast.js";
import { dryRun } from "./dry-run.js";

/** @typedef {import("./dry-run.js").DryRun} DryRun */

const SHOWN = 200;

/** Says what saving would change and break, then saves. */
export class SaveDialog {
  #body = h("div", { class: "dialog-body" });
  #note = h("input", { type: "text", maxlength: 500, dir: "auto", id: "save-note" });
  #save = h("button", { type: "submit", class: "button primary" }, ["Save"]);
  #dialog;
  #project;
  #onSaved;
  /** @type {unknown} */
  #definition = null;
  #base = 0;
  /** Ends the check of the answers when the dialog closes. */
  #checking = new AbortController();

  /**
   * @param {object} options
   * @param {string} options.project
   * @param {(saved: {version: number, definition: unknown}) => void} options.onSaved
   * @param {import("../../core/scope.js").Scope} options.scope
   */
  constructor({ project, onSaved, scope }) {
    this.#project = project;
    this.#onSaved = onSaved;
    const form = h("form", { method: "dialog" }, [
      h("div", { class: "dialog-head" }, [h("h2", { id: "save-title" }, ["Save a new version"])]),
      this.#body,
      h("div", { class: "dialog-foot" }, [
        h("button", { type: "button", class: "button", "data-dialog-close": true }, ["Cancel"]),
        this.#save,
      ]),
    ]);
    this.#dialog = h("dialog", { class: "dialog wide", "aria-labelledby": "save-title" }, [form]);
    document.body.append(this.#dialog);
    scope.add(() => this.#dialog.remove());
    scope.listen(this.#dialog, "close", () => this.#checking.abort());
    scope.listen(form, "submit", (event) => {
      event.preventDefault();
      void this.#send();
    });
  }

  /**
   * @param {unknown} definition
   * @param {number} base the version that was edited
   */
  async open(definition, base) {
    this.#definition = definition;
    this.#base = base;
    this.#save.disabled = true;
    this.#save.textContent = "Save";
    this.#save.className = "button primary";
    const said = h("p", { role: "status" }, ["Checking the answers given so far …"]);
    const bar = h("progress", { class: "accent", hidden: true, "aria-label": "Answers checked" });
    this.#body.replaceChildren(said, bar);
    this.#dialog.showModal();
    this.#checking = new AbortController();
    const { signal } = this.#checking;
    try {
      const progress = (/** @type {import("./dry-run.js").Job} */ { done, total }) => {
        said.textContent = `Checking the ${total ? grouped(total) : "many"} answers given so far. Saving is possible when that is done.`;
        bar.hidden = !total;
        Object.assign(bar, { max: total ?? 1, value: done });
      };
      const found = await dryRun(this.#project, definition, { signal, progress });
      if (!signal.aborted) this.#show(found);
    } catch (error) {
      if (!signal.aborted) this.#refuse(error);
    }
  }

  /** @param {DryRun} result */
  #show({ changes, checked, invalid, examples }) {
    this.#save.disabled = false;
    if (invalid) {
      this.#save.textContent = "Save all the same";
      this.#save.className = "button danger primary";
    }
    this.#body.replaceChildren(
      invalid ? warning(invalid, checked, examples, this.#project) : fine(checked),
      h("h3", {}, [changes.length === 1 ? "1 change" : `${changes.length} changes`]),
      h("ul", { class: "change-list" }, changes.slice(0, SHOWN).map(changeLine)),
      h("div", { class: "field" }, [
        h("label", { for: "save-note" }, ["Note"]),
        this.#note,
        h("div", { class: "help" }, ["Why, for those who read the versions later."]),
      ]),
    );
    this.#note.focus();
  }

  async #send() {
    this.#save.disabled = true;
    try {
      const url = `/api/v1/projects/${this.#project}/ontologies/`;
      const body = { definition: this.#definition, note: this.#note.value.trim(), base: this.#base };
      const saved = /** @type {{version: number, definition: unknown}} */ (await api("POST", url, body));
      this.#dialog.close();
      this.#note.value = "";
      this.#onSaved(saved);
      toast({ text: `Version ${saved.version} is saved. New answers are given under it.`, tone: "good" });
    } catch (error) {
      this.#refuse(error);
    }
  }

  /** @param {unknown} error */
  #refuse(error) {
    const text = error instanceof ApiError ? error.details : /** @type {Error} */ (error).message;
    this.#body.replaceChildren(
      h("div", { class: "callout bad", role: "alert" }, [
        icon("circle-alert"),
        h("div", {}, [h("p", { dir: "auto" }, [text])]),
      ]),
    );
  }
}

/** @param {number} checked */
function fine(checked) {
  const text = checked
    ? `All ${grouped(checked)} answers given so far stay valid.`
    : "No answers have been given yet: nothing can become invalid.";
  return h("div", { class: "callout good" }, [icon("circle-check"), h("div", {}, [h("p", {}, [text])])]);
}

/**
 * @param {number} invalid
 * @param {number} checked
 * @param {DryRun["examples"]} examples
 * @param {string} project
 */
function warning(invalid, checked, examples, project) {
  const head = `${grouped(invalid)} of ${grouped(checked)} answers would become invalid`;
  const lines = examples.map(({ task, problem }) =>
    h("li", {}, [
      h("a", { href: `/projects/${project}/tasks/${task}/` }, [`Task ${task}`]),
      " ",
      h("span", { dir: "auto" }, [problem]),
    ]),
  );
  const more = invalid - examples.length;
  return h("div", { class: "callout bad", role: "alert", "data-invalid": invalid }, [
    icon("triangle-alert"),
    h("div", {}, [
      h("p", {}, [h("strong", {}, [head])]),
      h("p", {}, [
        "They stay as they are under their own version, but can no longer be compared or corrected under this one.",
      ]),
      h("ul", {}, lines),
      more > 0 ? h("p", { class: "muted" }, [`and ${grouped(more)} more`]) : null,
    ]),
  ]);
}

/** @param {DryRun["changes"][number]} change */
function changeLine({ kind, path, text }) {
  const tone = kind === "added" ? "good" : kind === "removed" ? "bad" : "neutral";
  const symbol =
    { added: "plus", removed: "minus", changed: "pencil", moved: "arrow-down" }[kind] ?? "circle";
  return h("li", {}, [
    h("span", { class: `badge ${tone}` }, [icon(symbol), kind]),
    h("span", { dir: "auto" }, [text]),
    h("code", { class: "muted" }, [path]),
  ]);
}
