/**
 * What a page began before its modules were there, by name: an address, a database. Each is taken once.
 * @param {string} name
 * @returns {Promise<any> | null}
 */
export function takeAhead(name) {
  const { begunAhead } = /** @type {{begunAhead?: Record<string, Promise<any>>}} */ (
    /** @type {unknown} */ (globalThis)
  );
  const begun = begunAhead?.[name] ?? null;
  if (begunAhead) delete begunAhead[name];
  return begun;
}
