import { h } from "../core/dom.js";
import { Scope } from "../core/scope.js";
import { FieldFrame } from "./field-frame.js";
import { assignHotkeys } from "./hotkeys.js";
import { visibleFields } from "./ontology.js";

/**
 * @typedef {import('./types.js').Ctx} Ctx
 * @typedef {import('./types.js').Field} Field
 * @typedef {import('./types.js').Item} Item
 * @typedef {import('./types.js').Other} Other
 * @typedef {import('./types.js').Surface} Surface
 *
 * @typedef {Record<string, import('./types.js').Json>} Begun by field
 *
 * @typedef {object} Frame what a session stands in
 * @property {import('../core/store.js').Store} store
 * @property {import('./types.js').Selection} selection
 * @property {import('./types.js').Keys} keys
 * @property {import('./types.js').Mode} mode
 * @property {boolean} readOnly
 * @property {import('./types.js').Preferences} preferences
 * @property {(patch: Partial<import('./types.js').Preferences>) => void} savePreferences
 * @property {import('./types.js').Translate} t
 * @property {(text: string) => void} announce
 * @property {() => void} submit
 * @property {() => void} began
 */

/** Surfaces and fields of one ontology; items come and go. */
export class Session {
  /** @type {FieldFrame[]} */
  #frames = [];
  /** @type {Map<string, Surface>} */
  #surfaces = new Map();
  /** @type {Map<Surface, FieldFrame>} */
  #working = new Map();
  #active = -1;
  /** @type {Item | null} */
  #item = null;
  /** @type {Other[]} */
  #others = [];
  #frame;

