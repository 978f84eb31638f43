import { h } from "../../core/dom.js";
import { createBar } from "./bar.js";
import { bindAudioKeys } from "./keys.js";
import { Marks } from "./marks.js";
import { createOverview } from "./overview.js";
import { paintWave } from "./painting.js";
import { Player } from "./player.js";
import { listenToPointer } from "./pointer.js";
import { drawRuler } from "./ruler.js";
import { clock, Timeline } from "./timeline.js";
import { Wave } from "./wave.js";

/**
 * @typedef {import('../../label/types.js').SurfaceCtx} SurfaceCtx
 * @typedef {import('../../label/types.js').Tool} Tool
 * @typedef {import('../../label/types.js').Media} Media
 * @typedef {import('./marks.js').Mark} Mark
 */

/**
 * A recording to listen to and to mark. All times are seconds.
 *
 * Tools get `Click` (`{time, id}`), `DrawStart`, `DrawMove` and `DrawEnd` (`{time}`), `HandleDown`, `HandleMove` and
 * `HandleUp` (`{id, edge, time}`).
 */
export class AudioSurface {
  kind = "audio";
  /** @type {Tool | null} */
  #tool = null;
  /** @type {Map<string, readonly Mark[]>} */
  #owners = new Map();
  #canvas = h("canvas", { class: "au-canvas", "aria-hidden": "true" });
  #ruler = h("div", { class: "au-ruler", "aria-hidden": "true" });
  #head = h("div", { class: "au-head", "aria-hidden": "true" });
  #ghost = h("div", { class: "au-ghost", "aria-hidden": "true", hidden: true });
  #note = h("p", { class: "au-note", role: "status" });
  #wave;
  #overview;
  #bar;
  #ctx;
  #url = "";
  /** Seconds that the server knows. @type {number | null} */
  #told = null;

