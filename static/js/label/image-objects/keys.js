import { freeKey } from "./free-key.js";
import { show, surfaceOf, toggleAll } from "./object-list.js";

/**
 * @typedef {import('../types.js').Ctx} Ctx
 * @typedef {import('./objects.js').Objects} Objects
 * @typedef {import('./tool.js').ObjectTool} ObjectTool
 */

/** @type {Record<string, readonly [number, number]>} */
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
/** The crosshair moves in coarser steps than an object. */
const CROSSHAIR = 8;

/**
 * The keys of a field of objects while it is the active one.
 *
 * @param {Ctx} ctx
 * @param {Objects} objects
 * @param {ObjectTool} tool
 */
export function bindToolKeys(ctx, objects, tool) {
  const { keys, t, field } = ctx;
  const id = (/** @type {string} */ name) => `${field.name}.${name}`;
  const has = () => objects.changeable.length > 0;
  const key = (/** @type {string} */ letter) => freeKey(ctx, letter);
  const { letter, draw: title } = objects.kind;
  keys.bind(key(letter), () => draw(ctx, tool), { id: id("draw"), title: title(ctx) });
  keys.bind(key("v"), () => tool.use("select"), { id: id("select"), title: t("Select and move") });
  keys.bind(["Delete", "Backspace"], () => objects.remove(objects.selectedIds), {
    id: id("delete"),
    title: t("Delete"),
    when: has,
  });
  keys.bind("Mod+d", () => objects.duplicate(), { id: id("duplicate"), title: t("Duplicate"), when: has });
  keys.bind(
    "Mod+a",
    () => ctx.selection.select(objects.shapes.filter((shape) => !shape.fixed).map((shape) => shape.id)),
    {
      id: id("all"),
      title: t("Select all"),
    },
  );
  keys.bind(key("l"), () => toggleLock(objects), {
    id: id("lock"),
    title: t("Lock or unlock"),
    when: () => objects.selectedIds.length > 0,
  });
  for (const [arrow, [x, y]] of Object.entries(ARROWS)) bindArrow(ctx, objects, tool, arrow, x, y);
}

/**
 * Keys that change nothing: for those who only look, too.
 *
 * @param {Ctx} ctx
 * @param {Objects} objects
 */
export function bindViewKeys(ctx, objects) {
  const { t, field } = ctx;
  const layer = ctx.allKeys.layer(field.title, { priority: 20, scope: ctx.scope, when: () => ctx.active() });
  const id = (/** @type {string} */ name) => `${field.name}.${name}`;
  const free = () => !focusElsewhere(ctx);
  layer.bind("Tab", () => cycle(ctx, objects, 1), {
    id: id("next"),
    title: t("Next object"),
    when: free,
    repeat: true,
  });
  layer.bind("Shift+Tab", () => cycle(ctx, objects, -1), {
    id: id("previous"),
    title: t("Previous object"),
    when: free,
    repeat: true,
  });
  layer.bind(freeKey(ctx, "h"), () => hideSelected(objects), {
    id: id("hide"),
    title: t("Hide or show (all, if none is selected)"),
  });
  layer.bind("Shift+h", () => toggleAll(objects), { id: id("hideAll"), title: t("Hide or show all") });
}

/**
 * @param {Ctx} ctx
 * @param {Objects} objects
 * @param {(name: string, onlyNext: boolean) => void} press
 * @param {() => boolean} search
 */
export function bindClassKeys(ctx, objects, press, search) {
  const { t, field } = ctx;
  for (const option of objects.classes) {
    const key = ctx.hotkeys.get(option.name);
    if (!key) continue;
    ctx.direct.bind(
      key,
      () => {
        ctx.activate();
        press(option.name, false);
      },
      { id: `${field.name}.class.${option.name}`, title: option.title },
    );
    const next = {
      id: `${field.name}.next.${option.name}`,
      title: t("{title}, for the next object only", { title: option.title }),
      hidden: true,
    };
    ctx.keys.bind(`Alt+${key}`, () => press(option.name, true), next);
  }
  ctx.keys.bind("/", search, { id: `${field.name}.search`, title: t("Search classes") });
}

