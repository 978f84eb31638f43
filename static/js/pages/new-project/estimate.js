/**
 * What a quality plan costs.
 *
 * @typedef {object} Plan
 * @property {number} overlap answers per task
 * @property {number} gold share of what is served, in [0, 0.5]
 * @property {number} review share of the answers, in [0, 1]
 * @property {number} seconds per answer
 *
 * @typedef {{answers: number, gold: number, reviews: number, hours: number, reviewHours: number}} Estimate
 */

/** What stands in while no data has been chosen. */
export const UNKNOWN_ITEMS = 1000;

/**
 * @param {number} items
 * @param {Plan} plan
 * @returns {Estimate}
 */
export function estimate(items, { overlap, gold, review, seconds }) {
  const answers = items * overlap;
  const hidden = gold < 1 ? Math.round((answers * gold) / (1 - gold)) : 0;
  const reviews = Math.round(answers * review);
  return {
    answers,
    gold: hidden,
    reviews,
    hours: ((answers + hidden) * seconds) / 3600,
    reviewHours: (reviews * seconds) / 3600,
  };
}

/**
 * @param {number | null} items null: not known yet
 * @param {Plan} plan
 * @returns {string}
 */
export function estimateText(items, plan) {
  const { answers, gold, reviews, hours, reviewHours } = estimate(items ?? UNKNOWN_ITEMS, plan);
  const show = (/** @type {number} */ number) => number.toLocaleString("en");
  const start = `${items === null ? `For every ${show(UNKNOWN_ITEMS)} items:` : `${show(items)} items:`} ${show(answers)} answers`;
  const parts = [gold ? `${show(gold)} gold` : "", reviews ? `${show(reviews)} reviews` : ""].filter(Boolean);
  const work = `about ${hoursText(hours)} of labeling${reviews ? ` and ${hoursText(reviewHours)} of review` : ""}`;
  return `${[start, ...parts].join(" + ")}, ${work}.`;
}

/** @param {number} hours */
function hoursText(hours) {
  if (hours < 1) return `${Math.max(1, Math.round(hours * 60))} min`;
  return `${hours.toLocaleString("en", { maximumFractionDigits: hours < 10 ? 1 : 0 })} h`;
}
