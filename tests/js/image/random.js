/**
 * Random numbers that a seed repeats (mulberry32), for property tests.
 *
 * @param {number} seed
 * @returns {(low: number, high: number) => number}
 */
export function random(seed) {
  let state = seed >>> 0;
  return (low, high) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return low + (((t ^ (t >>> 14)) >>> 0) / 4294967296) * (high - low);
  };
}

/**
 * @param {(next: (low: number, high: number) => number) => void} check
 * @param {number} [times]
 */
export function always(check, times = 500) {
  for (let seed = 1; seed <= times; seed += 1) {
    try {
      check(random(seed));
    } catch (error) {
      throw new Error(`with seed ${seed}`, { cause: error });
    }
  }
}
