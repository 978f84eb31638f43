import { sameJson } from "../../core/json.js";
import { clash } from "../../label/ranges.js";
import { regionsOf } from "../../label/regions.js";
import { snapToCharacters, snapToWords, trimRange } from "../../surfaces/text/words.js";

/**
 * @typedef {import('../../label/types.js').Ctx} Ctx
 * @typedef {import('../../surfaces/text/words.js').TextRange} TextRange UTF-16, as the surface counts
 * @typedef {import('../../surfaces/text/marks.js').Mark} Mark
 * @typedef {import('./value.js').Span} Span code points, as we store
 */

const QUOTE = 60;

/**
 * The spans of a field on their text: what may be marked, and how it is drawn. Ranges of the surface are UTF-16 units,
 * spans are code points; they meet only here.
 */
export class Spans {
  #ctx;
  #points;
  /** @type {import('../../core/codepoints.js').CodePoints} */
  #known;
  /** @type {Span | null} shown instead of the stored one while it is being resized */
  #draft = null;

  /**
   * @param {Ctx} ctx
   * @param {(text: string) => import('../../core/codepoints.js').CodePoints} points
   */
  constructor(ctx, points) {
    this.#ctx = ctx;
    this.#points = points;
    this.#known = points("");
    /** @type {import('../../label/regions.js').Regions<Span>} */
    this.regions = regionsOf(ctx);
    const draw = () => this.draw();
    this.regions.subscribe(draw, ctx.scope);
    ctx.selection.subscribe(draw, ctx.scope);
    this.surface?.marks.reserve();
  }

  get ctx() {
    return this.#ctx;
  }

  /** @returns {import('../../surfaces/text/index.js').TextSurface | null} */
  get surface() {
    return /** @type {any} */ (this.#ctx.surface);
  }

  /** Offsets of the present text. */
  get points() {
    const { media } = this.#ctx;
    const text = media?.kind === "text" ? media.text : "";
    if (this.#known.text !== text)
      this.#known = this.surface?.points.text === text ? this.surface.points : this.#points(text);
    return this.#known;
  }

  /** The one that keys act on. @returns {Span | null} */
  get selected() {
    return this.regions.selected.at(-1) ?? null;
  }

  /**
   * @param {Span} span
   * @returns {string} what it marks, shortened
   */
  quote({ start, end }) {
    const text = this.points.slice(start, Math.min(end, start + QUOTE + 1)).replace(/\s+/g, " ");
    return end - start > QUOTE ? `${text.slice(0, QUOTE)}…` : text;
  }

  /**
   * @param {TextRange} range
   * @returns {TextRange} by the field's rule
   */
  snap(range) {
    if (this.#ctx.field.snap === "word") return snapToWords(this.points.text, range);
    return trimRange(this.points.text, snapToCharacters(this.points.text, range));
  }

  /**
   * Marks what is selected in the text.
   * @param {string} className
   * @returns {boolean} whether something was selected
   */
  markSelection(className) {
    const { surface } = this;
    if (!surface?.selection || this.#ctx.readOnly) return false;
    const range = this.snap(surface.selection);
    const end = range.end;
    if (this.add(range, className)) {
      surface.clearSelection();
      surface.caret.place(end);
      if (surface.focused) surface.select(end, end);
      surface.dispatch("CaretMove", {});
    }
    return true;
  }

  /**
   * @param {TextRange} range
   * @param {string} className
   * @returns {boolean} false if refused, which the person was told
   */
  add(range, className) {
    const span = { id: this.regions.newId(), class: className, ...this.#stored(range) };
    if (!this.#allowed(span)) return false;
    this.regions.put(span);
    return true;
  }

  /**
   * Shows a span with other ends, without storing it.
   * @param {Span} span
   * @param {TextRange} range
   */
  preview(span, range) {
    this.#draft = { ...span, ...this.#stored(range) };
    this.draw();
  }

  /** Takes the preview back. */
  dropPreview() {
    if (!this.#draft) return;
    this.#draft = null;
    this.draw();
  }

  /**
   * @param {Span} span
   * @param {TextRange} range
   * @param {{merge?: string}} [options]
   * @returns {boolean} false if refused
   */
  resize(span, range, options) {
    const changed = { ...span, ...this.#stored(range) };
    this.#draft = null;
    const done = changed.end > changed.start && this.#allowed(changed);
    if (done) this.regions.put(changed, options);
    else this.draw();
    return done;
  }

  /**
   * @param {{start: number, end: number}} span
   * @returns {TextRange}
   */
  shown({ start, end }) {
    return { start: this.points.toUtf16(start), end: this.points.toUtf16(end) };
  }

  draw() {
    const { surface } = this;
    if (!surface || surface.points.text !== this.points.text) return;
    surface.setMarks(this.#ctx.field.name, [
      ...this.regions.all.map((span) => this.#ownMark(span)),
      ...this.#otherMarks(),
    ]);
  }

  /** @param {TextRange} range */
  #stored({ start, end }) {
    return { start: this.points.fromUtf16(start), end: this.points.fromUtf16(end) };
  }

  /**
   * @param {Span} span
   * @returns {boolean}
   */
  #allowed(span) {
    const { field, t, announce } = this.#ctx;
    const found = clash(this.regions.all, span, field.overlap ? "always" : "never");
    if (!found) return true;
    const { hit, twin } = found;
    const title = this.regions.classOf(hit.class)?.title ?? hit.class;
    const text = twin
      ? t("“{quote}” is marked as {title} already", { quote: this.quote(hit), title })
      : t("Would overlap {title} “{quote}”, which this field does not allow", {
          quote: this.quote(hit),
          title,
        });
    announce(text);
    return false;
  }

  /**
   * @param {Span} stored
   * @returns {Mark}
   */
  #ownMark(stored) {
    const span = this.#draft?.id === stored.id ? this.#draft : stored;
    const selected = this.#ctx.selection.has(span.id);
    const title = this.regions.classOf(span.class)?.title ?? span.class;
    const handles = selected && !this.#ctx.readOnly;
    return {
      id: span.id,
      ...this.shown(span),
      color: this.regions.color(span.class),
      label: title,
      look: "own",
      selected,
      handles,
    };
  }

  /** @returns {Mark[]} in review: what others marked */
  #otherMarks() {
    const others = this.#ctx.others();
    return others.flatMap(({ name, color, value }, place) =>
      /** @type {Span[]} */ (/** @type {unknown} */ (value ?? [])).map((span) => {
        const { id: _id, ...meaning } = span;
        const same = this.regions.all.some(({ id: _own, ...own }) => sameJson(own, meaning));
        const title = this.regions.classOf(span.class)?.title ?? span.class;
        const label = others.length === 1 ? title : `${name}: ${title}`;
        return /** @type {Mark} */ ({
          id: `other-${place}-${span.id}`,
          ...this.shown(span),
          color,
          label,
          look: same ? "same" : "different",
          selected: false,
          handles: false,
        });
      }),
    );
  }
}
