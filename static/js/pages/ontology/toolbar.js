import { h } from "../../core/dom.js";
import { icon } from "../../ui/icon.js";

/**
 * @typedef {object} ToolbarOptions
 * @property {import("./document.js").OntologyDocument} ontology
 * @property {import("./actions.js").Actions} actions
 * @property {() => void} paste
 * @property {() => void} editField
 * @property {() => void} focusTree
 * @property {() => boolean} onTree whether the keys of the tree are meant
 * @property {import("../../core/scope.js").Scope} scope
 * @property {import("../../core/keys.js").KeyLayer} keys
 */

/** The buttons above the tree, and the same by keys. */
export class Toolbar {
  /** @type {(() => void)[]} */
  #updates = [];
  #options;

  /** @param {ToolbarOptions} options */
  constructor(options) {
    this.#options = options;
    const { actions, ontology, scope, keys, onTree } = options;
    const add = this.#button("plus", "Add", "a", () => actions.add());
    const below = this.#button("corner-down-left", "Add inside", "i", () => actions.addBelow());
    const text = (/** @type {HTMLElement} */ button) =>
      /** @type {HTMLElement} */ (button.querySelector(".words"));
    this.#updates.push(() => {
      text(add).textContent = actions.addTitle;
      below.hidden = !actions.canAddBelow;
      if (actions.canAddBelow) text(below).textContent = actions.belowTitle;
    });
    const paste = this.#button("copy", "Paste a list …", "l", options.paste, true);
    const up = this.#button("arrow-up", "Move up", "Alt+ArrowUp", () => actions.move(-1), true);
    const down = this.#button("arrow-down", "Move down", "Alt+ArrowDown", () => actions.move(1), true);
    const twice = this.#button("layers", "Duplicate", "d", () => actions.duplicate(), true);
    const remove = this.#button("trash-2", "Delete", "Delete", () => actions.remove(), true);
    const undo = this.#button(
      "undo-2",
      "Undo",
      "Mod+z",
      () => ontology.undo(),
      true,
      () => true,
    );
    const redo = this.#button(
      "redo-2",
      "Redo",
      "Mod+Shift+z",
      () => ontology.redo(),
      true,
      () => true,
    );
    this.#updates.push(() => {
      for (const button of [up, down, twice, remove]) button.disabled = !actions.canRemove;
      paste.hidden = actions.listPath === null;
      undo.disabled = !ontology.canUndo;
      redo.disabled = !ontology.canRedo;
    });
    keys.bind(["Enter", "F2"], options.editField, {
      id: "ontology.edit",
      title: "Go to the settings",
      group: "Ontology",
      when: onTree,
    });
    this.head = h("div", { class: "ontology-head row" }, [undo, redo]);
    this.element = h("div", { class: "tree-tools", role: "toolbar", "aria-label": "Ontology" }, [
      add,
      below,
      paste,
      up,
      down,
      twice,
      remove,
    ]);
    ontology.subscribe(() => this.#update(), scope);
    this.#update();
  }

  #update() {
    for (const update of this.#updates) update();
  }

  /**
   * @param {string} symbol
   * @param {string} title
   * @param {string} key
   * @param {() => void} run
   * @param {boolean} [small] only the icon
   * @param {() => boolean} [when]
   */
  #button(symbol, title, key, run, small = false, when = this.#options.onTree) {
    const { scope, keys, focusTree, editField } = this.#options;
    const adds = !small;
    const button = h(
      "button",
      {
        type: "button",
        class: small ? "button ghost icon-only" : "button",
        "data-tip": title,
        "data-tip-key": key,
        "aria-label": small ? title : null,
      },
      [icon(symbol), small ? null : h("span", { class: "words" }, [title])],
    );
    const act = () => {
      run();
      if (adds) editField();
    };
    scope.listen(button, "click", () => {
      act();
      if (button.disabled) focusTree();
    });
    const id = `ontology.${title.toLowerCase().replace(/\W+/g, "-")}`;
    keys.bind(key, act, {
      id,
      title,
      group: "Ontology",
      when,
      repeat: key.startsWith("Alt") || key.startsWith("Mod"),
    });
    return button;
  }
}
