import { isApple } from "../../core/combo.js";

/**
 * @typedef {import('./index.js').TextSurface} TextSurface
 * @typedef {import('./caret.js').Move} Move
 */

/** @type {[string, Move, boolean][]} combination, move, by word */
const MOVES = [
  ["ArrowLeft", "left", false],
  ["ArrowRight", "right", false],
  ["ArrowUp", "up", false],
  ["ArrowDown", "down", false],
  ["Home", "home", false],
  ["End", "end", false],
  ["PageUp", "pageup", false],
  ["PageDown", "pagedown", false],
  ...(isApple()
    ? /** @type {[string, Move, boolean][]} */ ([
        ["Alt+ArrowLeft", "left", true],
        ["Alt+ArrowRight", "right", true],
      ])
    : /** @type {[string, Move, boolean][]} */ ([
        ["Ctrl+ArrowLeft", "left", true],
        ["Ctrl+ArrowRight", "right", true],
      ])),
  ["Mod+Home", "start", false],
  ["Mod+End", "finish", false],
];

/**
 * Arrows move a caret, with Ctrl (⌥ on Apple machines) by words, with Shift they select.
 * @param {TextSurface} surface
 * @param {import('../../label/types.js').SurfaceCtx} ctx
 */
export function bindCaretKeys(surface, { keys, scope, t, spec }) {
  const layer = keys.layer(t("Text"), { priority: 30, scope, when: () => surface.focused });
  const id = (/** @type {string} */ name) => `text.${spec.name}.${name}`;
  for (const [combo, move, byWord] of MOVES) {
    const word = byWord ? " word" : "";
    layer.bind(combo, () => go(surface, move, byWord, false), {
      id: id(combo),
      title: t(`Caret ${move}${word}`),
      repeat: true,
      hidden: move !== "left",
    });
    const shifted = combo.replace(/(Arrow|Home|End|Page)/, "Shift+$1");
    layer.bind(shifted, () => go(surface, move, byWord, true), {
      id: id(shifted),
      title: t(`Select ${move}${word}`),
      repeat: true,
      hidden: move !== "left",
    });
  }
  scope.listen(
    surface.scroller,
    "focus",
    () => surface.scroller.matches(":focus-visible") && surface.caret.draw(false),
  );
}

/**
 * @param {TextSurface} surface
 * @param {Move} move
 * @param {boolean} byWord
 * @param {boolean} extend
 */
function go(surface, move, byWord, extend) {
  const { caret, selection } = surface;
  const from = caret.offset;
  const anchor = selection ? (selection.start === from ? selection.end : selection.start) : from;
  caret.move(move, byWord);
  surface.select(extend ? anchor : caret.offset, caret.offset);
  surface.caret.draw(true);
  surface.dispatch(surface.selection ? "SelectionEnd" : "CaretMove", {
    ...surface.selection,
    offset: caret.offset,
    by: "keys",
  });
}
