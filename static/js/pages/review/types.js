/**
 * What the server sends to the review page. Nothing here runs.
 *
 * @typedef {import('../../label/types.js').Answer} Answer
 * @typedef {import('../../label/types.js').Item} Item
 * @typedef {{id: string, name: string} | null} Person null in blind review
 * @typedef {{field?: string, region?: string, text?: string}} Pin
 *
 * @typedef {object} Row an answer that waits
 * @property {string} id of the entry
 * @property {string} annotation
 * @property {string} task
 * @property {Person} author
 * @property {string} reason
 * @property {number | null} detail the figure behind the reason
 * @property {string} text the beginning of the item's text
 * @property {string} image address of a thumbnail
 *
 * @typedef {{verdict: string, code: string, comment: string, pin: Pin | null, reviewer: string, created_at: string}} Verdict
 *
 * @typedef {object} Given an answer to the task
 * @property {string} id
 * @property {Person} person
 * @property {boolean} own whether it is the reviewer's own
 * @property {boolean} fix
 * @property {boolean} sent_back
 * @property {boolean} extra
 * @property {number} version
 * @property {Answer} value
 * @property {Verdict | null} judged
 *
 * @typedef {object} Comment
 * @property {string} id
 * @property {string | null} thread
 * @property {string} kind
 * @property {Person} author
 * @property {boolean} own
 * @property {string} body
 * @property {Pin | null} pin
 * @property {string} created_at
 * @property {boolean} resolved
 *
 * @typedef {object} Decision
 * @property {string} id empty as long as the server does not have it
 * @property {Answer} value
 * @property {string | null} annotation
 * @property {string} reason
 * @property {string} by
 * @property {string} created_at
 *
 * @typedef {object} Payload one answer to judge, or one task to decide
 * @property {string | null} subject the answer to judge
 * @property {{reason: string, detail: number | null} | null} entry
 * @property {{id: string, external_id: string | null, state: string, agreement: number | null}} task
 * @property {number} ontology_version
 * @property {Item} item
 * @property {Given[]} answers
 * @property {{value: Answer, probability: number | null, agreement: number | null, source: string} | null} consensus
 * @property {{version: number, value: Answer, verdict: Verdict} | null} previous
 * @property {Decision | null} decision
 * @property {Comment[]} comments
 *
 * @typedef {{version: number, definition: unknown}} OntologyVersion
 *
 * @typedef {object} Boot
 * @property {boolean} can_decide
 * @property {Row[]} entries
 * @property {number} waiting
 * @property {boolean} more whether more wait than `waiting`
 * @property {Payload | null} first
 * @property {string} user
 * @property {string} name of the reviewer
 * @property {{id: string, name: string}} project
 * @property {OntologyVersion | null} ontology
 * @property {Record<string, string>} filters
 * @property {number} today
 * @property {import('../../label/types.js').Preferences} preferences
 * @property {Record<string, string>} urls
 *
 * @typedef {{verdict: "accept" | "fix" | "reject", value?: Answer, code?: string, comment?: string, pin?: Pin | null,
 *   version?: number, seconds?: number}} Judgement
 */

export {};
