const SVG = "http://www.w3.org/2000/svg";

/**
 * An SVG element with attributes and children.
 * @param {string} tag
 * @param {Record<string, string | number>} [attributes]
 * @param {(Node | string)[]} [children]
 * @returns {SVGElement}
 */
export function svg(tag, attributes = {}, children = []) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  element.append(...children);
  return element;
}

/**
 * A Lucide icon of the sprite whose address stands at `<html data-icons>`.
 * @param {string} name see static/icons/icons.txt
 * @param {string} [label] without it the icon is decoration
 * @returns {SVGElement}
 */
export function icon(name, label = "") {
  const use = svg("use", { href: `${document.documentElement.dataset.icons ?? ""}#${name}` });
  return svg(
    "svg",
    { class: "icon", ...(label ? { role: "img", "aria-label": label } : { "aria-hidden": "true" }) },
    [use],
  );
}
