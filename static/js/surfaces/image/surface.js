import { h } from "../../core/dom.js";
import { Navigation } from "./navigation.js";
import { Overlay } from "./overlay.js";
import { pickAll } from "./picking.js";
import { Stage } from "./stage.js";
import { gripsOf } from "./tools/select.js";
import { createStrip, createViewBar } from "./view-bar.js";
import { bindViewKeys } from "./view-keys.js";
import { centered, fitView, keepInSight, reveal, scaleLimits, toImage, zoomAt } from "./viewport.js";

/**
 * @typedef {import('../../label/types.js').SurfaceCtx} SurfaceCtx
 * @typedef {import('../../label/types.js').Tool} Tool
 * @typedef {import('../../label/types.js').ImageMedia} ImageMedia
 * @typedef {import('../../core/scope.js').Scope} Scope
 * @typedef {import('./types.js').Shape} Shape
 * @typedef {import('./types.js').ShapeLayer} ShapeLayer
 * @typedef {import('./types.js').View} View
 * @typedef {import('./types.js').Point} Point
 * @typedef {import('./types.js').Box} Box
 * @typedef {import('./types.js').Picked} Picked
 * @typedef {import('./types.js').Draft} Draft
 * @typedef {Pick<import('./overlay.js').Marks, 'guides' | 'marquee' | 'ring'>} Marks
 */

/** Fingers and mice miss by this many CSS pixels. */
const TOLERANCE = { mouse: 5, touch: 16 };

/**
 * Where an image is shown: picture, shapes, zoom and pan. What the pointer does with shapes is the tools' affair;
 * what the shapes are is the layers'.
 */
export class ImageSurface {
  kind = "image";
  #ctx;
  #stage;
  #overlay = new Overlay();
  #navigation;
  #viewBar;
  #message = h("div", { class: "image-message", role: "alert", hidden: true });
  /** @type {Tool | null} */
  #tool = null;
  #fitted = true;
  /** Geometries in the middle of a gesture, by id. @type {ReadonlyMap<string, any>} */
  #preview = new Map();
  /** @type {Draft | null} */
  #draft = null;
  /** @type {Marks} */
  #marks = { guides: null, marquee: null, ring: null };
  /** Whether the selected object may be changed by its handles. */
  grips = () => !this.#ctx.readOnly;

