import { at } from "../../core/at.js";

/** Peaks a second that we make ourselves, as the server does. */
const FINE = 200;
/** Larger files are not decoded here: it would take a page too much memory. */
const LARGEST = 40 * 1024 * 1024;
const HEAD = 24;

/**
 * The lowest and highest sample of every stretch of a recording, in ever coarser levels.
 * @typedef {{perSecond: number, seconds: number, levels: Int8Array[]}} Peaks a level has low and high in turn; the next
 *   has half as many
 */

/**
 * What the server made, as formats/audio.py packs it.
 * @param {ArrayBuffer} buffer
 * @returns {Peaks | null}
 */
export function unpackPeaks(buffer) {
  if (buffer.byteLength < HEAD || new TextDecoder().decode(buffer.slice(0, 4)) !== "TSP1") return null;
  const view = new DataView(buffer);
  const count = Math.min(view.getUint32(4, true), Math.floor((buffer.byteLength - HEAD) / 2));
  const peaks = new Int8Array(buffer, HEAD, 2 * count);
  return { perSecond: view.getFloat64(8, true), seconds: view.getFloat64(16, true), levels: levelsOf(peaks) };
}

/**
 * @param {Int8Array} finest
 * @returns {Int8Array[]}
 */
export function levelsOf(finest) {
  const levels = [finest];
  for (let level = finest; level.length > 2; ) {
    const next = new Int8Array(2 * Math.ceil(level.length / 4));
    for (let index = 0; index < next.length; index += 2) {
      const [low, high] = extremes(level, index, Math.min(index + 2, level.length / 2));
      next[index] = low;
      next[index + 1] = high;
    }
    levels.push(next);
    level = next;
  }
  return levels;
}

/**
 * @param {Int8Array} level
 * @param {number} from the first stretch
 * @param {number} to behind the last
 * @returns {[number, number]} lowest and highest; silence where there is nothing
 */
export function extremes(level, from, to) {
  let low = 127;
  let high = -127;
  for (let index = Math.max(0, from); index < Math.min(to, level.length / 2); index += 1) {
    low = Math.min(low, level[2 * index] ?? 0);
    high = Math.max(high, level[2 * index + 1] ?? 0);
  }
  return low > high ? [0, 0] : [low, high];
}

/**
 * @param {Peaks} peaks
 * @param {number} start seconds
 * @param {number} end
 * @returns {[number, number]} lowest and highest sample between, from the coarsest level that still tells them apart
 */
export function between(peaks, start, end) {
  const first = start * peaks.perSecond;
  const last = end * peaks.perSecond;
  const depth = Math.min(
    peaks.levels.length - 1,
    Math.max(0, Math.floor(Math.log2(Math.max(1, last - first)))),
  );
  const level = at(peaks.levels, depth);
  const from = Math.floor(first / 2 ** depth);
  return extremes(level, from, Math.max(from + 1, Math.ceil(last / 2 ** depth)));
}

/**
 * A file that the server does not read, decoded by the browser.
 * @param {string} url
 * @param {AbortSignal} signal
 * @returns {Promise<Peaks | null>} null: too large, or no recording
 */
export async function decodePeaks(url, signal) {
  const response = await fetch(url, { signal });
  if (!response.ok || Number(response.headers.get("Content-Length") ?? LARGEST + 1) > LARGEST) {
    await response.body?.cancel();
    return null;
  }
  const context = new OfflineAudioContext(1, 1, 8000);
  const decoded = await context.decodeAudioData(await response.arrayBuffer());
  return { perSecond: FINE, seconds: decoded.duration, levels: levelsOf(peaksOf(decoded)) };
}

/**
 * @param {AudioBuffer} decoded
 * @returns {Int8Array}
 */
function peaksOf(decoded) {
  const per = decoded.sampleRate / FINE;
  const peaks = new Int8Array(2 * Math.ceil(decoded.length / per));
  for (let channel = 0; channel < decoded.numberOfChannels; channel += 1) {
    const samples = decoded.getChannelData(channel);
    for (let index = 0; index < peaks.length / 2; index += 1) {
      let low = 1;
      let high = -1;
      for (
        let place = Math.floor(index * per);
        place < Math.min((index + 1) * per, samples.length);
        place += 1
      ) {
        low = Math.min(low, samples[place] ?? 0);
        high = Math.max(high, samples[place] ?? 0);
      }
      if (low > high) continue;
      peaks[2 * index] = Math.min(peaks[2 * index] ?? 0, Math.floor(Math.max(-1, low) * 127));
      peaks[2 * index + 1] = Math.max(peaks[2 * index + 1] ?? 0, Math.ceil(Math.min(1, high) * 127));
    }
  }
  return peaks;
}
