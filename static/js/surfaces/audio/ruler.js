import { h } from "../../core/dom.js";
import { clock } from "./timeline.js";

/** Pixels between two lines with a time, at least. */
const APART = 76;

/**
 * Times along the upper edge.
 * @param {HTMLElement} element
 * @param {import('./timeline.js').Timeline} timeline
 */
export function drawRuler(element, timeline) {
  element.replaceChildren(
    ...timeline.ticks(APART).map(({ time, step }) => {
      const places = step >= 1 ? 0 : step >= 0.1 ? 1 : 2;
      const tick = h("span", { class: "au-tick" }, [clock(time, places)]);
      tick.style.transform = `translateX(${timeline.x(time)}px)`;
      return tick;
    }),
  );
}
