/** Fewest and most points of an outline, as on the server. */
export const LEAST_POINTS = 3;
export const MAX_POINTS = 1_000;
