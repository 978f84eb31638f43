import { chooseDraft } from "./drafts.js";
import { startValue } from "./start-value.js";
import { newId } from "./tabs.js";

/**
 * @typedef {import('./types.js').Answer} Answer
 * @typedef {import('./types.js').Assignment} Assignment
 * @typedef {import('./types.js').Entry} Entry
 * @typedef {import('./types.js').LocalDraft} LocalDraft
 * @typedef {import('./types.js').Past} Past
 * @typedef {import('./types.js').Work} Work
 */

/** What an item starts from: a draft, an answer sent back or given before, a prediction, nothing. */
export class Works {
  #parts;

  /**
   * @param {{boot: import('./types.js').Boot, drafts: import('./drafts.js').Drafts,
   *   preferences: import('./preferences.js').SavedPreferences}} parts
   */
  constructor(parts) {
    this.#parts = parts;
  }

  /** @param {Assignment} assignment @returns {Promise<Work>} */
  async fresh(assignment) {
    const { drafts, preferences, boot } = this.#parts;
    const local = await drafts.stored(assignment.id);
    const { value, base, seconds, dirty, conflict } = chooseDraft(local, assignment.draft);
    const predicted = boot.settings.show_predictions && !preferences.all.hidePredictions;
    const refusal = conflict && {
      status: 409,
      code: "draft",
      message: "This item was also worked on elsewhere.",
      fields: [],
      current: { value: conflict.value, revision: conflict.revision },
    };
    return {
      key: assignment.id,
      assignment,
      mode: "label",
      annotation: null,
      value: value ?? startValue(assignment, predicted),
      base,
      seconds,
      dirty: dirty && !conflict,
      begun: local?.begun ?? {},
      refusal,
      past: null,
    };
  }

  /** @param {Entry} entry an answer or a skip that was taken back @returns {Promise<Work>} */
  async reopened({ assignment, value, body }) {
    this.#parts.drafts.revive(assignment.id);
    return { ...(await this.fresh(assignment)), value, seconds: Number(body.seconds ?? 0), dirty: true };
  }

  /** @param {LocalDraft} draft of an answer that was refused @returns {Promise<Work>} */
  async returned(draft) {
    const { assignment, refusal, annotation } = /** @type {NonNullable<LocalDraft['returned']>} */ (
      draft.returned
    );
    const { key, value, base, seconds, begun = {} } = draft;
    this.#parts.drafts.revive(key);
    const mode = annotation ? "correct" : "label";
    const kept = { key, assignment, annotation, value, base, seconds, begun };
    return { ...kept, mode, dirty: false, refusal, past: null };
  }

  /** @param {Past} past @returns {Promise<Work>} */
  async correction(past) {
    const { assignment, annotation, value } = past;
    const key = `a:${annotation?.id}`;
    this.#parts.drafts.revive(key);
    const local = await this.#parts.drafts.stored(key);
    return {
      key,
      assignment,
      mode: "correct",
      annotation,
      value: local?.value ?? value,
      base: annotation?.version ?? 0,
      seconds: local?.seconds ?? 0,
      dirty: false,
      begun: local?.begun ?? {},
      refusal: null,
      past,
    };
  }
}

/**
 * @param {Work} work
 * @param {string} project
 * @returns {LocalDraft} to be kept while it is worked on
 */
export function localDraft(work, project) {
  const { key, value, base, seconds, refusal, assignment, annotation, dirty, begun } = work;
  const returned = refusal && refusal.code !== "draft" ? { assignment, refusal, annotation } : null;
  return { key, project, value, base, seconds, at: Date.now(), dirty, begun, returned };
}

/**
 * Whether this takes its item off the list: a correction and a question leave it where it is.
 * @param {Entry} entry
 */
export function answersItem({ kind }) {
  return kind === "submit" || kind === "skip";
}

/**
 * Whether it is of this page: of its project, and of work, or of practice and quiz, of which nothing expires.
 * @param {import('./types.js').Boot} boot
 * @param {{project: string, assignment?: Assignment}} one something to be sent, or a draft that came back
 */
export function belongsHere(boot, { project, assignment }) {
  return project === boot.project.id && (assignment?.expires === null) === Boolean(boot.course);
}

/**
 * Something to be sent.
 * @param {Work} work
 * @param {{value: Answer, project: string, tab: string, notBefore: number}} facts
 * @param {Pick<Entry, 'kind' | 'url' | 'body'>} what
 * @returns {Entry}
 */
export function entryOf({ assignment, annotation }, { value, project, tab, notBefore }, what) {
  const method = what.kind === "correct" ? "PATCH" : "POST";
  return {
    ...what,
    id: newId(),
    project,
    method,
    at: Date.now(),
    notBefore,
    tab,
    assignment,
    value,
    annotation,
  };
}

/**
 * @param {Work} work
 * @param {Answer} value
 * @param {{seconds: number, next: number, url: string}} options `url` of the assignment
 * @returns {Pick<Entry, 'kind' | 'url' | 'body'>} an answer, or the correction of one
 */
export function answerOf({ annotation }, value, { seconds, next, url }) {
  if (!annotation) return { kind: "submit", url: `${url}submit/`, body: { value, seconds, next } };
  const body = { value, base: annotation.version, seconds };
  return { kind: "correct", url: `/api/v1/annotations/${annotation.id}/`, body };
}
