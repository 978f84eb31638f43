/**
 * Items to try an ontology on.
 *
 * @typedef {import("./paths.js").Definition} Definition
 * @typedef {{url: string, width: number, height: number}} Picture
 * @typedef {{url: string, peaks: string | null, seconds: number | null}} Sound
 * @typedef {{data: Record<string, any>, meta: Record<string, any>, files?: Record<string, Picture | Sound>}} Sample
 * @typedef {{text: string, image: Picture, audio: Sound}} Substitutes
 */

/**
 * The item as the labeling page would get it, for an ontology that is still being written.
 * @param {Definition} definition
 * @param {Sample | undefined} sample
 * @param {Substitutes} substitutes where the sample has nothing for a medium
 * @returns {import("../../label/types.js").Item}
 */
export function itemFor(definition, sample, substitutes) {
  /** @type {Record<string, import("../../label/types.js").Media>} */
  const media = {};
  for (const { name, kind, source } of definition.media) {
    const value = sample?.data[source || name];
    if (kind === "text") {
      const known = value !== undefined && value !== null;
      media[name] = { kind: "text", text: known ? String(value) : substitutes.text };
      continue;
    }
    const file = sample?.files?.[value];
    if (kind === "audio")
      media[name] = { kind: "audio", ...(file && "peaks" in file ? file : substitutes.audio) };
    else media[name] = { kind: "image", ...(file && "width" in file ? file : substitutes.image) };
  }
  return { data: sample?.data ?? {}, meta: sample?.meta ?? {}, media };
}

/**
 * The part of an answer that still makes sense after a change of the ontology.
 * @param {Definition} before
 * @param {Definition} after
 * @param {import("../../core/store.js").Answer} value
 * @returns {import("../../core/store.js").Answer}
 */
export function keepAnswer(before, after, value) {
  /** @type {import("../../core/store.js").Answer} */
  const kept = {};
  for (const field of after.fields) {
    const old = before.fields.find((one) => one.name === field.name);
    const answer = value[field.name];
    if (!old || old.type !== field.type || answer === undefined) continue;
    if (old.multiple !== field.multiple || old.on !== field.on) continue;
    const still = keepNames(answer, field);
    if (still !== undefined) kept[field.name] = still;
  }
  return kept;
}

/**
 * @param {any} answer
 * @param {import("./paths.js").Node} field
 * @returns {any}
 */
function keepNames(answer, field) {
  const items = field.options ?? field.classes;
  if (!items) return answer;
  const names = new Set(items.map((/** @type {any} */ item) => item.name));
  if (!Array.isArray(answer)) return names.has(answer) ? answer : undefined;
  return answer.filter((entry) => names.has(typeof entry === "string" ? entry : entry.class));
}
