const MAX_NUMBER = Number.MAX_SAFE_INTEGER;
/** Pixels by which a region may stick out of the image, as on the server. */
export const OUTSIDE = 0.5;

/**
 * @param {unknown} value
 * @returns {string | null} what the server says of it as a number
 */
export function numberProblem(value) {
  if (typeof value !== "number") return "must be a number";
  if (!Number.isFinite(value)) return "must be a finite number";
  return Math.abs(value) > MAX_NUMBER ? `must be between -${MAX_NUMBER} and ${MAX_NUMBER}` : null;
}
