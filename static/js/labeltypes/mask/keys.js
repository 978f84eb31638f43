import { freeKey, shownKey } from "../../label/image-objects/free-key.js";
import { surfaceOf } from "../../label/image-objects/object-list.js";
import { isPressedBySpace } from "../../surfaces/image/view-keys.js";
import { countsOf, withoutHoles } from "./runs.js";
import { runsOf } from "./shown.js";

/**
 * @typedef {import('../../label/types.js').Ctx} Ctx
 * @typedef {import('../../label/image-objects/objects.js').Objects} Objects
 * @typedef {import('../../label/image-objects/tool.js').ObjectTool & {draw: import('./draw.js').MaskDraw}} Tool
 */

const ERASER = "M8 20L3 15 14 4l7 7-9 9zM8 9l7 7M6 20h14";
const PLUS = "M12 5v14M5 12h14";
const SMALLER = "M12 12m-3 0a3 3 0 1 0 6 0a3 3 0 1 0-6 0";
const LARGER = "M12 12m-9 0a9 9 0 1 0 18 0a9 9 0 1 0-18 0";
const LASSO = "M12 4c5 0 9 2 9 5s-4 5-9 5-9-2-9-5 4-5 9-5zM7 13c-2 2-2 5 1 7";
const FILL = "M12 3c4 5 6 8 6 11a6 6 0 0 1-12 0c0-3 2-6 6-11zM9 14h6";

/**
 * The keys of the brush, and for fingers the same as buttons.
 *
 * @param {Ctx} ctx
 * @param {Tool} tool
 * @param {Objects} objects
 */
export function bindBrushKeys(ctx, tool, objects) {
  const { keys, t, field } = ctx;
  const id = (/** @type {string} */ name) => `${field.name}.${name}`;
  const draws = () => tool.mode === "draw";
  const idle = () => !tool.draw.penned;
  keys.bind("Enter", () => tool.draw.dab(), {
    id: id("dab"),
    title: t("Paint (or erase) at the crosshair; lift the pen"),
    when: () => tool.steered,
    repeat: true,
  });
  bindPen(ctx, tool);
  keys.bind(freeKey(ctx, "e"), () => erase(tool), {
    id: id("erase"),
    title: t("Erase, or paint again"),
    when: idle,
  });
  keys.bind(freeKey(ctx, "t"), () => lasso(tool), {
    id: id("lasso"),
    title: t("Lasso: all inside the line; again for the brush"),
    when: idle,
  });
  keys.bind(freeKey(ctx, "n"), () => another(ctx, tool), {
    id: id("another"),
    title: t("A new object"),
    when: idle,
  });
  keys.bind(freeKey(ctx, "o"), () => fill(ctx, objects), {
    id: id("fill"),
    title: t("Fill holes"),
    when: () => objects.changeable.length > 0,
  });
  keys.bind(["[", ","], () => tool.draw.resize(-1), {
    id: id("smaller"),
    title: t("Smaller brush"),
    when: draws,
    repeat: true,
  });
  keys.bind(["]", "."], () => tool.draw.resize(1), {
    id: id("larger"),
    title: t("Larger brush"),
    when: draws,
    repeat: true,
  });
}

/**
 * Held, the pen is down until the key comes up; pressed and let go where it was, until it is pressed again.
 *
 * @param {Ctx} ctx
 * @param {Tool} tool
 */
function bindPen({ keys, t, field, scope }, tool) {
  const { draw } = tool;
  /** @type {import('../../surfaces/image/types.js').Point | null} */
  let from = null;
  const press = (/** @type {KeyboardEvent} */ event) => {
    if (isPressedBySpace(event.target)) return false;
    if (event.repeat) return true;
    if (draw.penned) draw.penUp();
    else {
      draw.penDown();
      from = draw.at;
    }
    return true;
  };
  keys.bind("Space", press, {
    id: `${field.name}.pen`,
    title: t("Pen down: the arrows draw (hold, or press again)"),
    when: () => tool.steered,
    repeat: true,
  });
  scope.listen(document, "keyup", (event) => {
    if (event.key !== " " || !draw.penned) return;
    if (draw.at?.x !== from?.x || draw.at?.y !== from?.y) draw.penUp();
  });
}

/**
 * @param {Ctx} ctx
 * @param {Tool} tool
 * @param {Objects} objects
 */
export function addBrushButtons(ctx, tool, objects) {
  const { t, scope } = ctx;
  const { strip } = surfaceOf(ctx);
  const draws = () => tool.active && tool.mode === "draw";
  const add = (
    /** @type {string} */ title,
    /** @type {string} */ path,
    /** @type {string} */ key,
    /** @type {() => void} */ run,
    /** @type {() => boolean} */ shown,
    /** @type {() => boolean} */ pressed = () => false,
  ) => strip.add({ title, path, key, run, pressed, shown }, scope);
  const erases = () => tool.mode === "draw" && tool.draw.erasing;
  add(
    t("Erase"),
    ERASER,
    shownKey(ctx, "e"),
    () => erase(tool),
    () => tool.active,
    erases,
  );
  add(
    t("Lasso"),
    LASSO,
    shownKey(ctx, "t"),
    () => lasso(tool),
    () => tool.active,
    () => tool.mode === "draw" && tool.draw.lasso,
  );
  add(t("A new object"), PLUS, shownKey(ctx, "n"), () => another(ctx, tool), draws);
  add(t("Smaller brush"), SMALLER, "[", () => tool.draw.resize(-1), draws);
  add(t("Larger brush"), LARGER, "]", () => tool.draw.resize(1), draws);
  add(t("Fill holes"), FILL, shownKey(ctx, "o"), () => fill(ctx, objects), draws);
}

/** @param {Tool} tool */
function erase(tool) {
  const erasing = tool.mode === "draw" && tool.draw.erasing;
  if (tool.mode !== "draw") tool.use("draw");
  tool.draw.setErasing(!erasing);
}

/** @param {Tool} tool */
function lasso(tool) {
  const lasso = tool.mode === "draw" && tool.draw.lasso;
  if (tool.mode !== "draw") tool.use("draw");
  tool.draw.setLasso(!lasso);
}

/**
 * @param {Ctx} ctx
 * @param {Tool} tool
 */
function another(ctx, tool) {
  ctx.selection.clear();
  tool.use("draw");
}

/**
 * @param {Ctx} ctx
 * @param {Objects} objects
 */
function fill(ctx, objects) {
  const filled = new Map();
  for (const region of objects.changeable) {
    const mask = objects.geometry(region);
    const counts = countsOf(withoutHoles(runsOf(mask)));
    if (counts !== mask.counts) filled.set(region.id, { size: mask.size, counts });
  }
  if (filled.size) objects.place(filled);
  else ctx.announce(ctx.t("No hole in a selected object."));
}
