import { h } from "../../core/dom.js";
import { Listeners } from "../../core/listeners.js";

export const RATES = [0.5, 0.75, 1, 1.25, 1.5, 2];

/** Where playing begins anew; null: it goes on. @typedef {{start: number, end: number}} Stretch */

/** Plays a recording; tells of every frame while it does. */
export class Player {
  /** @type {Listeners<void>} */
  #listeners = new Listeners();
  #frame = 0;
  /** @type {Stretch | null} */
  #loop = null;
  /** @type {number | null} where to stop */
  #stop = null;
  #scope;

  /** @param {import('../../core/scope.js').Scope} scope */
  constructor(scope) {
    this.#scope = scope;
    this.element = h("audio", { preload: "metadata" });
    for (const event of [
      "play",
      "pause",
      "seeked",
      "ended",
      "loadedmetadata",
      "durationchange",
      "error",
      "ratechange",
    ])
      scope.listen(this.element, event, () => this.#tell());
    scope.listen(this.element, "play", () => this.#tick());
    scope.add(() => {
      cancelAnimationFrame(this.#frame);
      this.load(null);
    });
  }

  /** @param {string | null} url */
  load(url) {
    this.element.pause();
    this.#loop = this.#stop = null;
    if (url) this.element.src = url;
    else this.element.removeAttribute("src");
    this.element.load();
  }

  get time() {
    return this.element.currentTime;
  }

  /** What the browser says of the length; 0 while it does not know. */
  get seconds() {
    return Number.isFinite(this.element.duration) ? this.element.duration : 0;
  }

  get playing() {
    return !this.element.paused && !this.element.ended;
  }

  /** Whether the browser cannot play this. */
  get broken() {
    return this.element.error !== null;
  }

  get rate() {
    return this.element.playbackRate;
  }

  set rate(rate) {
    this.element.defaultPlaybackRate = rate;
    this.element.playbackRate = rate;
  }

  get loop() {
    return this.#loop;
  }

  set loop(stretch) {
    this.#loop = stretch;
    this.#tell();
  }

  /** @param {number} time */
  seek(time) {
    this.#stop = null;
    this.element.currentTime = Math.max(0, time);
    this.#tell();
  }

  /** @param {Stretch} [stretch] only this */
  play(stretch) {
    if (stretch) this.seek(stretch.start);
    this.#stop = stretch?.end ?? null;
    // A browser may refuse, or another item may come in between: then it does not play, as everybody sees.
    this.element.play().catch(() => this.#tell());
  }

  pause() {
    this.element.pause();
  }

  /**
   * @param {() => void} listener
   * @param {import('../../core/scope.js').Scope} scope
   */
  subscribe(listener, scope) {
    return this.#listeners.add(listener, scope);
  }

  #tell() {
    if (!this.#scope.disposed) this.#listeners.emit();
  }

  #tick() {
    cancelAnimationFrame(this.#frame);
    this.#frame = requestAnimationFrame(() => {
      if (!this.playing) return;
      const { time } = this;
      if (this.#loop && (time >= this.#loop.end || time < this.#loop.start - 0.05))
        this.element.currentTime = this.#loop.start;
      else if (this.#stop !== null && time >= this.#stop) {
        this.element.pause();
        this.element.currentTime = this.#stop;
        this.#stop = null;
      }
      this.#tell();
      this.#tick();
    });
  }
}
