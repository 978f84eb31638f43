import { h } from "../../core/dom.js";
import { icon } from "../../ui/icon.js";
import { Actions } from "./actions.js";
import { JsonView } from "./json-view.js";
import { openPaste } from "./paste.js";
import { ProblemList } from "./problem-list.js";
import { SettingsForm } from "./settings-form.js";
import { Toolbar } from "./toolbar.js";
import { Tree } from "./tree.js";
import { countByNode, Validation } from "./validation.js";

/**
 * @typedef {object} EditorOptions
 * @property {import("./document.js").OntologyDocument} document
 * @property {import("./kinds.js").Kinds} kinds
 * @property {readonly string[]} [columns] of the data
 * @property {import("../../core/scope.js").Scope} scope
 * @property {import("../../core/keys.js").KeyLayer} keys of the page
 * @property {() => void} [onChecked] the problems are known anew
 */

/** Tree and settings of an ontology, with undo, a JSON view, and what the server finds wrong. */
export class OntologyEditor {
  #tree;
  #form;
  #validation;
  #syntax = "";
  #onChecked;

  /** @param {EditorOptions} options */
  constructor({ document: ontology, kinds, columns = [], scope, keys, onChecked = () => {} }) {
    const actions = new Actions(ontology, kinds);
    this.#onChecked = onChecked;
    this.#tree = new Tree(ontology, kinds, scope);
    this.#form = new SettingsForm({ document: ontology, kinds, columns }, scope);
    this.#validation = new Validation(scope, () => this.#showProblems());
    const paste = () => {
      const path = actions.listPath;
      if (!path) return;
      const existing = ontology.get(path) ?? [];
      openPaste({ existing, scope, add: (items) => ontology.set(path, [...existing, ...items]) });
    };
    const editField = () => this.#form.focus();
    const onTree = () =>
      this.#tree.element.contains(document.activeElement) || document.activeElement === document.body;
    const toolbar = new Toolbar({
      ontology,
      actions,
      paste,
      editField,
      scope,
      keys,
      onTree,
      focusTree: () => this.#tree.element.focus(),
    });
    this.#list = new ProblemList(ontology, scope);
    const json = new JsonView(ontology, scope, (message) => this.#setSyntax(message));
    this.element = this.#layout(toolbar, json, scope);
    ontology.subscribe((reason) => reason !== "select" && this.check(), scope);
    this.#ontology = ontology;
    this.check();
  }

  #list;
  #ontology;

  /** What keeps it from being saved. */
  get problems() {
    return this.#syntax ? [{ path: "", message: this.#syntax }] : this.#validation.problems;
  }

  /** Whether the server's last word is about what stands there now. */
  get isChecked() {
    return this.#syntax !== "" || this.#validation.isCurrent;
  }

  check() {
    this.#validation.ask(this.#ontology.definition);
  }

  /**
   * @param {Toolbar} toolbar
   * @param {JsonView} json
   * @param {import("../../core/scope.js").Scope} scope
   */
  #layout(toolbar, json, scope) {
    const visual = h("div", { class: "ontology-visual" }, [
      h("div", { class: "ontology-tree" }, [toolbar.element, this.#tree.element]),
      this.#form.element,
    ]);
    const written = h("div", { class: "ontology-written", hidden: true }, [json.element]);
    const views = h("div", { class: "segmented", role: "group", "aria-label": "View" });
    for (const [name, title, symbol] of [
      ["visual", "Form", "list"],
      ["json", "JSON", "code"],
    ]) {
      const button = h("button", { type: "button", "aria-pressed": name === "visual" ? "true" : "false" }, [
        icon(symbol ?? ""),
        title,
      ]);
      scope.listen(button, "click", () => {
        visual.hidden = name !== "visual";
        written.hidden = name !== "json";
        for (const other of views.children) other.setAttribute("aria-pressed", String(other === button));
        json.show();
      });
      views.append(button);
    }
    return h("div", { class: "ontology-editor" }, [
      h("div", { class: "ontology-bar row" }, [views, h("span", { class: "grow" }), toolbar.head]),
      visual,
      written,
      this.#list.element,
    ]);
  }

  /** @param {string} message */
  #setSyntax(message) {
    this.#syntax = message;
    this.#showProblems();
  }

  #showProblems() {
    const { problems } = this;
    this.#tree.setProblems(countByNode(problems));
    this.#form.setProblems(problems);
    this.#list.show(problems);
    this.#onChecked();
  }
}
