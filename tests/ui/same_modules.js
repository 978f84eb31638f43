/**
 * Whether served modules are what stands in the sources: `node --experimental-vm-modules same_modules.js`.
 *
 * Reads from its input which file is which: {"pairs": {name: [source, served]}, "bare": {specifier: name}}.
 * Writes {"problems": [text], "exports": number}. V8 compiles and links both forms without running them;
 * every token of one must be a token of the other, on the same line.
 */
import { readFileSync } from "node:fs";
import { posix } from "node:path";
import { SourceTextModule } from "node:vm";
import { parse } from "acorn";

const { pairs, bare } = JSON.parse(readFileSync(0, "utf8"));
const problems = [];

/** @param {string} file */
function tokensOf(file) {
  const tokens = [];
  const source = readFileSync(file, "utf8");
  const options = { ecmaVersion: "latest", sourceType: "module", locations: true, onToken: tokens };
  parse(source, /** @type {any} */ (options));
  return tokens
    .filter((token) => token.type.label !== "eof")
    .map(({ start, end, loc }) => `${loc.start.line}: ${source.slice(start, end)}`);
}

/** @param {string} name */
function compare(name) {
  const [source, served] = pairs[name].map(tokensOf);
  const at = source.findIndex((token, index) => token !== served[index]);
  if (at >= 0) problems.push(`${name}: ${source[at]} became ${served[at]}`);
  else if (served.length > source.length) problems.push(`${name}: more than the source has`);
}

/**
 * @param {number} form 0: sources, 1: served
 * @returns {Promise<Map<string, string[]>>} what each module exports
 */
async function exportsOf(form) {
  const modules = new Map(
    Object.entries(pairs).map(([name, files]) => [
      name,
      new SourceTextModule(readFileSync(files[form], "utf8"), { identifier: name }),
    ]),
  );
  const find = (specifier, { identifier }) =>
    modules.get(bare[specifier] ?? posix.join(posix.dirname(identifier), specifier));
  for (const module of modules.values()) if (module.status === "unlinked") await module.link(find);
  return new Map([...modules].map(([name, module]) => [name, Reflect.ownKeys(module.namespace).map(String)]));
}

let count = 0;
try {
  for (const name of Object.keys(pairs)) compare(name);
  const [sources, served] = [await exportsOf(0), await exportsOf(1)];
  for (const [name, exported] of sources) {
    count += exported.length;
    if (String(exported) !== String(served.get(name))) problems.push(`${name}: exports ${served.get(name)}`);
  }
} catch (error) {
  problems.push(String(error));
}
process.stdout.write(JSON.stringify({ problems, exports: count }));
