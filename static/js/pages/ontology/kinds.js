/**
 * What the server says about the label types; the editor knows no type by name.
 *
 * @typedef {import("./paths.js").Node} Node
 * @typedef {import("./paths.js").Definition} Definition
 * @typedef {{type?: string | string[], enum?: string[], minimum?: number, maximum?: number, exclusiveMinimum?: number,
 *   default?: unknown, minItems?: number, maxItems?: number, maxLength?: number, items?: any}} Setting
 * @typedef {{media: string[], scalar: boolean, asked: boolean, schema: {properties: Record<string, Setting>}}} TypeInfo
 * @typedef {{media: string[], types: Record<string, TypeInfo>}} Kinds
 */

/**
 * @param {Kinds} kinds
 * @param {string} type
 * @returns {Record<string, Setting>}
 */
export function settingsOf(kinds, type) {
  return kinds.types[type]?.schema.properties ?? {};
}

/**
 * The setting that lists named things: options, classes.
 * @param {Kinds} kinds
 * @param {string} type
 * @returns {string | null}
 */
export function listKey(kinds, type) {
  const found = Object.entries(settingsOf(kinds, type)).find(([, setting]) => isItems(setting));
  return found ? found[0] : null;
}

/** @param {Setting} setting */
export function isItems(setting) {
  return setting.type === "array" && Array.isArray(setting.items?.oneOf);
}

/**
 * Whether the things it lists are regions, which may have attributes.
 * @param {Kinds} kinds
 * @param {string} type
 */
export function hasRegions(kinds, type) {
  return (kinds.types[type]?.media.length ?? 0) > 0;
}

/**
 * @param {Kinds} kinds
 * @param {Definition} definition
 * @param {string} type
 * @returns {string[]} the media that it can point into
 */
export function fittingMedia(kinds, definition, type) {
  const wanted = kinds.types[type]?.media ?? [];
  return definition.media.filter((medium) => wanted.includes(medium.kind)).map((medium) => medium.name);
}

/**
 * A field turned into another type: what both know stays.
 * @param {Kinds} kinds
 * @param {Definition} definition
 * @param {Node} field
 * @param {string} type
 * @returns {Node}
 */
export function changeType(kinds, definition, field, type) {
  const { name, title, description, required, show_if, hotkey } = field;
  const settings = settingsOf(kinds, type);
  const kept = Object.fromEntries(Object.entries(field).filter(([key]) => key in settings));
  /** @type {Node} */
  const next = { name, type, title, description, required, show_if, hotkey, ...kept };
  const list = listKey(kinds, type);
  const before = listKey(kinds, field.type);
  if (list && !next[list]) next[list] = (before && field[before]) || starters(kinds, type, list);
  if (list && !hasRegions(kinds, type)) {
    next[list] = next[list].map((/** @type {Node} */ { attributes, ...item }) => item);
  }
  const media = fittingMedia(kinds, definition, type);
  if (hasRegions(kinds, type)) next.on = field.on && media.includes(field.on) ? field.on : media[0];
  return Object.fromEntries(Object.entries(next).filter(([, value]) => value !== undefined));
}

/**
 * @param {Kinds} kinds
 * @param {string} type
 * @param {string} list
 * @returns {Node[]}
 */
function starters(kinds, type, list) {
  const least = settingsOf(kinds, type)[list]?.minItems ?? 1;
  const word = list === "options" ? "Option" : "Class";
  return Array.from({ length: least }, (_, index) => ({
    name: `${word.toLowerCase()}_${index + 1}`,
    title: `${word} ${index + 1}`,
  }));
}
