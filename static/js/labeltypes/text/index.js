import { countCodePoints } from '../../core/codepoints.js';
import { h } from '../../core/dom.js';

/**
 * @typedef {import('../../label/types.js').Ctx} Ctx
 * @typedef {import('../../label/types.js').Field} Field
 * @typedef {import('../../label/types.js').Json} Json
 * @typedef {import('../../label/types.js').Problem} Problem
 */

/** One line or many lines, counted in code points. @type {import('../../label/types.js').LabelTypeModule} */
export default { kind: 'text', surface: null, createPanel, validate, summarize };

/**
 * @param {Ctx} ctx
 * @returns {import('../../label/types.js').Panel}
 */
function createPanel(ctx) {
  const { field, store, scope, readOnly } = ctx;
  const shared = { class: 'lb-text-input', dir: 'auto', 'aria-label': field.title, readonly: readOnly, autocomplete: 'off' };
  const input = field.multiline ? h('textarea', { ...shared, rows: 3 }) : h('input', { ...shared, type: 'text' });
  const count = h('span', { class: 'lb-count' });
  const element = h('div', { class: 'lb-textfield' }, [input, count]);
  let composing = false;
  const render = () => {
    const value = String(store.get() ?? '');
    // Writing into a field during composition would break the input method.
    if (!composing && input.value !== value) input.value = value;
    showCount(count, value, field);
    input.setAttribute('aria-invalid', String(value !== '' && validate(value, field).length > 0));
  };
  const write = () => store.set(input.value === '' ? undefined : input.value, { merge: 'typing' });
  scope.listen(input, 'compositionstart', () => {
    composing = true;
  });
  scope.listen(input, 'compositionend', () => {
    composing = false;
    write();
  });
  scope.listen(input, 'input', () => !composing && write());
  scope.listen(input, 'keydown', (event) => {
    const plain = event.key === 'Enter' && !event.isComposing && event.keyCode !== 229 && !event.ctrlKey && !event.metaKey;
    if (plain && !field.multiline) ctx.submit();
  });
  store.subscribe(render, scope);
  render();
  return { element, focus: () => input.focus() };
}

/**
 * @param {HTMLElement} element
 * @param {string} value
 * @param {Field} field
 */
function showCount(element, value, { min_length: min, max_length: max }) {
  const length = countCodePoints(value);
  const few = typeof min === 'number' && length > 0 && length < min;
  const many = typeof max === 'number' && length > max;
  element.textContent = typeof max === 'number' ? `${length} / ${max}` : few ? `${length} (≥ ${min})` : String(length);
  element.classList.toggle('is-wrong', few || many);
  element.hidden = length === 0 && typeof max !== 'number';
}

/**
 * @param {Json} value
 * @param {Field} field
 * @returns {Problem[]}
 */
function validate(value, { multiline, min_length: min, max_length: max }) {
  if (typeof value !== 'string') return [{ path: '', message: 'must be a string' }];
  const length = countCodePoints(value);
  /** @type {string[]} */
  const messages = [];
  if (!multiline && /[\r\n]/.test(value)) messages.push('must be one line');
  if (typeof min === 'number' && length < min) messages.push(`has ${length} characters, at least ${min} are needed`);
  if (typeof max === 'number' && length > max) messages.push(`has ${length.toLocaleString('en')} characters, at most ${max.toLocaleString('en')} are allowed`);
  return messages.map((message) => ({ path: '', message }));
}

/** @param {Json} value */
function summarize(value) {
  const text = String(value).replace(/\s+/g, ' ');
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
