import { unionBox } from "./boxes.js";
import { loadPicture } from "./picture.js";
import { paintProminent, paintShapes } from "./shapes-painter.js";
import { covers, relativeView, visibleBox } from "./viewport.js";

/**
 * @typedef {import('./types.js').View} View
 * @typedef {import('./types.js').Size} Size
 * @typedef {import('./types.js').Shape} Shape
 * @typedef {import('./types.js').ShapeLayer} ShapeLayer
 * @typedef {import('./picture.js').Picture} Picture
 * @typedef {import('../../core/scope.js').Scope} Scope
 * @typedef {{shape: Shape, layer: ShapeLayer}} Prominent
 * @typedef {'pixels' | 'shapes' | 'active'} Sheet
 */

/** A gesture counts as over after this many milliseconds without a new view. */
const REST = 90;
/** Above this magnification pixels are shown as squares. */
const SQUARES = 3;
/** The uppermost canvas is this much larger than what it shows, and grows in steps of this. CSS pixels. */
const PAD = 6;
const STEP = 64;

/**
 * Three canvases on each other: pixels, shapes, and the few shapes that stand out or move. They are larger than the
 * port by a margin; while a gesture lasts they are only moved by a CSS transform, and drawn anew at rest or when the
 * margin is used up. Before the first gesture there is none: many pictures are labeled without any, and canvases of
 * more than twice the size are the largest part of showing one.
 */
export class Stage {
  #sheets;
  #scope;
  #moving = false;
  /** What is on the canvases was drawn in the middle of a gesture, with less detail. */
  #rough = false;
  #settle = () => {};
  /** @type {Set<Sheet>} */
  #stale = new Set();
  /** Nothing was drawn on these since they got their size: touching a new canvas costs milliseconds. @type {Set<Sheet>} */
  #blank = new Set();
  /** @type {View} */
  #view = { scale: 1, x: 0, y: 0 };
  /** @type {View} */
  #drawn = this.#view;
  /** @type {Picture | null} */
  #picture = null;
  #margin = { x: 0, y: 0 };
  /** A gesture has begun on this surface, on whatever picture: from then on there is a margin. */
  #roams = false;
  #dpr = 1;
  #load = 0;

  /** Size of the full image: coordinates refer to it, whatever size the picture was sent in. @type {Size} */
  image = { width: 1, height: 1 };
  /** CSS pixels. @type {Size} */
  port = { width: 0, height: 0 };
  /** @type {ShapeLayer[]} */
  layers = [];
  /** What the uppermost canvas shows. @type {() => Prominent[]} */
  prominent = () => [];
  /** Shapes that are being moved: not drawn on the shapes canvas. @type {(id: string) => boolean} */
  moved = () => false;

  /**
   * @param {Scope} scope
   * @param {() => void} drawn called after every frame, for what lies above the canvases
   */
  constructor(scope, drawn) {
    this.element = document.createElement("div");
    this.element.className = "image-layers";
    this.#scope = scope;
    this.#sheets = {
      pixels: this.#sheet("image-pixels"),
      shapes: this.#sheet("image-shapes"),
      active: this.#sheet("image-active"),
    };
    const frame = scope.frame(() => {
      this.#frame();
      drawn();
    });
    this.request = frame;
    scope.add(() => this.#use(null));
  }

  get view() {
    return this.#view;
  }

  get moving() {
    return this.#moving;
  }

  /** Whether what is on the canvases was drawn for the present view, and nothing is waiting. */
  get atRest() {
    return !this.#moving && this.#stale.size === 0;
  }

  /**
   * @param {View} view
   * @param {boolean} [moving] in the middle of a gesture: look follows at once, drawing waits
   */
  setView(view, moving = false) {
    this.#view = view;
    this.#moving = moving;
    if (moving && !this.#roams) {
      this.#roams = true;
      this.#fit();
    }
    // Scaling without mixing neighbors costs half, and lasts only as long as the gesture.
    this.element.classList.toggle("is-moving", moving);
    this.#settle();
    if (moving) this.#settle = this.#scope.timeout(() => this.setView(this.#view), REST);
    this.request();
  }

  /** @param {Sheet[]} sheets */
  invalidate(...sheets) {
    for (const sheet of sheets) this.#stale.add(sheet);
    this.request();
  }

  /**
   * Brightness and contrast of the view; the data never changes.
   *
   * @param {number} brightness 1 is neutral
   * @param {number} contrast 1 is neutral
   */
  setLook(brightness, contrast) {
    const neutral = brightness === 1 && contrast === 1;
    this.#sheets.pixels.canvas.style.filter = neutral
      ? ""
      : `brightness(${brightness}) contrast(${contrast})`;
  }

