/**
 * The words of practice and quiz, as types. Nothing here runs.
 *
 * @typedef {import('../label/types.js').Answer} Answer
 * @typedef {import('../label/types.js').Assignment} Assignment
 *
 * @typedef {{item: Assignment, correct: boolean, yours: Answer, answer: Answer, explanation: string}} Feedback
 * @typedef {{field: string, name: string, right: number, asked: number, mark: number | null, passed: boolean | null}}
 *   ClassResult
 * @typedef {{right: number, asked: number, needed: number, passed: boolean, low: number, high: number,
 *   classes: ClassResult[], finished_at: string,
 *   remarked_at: string | null, remarked: Remarked | null}} Result
 * @typedef {{because: string[], right_before: number | null, asked_before: number | null,
 *   passed_before: boolean | null, change: 'passes' | 'kept' | 'same'}} Remarked
 * @typedef {{granted_at: string, by_quiz: boolean, reason: string, expires_at: string | null,
 *   withdrawn_at: string | null, withdrawal_reason: string}} Certificate
 * @typedef {{quiz_length: number, pass_mark: number, needed: number, class_marks: Record<string, Record<string, number>>,
 *   cooldown_minutes: number, attempts_most: number, other_items: boolean, validity_days: number}} Terms
 *
 * @typedef {object} Course where one stands
 * @property {'practice' | 'ready' | 'quiz' | 'waiting' | 'stopped' | 'certified'} stage
 * @property {number} number of the item that comes, from 1
 * @property {number} total
 * @property {Certificate | null} certificate the newest one
 * @property {boolean} is_certified
 * @property {Result | null} result of the newest finished quiz
 * @property {string | null} next_at
 * @property {number | null} attempts_left
 * @property {Terms} terms
 * @property {{id: string, correct: boolean}[]} practiced
 * @property {Feedback | null} feedback
 *
 * @typedef {import('../label/types.js').Drawing & {course: Course | null}} CourseDrawing
 * @typedef {import('../label/types.js').Urls & {practice: string, quiz: string, label: string, work: string}} CourseUrls
 */

export {};
