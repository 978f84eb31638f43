/** As on the server: characters of all masks of an answer, and pixels of an image. */
export const MAX_COUNTS = 1_000_000;
export const MAX_PIXELS = 2 ** 31 - 1;