  /** @param {SurfaceCtx} ctx */
  constructor(ctx) {
    const { scope, t, spec } = ctx;
    this.#ctx = ctx;
    this.timeline = new Timeline();
    this.player = new Player(scope);
    this.#wave = new Wave(scope, () => this.#learn());
    this.marks = new Marks(this.timeline, t);
    this.board = h(
      "div",
      {
        class: "au-board",
        tabindex: 0,
        role: "application",
        "aria-roledescription": t("timeline"),
        "aria-label": t("Recording: {name}", { name: spec.name }),
      },
      [
        this.#ruler,
        h("div", { class: "au-wave" }, [this.#canvas, this.marks.tints]),
        this.marks.lanes,
        this.#ghost,
        this.#head,
      ],
    );
    /** Draws what depends on the view in the next frame. */
    this.redraw = scope.frame(() => this.#draw());
    this.#overview = createOverview(this, ctx);
    this.#bar = createBar(this, ctx);
    this.element = h("div", { class: "au" }, [
      this.board,
      this.#overview.element,
      this.#note,
      this.#bar.element,
      this.player.element,
    ]);
    this.player.rate = Number(ctx.preferences.audioRate ?? 1);
    this.player.subscribe(() => this.#onPlayer(), scope);
    listenToPointer(this, ctx);
    bindAudioKeys(this, ctx);
    scope.resize(this.board, this.redraw);
    scope.listen(document, "ts:theme", this.redraw);
    scope.listen(matchMedia("(prefers-color-scheme: dark)"), "change", this.redraw);
  }

  /** Whether keys go to the timeline. */
  get focused() {
    return document.activeElement === this.board || this.marks.lanes.contains(document.activeElement);
  }

  /** @param {Media} media */
  setMedia(media) {
    const sound = media.kind === "audio" ? media : null;
    this.#owners.clear();
    this.marks.set([]);
    this.setGhost(null);
    this.#url = sound?.url ?? "";
    this.#told = sound?.seconds ?? null;
    this.player.load(sound?.url ?? null);
    this.timeline.reset(this.#told ?? 0);
    this.#wave.load(sound);
    this.#learn();
  }

  /** @param {Tool | null} tool */
  setTool(tool) {
    this.#tool = tool;
    this.element.classList.add("is-marked");
  }

  focus() {
    this.board.focus({ preventScroll: true });
  }

  /**
   * @param {string} event
   * @param {unknown} info
   * @returns {boolean}
   */
  dispatch(event, info) {
    return this.#tool?.root.dispatch(event, info) ?? false;
  }

  /**
   * @param {string} owner the field
   * @param {readonly Mark[]} marks
   */
  setMarks(owner, marks) {
    this.#owners.set(owner, marks);
    this.marks.set([...this.#owners.values()].flat());
    this.redraw();
  }

  /**
   * What is being drawn, before it is a segment.
   * @param {{start: number, end: number, color: string} | null} ghost
   */
  setGhost(ghost) {
    this.ghost = ghost;
    this.redraw();
  }

  /** @type {{start: number, end: number, color: string} | null} */
  ghost = null;

  /**
   * Scrolls so that a stretch is in sight.
   * @param {number} start
   * @param {number} end
   */
  reveal(start, end) {
    const { timeline } = this;
    if (start >= timeline.from && end <= timeline.to) return;
    if (end - start > timeline.span) timeline.showRange(start, end);
    else timeline.show((start + end - timeline.span) / 2);
    this.redraw();
  }

  /** @param {number} factor @param {number} [time] stays where it is; default the playhead, if it is in sight */
  zoom(factor, time) {
    const { timeline, player } = this;
    const seen = player.time >= timeline.from && player.time <= timeline.to;
    timeline.zoom(factor, time ?? (seen ? player.time : timeline.from + timeline.span / 2));
    this.redraw();
  }

  fit() {
    this.timeline.reset(this.timeline.seconds);
    this.redraw();
  }

  /** @param {number} time */
  seek(time) {
    this.player.seek(this.timeline.clamp(time));
    if (this.timeline.reveal(this.player.time)) this.redraw();
  }

  /** Plays on, or pauses. @param {number} [rewind] seconds to go back before it goes on */
  toggle(rewind = 0) {
    const { player } = this;
    if (player.playing) return player.pause();
    if (rewind) player.seek(Math.max(0, player.time - rewind));
    player.play();
  }

  /** The length, and what there is to say, have become known. */
  #learn() {
    const seconds = this.#told ?? this.#wave.peaks?.seconds ?? this.player.seconds;
    if (seconds !== this.timeline.seconds) this.timeline.reset(seconds);
    this.#say();
    this.redraw();
  }

  #say() {
    const { t } = this.#ctx;
    const { player, timeline } = this;
    const text = !this.#url
      ? t("This recording is not there any more. It can be skipped.")
      : player.broken
        ? t("This browser cannot play the recording.")
        : this.#wave.state === "making"
          ? t("The waveform is still being made. You can listen and answer meanwhile.")
          : this.#wave.state === "none"
            ? t("No waveform can be made of this recording. You can listen and answer all the same.")
            : timeline.seconds === 0
              ? t("Loading …")
              : "";
    if (this.#note.textContent !== text) this.#note.textContent = text;
    this.#note.hidden = text === "";
  }

  #onPlayer() {
    const { player, timeline } = this;
    if (this.#told === null && !this.#wave.peaks && player.seconds !== timeline.seconds) this.#learn();
    this.#say();
    if (player.playing && timeline.reveal(player.time)) this.redraw();
    this.#drawHead();
    this.#bar.update();
    this.dispatch("TimeMove", { time: player.time });
  }

  #draw() {
    const { timeline, board } = this;
    timeline.width = Math.max(1, board.clientWidth);
    paintWave(this.#canvas, this.#wave.peaks, timeline);
    drawRuler(this.#ruler, timeline);
    this.marks.draw();
    this.#ghost.hidden = this.ghost === null;
    if (this.ghost) {
      const { start, end, color } = this.ghost;
      const left = timeline.x(start);
      this.#ghost.style.setProperty("--mark", color);
      this.#ghost.style.transform = `translateX(${left}px)`;
      this.#ghost.style.inlineSize = `${Math.max(1, timeline.x(end) - left)}px`;
    }
    this.#overview.draw(this.#wave.peaks);
    this.#bar.update();
    this.#drawHead();
  }

  #drawHead() {
    const x = this.timeline.x(this.player.time);
    this.#head.hidden = x < -1 || x > this.timeline.width + 1;
    this.#head.style.transform = `translateX(${x}px)`;
    this.#overview.drawHead(this.player.time);
    this.board.setAttribute(
      "aria-description",
      `${clock(this.player.time, 1)} / ${clock(this.timeline.seconds, 1)}`,
    );
  }
}
