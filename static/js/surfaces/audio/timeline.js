/** Which part of a recording is seen, and where its seconds are on the screen. */

/** Never less than so many seconds in sight: a wave is drawn in steps of 5 ms. */
const CLOSEST = 0.25;

export class Timeline {
  /** Seconds of the recording; 0 while nobody knows. */
  #seconds = 0;
  #from = 0;
  #span = 0;
  /** Pixels. */
  width = 1;

  get seconds() {
    return this.#seconds;
  }

  /** The first second in sight. */
  get from() {
    return this.#from;
  }

  /** How many seconds are in sight. */
  get span() {
    return this.#span || 1;
  }

  get to() {
    return this.#from + this.#span;
  }

  get isWhole() {
    return this.#span >= this.#seconds;
  }

  /** @param {number} seconds another length; shows all */
  reset(seconds) {
    this.#seconds = seconds;
    this.#from = 0;
    this.#span = seconds;
  }

  /** @param {number} time @returns {number} pixels from the left, perhaps out of sight */
  x(time) {
    return ((time - this.#from) / this.span) * this.width;
  }

  /** @param {number} x @returns {number} seconds, within the recording */
  time(x) {
    return this.clamp(this.#from + (x / this.width) * this.span);
  }

  /** @param {number} time */
  clamp(time) {
    return Math.max(0, Math.min(this.#seconds, time));
  }

  /**
   * @param {number} factor above 1: nearer
   * @param {number} time stays where it is on the screen
   */
  zoom(factor, time) {
    const share = (time - this.#from) / this.span;
    this.#span = Math.min(this.#seconds, Math.max(Math.min(CLOSEST, this.#seconds), this.span / factor));
    this.show(time - share * this.#span);
  }

  /** @param {number} from the second that comes to the left edge, as far as there is something to see */
  show(from) {
    this.#from = Math.max(0, Math.min(this.#seconds - this.#span, from));
  }

  /**
   * @param {number} start
   * @param {number} end
   */
  showRange(start, end) {
    this.#span = Math.min(this.#seconds, Math.max(Math.min(CLOSEST, this.#seconds), end - start));
    this.show(start - (this.#span - (end - start)) / 2);
  }

  /**
   * Brings a time in sight if it is not: with a tenth of the view before it.
   * @param {number} time
   * @returns {boolean} whether the view moved
   */
  reveal(time) {
    if (time >= this.#from && time <= this.to - this.#span * 0.02) return false;
    const before = this.#from;
    this.show(time - this.#span * 0.1);
    return this.#from !== before;
  }

  /**
   * Where the ruler has lines: at round times, at least `apart` pixels from each other.
   * @param {number} apart
   * @returns {{time: number, step: number}[]}
   */
  ticks(apart) {
    if (this.#seconds <= 0) return [];
    const least = (apart / this.width) * this.span;
    const step = STEPS.find((one) => one >= least) ?? 3600 * Math.ceil(least / 3600);
    const first = Math.ceil(this.#from / step - 1e-9);
    const last = Math.floor(this.to / step + 1e-9);
    return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => ({
      time: (first + index) * step,
      step,
    }));
  }
}

const STEPS = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600];

/**
 * @param {number} seconds
 * @param {number} [places] after the point
 * @returns {string} `0:07.250`, `1:02:03`
 */
export function clock(seconds, places = 3) {
  const scale = 10 ** places;
  const whole = Math.round(seconds * scale) / scale;
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  const rest = (whole % 60).toFixed(places).padStart(places ? places + 3 : 2, "0");
  return hours ? `${hours}:${String(minutes).padStart(2, "0")}:${rest}` : `${minutes}:${rest}`;
}

/**
 * @param {string} text seconds, or minutes and seconds: `7.25`, `0:07.25`, `1:02:03,5`
 * @returns {number | null} null: it is no time
 */
export function readClock(text) {
  const parts = text.trim().replace(",", ".").split(":");
  if (
    parts.length > 3 ||
    !parts.every((part, index) => (index < parts.length - 1 ? /^\d+$/ : /^\d*\.?\d+$|^\d+\.$/).test(part))
  )
    return null;
  return parts.reduce((total, part) => total * 60 + Number(part), 0);
}
