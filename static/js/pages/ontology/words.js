/**
 * What people read for the settings of label types. A setting without words here shows its own name.
 * `needs` names a switch of the same field without which the setting means nothing.
 * @typedef {{title: string, help?: string, needs?: string}} Words
 * @type {Record<string, Words>}
 */
export const WORDS = {
  multiple: { title: "Several may be chosen" },
  "choice.min": { title: "At least", help: "How many.", needs: "multiple" },
  "choice.max": { title: "At most", help: "How many.", needs: "multiple" },
  "rating.max": { title: "Levels" },
  min: { title: "Least" },
  max: { title: "Greatest" },
  display: { title: "Shown as" },
  step: { title: "Step", help: "Values are the least one plus a multiple of this." },
  unit: { title: "Unit" },
  tolerance: { title: "Tolerance", help: "A difference that counts half, where there are no limits." },
  labels: { title: "Words for the levels", help: "One per line, as many as levels, or none." },
  multiline: { title: "Several lines" },
  min_length: { title: "Shortest", help: "Characters." },
  max_length: { title: "Longest", help: "Characters." },
  overlap: { title: "Spans may overlap" },
  "segment.overlap": { title: "Segments may overlap", help: "Never, those of different classes, or always." },
  min_seconds: { title: "Shortest", help: "Seconds." },
  snap: { title: "Selecting snaps to" },
  min_size: { title: "Smallest side", help: "Pixels." },
  max_count: { title: "Most per item" },
};

/** @type {Record<string, string>} */
export const TYPE_TITLES = {
  choice: "Choice",
  number: "Number",
  rating: "Rating",
  ranking: "Ranking",
  text: "Text",
  span: "Spans of a text",
  box: "Boxes on an image",
  segment: "Segments of a recording",
};

/** @param {string} name */
export function titleOf(name) {
  const words = name.replaceAll("_", " ");
  return WORDS[name]?.title ?? words.charAt(0).toUpperCase() + words.slice(1);
}

/**
 * @param {string} type
 * @param {string} name of a setting
 * @returns {Words}
 */
export function wordsOf(type, name) {
  return WORDS[`${type}.${name}`] ?? WORDS[name] ?? { title: titleOf(name) };
}