  /**
   * @param {import('./types.js').Ontology} ontology
   * @param {Awaited<ReturnType<typeof import('./modules.js').loadModules>>} modules
   * @param {Frame} frame
   */
  constructor(ontology, modules, frame) {
    this.ontology = ontology;
    this.types = modules.types;
    this.scope = new Scope();
    this.#frame = frame;
    this.stage = h("div", { class: "lb-stage" });
    this.side = h("div", { class: "lb-side" });
    for (const spec of ontology.media)
      this.#addSurface(spec, /** @type {any} */ (modules.surfaces.get(spec.kind)));
    const hotkeys = assignHotkeys(ontology);
    for (const [index, field] of ontology.fields.entries())
      this.#addField(field, index, hotkeys.get(field.name) ?? new Map());
    frame.store.subscribe(() => this.#showAsked(), this.scope);
    for (const candidate of this.#frames)
      if (candidate.ctx.surface && !this.#working.has(candidate.ctx.surface)) this.#giveSurface(candidate);
  }

  get item() {
    return this.#item;
  }

  get frames() {
    return this.#frames;
  }

  /** The field whose keys are awake. */
  get activeFrame() {
    return this.#frames[this.#active] ?? null;
  }

  /**
   * @param {Item} item
   * @param {import('./types.js').Answer} value
   * @param {Other[]} others
   * @param {Begun} begun
   */
  show(item, value, others, begun) {
    for (const frame of this.#working.values()) frame.tool?.root.dispatch("Interrupt");
    this.#item = item;
    this.#others = others;
    this.#frame.selection.clear();
    for (const [name, surface] of this.#surfaces) {
      const media = item.media[name];
      if (media) surface.setMedia(media);
    }
    this.#frame.store.load(value);
    this.activate(this.#frames.findIndex((frame) => frame.visible));
    this.#resume(begun);
    if (this.#frame.mode !== "preview") this.#takeFocus();
  }

  /** What tools are in the middle of, by field. @returns {Begun} */
  get begun() {
    /** @type {Begun} */
    const found = {};
    for (const { ctx, tool } of this.#frames) {
      const begun = tool?.begun?.();
      if (begun != null) found[ctx.field.name] = begun;
    }
    return found;
  }

  /** @param {Begun} begun of this item, some time ago */
  #resume(begun) {
    for (const [index, { ctx, tool, visible }] of this.#frames.entries()) {
      const mine = begun[ctx.field.name];
      if (mine === undefined || !visible || ctx.readOnly || !tool?.resume) continue;
      tool.resume(mine);
      this.activate(index);
    }
  }

  /** Keys must work on the next item at once, wherever the focus was; but not away from what is outside of us. */
  #takeFocus() {
    const { activeElement } = document;
    const ours =
      activeElement === document.body ||
      this.side.contains(activeElement) ||
      this.stage.contains(activeElement);
    if (!ours || !(activeElement instanceof HTMLElement)) return;
    if (this.activeFrame?.ctx.surface) this.activeFrame.ctx.surface.focus();
    else activeElement.blur();
  }

  /** @param {Other[]} others */
  setOthers(others) {
    this.#others = others;
    this.#frame.store.refresh();
  }

  /** @param {number} index */
  activate(index) {
    if (index === this.#active) return;
    this.activeFrame?.setActive(false);
    this.#active = index;
    this.activeFrame?.setActive(true);
    if (this.activeFrame) this.#giveSurface(this.activeFrame);
  }

  /**
   * @param {number} index
   * @returns {boolean} whether there is such a field and it is asked
   */
  focusField(index) {
    const frame = this.#frames[index];
    if (!frame?.visible) return false;
    this.activate(index);
    frame.element.scrollIntoView({ block: "nearest" });
    frame.panel.focus();
    return true;
  }

  /**
   * @param {'Cancel' | 'Undo' | 'Redo'} event
   * @returns {boolean} whether the tool at work took it: it is in the middle of something
   */
  tell(event) {
    const surface = this.activeFrame?.ctx.surface ?? [...this.#working.keys()][0];
    return (surface && this.#working.get(surface)?.tool?.root.dispatch(event)) ?? false;
  }

  /**
   * What a tool is in the middle of; its field becomes the active one.
   * @returns {string | null} what to say about it
   */
  unfinished() {
    for (const [index, frame] of this.#frames.entries()) {
      const reason = frame.visible ? frame.tool?.unfinished?.() : null;
      if (!reason) continue;
      this.activate(index);
      return reason;
    }
    return null;
  }

  /** @param {Map<string, string[]>} messages by field */
  setProblems(messages) {
    for (const frame of this.#frames) frame.setProblems(messages.get(frame.ctx.field.name) ?? []);
  }

  dispose() {
    for (const frame of this.#working.values()) frame.tool?.root.exit();
    this.scope.dispose();
    this.stage.remove();
    this.side.remove();
  }

  /**
   * @param {import('./types.js').MediaSpec} spec
   * @param {import('./types.js').SurfaceModule} module
   */
  #addSurface(spec, module) {
    const { mode, readOnly, preferences, savePreferences, t, announce, keys, selection } = this.#frame;
    const { scope } = this;
    const surface = module.createSurface({
      spec,
      scope,
      keys,
      selection,
      preferences,
      savePreferences,
      readOnly,
      mode,
      t,
      announce,
    });
    surface.element.dataset.media = spec.name;
    this.#surfaces.set(spec.name, surface);
    this.stage.append(surface.element);
  }

  /**
   * @param {Field} field
   * @param {number} index
   * @param {Map<string, string>} hotkeys
   */
  #addField(field, index, hotkeys) {
    const module = this.types.get(field.type);
    if (!module) throw new Error(`no label type ${field.type}`);
    const frame = new FieldFrame(this.#createCtx(field, index, hotkeys), module, this.ontology.fields.length);
    this.#frames.push(frame);
    this.side.append(frame.element);
    const { t } = this.#frame;
    const title = t("Go to {title}", { title: field.title });
    if (field.hotkey)
      frame.ctx.direct.bind(field.hotkey, () => this.focusField(index), { id: `${field.name}.focus`, title });
  }

  /**
   * @param {Field} field
   * @param {number} index
   * @param {Map<string, string>} hotkeys
   * @returns {Ctx}
   */
  #createCtx(field, index, hotkeys) {
    const { mode, readOnly, preferences, t, announce, keys, selection, store, submit, began } = this.#frame;
    const session = this;
    const active = () => this.#active === index;
    const asked = () => this.#frames[index]?.visible ?? true;
    const { scope } = this;
    const layer = (/** @type {number | (() => number)} */ priority, /** @type {() => boolean} */ when) =>
      keys.layer(field.title, { priority, scope, when: () => !readOnly && when() });
    /** @type {Ctx} */
    const ctx = {
      field,
      index,
      hotkeys,
      mode,
      readOnly,
      preferences,
      t,
      announce,
      selection,
      scope,
      submit,
      began,
      active,
      allKeys: keys,
      surface: (field.on && this.#surfaces.get(field.on)) || null,
      store: store.field(field.name),
      keys: layer(20, () => asked() && active()),
      direct: layer(() => (active() ? 19 : 10), asked),
      activate: () => this.activate(index),
      others: () =>
        this.#others.map((other, place) => ({
          name: other.name,
          color: other.color ?? `var(--class-${place % 20})`,
          value: other.value[field.name],
        })),
      nested: (inner, innerStore, innerScope) => this.#nested(ctx, inner, innerStore, innerScope),
      get media() {
        return (field.on && session.#item?.media[field.on]) || null;
      },
    };
    return ctx;
  }

  /**
   * @param {Ctx} ctx
   * @param {Field} field
   * @param {import('./types.js').ValueStore} store
   * @param {Scope} scope
   */
  #nested(ctx, field, store, scope) {
    const keys = ctx.allKeys.layer(field.title, { priority: 25, scope, when: () => false });
    const module = this.types.get(field.type);
    if (!module) throw new Error(`no label type ${field.type}`);
    return module.createPanel({
      ...ctx,
      field,
      store,
      scope,
      keys,
      direct: keys,
      hotkeys: new Map(),
      surface: null,
      media: null,
      others: () => [],
    });
  }

  /** @param {FieldFrame} frame */
  #giveSurface(frame) {
    const { surface } = frame.ctx;
    if (!surface || !frame.tool || this.#working.get(surface) === frame) return;
    this.#working.get(surface)?.tool?.root.exit();
    this.#working.set(surface, frame);
    surface.setTool(frame.tool);
    frame.tool.root.enter();
  }

  #showAsked() {
    const asked = visibleFields(this.ontology, this.#frame.store.answer);
    for (const frame of this.#frames) frame.setVisible(asked.has(frame.ctx.field.name));
  }
}
