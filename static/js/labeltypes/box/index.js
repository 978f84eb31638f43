import { differences } from "./differences.js";
import { shownKey } from "./free-key.js";
import { bindToolKeys } from "./keys.js";
import { surfaceOf } from "./object-list.js";
import { boxLayer, objectsOf } from "./objects.js";
import { createPanel } from "./panel.js";
import { BoxTool } from "./tool.js";
import { validate } from "./validate.js";

/**
 * @typedef {import('../../label/types.js').Ctx} Ctx
 * @typedef {import('../../label/types.js').Json} Json
 * @typedef {import('./objects.js').BoxRegion} BoxRegion
 * @typedef {import('./objects.js').Box} Box
 */

const ARROW = "M5 3l14 8-6 2-3 6z";
const FRAME = "M5 5h14v14H5zM3 5h4M5 3v4M17 5h4M19 3v4M3 19h4M5 17v4M17 19h4M19 17v4";

/** Boxes on an image. @type {import('../../label/types.js').LabelTypeModule} */
export default { kind: "box", surface: "image", createPanel, createTool, validate, summarize, differs };

/**
 * @param {Ctx} ctx
 * @returns {import('../../label/types.js').Tool}
 */
function createTool(ctx) {
  const objects = objectsOf(ctx);
  const surface = surfaceOf(ctx);
  const layer = boxLayer(ctx, objects);
  const draft = (/** @type {Box} */ box) => {
    const { color, title } = objects.look(objects.chosen);
    return { id: "", geometry: box, style: { color, dash: [], width: 2, title }, fixed: false };
  };
  const root = new BoxTool(
    {
      layer,
      surface,
      draft,
      selection: ctx.selection,
      editable: !ctx.readOnly,
      image: () => surface.image,
      full: () => objects.full,
      add: (box) => objects.add(box),
      refuse: (box) => objects.refuse(box),
      commit: (changes, merge) => objects.place(changes, merge),
      announce: ctx.announce,
    },
    () => surface.strip.update(),
  );
  if (!ctx.readOnly) {
    bindToolKeys(ctx, objects, root);
    addButtons(ctx, root);
  }
  return { root };
}

/**
 * @param {Ctx} ctx
 * @param {BoxTool} root
 */
function addButtons(ctx, root) {
  const { t, scope } = ctx;
  const { strip } = surfaceOf(ctx);
  const button = (
    /** @type {'select' | 'draw'} */ mode,
    /** @type {string} */ title,
    /** @type {string} */ path,
    /** @type {string} */ key,
  ) =>
    strip.add(
      {
        title,
        path,
        key: shownKey(ctx, key),
        run: () => {
          ctx.activate();
          root.use(mode);
          ctx.surface?.focus();
        },
        pressed: () => root.mode === mode,
        shown: () => root.active,
      },
      scope,
    );
  button("select", t("Select and move"), ARROW, "v");
  button("draw", t("Draw a box"), FRAME, "b");
}

/**
 * @param {Json} value
 * @param {import('../../label/types.js').Field} field
 */
function summarize(value, field) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const region of regionsIn(value)) counts.set(region.class, (counts.get(region.class) ?? 0) + 1);
  const named = (field.classes ?? [])
    .filter((item) => counts.has(item.name))
    .map((item) => `${counts.get(item.name)} × ${item.title}`);
  return named.join(", ") || "no objects";
}

/**
 * Whether there is an object here that is not there, or the other way round, or one lies elsewhere or is called otherwise.
 *
 * @param {Json | undefined} a
 * @param {Json | undefined} b
 */
function differs(a, b) {
  if ((a === undefined) !== (b === undefined)) return true;
  return differences(regionsIn(a), regionsIn(b)).some(({ status }) => status !== "same");
}

/**
 * @param {Json | undefined} value
 * @returns {BoxRegion[]}
 */
function regionsIn(value) {
  return Array.isArray(value) ? /** @type {BoxRegion[]} */ (/** @type {unknown} */ (value)) : [];
}
