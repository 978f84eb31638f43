import { h } from "../../core/dom.js";

/**
 * @typedef {import("./paths.js").Node} Node
 * @typedef {import("./paths.js").Path} Path
 */

const MANY = 60;

/**
 * "Asked only if": the conditions of a field, on choices that come before it.
 * @param {object} options
 * @param {import("./document.js").OntologyDocument} options.document
 * @param {Path} options.path of the field
 * @param {import("./kinds.js").Kinds} options.kinds
 * @param {import("../../core/scope.js").Scope} options.scope
 * @returns {import("./controls.js").Control}
 */
export function showIfControl({ document, kinds, path, scope }) {
  const index = Number(path.at(-1));
  /** @type {Node[]} */
  const earlier = document
    .get(path.slice(0, -1))
    .slice(0, index)
    .filter((/** @type {Node} */ field) => field.options?.length && kinds.types[field.type]?.asked);
  const box = h("div", { class: "stack" });
  const wrong = h("div", { class: "error", hidden: true });
  const element = h("fieldset", { class: "field", "data-key": "show_if", tabindex: -1 }, [
    h("legend", {}, ["Asked only if"]),
    box,
    wrong,
  ]);
  const set = (/** @type {string} */ name, /** @type {string[] | undefined} */ wanted) => {
    const { [name]: _, ...others } = document.get([...path, "show_if"]) ?? {};
    const next = wanted ? { ...others, [name]: wanted } : others;
    document.set([...path, "show_if"], Object.keys(next).length ? next : undefined);
  };
  const show = (/** @type {any} */ conditions) => {
    const asked = Object.entries(conditions ?? {}).map(([name, wanted]) =>
      condition(name, [wanted].flat(), earlier, (options) => set(name, options), scope),
    );
    const free = earlier.filter((field) => !(field.name in (conditions ?? {})));
    box.replaceChildren(...asked, ...(free.length ? [adder(free, set, scope)] : []));
    if (!asked.length && !free.length)
      box.replaceChildren(
        h("p", { class: "help" }, ["Always. A condition needs a choice that comes earlier."]),
      );
  };
  const setProblems = (/** @type {string[]} */ messages) => {
    wrong.hidden = messages.length === 0;
    wrong.textContent = messages.join("; ");
  };
  return { element, key: "show_if", show, setProblems, input: element };
}

/**
 * @param {string} name
 * @param {string[]} wanted
 * @param {Node[]} earlier
 * @param {(wanted: string[] | undefined) => void} change
 * @param {import("../../core/scope.js").Scope} scope
 */
function condition(name, wanted, earlier, change, scope) {
  const field = earlier.find((one) => one.name === name);
  const options = (field?.options ?? []).slice(0, MANY);
  const stale = wanted.filter((option) => !options.some((/** @type {Node} */ one) => one.name === option));
  const remove = h("button", { type: "button", class: "button ghost" }, ["Remove"]);
  scope.listen(remove, "click", () => change(undefined));
  const boxes = [...options, ...stale.map((option) => ({ name: option, title: option }))].map((option) => {
    const input = h("input", { type: "checkbox", checked: wanted.includes(option.name) });
    scope.listen(input, "change", () =>
      change(input.checked ? [...wanted, option.name] : wanted.filter((one) => one !== option.name)),
    );
    return h("label", { class: "choice" }, [
      input,
      h("span", { dir: "auto" }, [option.title || option.name]),
    ]);
  });
  return h("div", { class: "condition", role: "group", "aria-label": field?.title ?? name }, [
    h("div", { class: "row" }, [
      h("strong", { dir: "auto", class: "grow" }, [`${field?.title ?? name} is`]),
      remove,
    ]),
    ...boxes,
  ]);
}

/**
 * @param {Node[]} free
 * @param {(name: string, wanted: string[]) => void} set
 * @param {import("../../core/scope.js").Scope} scope
 */
function adder(free, set, scope) {
  const options = free.map((field) => h("option", { value: field.name }, [field.title || field.name]));
  const input = h("select", { "aria-label": "Add a condition" }, [
    h("option", { value: "" }, ["Always"]),
    ...options,
  ]);
  if (free.length) input.options[0]?.replaceChildren("Add a condition …");
  scope.listen(input, "change", () => {
    const field = free.find((one) => one.name === input.value);
    if (field) set(field.name, [field.options[0].name]);
  });
  return input;
}
