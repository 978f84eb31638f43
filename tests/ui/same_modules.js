/**
 * Whether packs of modules are what stands in the sources: `node --experimental-vm-modules same_modules.js`.
 *
 * Reads from its input {"sources": {name: file}, "packs": {main: {file, map}}, "bare": {specifier: name}}.
 * Writes {"problems": [text], "modules": number, "exports": number}. V8 compiles and links both forms without
 * running them. What is imported and exported must be the same of each module, and every other token of one must
 * be a token of the other, on the line that the source map says.
 */
import { readFileSync } from "node:fs";
import { SourceMap } from "node:module";
import { posix } from "node:path";
import { SourceTextModule } from "node:vm";
import { parse } from "acorn";

const { sources, packs, bare } = JSON.parse(readFileSync(0, "utf8"));
const problems = [];

/** @param {string} text */
function read(text) {
  const tokens = [];
  const options = { ecmaVersion: "latest", sourceType: "module", locations: true, onToken: tokens };
  return { text, tokens, tree: parse(text, /** @type {any} */ (options)) };
}

const resolve = (from, specifier) =>
  specifier.startsWith(".") ? posix.join(posix.dirname(from), specifier) : specifier;
const nameOf = (node) => node.name ?? node.value;

/** Every node of a tree. */
function* nodes(node) {
  if (Array.isArray(node)) for (const one of node) yield* nodes(one);
  else if (typeof node?.type === "string") {
    yield node;
    for (const value of Object.values(node)) if (value && typeof value === "object") yield* nodes(value);
  }
}

/**
 * The tokens between two places, without those of the nodes that are left out.
 * @param {{text: string, tokens: any[]}} file
 * @param {{start: number, end: number}} within
 * @param {Map<any, string | null>} instead what stands for a node: nothing, or a word
 * @param {(line: number) => number} lineOf
 */
function tokensOf({ text, tokens }, within, instead, lineOf) {
  const found = [];
  const out = [...instead].sort(([a], [b]) => a.start - b.start);
  for (const { start, end, loc, type } of tokens) {
    if (start < within.start || end > within.end || type.label === "eof") continue;
    while (out.length && out[0][0].end <= start) out.shift();
    const [node, word] = out[0] ?? [];
    const line = lineOf(loc.start.line);
    if (!node || start < node.start) found.push(`${line}: ${text.slice(start, end)}`);
    else if (word && start === node.start) found.push(`${line}: ${word}`);
  }
  return found;
}

/** @param {string} name of a source */
function sourceOf(name) {
  const file = read(readFileSync(sources[name], "utf8"));
  const [imports, exports, instead] = [[], [], new Map()];
  for (const node of file.tree.body) {
    if (node.type === "ImportDeclaration") {
      const from = resolve(name, node.source.value);
      for (const one of node.specifiers)
        imports.push(`${one.imported ? nameOf(one.imported) : "default"} of ${from} as ${one.local.name}`);
      instead.set(node, null);
    } else if (node.type === "ExportNamedDeclaration" && node.declaration) {
      const { declaration } = node;
      for (const one of declaration.declarations ?? [declaration])
        exports.push(`${one.id.name} as ${one.id.name}`);
      instead.set({ start: node.start, end: declaration.start }, null);
    } else if (node.type === "ExportNamedDeclaration") {
      for (const one of node.specifiers) exports.push(`${nameOf(one.local)} as ${nameOf(one.exported)}`);
      instead.set(node, null);
    } else if (node.type === "ExportDefaultDeclaration") {
      exports.push("value as default");
      instead.set({ start: node.start, end: node.declaration.start }, "default");
    }
  }
  for (const node of nodes(file.tree)) {
    if (node.type === "MetaProperty" && node.meta.name === "import") instead.set(node, `at ${name}`);
    if (node.type === "ImportExpression" && node.source.type === "Literal")
      instead.set(node.source, resolve(name, node.source.value));
  }
  return { imports, exports, tokens: tokensOf(file, file.tree, instead, (line) => line) };
}