/**
 * @param {Ctx} ctx
 * @param {Objects} objects
 * @param {ObjectTool} tool
 * @param {string} arrow
 * @param {number} x
 * @param {number} y
 */
function bindArrow(ctx, objects, tool, arrow, x, y) {
  const { keys, t, field } = ctx;
  const shown = arrow === "ArrowLeft";
  const bind = (
    /** @type {string} */ combo,
    /** @type {string} */ title,
    /** @type {number} */ factor,
    /** @type {boolean} */ grow,
  ) =>
    keys.bind(combo, () => steer(ctx, objects, tool, x * factor, y * factor, grow), {
      id: `${field.name}.${combo}`,
      title,
      repeat: true,
      hidden: !shown,
      when: () => !focusElsewhere(ctx),
    });
  bind(arrow, t("Move by a pixel (the crosshair, while drawing)"), 1, false);
  bind(`Shift+${arrow}`, t("Move by ten pixels"), 10, false);
  if (!objects.kind.shapes.grow) return;
  bind(`Alt+${arrow}`, t("Resize by a pixel"), 1, true);
  bind(`Alt+Shift+${arrow}`, t("Resize by ten pixels"), 10, true);
}

/**
 * @param {Ctx} ctx
 * @param {Objects} objects
 * @param {ObjectTool} tool
 * @param {number} x
 * @param {number} y
 * @param {boolean} grow
 * @returns {boolean}
 */
function steer(ctx, objects, tool, x, y, grow) {
  if (tool.steered && !grow) {
    tool.draw.step(x * CROSSHAIR, y * CROSSHAIR);
    return true;
  }
  return nudge(ctx, objects, x, y, grow);
}

/**
 * A step is a pixel of the image, or of the screen where that is larger: each press is seen.
 *
 * @param {Ctx} ctx
 * @param {Objects} objects
 * @param {number} x
 * @param {number} y
 * @param {boolean} grow
 */
function nudge(ctx, objects, x, y, grow) {
  const regions = objects.changeable;
  const surface = surfaceOf(ctx);
  if (regions.length === 0) return false;
  const step = Math.max(1, Math.round(1 / surface.view.scale));
  const nudged = objects.nudged(regions, x * step, y * step, grow, surface.image);
  objects.place(nudged, grow ? "grow" : "nudge");
  if (regions.length === 1) surface.reveal(objects.kind.shapes.bounds([...nudged.values()][0]));
  return true;
}

/**
 * @param {Ctx} ctx
 * @param {ObjectTool} tool
 */
function draw(ctx, tool) {
  ctx.selection.clear();
  tool.use("draw", { byKeys: true });
  surfaceOf(ctx).focus();
}

/** @param {Objects} objects */
function toggleLock(objects) {
  const ids = objects.selectedIds;
  objects.lock(ids, !ids.every((one) => objects.isLocked(one)));
}

/** @param {Objects} objects */
function hideSelected(objects) {
  const ids = objects.selectedIds;
  if (ids.length === 0) toggleAll(objects);
  else objects.regions.hide(ids, !ids.every((one) => objects.regions.isHidden(one)));
}

/**
 * After the last one, or before the first, Tab goes on as everywhere: nobody is caught.
 *
 * @param {Ctx} ctx
 * @param {Objects} objects
 * @param {1 | -1} step
 */
function cycle(ctx, objects, step) {
  const seen = objects.all.filter((region) => !objects.regions.isHidden(region.id));
  const index = seen.findIndex((region) => region.id === ctx.selection.primary);
  const next = index < 0 ? seen.at(step > 0 ? 0 : -1) : seen[index + step];
  if (!next) {
    ctx.selection.clear();
    return false;
  }
  show(ctx, objects, next);
  const n = objects.all.indexOf(next) + 1;
  ctx.announce(
    ctx.t("{title}, {n} of {all}", { title: objects.look(next.class).title, n, all: objects.all.length }),
  );
  return true;
}

/**
 * Whether the keys belong to something else than the picture: a button, a list.
 *
 * @param {Ctx} ctx
 */
function focusElsewhere(ctx) {
  const active = document.activeElement;
  return active !== null && active !== document.body && !ctx.surface?.element.contains(active);
}
