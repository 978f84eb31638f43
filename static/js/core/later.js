/**
 * What `import()` becomes in a pack (config/pack_js.py): packs are scripts, which a browser cannot import by the
 * names of the modules in them.
 */

/** The modules of packs that have run, by name. @type {Record<string, any>} */
const modules = Reflect.get(globalThis, "touchstone");

/** @returns {{needs: Record<string, string[]>, files: Record<string, string>}} the page's, see config/importmap.py */
function table() {
  return JSON.parse(/** @type {HTMLElement} */ (document.getElementById("later-packs")).textContent ?? "");
}

/**
 * Fetches a module, after what it needs, and returns what it exports.
 * @param {string} from the module that asks
 * @param {string} specifier as `import()` takes it
 * @returns {Promise<any>}
 */
export async function later(from, specifier) {
  const name = new URL(specifier, `http://files/${from}`).pathname.slice(1);
  if (!(name in modules)) {
    const { needs, files } = table();
    for (const need of needs[name] ?? []) await run(need, files[need] ?? "");
  }
  if (!(name in modules)) throw new Error(`no such module: ${name}`);
  return modules[name];
}

/**
 * @param {string} name
 * @param {string} address
 */
async function run(name, address) {
  if (name in modules) return;
  // A pack enters what is in it. A vendored module is one as the browser knows them.
  const found = await import(address);
  if (!(name in modules)) modules[name] = found;
}
