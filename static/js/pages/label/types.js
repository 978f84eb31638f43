/**
 * The words of the labeling page, as types. Nothing here runs.
 *
 * @typedef {import('../../core/store.js').Answer} Answer
 * @typedef {import('../../label/types.js').Item} Item
 * @typedef {import('../../label/types.js').Problem} Problem
 * @typedef {import('../../label/types.js').Preferences} Preferences
 *
 * @typedef {object} Settings of the project, as far as they concern this page
 * @property {number} count how many assignments to hold
 * @property {boolean} auto_submit
 * @property {boolean} show_predictions
 * @property {boolean} allow_corrections
 * @property {boolean} feedback_at_once
 *
 * @typedef {{page: string, next: string, own_work: string, notices: string, news: string, preferences: string,
 *   acknowledge: string, guideline: string, inbox: string, answers: string, ontology: string, answer: string,
 *   contest: string, assignment: string, course: string}} Urls
 *
 * @typedef {{today: number, all: number}} Counts
 *
 * @typedef {object} Boot what the server wrote into the page
 * @property {{id: string, name: string}} project
 * @property {string} user
 * @property {{version: number, definition: unknown} | null} ontology
 * @property {Settings} settings
 * @property {Preferences} preferences
 * @property {Counts} counts
 * @property {number | null} guideline_version
 * @property {Urls} urls
 * @property {string} now the server's time
 * @property {Drawing | null} drawing the first items; null: to be asked for
 * @property {boolean} [course] practice and quiz in place of work
 *
 * @typedef {{value: Answer, revision: number, saved_at: string}} ServerDraft
 * @typedef {{code: string, comment: string, pin: {region?: string} | null}} SentBackReview
 * @typedef {{value: Answer, version: number, reviews: SentBackReview[]}} Rework
 * @typedef {{model: string, version: string, value: Answer}} Prediction
 *
 * @typedef {object} AssignmentOnly
 * @property {string} id
 * @property {ServerDraft | null} draft
 * @property {Prediction[]} predictions
 * @property {number} ontology_version
 * @property {number | null} guideline_version
 * @property {string | null} expires null: of practice or quiz, where nothing does
 * @property {Rework | null} rework
 * @property {boolean} for_experts it came because this person is an expert
 * @typedef {Item & AssignmentOnly} Assignment what `next` gives
 *
 * @typedef {{code: string, text: string, guideline_version: number | null}} Reason why there is nothing
 * @typedef {{assignments: Assignment[], reason: Reason | null}} Drawing
 * @typedef {{id: string, assignment: string, version: number, created_at: string}} StoredAnswer
 *
 * @typedef {Item & {id: string, assignment: string | null, version: number, value: Answer, ontology_version: number,
 *   sent_back: boolean, updated_at: string}} OwnAnswer
 *
 * @typedef {object} Refusal what the server said of something it did not take
 * @property {number} status
 * @property {string} code
 * @property {string} message
 * @property {Problem[]} fields
 * @property {{value?: Answer, version?: number, annotation?: string, revision?: number} | null} current on a conflict
 *
 * @typedef {object} Entry something that waits to be sent
 * @property {string} id also its Idempotency-Key
 * @property {'submit' | 'skip' | 'correct' | 'question'} kind
 * @property {string} project
 * @property {string} url
 * @property {'POST' | 'PATCH'} method
 * @property {Record<string, unknown>} body
 * @property {number} at milliseconds since 1970
 * @property {number} notBefore may be taken back until then
 * @property {string} tab who made it
 * @property {Assignment} assignment with the item, so that it can be shown again
 * @property {Answer} value
 * @property {{id: string, version: number} | null} annotation of a correction
 * @property {boolean} [sending] it may have reached the server
 *
 * @typedef {object} LocalDraft what was typed into this browser
 * @property {string} key the assignment's id, or `a:` and the annotation's for a correction
 * @property {string} project
 * @property {Answer} value
 * @property {number} base the revision of the server's draft it was made from
 * @property {number} seconds active time so far
 * @property {number} at milliseconds since 1970
 * @property {boolean} dirty the server has not got it yet
 * @property {import('../../label/session.js').Begun} [begun] not part of the answer yet: it stays in this browser
 * @property {Answer | null} [sent] what may have reached the server as the revision after `base`
 * @property {{assignment: Assignment, refusal: Refusal, annotation: {id: string, version: number} | null} | null} returned
 *   an answer that was refused
 *
 * @typedef {{region: string, text: string}} Pin a place in the item
 *
 * @typedef {object} QuestionDraft a question that was begun, or came back, in this browser
 * @property {string} key `q:` and the assignment's id
 * @property {string} project
 * @property {string} body
 * @property {Pin | null} pin
 * @property {number} at milliseconds since 1970
 * @property {Assignment} assignment that it is about
 * @property {string | null} refused why the server did not take it
 *
 * @typedef {object} Work what is on the screen
 * @property {string} key see LocalDraft
 * @property {Assignment} assignment
 * @property {'label' | 'correct'} mode
 * @property {{id: string, version: number} | null} annotation of a correction
 * @property {Answer} value to start from
 * @property {number} base
 * @property {number} seconds
 * @property {boolean} dirty the value is newer than what the server has
 * @property {import('../../label/session.js').Begun} begun such as an outline that is not closed
 * @property {Refusal | null} refusal
 * @property {Past | null} past the entry of the history it came from
 *
 * @typedef {object} Past an answer given before
 * @property {Assignment} assignment
 * @property {Answer} value
 * @property {{id: string, version: number} | null} annotation null while it is on its way
 * @property {string | null} entry its id in the outbox while it is on its way
 * @property {number} seconds
 */

export {};
