/**
 * @param {Record<string, string>} [messages] English text to another language's
 * @returns {import('./types.js').Translate}
 */
export function translator(messages = {}) {
  return (text, values = {}) =>
    (messages[text] ?? text).replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));
}
