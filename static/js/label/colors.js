/** Twenty colors of the palette in tokens.css, stable by index. */
const PALETTE = 20;

/**
 * @param {{color?: string} | undefined} option
 * @param {number} index its place in the ontology
 * @returns {string} a CSS color
 */
export function colorOf(option, index) {
  return option?.color ?? (index < 0 ? "var(--neutral-line)" : `var(--class-${index % PALETTE})`);
}
