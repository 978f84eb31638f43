/**
 * Class colors on a canvas. The palette is the style sheet's (`--class-0` … `--class-19`); what lies beyond gets hue
 * steps and a line pattern, so that it is never told by color alone.
 *
 * @typedef {import('../../label/types.js').Option} Option
 */

const PALETTE = 20;
/** Line patterns of the second, third … twenty classes. @type {readonly (readonly number[])[]} */
const DASHES = [[], [8, 4], [2, 3], [10, 3, 2, 3], [5, 5]];

/**
 * @param {Option | undefined} option
 * @param {number} index of the class in its field
 * @param {(name: string) => string} token reads a custom property of the style sheet
 * @returns {{color: string, dash: readonly number[]}}
 */
export function classLook(option, index, token) {
  const dash = DASHES[Math.floor(Math.max(0, index) / PALETTE) % DASHES.length] ?? [];
  if (option?.color) return { color: option.color, dash };
  if (index < 0) return { color: "rgb(128 128 128)", dash: [4, 4] };
  const token20 = index < PALETTE ? token(`--class-${index}`).trim() : "";
  if (token20) return { color: token20, dash };
  // The golden angle keeps neighbors apart for any number of classes.
  return { color: `hsl(${Math.round((index * 137.5) % 360)} 70% ${index % 2 ? 42 : 60}%)`, dash };
}

/** @type {Map<string, boolean>} */
const known = new Map();

/**
 * Whether a color is light, so that its outline must be dark (and the other way round).
 *
 * @param {string} color
 * @returns {boolean}
 */
export function isLight(color) {
  let light = known.get(color);
  if (light === undefined) {
    light = luminance(color) > 0.32;
    known.set(color, light);
  }
  return light;
}

/**
 * Relative luminance as in WCAG 2, in [0, 1].
 *
 * @param {string} color
 */
function luminance(color) {
  const context = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  if (!context) return 1;
  context.fillStyle = color;
  context.fillRect(0, 0, 1, 1);
  const [r = 0, g = 0, b = 0] = context.getImageData(0, 0, 1, 1).data;
  const [lr = 0, lg = 0, lb = 0] = [r, g, b].map((v) =>
    v <= 10 ? v / 3295 : ((v / 255 + 0.055) / 1.055) ** 2.4,
  );
  return 0.2126 * lr + 0.7152 * lg + 0.0722 * lb;
}
