import { nextCharacter, nextWord, previousCharacter, previousWord } from "../../surfaces/text/words.js";

/** @typedef {import('./spans.js').Spans} Spans */

/**
 * What the keyboard does to spans, beside class hotkeys and Delete, which the panel binds.
 * @param {Spans} spans
 */
export function bindSpanKeys(spans) {
  const { ctx, surface } = spans;
  const { t, scope, field, allKeys } = ctx;
  const awake = () => surface?.focused === true && ctx.active();
  const layer = allKeys.layer(field.title, { priority: 31, scope, when: awake });
  const id = (/** @type {string} */ name) => `${field.name}.${name}`;
  layer.bind("Tab", () => go(spans, 1), { id: id("next"), title: t("Next in the text"), repeat: true });
  layer.bind("Shift+Tab", () => go(spans, -1), {
    id: id("previous"),
    title: t("Previous in the text"),
    repeat: true,
  });
  if (ctx.readOnly) return;
  layer.bind("Enter", () => enter(spans), {
    id: id("mark"),
    title: t("Mark what is selected, or select the mark at the caret"),
  });
  const some = () => spans.selected !== null && spans.surface?.selection === null;
  /** @type {[string, 'start' | 'end', boolean, boolean][]} */
  const moves = [
    ["Shift+ArrowRight", "end", true, false],
    ["Shift+ArrowLeft", "end", false, false],
    ["Ctrl+Shift+ArrowRight", "end", true, true],
    ["Ctrl+Shift+ArrowLeft", "end", false, true],
    ["Alt+Shift+ArrowRight", "start", true, false],
    ["Alt+Shift+ArrowLeft", "start", false, false],
    ["Ctrl+Alt+Shift+ArrowRight", "start", true, true],
    ["Ctrl+Alt+Shift+ArrowLeft", "start", false, true],
  ];
  for (const [combo, end, right, byWord] of moves) {
    const title = end === "end" ? t("Move the end of the mark") : t("Move the start of the mark");
    layer.bind(combo, () => move(spans, end, right, byWord), {
      id: id(combo),
      title,
      when: some,
      repeat: true,
      hidden: !right || byWord,
    });
  }
}

/**
 * @param {Spans} spans
 * @param {1 | -1} direction
 * @returns {boolean} false at the last one: Tab leaves the text
 */
function go(spans, direction) {
  const { regions, selected, surface, ctx } = spans;
  const sorted = regions.all.toSorted((a, b) => a.start - b.start || b.end - a.end);
  const caret = spans.points.fromUtf16(surface?.caret.offset ?? 0);
  const now = selected
    ? sorted.indexOf(selected)
    : direction > 0
      ? sorted.findIndex((span) => span.start >= caret) - 1
      : sorted.findLastIndex((span) => span.start < caret) + 1;
  const next = selected || now >= -1 ? sorted[now + direction] : undefined;
  if (!next) {
    if (selected) ctx.selection.clear();
    return false;
  }
  ctx.selection.select(next.id);
  surface?.caret.place(spans.shown(next).end);
  surface?.caret.hide();
  return true;
}

/**
 * @param {Spans} spans
 * @returns {boolean} false: Enter submits
 */
function enter(spans) {
  const { regions, surface, ctx } = spans;
  if (!surface || spans.selected) return false;
  if (surface.selection) {
    if (regions.chosen) return spans.markSelection(regions.chosen);
    ctx.announce(ctx.t("Press the key of a class to mark the selected text"));
    return true;
  }
  if (ctx.readOnly || !surface.scroller.querySelector(".tx-caret:not([hidden])")) return false;
  const here = surface.marks.at(surface.caret.offset).find((mark) => regions.get(mark.id));
  if (here) ctx.selection.select(here.id);
  return here !== undefined;
}

/**
 * @param {Spans} spans
 * @param {'start' | 'end'} end
 * @param {boolean} right as on the screen
 * @param {boolean} byWord
 */
function move(spans, end, right, byWord) {
  const { selected: span, surface, ctx } = spans;
  if (!span || !surface) return;
  const range = spans.shown(span);
  const { text } = spans.points;
  const rtl = getComputedStyle(surface.lines.lineAt(range.start).element).direction === "rtl";
  const forward = right !== rtl;
  const word = byWord || ctx.field.snap === "word";
  const step = forward ? (word ? nextWord : nextCharacter) : word ? previousWord : previousCharacter;
  const moved = { ...range, [end]: step(text, range[end]) };
  // A step that only takes in white space would be trimmed away again: it goes on to what follows.
  const snapped = moved.start < moved.end ? spans.snap(moved) : range;
  const stuck = snapped.start === range.start && snapped.end === range.end;
  const next =
    stuck && moved.start < moved.end
      ? spans.snap({ ...range, [end]: step(text, skipSpace(text, moved[end], forward)) })
      : snapped;
  spans.resize(span, next, { merge: `resize ${span.id}` });
}

/**
 * @param {string} text
 * @param {number} offset
 * @param {boolean} forward
 */
function skipSpace(text, offset, forward) {
  const space = (/** @type {number} */ place) => /\s/.test(text.charAt(place));
  let place = offset;
  while (forward ? space(place) : space(place - 1)) place += forward ? 1 : -1;
  return place;
}
