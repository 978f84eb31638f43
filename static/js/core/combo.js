/**
 * Key combinations as text: `Mod+Shift+Z`, `ArrowLeft`, `p`, `?`, `Space`. `Mod` is ⌘ on Apple machines, else Ctrl.
 */

const SHIFTED = new Set([
  "Enter",
  "Tab",
  "Escape",
  "Delete",
  "Backspace",
  "Space",
  "Home",
  "End",
  "PageUp",
  "PageDown",
]);

/** @returns {boolean} */
export function isApple() {
  return typeof navigator !== "undefined" && /Mac|iPhone|iPad/.test(navigator.platform);
}

/**
 * @param {string} text
 * @param {boolean} [apple]
 * @returns {string} the canonical form, comparable with `comboOf`
 */
export function parseCombo(text, apple = isApple()) {
  const parts = text === "+" ? ["+"] : text.split(/\+(?!$)/);
  const key = keyName(/** @type {string} */ (parts.pop()));
  const modifiers = new Set(parts.map((part) => (part === "Mod" ? (apple ? "Meta" : "Ctrl") : part)));
  return join(key, modifiers);
}

/**
 * Letters of other scripts fall back to the place of the key, so that hotkeys work on a Russian or Arabic layout.
 * @param {{key: string, code: string, ctrlKey: boolean, metaKey: boolean, altKey: boolean, shiftKey: boolean}} event
 * @returns {string}
 */
export function comboOf(event) {
  const modifiers = new Set();
  if (event.ctrlKey) modifiers.add("Ctrl");
  if (event.metaKey) modifiers.add("Meta");
  if (event.altKey) modifiers.add("Alt");
  if (event.shiftKey) modifiers.add("Shift");
  return join(keyName(keyOf(event)), modifiers);
}

/**
 * @param {string} combo
 * @param {boolean} [apple]
 * @returns {string} as printed on a keyboard: `⌘Z`, `Ctrl Z`, `←`
 */
export function showCombo(combo, apple = isApple()) {
  const canonical = parseCombo(combo, apple);
  const parts = canonical === "+" ? ["+"] : canonical.split(/\+(?!$)/);
  /** @type {Record<string, string>} */
  const signs = {
    ArrowLeft: "←",
    ArrowRight: "→",
    ArrowUp: "↑",
    ArrowDown: "↓",
    Enter: "⏎",
    Escape: "Esc",
    Delete: "Del",
    ...(apple ? { Meta: "⌘", Alt: "⌥", Shift: "⇧", Ctrl: "⌃" } : {}),
  };
  return parts
    .map((part) => signs[part] ?? (part.length === 1 ? part.toUpperCase() : part))
    .join(apple ? "" : " ");
}

/** @param {{key: string, code: string, ctrlKey: boolean, altKey: boolean, metaKey: boolean}} event */
function keyOf(event) {
  const place = /^(?:Key|Digit)(.)$/.exec(event.code)?.[1];
  const foreign = event.key.length === 1 && event.key > "\u007f";
  const modified = event.altKey && !event.ctrlKey;
  return place && (foreign || modified) ? place : event.key;
}

/** @param {string} key */
function keyName(key) {
  if (key === " ") return "Space";
  return key.length === 1 ? key.toLowerCase() : key;
}

/**
 * Shift belongs to the combination only where it does not choose the character.
 * @param {string} key
 * @param {Set<string>} modifiers
 */
function join(key, modifiers) {
  const letter = key.length > 1 || key.toLowerCase() !== key.toUpperCase();
  const shift = modifiers.has("Shift") && (letter || SHIFTED.has(key));
  const order = ["Ctrl", "Meta", "Alt"].filter((name) => modifiers.has(name));
  return [...order, ...(shift ? ["Shift"] : []), key].join("+");
}
