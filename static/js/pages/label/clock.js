const IDLE = 60_000;
const TICK = 1000;
const SIGNS = ["pointermove", "pointerdown", "keydown", "wheel", "touchstart", "input"];

/** Active time on the present item: stands still while the page is hidden or nobody has moved for a minute. */
export class Clock {
  #before = 0;
  /** @type {number | null} since when it runs */
  #since = null;
  #lastSign = 0;
  #element;
  #now;

  /**
   * @param {HTMLElement} element shows it
   * @param {{scope: import('../../core/scope.js').Scope, now?: () => number}} options
   */
  constructor(element, { scope, now = () => performance.now() }) {
    this.#element = element;
    this.#now = now;
    for (const type of SIGNS)
      scope.listen(document, type, () => this.sign(), { passive: true, capture: true });
    scope.listen(document, "visibilitychange", () => (document.hidden ? this.#stop() : this.sign()));
    const timer = setInterval(() => this.tick(), TICK);
    scope.add(() => clearInterval(timer));
  }

  /** Another item: what was spent on it before. @param {number} seconds */
  start(seconds) {
    this.#before = seconds * 1000;
    this.#since = document.hidden ? null : this.#now();
    this.#lastSign = this.#now();
    this.#draw();
  }

  /** @returns {number} to the tenth */
  get seconds() {
    const running = this.#since === null ? 0 : Math.min(this.#now(), this.#lastSign + IDLE) - this.#since;
    return Math.round((this.#before + Math.max(running, 0)) / 100) / 10;
  }

  /** @returns {boolean} whether somebody is at work */
  get active() {
    return this.#since !== null;
  }

  /** Somebody did something. */
  sign() {
    const now = this.#now();
    if (this.#since !== null && now > this.#lastSign + IDLE) this.#stop();
    this.#lastSign = now;
    if (this.#since === null && !document.hidden) this.#since = now;
  }

  tick() {
    if (this.#since !== null && this.#now() > this.#lastSign + IDLE) this.#stop();
    this.#draw();
  }

  #stop() {
    this.#before = this.seconds * 1000;
    this.#since = null;
  }

  #draw() {
    const text = clockText(this.seconds);
    if (this.#element.textContent !== text) this.#element.textContent = text;
  }
}

/** @param {number} seconds @returns {string} `00:07`, `1:02:03` */
export function clockText(seconds) {
  const whole = Math.floor(seconds);
  const two = (/** @type {number} */ value) => String(value).padStart(2, "0");
  const hours = Math.floor(whole / 3600);
  const rest = `${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`;
  return hours ? `${hours}:${rest}` : rest;
}
