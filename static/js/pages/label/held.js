/**
 * @typedef {import('./types.js').Assignment} Assignment
 * @typedef {import('./types.js').Drawing} Drawing
 */

/** Pictures decoded ahead: a large one takes much memory. */
const AHEAD = 2;

/** What this person holds and has not answered yet, in the server's order. */
export class Held {
  /** @type {Assignment[]} */
  items = [];
  /** Answered, skipped or on the way. @type {Set<string>} */
  #done = new Set();

  /** @param {Iterable<string>} done */
  constructor(done = []) {
    for (const id of done) this.#done.add(id);
  }

  /**
   * @param {Assignment[]} assignments all that the server says is held
   * @param {string | null} shown what is on the screen stays, whatever the server says
   */
  merge(assignments, shown = null) {
    const kept = this.items.filter(
      (item) => item.id === shown && !assignments.some(({ id }) => id === shown),
    );
    const before = new Map(this.items.map((item) => [item.id, item]));
    const news = assignments.filter(({ id }) => !this.#done.has(id));
    this.items = [...kept, ...news.map((item) => (item.id === shown ? (before.get(item.id) ?? item) : item))];
  }

  /** @param {string} id it is answered or skipped */
  finish(id) {
    this.#done.add(id);
    this.items = this.items.filter((item) => item.id !== id);
  }

  /** @param {Assignment} assignment it is to be answered after all, and first */
  giveBack(assignment) {
    this.#done.delete(assignment.id);
    this.items = [assignment, ...this.items.filter(({ id }) => id !== assignment.id)];
  }

  /** @param {string} id @returns {boolean} */
  isDone(id) {
    return this.#done.has(id);
  }

  /**
   * @param {string | null} [wanted] preferred, if it is held
   * @returns {Assignment | null}
   */
  next(wanted = null) {
    return this.items.find(({ id }) => id === wanted) ?? this.items[0] ?? null;
  }

  /** Fetches and decodes the pictures of what comes next. */
  lookAhead() {
    lookAt(this.items.slice(0, AHEAD + 1));
  }
}

/** @param {Assignment[]} items whose pictures are fetched and decoded */
export function lookAt(items) {
  const pictures = items.flatMap((item) =>
    Object.values(item.media).flatMap((media) => (media.kind === "image" && media.url ? [media] : [])),
  );
  if (pictures.length > 0) void decode(pictures);
}

/** @param {import('../../label/types.js').ImageMedia[]} pictures one after the other */
async function decode(pictures) {
  const { default: surface } = await import("../../surfaces/image/index.js");
  for (const media of pictures) await surface.preload(media);
}
