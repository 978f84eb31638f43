import { comboOf, parseCombo } from "./combo.js";

/**
 * @typedef {object} Binding
 * @property {string} id see `Command.id`
 * @property {string} title
 * @property {string} [group] default: the layer's title
 * @property {() => boolean} [when]
 * @property {boolean} [typing] also while somebody types (only for combinations that write nothing)
 * @property {boolean} [repeat] also when the key is held down
 * @property {boolean} [hidden] not in the list of commands
 *
 * @typedef {Binding & {combos: string[], run: (event: KeyboardEvent) => boolean | void}} Bound
 */

/**
 * The keys of a page: one listener, layers by priority, the uppermost that wants the key gets it.
 * Keys never fire while somebody types or composes.
 */
export class Keys {
  /** @type {KeyLayer[]} */
  #layers = [];
  #target;

  /**
   * @param {EventTarget} target where keys are heard: `document`, or an element for an embedded component
   * @param {object} options
   * @param {import('./scope.js').Scope} options.scope
   * @param {import('./commands.js').Commands} options.commands every binding is a command too
   * @param {Record<string, string>} [options.overrides] personal bindings: command id to combination
   */
  constructor(target, { scope, commands, overrides = {} }) {
    this.commands = commands;
    this.overrides = overrides;
    this.#target = target;
    scope.listen(target, "keydown", (event) => this.handle(event));
  }

  /**
   * @param {string} title the heading in the list of keys
   * @param {object} options
   * @param {number | (() => number)} options.priority page 0, fields 10, active field 20, tools 30, what floats 40
   * @param {import('./scope.js').Scope} options.scope
   * @param {() => boolean} [options.when] the layer is asleep otherwise
   * @returns {KeyLayer}
   */
  layer(title, { priority, scope, when = () => true }) {
    const layer = new KeyLayer(this, { title, priority, when, scope });
    this.#layers.push(layer);
    scope.add(() => {
      this.#layers = this.#layers.filter((other) => other !== layer);
    });
    return layer;
  }

  /** @param {KeyboardEvent} event */
  handle(event) {
    if (event.defaultPrevented || event.isComposing || event.keyCode === 229 || isCovered(this.#target))
      return;
    const combo = comboOf(event);
    const target = isGone(event.target) ? null : event.target;
    const typing = isTyping(target) || ownsKey(target, combo);
    const awake = this.#layers.filter((layer) => layer.when()).sort((a, b) => b.priority - a.priority);
    if (awake.some((layer) => layer.handle(combo, event, typing))) event.preventDefault();
  }
}

export class KeyLayer {
  /** @type {Map<string, Bound[]>} */
  #bound = new Map();
  #keys;
  #scope;
  #priority;

  /**
   * @param {Keys} keys
   * @param {object} options
   * @param {string} options.title
   * @param {number | (() => number)} options.priority
   * @param {() => boolean} options.when
   * @param {import('./scope.js').Scope} options.scope
   */
  constructor(keys, { title, priority, when, scope }) {
    this.#keys = keys;
    this.#scope = scope;
    this.#priority = priority;
    this.title = title;
    this.when = when;
  }

  get priority() {
    return typeof this.#priority === "number" ? this.#priority : this.#priority();
  }

  /**
   * @param {string | string[]} combos the defaults; a personal binding replaces them
   * @param {(event: KeyboardEvent) => boolean | void} run false: not for me, ask the next
   * @param {Binding} binding
   * @param {import('./scope.js').Scope} [scope] ends the binding before the layer ends
   */
  bind(combos, run, binding, scope = this.#scope) {
    const own = this.#keys.overrides[binding.id];
    const keys = own ? [own] : [combos].flat();
    /** @type {Bound} */
    const bound = { ...binding, combos: keys.map((key) => parseCombo(key)), run };
    for (const combo of bound.combos) this.#bound.set(combo, [...(this.#bound.get(combo) ?? []), bound]);
    scope.add(() => this.#unbind(bound));
    if (!binding.hidden) this.#announce(keys, bound, scope);
  }

  /**
   * @param {string} combo
   * @param {KeyboardEvent} event
   * @param {boolean} typing
   * @returns {boolean} whether somebody took it
   */
  handle(combo, event, typing) {
    return (this.#bound.get(combo) ?? []).some((bound) => {
      if ((typing && !bound.typing) || (bound.when && !bound.when())) return false;
      if (event.repeat && !bound.repeat) return true;
      return bound.run(event) !== false;
    });
  }

  /**
   * @param {string[]} keys
   * @param {Bound} bound
   * @param {import('./scope.js').Scope} scope
   */
  #announce(keys, bound, scope) {
    const when = () => this.when() && (!bound.when || bound.when());
    const run = () => void bound.run(new KeyboardEvent("keydown"));
    const { id, title, group = this.title } = bound;
    this.#keys.commands.add({ id, title, group, keys, run, when }, scope);
  }

  /** @param {Bound} bound */
  #unbind(bound) {
    for (const combo of bound.combos) {
      this.#bound.set(
        combo,
        (this.#bound.get(combo) ?? []).filter((other) => other !== bound),
      );
    }
  }
}

/**
 * Whether a modal dialog lies over what has these keys: then they sleep, Escape above all, which closes the dialog.
 * @param {EventTarget} target
 * @returns {boolean}
 */
function isCovered(target) {
  if (typeof document === "undefined") return false;
  const dialog = document.querySelector("dialog:modal");
  return dialog !== null && !(target instanceof Element && dialog.contains(target));
}

/**
 * Whether this is not shown any more, a closed dialog's or a hidden message's button: the focus stays there until the
 * browser next draws, and somebody fast has pressed the next key by then.
 * @param {EventTarget | null} target
 * @returns {boolean}
 */
function isGone(target) {
  return typeof Element !== "undefined" && target instanceof Element && target.checkVisibility?.() === false;
}

/**
 * Whether keys belong to a text that is being written there.
 * @param {EventTarget | null} target
 * @returns {boolean}
 */
export function isTyping(target) {
  if (typeof HTMLElement === "undefined" || !(target instanceof HTMLElement)) return false;
  if (
    target.isContentEditable ||
    target instanceof HTMLTextAreaElement ||
    target instanceof HTMLSelectElement
  )
    return true;
  return (
    target instanceof HTMLInputElement &&
    !["checkbox", "radio", "button", "range", "color", "submit"].includes(target.type)
  );
}

/**
 * Native controls keep the keys that work them: Enter and Space press a button, arrows move through radios.
 * @param {EventTarget | null} target
 * @param {string} combo
 * @returns {boolean}
 */
export function ownsKey(target, combo) {
  if (typeof HTMLElement === "undefined" || !(target instanceof HTMLElement)) return false;
  if (target.closest("button, a[href], summary")) return combo === "Enter" || combo === "Space";
  if (!(target instanceof HTMLInputElement)) return false;
  return combo === "Space" || (["radio", "range"].includes(target.type) && combo.startsWith("Arrow"));
}