  /**
   * @param {string} url
   * @returns {Promise<boolean>} false when another picture was asked for meanwhile; rejects when it cannot be shown
   */
  async show(url) {
    const load = ++this.#load;
    this.#use(null);
    const picture = await loadPicture(url);
    if (load !== this.#load) return false;
    this.#use(picture.retain());
    return true;
  }

  /** @param {Picture | null} picture */
  #use(picture) {
    this.#picture?.release();
    this.#picture = picture;
    this.invalidate("pixels");
  }

  /** Fits the canvases to the element's size and the screen's density. @returns {boolean} whether anything changed */
  measure() {
    const box = this.element.parentElement?.getBoundingClientRect();
    const port = { width: Math.round(box?.width ?? 0), height: Math.round(box?.height ?? 0) };
    const dpr = Math.min(3, globalThis.devicePixelRatio || 1);
    if (port.width === this.port.width && port.height === this.port.height && dpr === this.#dpr) return false;
    this.port = port;
    this.#dpr = dpr;
    this.#fit();
    return true;
  }

  #fit() {
    const dpr = this.#dpr;
    const share = !this.#roams ? 0 : dpr > 1.5 ? 0.125 : 0.25;
    this.#margin = { x: Math.round(this.port.width * share), y: Math.round(this.port.height * share) };
    for (const { canvas } of [this.#sheets.pixels, this.#sheets.shapes]) {
      fit(canvas, this.port.width + 2 * this.#margin.x, this.port.height + 2 * this.#margin.y, dpr);
      place(canvas, -this.#margin.x, -this.#margin.y);
    }
    this.#blank = new Set(["pixels", "shapes"]);
    this.invalidate("pixels", "shapes", "active");
  }

  #frame() {
    if (this.port.width === 0 || this.port.height === 0) return;
    const same = sameView(this.#view, this.#drawn);
    if (!same && !(this.#moving && covers(this.#drawn, this.#view, this.port, this.#margin))) {
      this.#drawn = this.#view;
      this.invalidate("pixels", "shapes", "active");
    }
    if (this.#rough && !this.#moving) this.invalidate("pixels", "shapes");
    if (this.#stale.has("pixels")) this.#drawPixels();
    if (this.#stale.has("shapes")) this.#drawShapes();
    if (this.#stale.has("active")) this.#drawActive();
    this.#stale.clear();
    this.#carry(relativeView(this.#drawn, this.#view));
  }

  /**
   * Moves what is drawn to where the view is. Whole device pixels where nothing is scaled: the browser then copies
   * pixels in place of mixing them, which costs a third less.
   *
   * @param {View} to
   */
  #carry({ scale, x, y }) {
    const snap = (/** @type {number} */ value) =>
      scale === 1 ? Math.round(value * this.#dpr) / this.#dpr : value;
    const still = scale === 1 && snap(x) === 0 && snap(y) === 0;
    this.element.style.transform = still ? "" : `matrix(${scale},0,0,${scale},${snap(x)},${snap(y)})`;
  }

  #drawPixels() {
    const context = this.#cleared("pixels");
    show(this.#sheets.pixels.canvas, this.#picture !== null);
    if (!this.#picture) return;
    this.#blank.delete("pixels");
    const { scale, x, y } = this.#drawn;
    const level = this.#picture.level(this.image.width * scale * this.#dpr);
    const ratio = level.width / this.image.width;
    const [vx, vy, vw, vh] = visibleBox(this.#drawn, this.port, this.#margin);
    const left = Math.max(0, Math.floor(vx));
    const top = Math.max(0, Math.floor(vy));
    const width = Math.min(this.image.width, Math.ceil(vx + vw)) - left;
    const height = Math.min(this.image.height, Math.ceil(vy + vh)) - top;
    if (width <= 0 || height <= 0) return;
    context.imageSmoothingEnabled = scale < SQUARES;
    // From half the size on four neighbors are all that there is to mix. Better quality makes smaller copies of the
    // whole picture first, 10 ms, and draws from one that has too few pixels.
    const halved = level.width > 2 * this.image.width * scale * this.#dpr;
    context.imageSmoothingQuality = halved && !this.#moving ? "medium" : "low";
    const yRatio = level.bitmap.height / this.image.height;
    context.drawImage(
      level.bitmap,
      left * ratio,
      top * yRatio,
      width * ratio,
      height * yRatio,
      left * scale + x,
      top * scale + y,
      width * scale,
      height * scale,
    );
  }

  #drawShapes() {
    this.#rough = this.#moving;
    const context = this.#cleared("shapes");
    const empty = this.layers.every((layer) => layer.shapes().length === 0);
    show(this.#sheets.shapes.canvas, !empty);
    if (empty) return;
    this.#blank.delete("shapes");
    const visible = visibleBox(this.#drawn, this.port, this.#margin);
    for (const layer of this.layers) {
      paintShapes(context, layer, this.#drawn, visible, {
        rough: this.#rough,
        wanted: (shape) => !this.moved(shape.id),
      });
    }
  }

  /** As small as what stands out: what changes in every frame of a drag must not be the whole screen. */
  #drawActive() {
    const { context, canvas } = this.#sheets.active;
    const prominent = this.prominent();
    const area = this.#areaOf(prominent);
    show(canvas, area !== null);
    if (!area) return;
    const [x, y, width, height] = area;
    const d = this.#dpr;
    if (canvas.width !== Math.round(width * d) || canvas.height !== Math.round(height * d))
      fit(canvas, width, height, d);
    place(canvas, x, y);
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, canvas.width, canvas.height);
    context.setTransform(d, 0, 0, d, -x * d, -y * d);
    for (const { shape, layer } of prominent) paintProminent(context, [shape], layer.kind, this.#drawn);
  }

  /**
   * Where shapes are, in whole CSS pixels of the drawn view, in steps so that the canvas seldom changes its size.
   *
   * @param {readonly Prominent[]} prominent
   * @returns {import('./types.js').Box | null} null when nothing of them can be seen
   */
  #areaOf(prominent) {
    const bounds = unionBox(prominent.map(({ shape, layer }) => layer.kind.bounds(shape.geometry)));
    if (!bounds) return null;
    const { scale, x, y } = this.#drawn;
    const left = Math.max(-this.#margin.x, Math.floor(bounds[0] * scale + x) - PAD);
    const top = Math.max(-this.#margin.y, Math.floor(bounds[1] * scale + y) - PAD);
    const right = Math.min(
      this.port.width + this.#margin.x,
      Math.ceil((bounds[0] + bounds[2]) * scale + x) + PAD,
    );
    const bottom = Math.min(
      this.port.height + this.#margin.y,
      Math.ceil((bounds[1] + bounds[3]) * scale + y) + PAD,
    );
    if (right <= left || bottom <= top) return null;
    return [left, top, Math.ceil((right - left) / STEP) * STEP, Math.ceil((bottom - top) / STEP) * STEP];
  }

  /**
   * @param {'pixels' | 'shapes'} name
   * @returns {CanvasRenderingContext2D} with nothing on its canvas, scaled so that a unit is a CSS pixel
   */
  #cleared(name) {
    const { context, canvas } = this.#sheets[name];
    if (!this.#blank.has(name)) {
      context.setTransform(1, 0, 0, 1, 0, 0);
      context.clearRect(0, 0, canvas.width, canvas.height);
      this.#blank.add(name);
    }
    const d = this.#dpr;
    context.setTransform(d, 0, 0, d, this.#margin.x * d, this.#margin.y * d);
    return context;
  }

  /** @param {string} name */
  #sheet(name) {
    const canvas = document.createElement("canvas");
    canvas.className = name;
    canvas.setAttribute("aria-hidden", "true");
    const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    this.element.append(canvas);
    return { canvas, context };
  }
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {number} width CSS pixels
 * @param {number} height CSS pixels
 * @param {number} dpr
 */
function fit(canvas, width, height, dpr) {
  canvas.width = Math.round(width * dpr);
  canvas.height = Math.round(height * dpr);
  canvas.style.width = `${width}px`;
  canvas.style.height = `${height}px`;
}

/**
 * An empty canvas costs every frame as much as a full one: it is handed over and laid on the others.
 *
 * @param {HTMLCanvasElement} canvas
 * @param {boolean} wanted
 */
function show(canvas, wanted) {
  canvas.style.display = wanted ? "" : "none";
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {number} x CSS pixels
 * @param {number} y CSS pixels
 */
function place(canvas, x, y) {
  canvas.style.left = `${x}px`;
  canvas.style.top = `${y}px`;
}

/**
 * @param {View} a
 * @param {View} b
 */
function sameView(a, b) {
  return a.scale === b.scale && a.x === b.x && a.y === b.y;
}
