/**
 * Changes to a text field that the field's own undo knows of.
 */

/**
 * Replaces the selection as if it had been typed.
 * @param {HTMLTextAreaElement} field
 * @param {string} text
 */
export function typeText(field, text) {
  field.focus();
  // Deprecated, but the only way that keeps the browser's own undo; where it is refused, the text is set.
  if (!document.execCommand("insertText", false, text)) {
    field.setRangeText(text, field.selectionStart, field.selectionEnd, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

/**
 * Puts marks around the selection, or takes them away again.
 * @param {HTMLTextAreaElement} field
 * @param {string} mark such as `**`
 */
export function wrapSelection(field, mark) {
  const { selectionStart: start, selectionEnd: end, value } = field;
  const words = value.slice(start, end);
  const marked =
    words.startsWith(mark) && words.endsWith(mark) && words.length >= 2 * mark.length && words !== mark;
  const text = marked ? words.slice(mark.length, -mark.length) : `${mark}${words}${mark}`;
  typeText(field, text);
  if (words === "") field.setSelectionRange(start + mark.length, start + mark.length);
  else field.setSelectionRange(start, start + text.length);
}

/**
 * Puts a mark at the start of every line of the selection, or takes it away from all.
 * @param {HTMLTextAreaElement} field
 * @param {string} mark such as `- `
 */
export function prefixLines(field, mark) {
  const { value } = field;
  const start = value.lastIndexOf("\n", field.selectionStart - 1) + 1;
  const next = value.indexOf("\n", field.selectionEnd);
  const end = next < 0 ? value.length : next;
  const lines = value.slice(start, end).split("\n");
  const all = lines.every((line) => line.startsWith(mark));
  field.setSelectionRange(start, end);
  typeText(field, lines.map((line) => (all ? line.slice(mark.length) : mark + line)).join("\n"));
}

/**
 * Starts a block of its own, with an empty line before it.
 * @param {HTMLTextAreaElement} field
 * @param {string} block
 */
export function insertBlock(field, block) {
  const before = field.value.slice(0, field.selectionStart);
  const gap = before === "" || before.endsWith("\n\n") ? "" : before.endsWith("\n") ? "\n" : "\n\n";
  field.setSelectionRange(field.selectionEnd, field.selectionEnd);
  typeText(field, gap + block);
}
