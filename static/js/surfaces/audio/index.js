import { AudioSurface } from "./surface.js";

/** @type {import('../../label/types.js').SurfaceModule} */
export default { kind: "audio", createSurface: (ctx) => new AudioSurface(ctx) };
