import { visibleFields } from "../../label/ontology.js";

/**
 * @typedef {import('./types.js').Answer} Answer
 * @typedef {import('./types.js').Assignment} Assignment
 */

/** @param {Assignment} assignment @returns {Answer | null} the model's answer that is surest of itself: the first */
export function bestPrediction({ predictions }) {
  return predictions[0]?.value ?? null;
}

/**
 * What an item starts from when nothing was typed yet.
 * @param {Assignment} assignment
 * @param {boolean} showPredictions
 * @returns {Answer}
 */
export function startValue(assignment, showPredictions) {
  return assignment.rework?.value ?? (showPredictions ? bestPrediction(assignment) : null) ?? {};
}

/**
 * Whether an answer is finished by its last key: every field takes one key, and every one that is asked has its answer.
 * @param {import('../../label/types.js').Ontology} ontology
 * @param {Answer} value
 */
export function isComplete(ontology, value) {
  const quick = ontology.fields.every(
    (field) => field.type === "rating" || (field.type === "choice" && !field.multiple),
  );
  return quick && [...visibleFields(ontology, value)].every((name) => value[name] !== undefined);
}
