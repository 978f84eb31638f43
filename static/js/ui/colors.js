export const CLASS_COLORS = 20;

/**
 * The color of a class as CSS: the manager's own, or the one of its index; beyond 20 the hue moves on by a step,
 * and `pattern` says that hatching should be added.
 * @param {number} index
 * @param {string | null} [own] a color such as `#1f77b4`
 * @returns {{color: string, pattern: number}}
 */
export function classColor(index, own = null) {
  if (own) return { color: own, pattern: 0 };
  const round = Math.floor(index / CLASS_COLORS);
  const base = `var(--class-${index % CLASS_COLORS})`;
  return round === 0
    ? { color: base, pattern: 0 }
    : { color: `oklch(from ${base} l c calc(h + ${round * 9}))`, pattern: round };
}

/**
 * A custom property of the page as its value now, e.g. for a canvas; follows the theme.
 * @param {string} name such as `--text-muted`
 * @param {Element} [element]
 * @returns {string} a color that canvas understands
 */
export function resolveColor(name, element = document.documentElement) {
  const probe = document.createElement("span");
  probe.hidden = true;
  probe.style.color = `var(${name})`;
  element.append(probe);
  const color = getComputedStyle(probe).color;
  probe.remove();
  return color;
}
