import { consensusName, namesOf } from "./words.js";

/**
 * @typedef {import('./types.js').Answer} Answer
 * @typedef {import('./types.js').Payload} Payload
 *
 * @typedef {object} Column an answer beside the one looked at
 * @property {string} id of the annotation, `consensus`, `before` or `made`
 * @property {string} name
 * @property {string} color
 * @property {string} note
 * @property {Answer} value
 * @property {boolean} pickable whether it may become the task's final answer
 */

const CONSENSUS_COLOR = "var(--accent)";
const BEFORE_COLOR = "var(--warn-line)";

/**
 * Every answer to the task as a column: the one under review first, then the consensus, then the others.
 * @param {Payload} payload
 * @returns {Column[]}
 */
export function columnsOf(payload) {
  const names = namesOf(payload.answers);
  const columns = payload.answers.map((given, place) => ({
    id: given.id,
    name: names.get(given.id) ?? "",
    color: `var(--class-${place % 20})`,
    note: noteOf(given, payload.subject),
    value: given.value,
    pickable: !given.own || given.fix,
  }));
  const subject = columns.filter(({ id }) => id === payload.subject);
  const others = columns.filter(({ id }) => id !== payload.subject);
  return [...subject, ...consensusOf(payload), ...others];
}

/**
 * What is drawn over the answer looked at: after a rejection only the version before, unless all are wanted.
 * @param {Payload} payload
 * @param {{all: boolean, base: string | null}} options `base`: the column looked at
 * @returns {Column[]}
 */
export function othersOf(payload, { all, base }) {
  if (payload.previous && !all)
    return [
      {
        id: "before",
        name: "Before",
        color: BEFORE_COLOR,
        note: `version ${payload.previous.version}`,
        value: payload.previous.value,
        pickable: false,
      },
    ];
  return columnsOf(payload).filter(({ id }) => id !== base);
}

/** @param {Payload} payload @returns {Column[]} */
function consensusOf(payload) {
  const { consensus } = payload;
  if (!consensus || consensus.value === null || typeof consensus.value !== "object") return [];
  const note = consensus.probability === null ? "" : `probability ${consensus.probability.toFixed(2)}`;
  return [
    {
      id: "consensus",
      name: consensusName(payload),
      color: CONSENSUS_COLOR,
      note,
      value: consensus.value,
      pickable: false,
    },
  ];
}

/**
 * @param {import('./types.js').Given} given
 * @param {string | null} subject
 */
function noteOf(given, subject) {
  if (given.id === subject) return "under review";
  if (given.sent_back) return "sent back";
  if (given.extra) return "late, not counted";
  return given.judged
    ? ({ accept: "accepted", fix: "fixed", reject: "sent back" }[given.judged.verdict] ?? "")
    : "";
}
