import { between } from "./peaks.js";

/**
 * Draws the wave of what is in sight, one line a pixel; without peaks a flat line.
 * @param {HTMLCanvasElement} canvas
 * @param {import('./peaks.js').Peaks | null} peaks
 * @param {{from: number, span: number, seconds: number}} view
 */
export function paintWave(canvas, peaks, { from, span, seconds }) {
  const width = Math.max(1, Math.round(canvas.clientWidth * devicePixelRatio));
  const height = Math.max(1, Math.round(canvas.clientHeight * devicePixelRatio));
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  const drawing = canvas.getContext("2d");
  if (!drawing) return;
  drawing.clearRect(0, 0, width, height);
  drawing.fillStyle = getComputedStyle(canvas).color;
  const middle = height / 2;
  const thin = Math.max(1, Math.round(devicePixelRatio));
  if (!peaks || seconds <= 0) {
    drawing.fillRect(0, Math.round(middle - thin / 2), width, thin);
    return;
  }
  for (let x = 0; x < width; x += 1) {
    const start = from + (x / width) * span;
    if (start > seconds) break;
    const [low, high] = between(peaks, start, from + ((x + 1) / width) * span);
    const top = middle - (high / 127) * (middle - 1);
    const tall = ((high - low) / 127) * (middle - 1);
    drawing.fillRect(x, tall < thin ? middle - thin / 2 : top, 1, Math.max(thin, tall));
  }
}
