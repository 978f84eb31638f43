/**
 * An element with attributes, classes and children. Text is always text, never markup.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, string | number | boolean | null | undefined>} [attributes] true: present, false or null: absent
 * @param {(Node | string | null | undefined)[]} [children]
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function h(tag, attributes = {}, children = []) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined && value !== false)
      element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

/**
 * A key as it is printed, beside what it does.
 * @param {string} text
 */
export function keycap(text) {
  return h("kbd", { class: "lb-key", "aria-hidden": "true" }, [text]);
}

/**
 * Words that are heard and not seen: they join what is seen to one name.
 * @param {string} text
 */
export function aside(text) {
  return h("span", { class: "visually-hidden" }, [text]);
}

/**
 * Pressing it with the pointer leaves the focus where it is, so that the keys go on working there.
 * @param {HTMLElement} element
 * @param {import('./scope.js').Scope} scope
 */
export function keepFocus(element, scope) {
  scope.listen(element, "mousedown", (event) => {
    if (!(event.target instanceof HTMLInputElement)) event.preventDefault();
  });
}

let serial = 0;

/** @param {string} prefix @returns {string} an id no other element has */
export function uniqueId(prefix) {
  serial += 1;
  return `${prefix}-${serial}`;
}
