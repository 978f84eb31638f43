/**
 * Which column of the data is which medium.
 *
 * @typedef {import("../ontology/paths.js").Definition} Definition
 * @typedef {import("./read-rows.js").Row} Row
 */

/**
 * The definition with a column for every medium whose own is not among them: for texts the longest that is free.
 * @param {Definition} definition
 * @param {readonly string[]} columns
 * @param {readonly Row[]} rows
 * @returns {Definition} the same object when nothing changed
 */
export function matchColumns(definition, columns, rows) {
  if (columns.length === 0) return definition;
  const free = new Set(columns);
  for (const medium of definition.media) free.delete(medium.source ?? medium.name);
  let changed = false;
  const media = definition.media.map((medium) => {
    if (columns.includes(medium.source ?? medium.name)) return medium;
    const [best] = [...free].sort((a, b) => lengthOf(b, rows) - lengthOf(a, rows));
    if (best === undefined) return medium;
    free.delete(best);
    changed = true;
    return { ...medium, source: best };
  });
  return changed ? { ...definition, media } : definition;
}

/**
 * @param {string} column
 * @param {readonly Row[]} rows
 */
function lengthOf(column, rows) {
  return rows.reduce((sum, row) => sum + String(row[column] ?? "").length, 0);
}
