import { freeKey } from "../../label/image-objects/free-key.js";
import { surfaceOf } from "../../label/image-objects/object-list.js";

/**
 * @typedef {import('../../label/types.js').Ctx} Ctx
 * @typedef {import('../../label/image-objects/tool.js').ObjectTool & {draw: import('./draw.js').PolygonDraw}} Tool
 * @typedef {import('./corners.js').Corners} Corners
 */

/** @type {Record<string, readonly [number, number]>} */
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const CHECK = "M4 12l5 6L20 5";
const BACK = "M9 5L4 10l5 5M4 10h10a6 6 0 0 1 0 12h-3";
const CROSS = "M6 6l12 12M18 6L6 18";
const MINUS = "M12 12m-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0M3 21L21 3";

/**
 * The keys of an outline that is being drawn, and of the corners of the selected one.
 *
 * @param {Ctx} ctx
 * @param {Tool} tool
 * @param {Corners} corners
 */
export function bindOutlineKeys(ctx, tool, corners) {
  bindDrawingKeys(ctx, tool);
  bindCornerKeys(ctx, corners);
}

/**
 * @param {Ctx} ctx
 * @param {Tool} tool
 */
function bindDrawingKeys(ctx, tool) {
  const { keys, t, field } = ctx;
  const { draw } = tool;
  const id = (/** @type {string} */ name) => `${field.name}.${name}`;
  const placing = () => draw.placing;
  const enter = () => {
    const { placing } = draw;
    draw.pressEnter();
    // Then the arrows move what was made.
    if (placing && !draw.placing && draw.byKeys) tool.use("select");
  };
  keys.bind("Enter", enter, {
    id: id("point"),
    title: t("A point at the crosshair; twice, or while the mouse draws: close the outline"),
    when: () => draw.placing || tool.steered,
  });
  keys.bind("Backspace", () => draw.takeBack(), {
    id: id("back"),
    title: t("Take the last point back"),
    when: placing,
    repeat: true,
  });
}

/**
 * @param {Ctx} ctx
 * @param {Corners} corners
 */
function bindCornerKeys(ctx, corners) {
  const { keys, t, field } = ctx;
  const id = (/** @type {string} */ name) => `${field.name}.${name}`;
  const isChosen = () => corners.place !== null;
  const canChoose = () => corners.canChoose;
  keys.bind(".", () => corners.next(1), {
    id: id("corner.next"),
    title: t("Next point"),
    when: canChoose,
    repeat: true,
  });
  keys.bind(",", () => corners.next(-1), {
    id: id("corner.previous"),
    title: t("Previous point"),
    when: canChoose,
    repeat: true,
  });
  keys.bind(["Delete", "Backspace"], () => corners.remove(corners.place ?? 0), {
    id: id("corner.remove"),
    title: t("Remove the chosen point"),
    when: isChosen,
  });
  keys.bind(freeKey(ctx, "i"), () => corners.insertAfter(corners.place ?? 0), {
    id: id("corner.insert"),
    title: t("A point more after the chosen one"),
    when: isChosen,
  });
  for (const [arrow, [x, y]] of Object.entries(ARROWS)) {
    for (const [combo, factor] of /** @type {const} */ ([
      [arrow, 1],
      [`Shift+${arrow}`, 10],
    ])) {
      keys.bind(combo, () => corners.nudge(x * factor * stepOf(ctx), y * factor * stepOf(ctx)), {
        id: id(`corner.${combo}`),
        title: t("Move the chosen point"),
        hidden: arrow !== "ArrowLeft" || factor > 1,
        repeat: true,
        when: isChosen,
      });
    }
  }
}

/**
 * A pixel of the image, or of the screen where that is larger: each press is seen.
 *
 * @param {Ctx} ctx
 */
function stepOf(ctx) {
  return Math.max(1, Math.round(1 / surfaceOf(ctx).view.scale));
}

/**
 * What a finger has instead of keys; shown as long as it means something.
 *
 * @param {Ctx} ctx
 * @param {Tool} tool
 * @param {Corners} corners
 */
export function addOutlineButtons(ctx, tool, corners) {
  const { t, scope } = ctx;
  const { draw } = tool;
  const { strip } = surfaceOf(ctx);
  const add = (
    /** @type {string} */ title,
    /** @type {string} */ path,
    /** @type {string} */ key,
    /** @type {() => void} */ run,
    /** @type {() => boolean} */ shown,
  ) => strip.add({ title, path, key, run, pressed: () => false, shown }, scope);
  const placing = () => draw.placing;
  add(t("Close the outline"), CHECK, "↵", () => draw.close(), placing);
  add(t("Take the last point back"), BACK, "⌫", () => draw.takeBack(), placing);
  add(t("Cancel the outline"), CROSS, "Esc", () => draw.cancel(), placing);
  add(
    t("Remove the chosen point"),
    MINUS,
    "Del",
    () => corners.remove(corners.place ?? 0),
    () => tool.active && corners.place !== null,
  );
}
