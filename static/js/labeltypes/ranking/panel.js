import { showCombo } from "../../core/combo.js";
import { h, keepFocus, uniqueId } from "../../core/dom.js";
import { listenDrag } from "./drag.js";
import { createRow } from "./row.js";
import { answerOf, put, ranked, stepped, unranked } from "./value.js";

/**
 * @typedef {import('../../label/types.js').Ctx} Ctx
 * @typedef {import('./row.js').Row} Row
 */

/**
 * @param {Ctx} ctx
 * @returns {import('../../label/types.js').Panel}
 */
export function createPanel(ctx) {
  const panel = new RankingPanel(ctx);
  return { element: panel.element, focus: () => panel.list.focus() };
}

/**
 * A listbox whose options can be moved, by the ARIA pattern of rearrangeable ones: what is ranked stands above a line, the rest
 * below. All keys and buttons work on the current option.
 */
class RankingPanel {
  #ctx;
  /** @type {Map<string, Row>} */
  #rows;
  #current = "";
  /** @type {string[] | null} what a drag would make of it */
  #preview = null;

  /** @param {Ctx} ctx */
  constructor(ctx) {
    const { field, scope, readOnly, t } = ctx;
    this.#ctx = ctx;
    this.#rows = new Map((field.options ?? []).map((option) => [option.name, createRow(ctx, option)]));
    this.above = h("div", { class: "lb-ranks", role: "group", "aria-label": t("Ranked") });
    this.line = h("div", { class: "lb-ranks-line", "aria-hidden": "true" }, [t("Not ranked yet")]);
    this.below = h("div", { class: "lb-ranks", role: "group", "aria-label": t("Not ranked yet") });
    this.said = h("p", { class: "visually-hidden", role: "status" });
    this.list = h(
      "div",
      {
        class: "lb-ranking",
        id: uniqueId("lb-ranking"),
        role: "listbox",
        tabindex: 0,
        "aria-label": field.title,
        "aria-readonly": readOnly,
      },
      [this.above, this.line, this.below],
    );
    this.element = h("div", {}, [this.list, readOnly ? null : this.#createTools(), this.said]);
    if (!readOnly) this.#listen();
    const drag = readOnly ? null : listenDrag(ctx, this);
    ctx.store.subscribe(({ reason }) => {
      if (reason === "load") {
        drag?.cancel();
        this.#current = "";
      }
      this.render();
    }, scope);
    this.render();
  }

  /** The options that have a place, best first. */
  get order() {
    return ranked(this.#ctx.store.get(), this.#ctx.field);
  }

  /** @param {string[] | null} order shown while something is dragged */
  preview(order) {
    this.#preview = order;
    this.render();
  }

  /**
   * @param {string} name
   * @param {number | null} place 0-based; null: not ranked any more
   */
  move(name, place) {
    const { store, field } = this.#ctx;
    this.#current = name;
    store.set(answerOf(put(this.order, name, place), this.order, field));
    this.select(name);
  }

  /** @param {string} name the option that keys and buttons work on now */
  select(name) {
    this.#current = name;
    this.render();
    const row = this.#rows.get(name);
    row?.element.scrollIntoView({ block: "nearest" });
    this.said.textContent = row ? `${row.option.title}: ${row.placeText}` : "";
  }

  render() {
    const { field, store } = this.#ctx;
    const order = this.#preview ?? ranked(store.get(), field);
    const left = unranked(order, field);
    const all = [...order, ...left];
    if (!this.#rows.has(this.#current)) this.#current = all[0] ?? "";
    this.#arrange(this.above, order);
    this.#arrange(this.below, left);
    this.line.classList.toggle("is-over", left.length === 0);
    for (const [index, name] of all.entries()) {
      const place = index < order.length ? index + 1 : 0;
      this.#rows.get(name)?.show({ place, current: name === this.#current, dragged: this.#preview !== null });
    }
    this.list.setAttribute("aria-activedescendant", this.#rows.get(this.#current)?.element.id ?? "");
  }

  /**
   * @param {HTMLElement} group
   * @param {string[]} names
   */
  #arrange(group, names) {
    const rows = names.map((name) => /** @type {Row} */ (this.#rows.get(name)).element);
    const same =
      rows.length === group.children.length && rows.every((row, index) => row === group.children[index]);
    if (!same) group.replaceChildren(...rows);
  }

  #listen() {
    const { field, scope, hotkeys, direct, activate } = this.#ctx;
    scope.listen(this.list, "click", (event) => {
      const row = event.target instanceof Element ? event.target.closest("[data-name]") : null;
      if (row instanceof HTMLElement) this.#press(row.dataset.name ?? "");
    });
    for (const { name, title } of field.options ?? []) {
      const press = () => {
        activate();
        this.#press(name);
      };
      const key = hotkeys.get(name);
      if (key) direct.bind(key, press, { id: `${field.name}.${name}`, title });
    }
    this.#bindKeys();
  }

  #bindKeys() {
    const { field, keys, t } = this.#ctx;
    const focused = () => document.activeElement === this.list;
    const id = (/** @type {string} */ name) => `${field.name}.${name}`;
    const up = { id: id("up"), title: t("Move up"), repeat: true };
    const down = { id: id("down"), title: t("Move down"), repeat: true };
    keys.bind(["Alt+ArrowUp", "Shift+ArrowUp"], () => this.#step(-1), up);
    keys.bind(["Alt+ArrowDown", "Shift+ArrowDown"], () => this.#step(1), down);
    keys.bind("Backspace", () => this.#takeLast(), { id: id("back"), title: t("Take the last place back") });
    const inside = { when: focused, repeat: true, hidden: true, title: t("Go through the options") };
    keys.bind("ArrowUp", () => this.#go(-1), { ...inside, id: id("previous") });
    keys.bind("ArrowDown", () => this.#go(1), { ...inside, id: id("next") });
    keys.bind("Home", () => this.#go(-this.#rows.size), { ...inside, id: id("first") });
    keys.bind("End", () => this.#go(this.#rows.size), { ...inside, id: id("last") });
    keys.bind("Space", () => this.#toggle(), { ...inside, id: id("toggle"), title: t("Rank or take back") });
  }

  /** What a finger or a mouse has beside dragging. */
  #createTools() {
    const { scope, t } = this.#ctx;
    const button = (
      /** @type {string} */ text,
      /** @type {string} */ title,
      /** @type {() => void} */ run,
    ) => {
      const made = h("button", { type: "button", class: "lb-button", title }, [text]);
      scope.listen(made, "click", run);
      return made;
    };
    const tools = h("div", { class: "lb-rank-tools", role: "toolbar", "aria-controls": this.list.id }, [
      button(t("↑ Up"), showCombo("Alt+ArrowUp"), () => this.#step(-1)),
      button(t("↓ Down"), showCombo("Alt+ArrowDown"), () => this.#step(1)),
      button(t("Take back"), t("Not ranked any more"), () => this.move(this.#current, null)),
    ]);
    keepFocus(tools, scope);
    return tools;
  }

  /** @param {string} name */
  #press(name) {
    const { order } = this;
    if (order.includes(name)) this.select(name);
    else this.move(name, order.length);
  }

  #toggle() {
    const { order } = this;
    this.move(this.#current, order.includes(this.#current) ? null : order.length);
  }

  /** @param {number} by */
  #step(by) {
    this.move(this.#current, stepped(this.order, this.#current, by, this.#ctx.field));
  }

  #takeLast() {
    const last = this.order.at(-1);
    if (last === undefined) return false;
    this.move(last, null);
    return true;
  }

  /** @param {number} by */
  #go(by) {
    const all = [...this.order, ...unranked(this.order, this.#ctx.field)];
    const place = Math.max(0, Math.min(all.length - 1, all.indexOf(this.#current) + by));
    this.select(all[place] ?? "");
  }
}
