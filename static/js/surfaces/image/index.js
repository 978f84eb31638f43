import { loadPicture } from "./picture.js";
import { ImageSurface } from "./surface.js";

/** @type {import('../../label/types.js').SurfaceModule & {preload: (media: import('../../label/types.js').ImageMedia) => Promise<unknown>}} */
export default {
  kind: "image",
  createSurface: (ctx) => new ImageSurface(ctx),
  /** Fetches and decodes the picture of an item that comes soon. */
  preload: (media) => loadPicture(media.url).catch(() => {}),
};
