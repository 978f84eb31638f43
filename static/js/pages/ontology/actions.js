import { changeType, listKey } from "./kinds.js";
import { freeName, nameFrom } from "./names.js";
import { childList, mayHaveAttributes, roleOf } from "./rows.js";

/**
 * What can be done to the selected node. Every action has a button and a key.
 *
 * @typedef {import("./document.js").OntologyDocument} OntologyDocument
 * @typedef {import("./kinds.js").Kinds} Kinds
 * @typedef {import("./paths.js").Node} Node
 * @typedef {import("./paths.js").Path} Path
 */
export class Actions {
  #document;
  #kinds;

  /**
   * @param {OntologyDocument} document
   * @param {Kinds} kinds
   */
  constructor(document, kinds) {
    this.#document = document;
    this.#kinds = kinds;
  }

  /** What "add" adds here: beside a node of a list, or below a list. */
  get addTitle() {
    const { path, role } = this.#addPlace();
    const words = {
      medium: "Medium",
      field: "Field",
      attribute: "Attribute",
      item: path.at(-2) === "classes" ? "Class" : "Option",
      group: "",
    };
    return words[role];
  }

  add() {
    const { path, role } = this.#addPlace();
    if (role === "medium") this.#addNamed(path, "Text", { kind: this.#kinds.media[0] });
    else if (role === "item") this.#addNamed(path, this.addTitle, {});
    else this.addField(path);
  }

  /** @param {Path} [path] */
  addField(path = ["fields", this.#document.definition.fields.length]) {
    const attribute = roleOf(path) === "attribute";
    const field = { name: "", title: "", type: "" };
    const types = Object.keys(this.#kinds.types).filter(
      (type) => !attribute || this.#kinds.types[type]?.scalar,
    );
    const type = types.includes("choice") ? "choice" : (types[0] ?? "");
    this.#addNamed(
      path,
      attribute ? "Attribute" : "Question",
      changeType(this.#kinds, this.#document.definition, field, type),
    );
  }

  get canAddBelow() {
    return this.#below() !== null;
  }

  get belowTitle() {
    const below = this.#below();
    return below === "attributes" ? "Attribute" : below === "classes" ? "Class" : "Option";
  }

  /** Adds an option to a field, an attribute to a class. */
  addBelow() {
    const below = this.#below();
    const { selection } = this.#document;
    if (!below) return;
    const path = [...selection, below, (this.#document.get([...selection, below]) ?? []).length];
    if (below === "attributes") this.addField(path);
    else this.#addNamed(path, this.belowTitle, {});
  }

  get canRemove() {
    return roleOf(this.#document.selection) !== "group";
  }

  remove() {
    if (this.canRemove) this.#document.remove(this.#document.selection);
  }

  duplicate() {
    const { selection } = this.#document;
    const node = this.#document.get(selection);
    if (!this.canRemove || !node) return;
    const { hotkey, ...copy } = node;
    const place = [...selection.slice(0, -1), Number(selection.at(-1)) + 1];
    const list = listKey(this.#kinds, copy.type);
    if (list) copy[list] = copy[list].map((/** @type {Node} */ { hotkey: _, ...item }) => item);
    this.#addNamed(place, node.title || node.name, copy);
  }

  /** @param {number} step */
  move(step) {
    const { selection } = this.#document;
    if (this.canRemove) this.#document.move(selection, Number(selection.at(-1)) + step);
  }

  /** The field whose list a pasted list belongs to. */
  get listPath() {
    const { selection } = this.#document;
    const role = roleOf(selection);
    const owner = role === "item" ? selection.slice(0, -2) : selection;
    const list =
      role === "group" || role === "medium" ? null : listKey(this.#kinds, this.#document.get(owner)?.type);
    return list ? [...owner, list] : null;
  }

  /** @returns {string | null} */
  #below() {
    const { selection, definition } = this.#document;
    const role = roleOf(selection);
    if (role === "item") return mayHaveAttributes(definition, this.#kinds, selection) ? "attributes" : null;
    return childList(this.#document.get(selection), role, this.#kinds, selection);
  }

  #addPlace() {
    const { selection } = this.#document;
    const list = selection.length === 1 ? selection : selection.slice(0, -1);
    const index = selection.length === 1 ? this.#document.get(list).length : Number(selection.at(-1)) + 1;
    const path = [...list, index];
    return { path, role: roleOf(path) };
  }

  /**
   * @param {Path} path
   * @param {string} title
   * @param {Node} rest
   */
  #addNamed(path, title, rest) {
    const others = this.#document.get(path.slice(0, -1)) ?? [];
    const name = freeName(nameFrom(title), others);
    const number = /_(\d+)$/.exec(name)?.[1];
    const { title: _, name: __, ...settings } = rest;
    const medium = roleOf(path) === "medium";
    this.#document.insert(path, {
      name,
      ...(medium ? {} : { title: number ? `${title} ${number}` : title }),
      ...settings,
    });
  }
}
