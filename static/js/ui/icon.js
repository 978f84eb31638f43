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

/** Icons of the page itself are in its HTML. The sprite, for those that scripts add, is read when there is time. */
export function startIcons() {
  const read = () => {
    const any = icon("x");
    any.setAttribute("display", "none");
    document.body.append(any);
  };
  const soon = () => {
    if ("requestIdleCallback" in globalThis) requestIdleCallback(read, { timeout: 5000 });
    else setTimeout(read, 1000);
  };
  if (document.readyState === "complete") soon();
  else addEventListener("load", soon, { once: true });
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
