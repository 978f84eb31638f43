import { takeAhead } from "../../core/ahead.js";

/**
 * A decoded picture with its mip chain: halves, quarters and eighths made once, so that no frame scales millions of pixels.
 *
 * @typedef {{bitmap: ImageBitmap, width: number}} Level
 */

/** Pixels up to which a picture is shown before its smaller levels are made: it can be drawn without them. */
const DRAWN_WHOLE = 8_000_000;
/** Milliseconds until it surely is on the screen. */
const SHOWN = 250;
/** The smallest level is at least this wide. */
const SMALLEST = 512;
const LEVELS = 4;
/** Decoded pictures kept: the present item, the one before and the prefetched ones. */
const KEPT = 4;

export class Picture {
  /** The full picture first. @type {Level[]} */
  levels = [];
  /** The cache is the first. */
  #users = 1;

  /** @param {ImageBitmap} bitmap */
  constructor(bitmap) {
    this.levels = [{ bitmap, width: bitmap.width }];
    this.width = bitmap.width;
    this.height = bitmap.height;
  }

  /**
   * The smallest level that still has a pixel for every device pixel.
   *
   * @param {number} width device pixels that the whole picture takes on the screen
   * @returns {Level}
   */
  level(width) {
    return levelFor(this.levels, width);
  }

  /** Adds the smaller levels, one after the other, with a rest in between. */
  async shrink() {
    for (let width = this.width >> 1; width >= SMALLEST && this.levels.length < LEVELS; width >>= 1) {
      const source = this.levels.at(-1)?.bitmap;
      if (!source) return this;
      const resizeHeight = Math.max(1, Math.round((this.height * width) / this.width));
      const bitmap = await createImageBitmap(source, {
        resizeWidth: width,
        resizeHeight,
        resizeQuality: "medium",
      });
      if (this.levels.length > 0) this.levels.push({ bitmap, width });
      else bitmap.close();
    }
    return this;
  }

  /** Somebody shows it: its memory must stay. */
  retain() {
    this.#users += 1;
    return this;
  }

  release() {
    this.#users -= 1;
    if (this.#users > 0) return;
    for (const level of this.levels) level.bitmap.close();
    this.levels = [];
  }
}

/**
 * @template {{width: number}} L
 * @param {readonly L[]} levels widths falling, at least one
 * @param {number} width
 * @returns {L}
 */
export function levelFor(levels, width) {
  let best = /** @type {L} */ (levels[0]);
  for (const level of levels) {
    if (level.width >= width) best = level;
  }
  return best;
}

/** @type {Map<string, Promise<Picture>>} the least recently used first */
const cache = new Map();

/**
 * The decoded picture of an address; decoding happens off the main thread. Failures are not kept.
 *
 * @param {string} url
 * @returns {Promise<Picture>}
 */
export function loadPicture(url) {
  const known = cache.get(url);
  const loading = known ?? decode(url);
  cache.delete(url);
  cache.set(url, loading);
  if (!known) {
    loading.catch(() => cache.get(url) === loading && cache.delete(url));
    forgetOldest();
  }
  return loading;
}

/** @param {string} url */
async function decode(url) {
  const begun = await takeAhead(url)?.catch(() => null); // What went wrong there is tried, and told, here.
  const picture = new Picture(begun ?? (await fetched(url)));
  if (picture.width * picture.height > DRAWN_WHOLE) return picture.shrink();
  // Browsers scale bitmaps on the main thread, 10 ms each: once it is shown. It can be drawn without, if that fails.
  setTimeout(() => picture.shrink().catch(() => {}), SHOWN);
  return picture;
}

/** @param {string} url */
async function fetched(url) {
  const response = await fetch(url, { credentials: "same-origin" });
  if (!response.ok) throw new Error(`HTTP ${response.status}`);
  return createImageBitmap(await response.blob());
}

function forgetOldest() {
  for (const [url, picture] of cache) {
    if (cache.size <= KEPT) return;
    cache.delete(url);
    picture.then(
      (decoded) => decoded.release(),
      () => {},
    );
  }
}
