import { h } from "../../core/dom.js";
import { reasonText } from "./words.js";

/**
 * @typedef {import('./queue.js').Queue} Queue
 * @typedef {import('./types.js').Row} Row
 */

/**
 * The list at the left; rows are made once and kept.
 * @param {Queue} queue
 * @param {{list: HTMLElement, bulk: HTMLElement, waiting: HTMLElement, scope: import('../../core/scope.js').Scope,
 *   address: (annotation: string) => string, open: (annotation: string) => void}} options
 */
export function showQueue(queue, { list, bulk, waiting, scope, address, open }) {
  /** @type {Map<string, HTMLElement>} */
  const made = new Map();
  const rowOf = (/** @type {Row} */ row) => {
    const known = made.get(row.annotation) ?? createRow(row, address(row.annotation));
    made.set(row.annotation, known);
    return known;
  };
  const render = () => {
    const wanted = queue.rows.map(rowOf);
    for (const element of [...list.children])
      if (!wanted.includes(/** @type {any} */ (element))) element.remove();
    wanted.forEach((element, index) => {
      if (list.children[index] !== element) list.insertBefore(element, list.children[index] ?? null);
      mark(element, queue);
    });
    bulk.hidden = queue.selected.size === 0;
    const count = bulk.querySelector("[data-count]");
    if (count) count.textContent = String(queue.selected.size);
    waiting.textContent = queue.count;
  };
  scope.listen(list, "click", (event) => {
    const element = event.target.closest("li");
    if (!element || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (event.target.matches("input")) queue.toggle(element.dataset.annotation);
    else if (event.target.closest("a")) {
      event.preventDefault();
      open(element.dataset.annotation);
    }
  });
  queue.subscribe(render, scope);
  render();
}

/**
 * @param {Row} row
 * @param {string} address
 */
function createRow(row, address) {
  const title = row.text || `Task ${row.task}`;
  const picture = row.image
    ? h("img", { class: "review-thumb", src: row.image, alt: "", loading: "lazy" })
    : null;
  const why = [reasonText(row), row.author?.name].filter(Boolean).join(" · ");
  const box = h("input", { type: "checkbox", "aria-label": `Select ${title}`, tabindex: -1 });
  const link = h("a", { href: address }, [
    picture,
    h("span", { class: "review-row-words" }, [
      h("strong", { class: "review-row-title", dir: "auto" }, [title]),
      h("span", { class: "muted small truncate" }, [why]),
    ]),
  ]);
  return h("li", { class: "review-row", "data-annotation": row.annotation }, [
    h("label", { class: "review-pick" }, [box]),
    link,
  ]);
}

/**
 * @param {HTMLElement} element
 * @param {Queue} queue
 */
function mark(element, queue) {
  const annotation = element.dataset.annotation ?? "";
  const isCurrent = annotation === queue.current;
  const link = element.querySelector("a");
  if (isCurrent && link?.getAttribute("aria-current") !== "true")
    element.scrollIntoView({ block: "nearest", inline: "nearest" });
  if (isCurrent) link?.setAttribute("aria-current", "true");
  else link?.removeAttribute("aria-current");
  const box = element.querySelector("input");
  if (box) box.checked = queue.selected.has(annotation);
}
