import { decodePeaks, unpackPeaks } from "./peaks.js";

/** Between two looks whether a worker has made the waveform. */
const AGAIN = 3000;

/** The peaks of the present recording, wherever they come from. */
export class Wave {
  /** @type {import('./peaks.js').Peaks | null} */
  peaks = null;
  /** @type {'loading' | 'making' | 'there' | 'none'} */
  state = "loading";
  #request = new AbortController();
  #cancel = () => {};
  #scope;
  #changed;

  /**
   * @param {import('../../core/scope.js').Scope} scope
   * @param {() => void} changed
   */
  constructor(scope, changed) {
    this.#scope = scope;
    this.#changed = changed;
    scope.add(() => this.#request.abort());
  }

  /** @param {import('../../label/types.js').AudioMedia | null} sound */
  load(sound) {
    this.#request.abort();
    this.#cancel();
    this.#request = new AbortController();
    this.peaks = null;
    this.state = sound?.url ? "loading" : "none";
    if (sound?.url) void this.#look(sound, sound.url, this.#request.signal);
  }

  /**
   * @param {import('../../label/types.js').AudioMedia} sound
   * @param {string} url
   * @param {AbortSignal} signal
   */
  async #look(sound, url, signal) {
    try {
      const response = sound.peaks ? await fetch(sound.peaks, { signal }) : null;
      if (response?.status === 404) {
        this.#set("making", null, signal);
        this.#cancel = this.#scope.timeout(() => void this.#look(sound, url, signal), AGAIN);
        return;
      }
      const made = response?.status === 200 ? unpackPeaks(await response.arrayBuffer()) : null;
      const peaks = made ?? (await decodePeaks(url, signal));
      this.#set(peaks ? "there" : "none", peaks, signal);
    } catch {
      this.#set("none", null, signal);
    }
  }

  /**
   * @param {'making' | 'there' | 'none'} state
   * @param {import('./peaks.js').Peaks | null} peaks
   * @param {AbortSignal} signal
   */
  #set(state, peaks, signal) {
    if (signal.aborted) return;
    this.state = state;
    this.peaks = peaks;
    this.#changed();
  }
}
