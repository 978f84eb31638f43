import { clash } from "../../label/ranges.js";
import { regionsOf } from "../../label/regions.js";
import { clock } from "../../surfaces/audio/timeline.js";
import { differences } from "./differences.js";
import { overlapOf, toMilliseconds } from "./value.js";

/**
 * @typedef {import('../../label/types.js').Ctx} Ctx
 * @typedef {import('../../surfaces/audio/marks.js').Mark} Mark
 * @typedef {import('./value.js').Segment} Segment
 * @typedef {{start: number, end: number}} Ends
 * @typedef {import('./differences.js').Difference & {name: string}} Finding
 */

/** Pixels within which an end takes the place of another end, or of the playhead. */
const NEAR = 7;
const SMALLEST = 0.001;

/** The segments of a field on their recording: what may be marked, and how it is drawn. */
export class Segments {
  #ctx;
  /** @type {Segment | null} shown instead of the stored one while an end is dragged */
  #draft = null;

  /** @param {Ctx} ctx */
  constructor(ctx) {
    this.#ctx = ctx;
    /** @type {import('../../label/regions.js').Regions<Segment>} */
    this.regions = regionsOf(ctx);
    const draw = () => this.draw();
    this.regions.subscribe(draw, ctx.scope);
    ctx.selection.subscribe(draw, ctx.scope);
  }

  get ctx() {
    return this.#ctx;
  }

  /** @returns {import('../../surfaces/audio/surface.js').AudioSurface | null} */
  get surface() {
    return /** @type {any} */ (this.#ctx.surface);
  }

  /** The one that keys act on. @returns {Segment | null} */
  get selected() {
    return this.regions.selected.at(-1) ?? null;
  }

  /** Where it plays now. */
  get now() {
    return this.surface?.player.time ?? 0;
  }

  get sorted() {
    return this.regions.all.toSorted((a, b) => a.start - b.start || a.end - b.end);
  }

  /** @param {Segment} segment @returns {string} */
  describe({ start, end }) {
    return `${clock(start, 2)} – ${clock(end, 2)}`;
  }

  /** @param {string} name */
  titleOf(name) {
    return this.regions.classOf(name)?.title ?? name;
  }

  /**
   * A time at an end of another segment or at the playhead, if it is near enough on the screen.
   * @param {number} time
   * @param {string} [own] the segment that it belongs to
   */
  snap(time, own) {
    const { surface } = this;
    if (!surface) return toMilliseconds(time);
    const { timeline } = surface;
    const places = this.regions.all.flatMap((one) => (one.id === own ? [] : [one.start, one.end]));
    const near = [...places, this.now, 0, timeline.seconds]
      .filter((place) => Math.abs(timeline.x(place) - timeline.x(time)) <= NEAR)
      .sort((a, b) => Math.abs(a - time) - Math.abs(b - time))[0];
    return toMilliseconds(timeline.clamp(near ?? time));
  }

  /**
   * @param {Ends} ends
   * @param {string} className
   * @returns {boolean} false if refused, which the person was told
   */
  add(ends, className) {
    const segment = { id: this.regions.newId(), class: className, ...this.#within(ends) };
    if (!this.#allowed(segment)) return false;
    this.regions.put(segment);
    return true;
  }

  /**
   * Shows a segment with other ends, without storing it.
   * @param {Segment} segment
   * @param {Ends} ends
   */
  preview(segment, ends) {
    this.#draft = { ...segment, ...this.#within(ends) };
    this.draw();
  }

  /** Takes the preview back. */
  dropPreview() {
    if (!this.#draft) return;
    this.#draft = null;
    this.draw();
  }

  /**
   * @param {Segment} segment
   * @param {Partial<Ends>} ends
   * @param {{merge?: string}} [options]
   * @returns {boolean} false if refused, which the person was told
   */
  resize(segment, ends, options) {
    this.#draft = null;
    const changed = { ...segment, ...this.#within({ start: segment.start, end: segment.end, ...ends }) };
    const done = this.#allowed(changed);
    if (done) this.regions.put(changed, options);
    else this.draw();
    return done;
  }

  draw() {
    const { surface } = this;
    surface?.setMarks(this.#ctx.field.name, [
      ...this.regions.all.map((segment) => this.#ownMark(segment)),
      ...this.#otherMarks(),
    ]);
  }

  /** @param {Ends} ends @returns {Ends} rounded, and inside the recording */
  #within({ start, end }) {
    const most = this.surface?.timeline.seconds || Infinity;
    const last = most === Infinity ? most : Math.floor(most * 1000 + 1e-6) / 1000;
    const inside = (/** @type {number} */ time) => toMilliseconds(Math.max(0, Math.min(last, time)));
    return { start: inside(start), end: inside(end) };
  }

  /**
   * @param {Segment} segment
   * @returns {boolean}
   */
  #allowed(segment) {
    const { field, t, announce } = this.#ctx;
    const least = Math.max(SMALLEST, field.min_seconds ?? 0);
    if (toMilliseconds(segment.end - segment.start) < least) {
      announce(t("A segment here is at least {least} s long", { least }));
      return false;
    }
    const found = clash(this.regions.all, segment, overlapOf(field));
    if (!found) return true;
    const what = { title: this.titleOf(found.hit.class), ends: this.describe(found.hit) };
    announce(
      found.twin
        ? t("{title} {ends} is marked already", what)
        : t("Would lie over {title} {ends}, which this field does not allow", what),
    );
    return false;
  }

  /**
   * @param {Segment} stored
   * @returns {Mark}
   */
  #ownMark(stored) {
    const segment = this.#draft?.id === stored.id ? this.#draft : stored;
    const selected = this.#ctx.selection.has(segment.id);
    return {
      id: segment.id,
      start: segment.start,
      end: segment.end,
      color: this.regions.color(segment.class),
      label: this.titleOf(segment.class),
      look: "own",
      selected,
      handles: selected && !this.#ctx.readOnly,
    };
  }

  /** What differs from the answers of others, each with their name. @returns {Finding[]} */
  get findings() {
    return this.#compared().flatMap(({ name, found }) =>
      found.flatMap((one) => (one.status === "same" ? [] : [{ ...one, name }])),
    );
  }

  #compared() {
    return this.#ctx.others().map(({ name, color, value }) => {
      const theirs = /** @type {Segment[]} */ (/** @type {unknown} */ (value ?? []));
      return { name, color, found: differences(this.regions.all, theirs) };
    });
  }

  /** @returns {Mark[]} in review and feedback: what others marked */
  #otherMarks() {
    return this.#compared().flatMap(({ name, color, found }, place) =>
      found.flatMap(({ status, there }) =>
        there
          ? [
              {
                id: `other-${place}-${there.id}`,
                start: there.start,
                end: there.end,
                color,
                label: `${name}: ${this.titleOf(there.class)}`,
                look: /** @type {'same' | 'different'} */ (status === "same" ? "same" : "different"),
                selected: false,
                handles: false,
              },
            ]
          : [],
      ),
    );
  }
}
