import choice from "../labeltypes/choice/index.js";
import number from "../labeltypes/number/index.js";
import rating from "../labeltypes/rating/index.js";
import words from "../labeltypes/text/index.js";
import text from "../surfaces/text/index.js";
import { kindsOf } from "./ontology.js";

/**
 * @typedef {import('./types.js').LabelTypeModule} LabelTypeModule
 * @typedef {import('./types.js').SurfaceModule} SurfaceModule
 */

/**
 * What most projects have comes with the component: a file for each costs a browser more than all of them together.
 *
 * @type {{labeltypes: Record<string, LabelTypeModule>, surfaces: Record<string, SurfaceModule>}}
 */
const HERE = { labeltypes: { choice, number, rating, text: words }, surfaces: { text } };

/**
 * Imports what the ontology names and is not here.
 * @param {import('./types.js').Ontology} ontology
 * @returns {Promise<{types: Map<string, LabelTypeModule>, surfaces: Map<string, SurfaceModule>}>}
 */
export async function loadModules(ontology) {
  const media = [...new Set(ontology.media.map((spec) => spec.kind))];
  const [types, surfaces] = await Promise.all([
    Promise.all(kindsOf(ontology).map((kind) => load("labeltypes", kind))),
    Promise.all(media.map((kind) => load("surfaces", kind))),
  ]);
  for (const module of types) loaded.set(module.kind, module);
  return {
    types: new Map(types.map((module) => [module.kind, module])),
    surfaces: new Map(surfaces.map((module) => [module.kind, module])),
  };
}

/** @type {Map<string, LabelTypeModule>} */
const loaded = new Map();

/**
 * @param {string} kind
 * @returns {LabelTypeModule | undefined} undefined before an ontology with this kind was loaded, if it is not here
 */
export function loadedType(kind) {
  return loaded.get(kind) ?? (Object.hasOwn(HERE.labeltypes, kind) ? HERE.labeltypes[kind] : undefined);
}

/**
 * @param {'labeltypes' | 'surfaces'} folder
 * @param {string} kind
 * @returns {Promise<any>}
 */
async function load(folder, kind) {
  if (!/^[a-z][a-z0-9_]*$/.test(kind)) throw new Error(`no such kind: ${kind}`);
  if (Object.hasOwn(HERE[folder], kind)) return HERE[folder][kind];
  const module = await import(`../${folder}/${kind}/index.js`);
  return module.default;
}