  /** @param {SurfaceCtx} ctx */
  constructor(ctx) {
    this.#ctx = ctx;
    const { scope, t } = ctx;
    this.#stage = new Stage(scope, () => this.#afterFrame());
    this.#stage.prominent = () => this.#prominent();
    this.#stage.moved = (id) => this.#preview.has(id);
    this.strip = createStrip({ scope, t });
    this.#viewBar = createViewBar(this, { scope, t });
    this.port = h(
      "div",
      { class: "image-port", tabindex: 0, role: "application", "aria-label": t("Image") },
      [this.#stage.element, ...this.#overlay.elements],
    );
    this.element = h("div", { class: "image-surface" }, [
      this.strip.element,
      this.port,
      this.#viewBar.element,
      this.#message,
    ]);
    this.#navigation = new Navigation(this.port, this.#hands(), scope);
    bindViewKeys(this, ctx, {
      move: (x, y) => this.#look({ ...this.view, x: this.view.x + x, y: this.view.y + y }),
      holdSpace: () => this.#navigation.holdSpace(true),
    });
    scope.resize(this.port, () => this.#resized());
    scope.listen(this.port, "keydown", () => this.port.classList.remove("by-pointer"));
    ctx.selection.subscribe(() => this.#stage.invalidate("active"), scope);
  }

  /** Full size, in whose pixels all coordinates are. */
  get image() {
    return this.#stage.image;
  }

  get view() {
    return this.#stage.view;
  }

  /** CSS pixels. */
  get size() {
    return this.#stage.port;
  }

  /** Whether everything on the screen was drawn for the present view. */
  get atRest() {
    return this.#stage.atRest;
  }

  /** @param {import('../../label/types.js').Media} media */
  setMedia(media) {
    if (media.kind !== "image") throw new TypeError(`the image surface cannot show ${media.kind}`);
    this.#stage.image = { width: media.width, height: media.height };
    this.clearGesture();
    this.#fitted = true;
    this.#stage.measure();
    this.fit();
    void this.#load(media.url);
  }

  /** @param {Tool | null} tool */
  setTool(tool) {
    this.#tool = tool;
    this.refresh();
  }

  focus() {
    this.port.focus({ preventScroll: true });
  }

  /**
   * @param {ShapeLayer} layer
   * @param {Scope} scope
   */
  addLayer(layer, scope) {
    this.#stage.layers.push(layer);
    scope.add(() => {
      this.#stage.layers = this.#stage.layers.filter((other) => other !== layer);
      this.refresh();
    });
    this.refresh();
  }

  /** Shapes changed: draw them anew in the next frame. */
  refresh() {
    this.#stage.invalidate("shapes", "active");
    this.strip.update();
  }

  /**
   * Shapes as they would be if the gesture ended now; empty when there is no gesture.
   *
   * @param {ReadonlyMap<string, any>} preview
   */
  setPreview(preview) {
    const same =
      preview.size === this.#preview.size && [...preview.keys()].every((id) => this.#preview.has(id));
    this.#preview = preview;
    this.#stage.invalidate(
      ...(same ? /** @type {const} */ (["active"]) : /** @type {const} */ (["shapes", "active"])),
    );
  }

  /** @param {Draft | null} draft the shape that is being drawn */
  setDraft(draft) {
    this.#draft = draft;
    this.#stage.invalidate("active");
  }

  /** @param {Point | null} guides crosshair, image pixels */
  setGuides(guides) {
    this.#mark({ guides });
  }

  /** @param {Box | null} marquee image pixels */
  setMarquee(marquee) {
    this.#mark({ marquee });
  }

  /** @param {Marks['ring']} ring the brush */
  setRing(ring) {
    this.#mark({ ring });
  }

  /** @param {Partial<Marks>} marks */
  #mark(marks) {
    Object.assign(this.#marks, marks);
    this.#stage.request();
  }

  /** Takes everything away that a gesture shows. */
  clearGesture() {
    this.setPreview(new Map());
    this.setDraft(null);
    this.#mark({ guides: null, marquee: null, ring: null });
  }

  /** @param {string} cursor a CSS cursor */
  setCursor(cursor) {
    if (this.port.style.cursor !== cursor) this.port.style.cursor = cursor;
  }

  /**
   * Image pixels by which a pointer may miss.
   *
   * @param {boolean} [touch]
   */
  tolerance(touch = false) {
    return (touch ? TOLERANCE.touch : TOLERANCE.mouse) / this.view.scale;
  }

  /**
   * @param {ShapeLayer} layer
   * @param {Point} at
   * @param {boolean} [touch]
   */
  pick(layer, at, touch = false) {
    return pickAll(layer.shapes(), layer.kind, at, this.tolerance(touch));
  }

  fit() {
    if (this.size.width) this.#look(fitView(this.image, this.size));
    this.#fitted = true;
  }

  actualSize() {
    const factor = 1 / this.view.scale;
    if (factor === 1) this.#look(centered(this.image, this.size, 1));
    else this.zoom(factor);
  }

  /**
   * @param {number} factor
   * @param {Point} [at] CSS pixels, default the middle
   */
  zoom(factor, at = { x: this.size.width / 2, y: this.size.height / 2 }) {
    this.#look(zoomAt(this.view, factor, at, scaleLimits(this.image, this.size)));
  }

  /** @param {View} view */
  setView(view) {
    this.#look(view);
  }

  /** @param {Box} box image pixels: pans as little as needed to show it */
  reveal(box) {
    this.#look(reveal(this.view, box, this.size));
  }

  /** The middle of what is visible of the image, in image pixels. */
  get center() {
    const at = toImage(this.view, this.size.width / 2, this.size.height / 2);
    return {
      x: Math.min(Math.max(at.x, 0), this.image.width),
      y: Math.min(Math.max(at.y, 0), this.image.height),
    };
  }

  /**
   * @param {number} brightness
   * @param {number} contrast
   */
  setLook(brightness, contrast) {
    this.#stage.setLook(brightness, contrast);
  }

  /**
   * @param {View} view
   * @param {boolean} [moving]
   */
  #look(view, moving = false) {
    this.#fitted = false;
    this.#stage.setView(keepInSight(view, this.image, this.size), moving);
  }

  /** @returns {import('./navigation.js').Hands} */
  #hands() {
    return {
      view: () => this.view,
      look: (view, moving) => this.#look(view, moving),
      limits: () => scaleLimits(this.image, this.size),
      info: (event) => this.#info(event),
      tool: (name, info) => {
        if (info && name.endsWith("Down")) this.#pressed(info);
        return this.#tool?.root.dispatch(name, info) ?? false;
      },
    };
  }

