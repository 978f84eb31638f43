import { h } from "../../core/dom.js";
import { clock, readClock } from "../../surfaces/audio/timeline.js";
import { playSelected } from "./keys.js";

/**
 * The exact times of the one segment that is selected, to be typed.
 * @param {import('./segments.js').Segments} segments
 */
export function createTimes(segments) {
  const { ctx, regions } = segments;
  const { t, scope } = ctx;
  const fields = /** @type {['start' | 'end', string][]} */ ([
    ["start", t("Start")],
    ["end", t("End")],
  ]).map(([edge, title]) => {
    const input = h("input", {
      class: "lb-text-input seg-time",
      inputmode: "decimal",
      autocomplete: "off",
      spellcheck: "false",
      disabled: ctx.readOnly,
      "data-edge": edge,
    });
    scope.listen(input, "change", () => take(segments, edge, input));
    scope.listen(input, "keydown", (event) => {
      if (event.key === "Enter") {
        event.stopPropagation();
        input.blur();
        ctx.surface?.focus();
      }
    });
    return { edge, input, label: h("label", { class: "seg-label" }, [title, input]) };
  });
  const length = h("span", { class: "seg-length" });
  const play = h("button", { type: "button", class: "lb-button" }, [t("Play it")]);
  scope.listen(play, "click", () => playSelected(segments));
  const element = h("div", { class: "seg-times", hidden: true }, [
    ...fields.map(({ label }) => label),
    length,
    play,
  ]);
  const render = () => {
    const one = regions.selected.length === 1 ? regions.selected[0] : undefined;
    element.hidden = !one;
    if (!one) return;
    for (const { edge, input } of fields) input.value = clock(one[edge]);
    length.textContent = t("{n} s", { n: (one.end - one.start).toFixed(3) });
  };
  regions.subscribe(render, scope);
  ctx.selection.subscribe(render, scope);
  render();
  return element;
}

/**
 * @param {import('./segments.js').Segments} segments
 * @param {'start' | 'end'} edge
 * @param {HTMLInputElement} input
 */
function take(segments, edge, input) {
  const { selected, ctx } = segments;
  if (!selected) return;
  const time = readClock(input.value);
  if (time === null) ctx.announce(ctx.t("A time is like 7.25 or 0:07.250"));
  else segments.resize(selected, { [edge]: time });
  input.value = clock(segments.selected?.[edge] ?? selected[edge]);
}
