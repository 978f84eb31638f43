import { h } from "../../core/dom.js";
import { sameJson } from "../../core/json.js";
import { expand } from "./document.js";

/** The ontology as JSON, to be written by hand or pasted. */
export class JsonView {
  #field = h("textarea", {
    class: "code ontology-json",
    spellcheck: "false",
    autocomplete: "off",
    "aria-label": "Ontology as JSON",
  });
  #document;
  #onSyntax;

  /**
   * @param {import("./document.js").OntologyDocument} document
   * @param {import("../../core/scope.js").Scope} scope
   * @param {(message: string) => void} onSyntax what is wrong with the JSON itself, or empty
   */
  constructor(document, scope, onSyntax) {
    this.#document = document;
    this.#onSyntax = onSyntax;
    this.element = this.#field;
    scope.listen(this.#field, "input", () => this.#read());
    document.subscribe(() => this.show(), scope);
  }

  /** Writes the ontology unless exactly that stands there already. */
  show() {
    if (!this.#field.isConnected || this.#field.closest("[hidden]")) return;
    const { value, error } = parse(this.#field.value);
    if (!error && sameJson(expand(value), this.#document.definition)) return;
    if (error && this.#field === document.activeElement) return;
    this.#field.value = JSON.stringify(this.#document.definition, null, 2);
    this.#onSyntax("");
  }

  #read() {
    const { value, error } = parse(this.#field.value);
    this.#onSyntax(error);
    if (error || sameJson(expand(value), this.#document.definition)) return;
    this.#document.edit(expand(value), { merge: "json", selection: ["fields"] });
  }
}

/**
 * @param {string} text
 * @returns {{value: any, error: string}}
 */
export function parse(text) {
  try {
    const value = JSON.parse(text);
    const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
    return { value, error: isObject ? "" : "An ontology is an object with media and fields." };
  } catch (error) {
    return { value: null, error: placed(/** @type {Error} */ (error).message, text) };
  }
}

/**
 * @param {string} message of the browser, with a position in it perhaps
 * @param {string} text
 */
function placed(message, text) {
  const at = /position (\d+)/.exec(message)?.[1];
  if (at === undefined || /line \d+/.test(message)) return `Not JSON yet: ${message}`;
  const lines = text.slice(0, Number(at)).split("\n");
  return `Not JSON yet: line ${lines.length}, column ${(lines.at(-1)?.length ?? 0) + 1}: ${message}`;
}