  /**
   * Whoever works with the mouse needs no ring around the picture. If no field has the surface: give it to the one
   * whose shape was hit, else to the first.
   *
   * @param {import('./types.js').PointerInfo} info
   */
  #pressed(info) {
    this.port.classList.add("by-pointer");
    this.focus();
    if (this.#tool?.root.active) return;
    const hit = this.#stage.layers.find((layer) => this.pick(layer, info.at, info.touch).length > 0);
    (hit ?? this.#stage.layers[0])?.activate?.();
  }

  /** @param {PointerEvent | MouseEvent} event */
  #info(event) {
    const frame = this.port.getBoundingClientRect();
    const screen = { x: event.clientX - frame.left, y: event.clientY - frame.top };
    return {
      at: toImage(this.view, screen.x, screen.y),
      screen,
      shift: event.shiftKey,
      alt: event.altKey,
      mod: event.ctrlKey || event.metaKey,
      touch: "pointerType" in event && event.pointerType === "touch",
    };
  }

  /** @param {string} url */
  async #load(url) {
    this.#message.hidden = true;
    this.element.setAttribute("aria-busy", "true");
    try {
      if (!(await this.#stage.show(url))) return;
    } catch (error) {
      this.#fail(url, error instanceof Error ? error.message : String(error));
    }
    this.element.removeAttribute("aria-busy");
  }

  /**
   * @param {string} url
   * @param {string} reason
   */
  #fail(url, reason) {
    const { t, scope } = this.#ctx;
    const again = h("button", { type: "button", class: "image-button" }, [t("Try again")]);
    scope.listen(again, "click", () => void this.#load(url));
    this.#message.replaceChildren(
      h("p", {}, [t("The image cannot be shown ({reason}).", { reason })]),
      again,
    );
    this.#message.hidden = false;
  }

  #resized() {
    const fitted = this.#fitted;
    if (!this.#stage.measure()) return;
    if (fitted) this.fit();
    else this.#look(this.view);
  }

  /** Selected and hovered shapes, as the gesture has them now, and the one being drawn. */
  #prominent() {
    const { selection } = this.#ctx;
    const wanted = new Set(selection.ids);
    if (selection.hovered) wanted.add(selection.hovered);
    /** @type {Picked[]} */
    const found = [];
    if (wanted.size || this.#preview.size) {
      for (const layer of this.#stage.layers) {
        for (const shape of layer.shapes()) {
          if (wanted.has(shape.id) || this.#preview.has(shape.id))
            found.push({ layer, shape: this.#previewed(shape) });
        }
      }
    }
    return this.#draft ? [...found, this.#draft] : found;
  }

  /** @param {Shape} shape */
  #previewed(shape) {
    return this.#preview.has(shape.id) ? { ...shape, geometry: this.#preview.get(shape.id) } : shape;
  }

  #afterFrame() {
    this.#overlay.update({ ...this.#handles(), ...this.#marks }, this.view, this.size);
    if (!this.#stage.moving) this.#viewBar.update();
  }

  /** @returns {Pick<import('./overlay.js').Marks, 'grips' | 'tag'>} */
  #handles() {
    const { selection } = this.#ctx;
    const primary = this.#draft ?? this.#find(selection.ids.length === 1 ? selection.primary : null);
    if (!primary) return { grips: [], tag: null };
    const { layer } = primary;
    const shape = this.#previewed(primary.shape);
    const bounds = layer.kind.bounds(shape.geometry);
    const text = `${shape.style.title} ${Math.round(bounds[2])} × ${Math.round(bounds[3])}`;
    const editable = this.grips() && !shape.fixed;
    return {
      grips: this.#draft ? (this.#draft.marks ?? []) : editable ? gripsOf(layer, shape, this.view) : [],
      tag: { bounds, text, color: shape.style.color },
    };
  }

  /**
   * @param {string | null} id
   * @returns {Picked | null}
   */
  #find(id) {
    if (id === null) return null;
    for (const layer of this.#stage.layers) {
      const shape = layer.shapes().find((item) => item.id === id);
      if (shape) return { layer, shape };
    }
    return null;
  }
}
