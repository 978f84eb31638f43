/** @typedef {{left: number, top: number, right: number, bottom: number, width: number, height: number}} Box */

/**
 * Where a floating box goes: under its anchor, above when there is no room, never over the edge of the window.
 * @param {Box} anchor
 * @param {{width: number, height: number}} size
 * @param {{width: number, height: number}} view
 * @param {{align?: 'start' | 'center' | 'end', gap?: number}} [options]
 * @returns {{left: number, top: number}}
 */
export function place(anchor, size, view, { align = "start", gap = 4 } = {}) {
  const shift = { start: 0, center: (anchor.width - size.width) / 2, end: anchor.width - size.width }[align];
  const below = anchor.bottom + gap;
  const above = anchor.top - gap - size.height;
  const fits = below + size.height <= view.height - gap || above < gap;
  return {
    left: clamp(anchor.left + shift, gap, view.width - size.width - gap),
    top: clamp(fits ? below : above, gap, Math.max(gap, view.height - size.height - gap)),
  };
}

/**
 * @param {number} value
 * @param {number} low
 * @param {number} high
 */
function clamp(value, low, high) {
  return Math.max(low, Math.min(value, high));
}

/**
 * Puts a fixed element beside another.
 * @param {HTMLElement} element
 * @param {Element} anchor
 * @param {{align?: 'start' | 'center' | 'end', gap?: number}} [options]
 */
export function placeBeside(element, anchor, options) {
  const size = { width: element.offsetWidth, height: element.offsetHeight };
  const spot = place(
    anchor.getBoundingClientRect(),
    size,
    { width: innerWidth, height: innerHeight },
    options,
  );
  element.style.left = `${spot.left}px`;
  element.style.top = `${spot.top}px`;
}
