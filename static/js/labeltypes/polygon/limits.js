/** As on the server: most points of an outline, and how far one may stick out of the image. */
export const MAX_POINTS = 1_000;
export const LEAST_POINTS = 3;
export const OUTSIDE = 0.5;