/** @param {string} main @yields what each module of a pack has become */
function* partsOf(main) {
  const file = read(readFileSync(packs[main].file, "utf8"));
  const map = new SourceMap(JSON.parse(readFileSync(packs[main].map, "utf8")));
  const names = new Map();
  for (const node of file.tree.body) {
    if (node.type === "ImportDeclaration")
      for (const one of node.specifiers)
        names.set(one.local.name, one.imported ? nameOf(one.imported) : resolve(main, node.source.value));
    const variable = node.type === "VariableDeclaration" ? node.declarations[0] : null;
    if (variable?.id.type !== "Identifier") continue;
    const entry = map.findEntry(node.loc.start.line - 1, node.loc.start.column);
    const name = posix.join(posix.dirname(main), entry.originalSource);
    names.set(variable.id.name, name);
    const call = variable.init.type === "AwaitExpression" ? variable.init.argument : variable.init;
    const first = node.loc.start.line - entry.originalLine;
    yield { name, ...partOf(main, file, call.callee.body, names, (line) => line - first + 1) };
  }
}

function partOf(main, file, body, names, lineOf) {
  const [imports, instead] = [[], new Map()];
  const last = body.body.at(-1);
  for (const node of body.body) {
    const variable = node.type === "VariableDeclaration" ? node.declarations[0] : null;
    if (node.type === "EmptyStatement") instead.set(node, null);
    if (variable?.init?.type === "Identifier" && names.has(variable.init.name)) {
      const from = names.get(variable.init.name);
      if (variable.id.type === "Identifier") imports.push(`default of ${from} as ${variable.id.name}`);
      for (const one of variable.id.properties ?? [])
        imports.push(`${nameOf(one.key)} of ${from} as ${one.value.name}`);
      instead.set(node, null);
    }
    if (variable?.id.name === "$$value")
      instead.set({ start: node.start, end: variable.init.start }, "default");
  }
  instead.set(last, null);
  for (const node of nodes(body)) {
    const url = node.type === "ObjectExpression" && node.properties[0]?.value;
    if (url?.object?.callee?.name === "URL" && url.object.arguments[1]?.object?.type === "MetaProperty")
      instead.set(node, `at ${resolve(main, url.object.arguments[0].value)}`);
    if (node.type === "ImportExpression" && node.source.type === "Literal")
      instead.set(node.source, resolve(main, node.source.value));
  }
  const exports = last.argument.properties.map(
    ({ key, value }) => `${value.name.replace("$$", "")} as ${nameOf(key)}`,
  );
  const inside = { start: body.start + 1, end: body.end - 1 };
  return { imports, exports, tokens: tokensOf(file, inside, instead, lineOf) };
}

function differences(name, source, part) {
  for (const kind of ["imports", "exports", "tokens"]) {
    const at = source[kind].findIndex((one, index) => one !== part[kind][index]);
    if (at >= 0) problems.push(`${name}: ${source[kind][at]} became ${part[kind][at]}`);
    else if (part[kind].length > source[kind].length)
      problems.push(`${name}: more ${kind} than the source has`);
  }
}

/** @returns {Promise<Map<string, string[]>>} what each module exports under a name of ours */
async function exportsOf(files) {
  const modules = new Map(
    Object.entries(files).map(([name, file]) => [
      name,
      new SourceTextModule(readFileSync(file, "utf8"), { identifier: name }),
    ]),
  );
  const find = (specifier, { identifier }) => modules.get(bare[specifier] ?? resolve(identifier, specifier));
  for (const module of modules.values()) if (module.status === "unlinked") await module.link(find);
  const own = (module) => Reflect.ownKeys(module.namespace).map(String);
  return new Map(
    [...modules].map(([name, module]) => [name, own(module).filter((one) => !one.endsWith(".js"))]),
  );
}

let [modules, count] = [0, 0];
try {
  const seen = new Set();
  for (const main of Object.keys(packs))
    for (const part of partsOf(main)) {
      if (seen.has(part.name)) problems.push(`${part.name} is there twice`);
      seen.add(part.name);
      differences(part.name, sourceOf(part.name), part);
    }
  modules = seen.size;
  const vendored = Object.fromEntries(Object.values(bare).map((name) => [name, sources[name]]));
  const files = Object.fromEntries(Object.entries(packs).map(([name, { file }]) => [name, file]));
  const [written, served] = [await exportsOf(sources), await exportsOf({ ...vendored, ...files })];
  for (const [name, exported] of served) {
    count += exported.length;
    if (String(exported) !== String(written.get(name))) problems.push(`${name}: exports ${exported}`);
  }
} catch (error) {
  problems.push(String(error.stack));
}
process.stdout.write(JSON.stringify({ problems, modules, exports: count }));
