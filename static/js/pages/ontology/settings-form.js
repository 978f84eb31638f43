import { h } from "../../core/dom.js";
import { Scope } from "../../core/scope.js";
import { fieldControls, itemControls, mediumControls } from "./node-controls.js";
import { pathText } from "./paths.js";
import { roleOf } from "./rows.js";

/**
 * @typedef {import("./controls.js").Control} Control
 * @typedef {import("./node-controls.js").Context} Context
 */

/** The settings of the selected node. It is built anew only when other inputs are needed, so that typing is never disturbed. */
export class SettingsForm {
  #signature = "";
  /** @type {Control[]} */
  #controls = [];
  #scope = new Scope();
  /** @type {readonly import("./validation.js").Problem[]} */
  #problems = [];
  #context;

  /**
   * @param {Omit<Context, "scope">} context
   * @param {Scope} scope
   */
  constructor(context, scope) {
    this.#context = context;
    this.element = h("form", {
      class: "form ontology-form",
      "aria-label": "Settings of what is selected",
      novalidate: true,
    });
    scope.listen(this.element, "submit", (event) => event.preventDefault());
    scope.add(() => this.#scope.dispose());
    context.document.subscribe(() => this.render(), scope);
    this.render();
  }

  /** Puts the cursor into the first input. */
  focus() {
    const input = this.#controls[0]?.input;
    input?.focus();
    if (input instanceof HTMLInputElement) input.select();
  }

  /** @param {readonly import("./validation.js").Problem[]} problems */
  setProblems(problems) {
    this.#problems = problems;
    const path = pathText(this.#context.document.selection);
    for (const control of this.#controls) {
      const own = `${path}.${control.key}`;
      const messages = problems.filter((problem) => concerns(problem.path, own, path, control.key));
      control.setProblems(messages.map((problem) => problem.message));
    }
  }

  render() {
    const { document } = this.#context;
    const node = document.get(document.selection);
    const signature = signatureOf(this.#context, node);
    if (signature !== this.#signature) this.#build(signature);
    for (const control of this.#controls) control.show(node?.[control.key]);
    this.setProblems(this.#problems);
  }

  /** @param {string} signature */
  #build(signature) {
    const focused = this.element.querySelector(":focus")?.getAttribute("data-key");
    this.#signature = signature;
    this.#scope.dispose();
    this.#scope = new Scope();
    const context = { ...this.#context, scope: this.#scope };
    const path = context.document.selection;
    const role = roleOf(path);
    const make = {
      group: () => [],
      medium: mediumControls,
      field: fieldControls,
      attribute: fieldControls,
      item: itemControls,
    }[role];
    const node = context.document.get(path);
    this.#controls = node === undefined ? [] : make(context, path);
    const groups = this.#controls.map((control) => control.element);
    this.element.replaceChildren(...(groups.length ? groups : [explain(String(path[0]))]));
    const again = this.#controls.find((control) => control.key === focused);
    again?.input.focus();
  }
}

/**
 * What decides which inputs there are.
 * @param {Omit<Context, "scope">} context
 * @param {any} node
 */
function signatureOf({ document }, node) {
  const path = document.selection;
  const earlier =
    roleOf(path) === "field" || roleOf(path) === "attribute" ? document.get(path.slice(0, -1)) : [];
  const others = (earlier ?? [])
    .slice(0, Number(path.at(-1)))
    .map((/** @type {any} */ one) => [
      one.name,
      one.title,
      (one.options ?? []).slice(0, 60).map((/** @type {any} */ option) => option.name),
    ]);
  const media = document.definition.media.map((medium) => [medium.name, medium.kind]);
  return JSON.stringify([
    path,
    node?.type,
    node?.multiple,
    node?.show_if,
    document.isLocked(path),
    others,
    media,
  ]);
}

/**
 * A problem belongs to the control of its key, or below it unless that is a node of its own.
 * @param {string} problem
 * @param {string} own
 * @param {string} path
 * @param {string} key
 */
function concerns(problem, own, path, key) {
  if (problem === own) return true;
  if (problem === path) return key === "title" || key === "name";
  return (
    ["show_if", "labels"].includes(key) && (problem.startsWith(`${own}.`) || problem.startsWith(`${own}[`))
  );
}

/** @param {string} group */
function explain(group) {
  const text =
    group === "media"
      ? "What people see of an item: texts and images. Each names the column of your data that it comes from."
      : "What people answer about an item, in this order. Choose a field at the left, or add one.";
  return h("p", { class: "muted" }, [text]);
}
