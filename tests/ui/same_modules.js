/**
 * Whether packs of modules are what stands in the sources: `node same_modules.js`.
 *
 * Reads from its input {"sources": {name: file}, "packs": {main: {file, map}}}. Writes {"problems": [text],
 * "modules": number, "entered": number}. V8 compiles the packs without running them. What is imported and exported
 * must be the same of each module, and every other token of one must be a token of the other, on the line that the
 * source map says. What packs take from their table must be entered by one, under its name.
 */
import { readFileSync } from "node:fs";
import { SourceMap } from "node:module";
import { posix } from "node:path";
import { Script } from "node:vm";
import { parse } from "acorn";

const { sources, packs } = JSON.parse(readFileSync(0, "utf8"));
const problems = [];
const LOADER = "js/core/later.js";

/** @param {string} text @param {"module" | "script"} sourceType */
function read(text, sourceType) {
  const tokens = [];
  const options = { ecmaVersion: "latest", sourceType, locations: true, onToken: tokens };
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
  const file = read(readFileSync(sources[name], "utf8"), "module");
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
    if (node.type === "ImportExpression" && name !== LOADER)
      instead.set({ start: node.start, end: node.source.start }, `later for ${name}`);
  }
  return { imports, exports, tokens: tokensOf(file, file.tree, instead, (line) => line) };
}

/** Every module that packs enter in their table, and every one that they take, with the pack that does. */
const [entered, taken] = [new Set(), new Map()];

/** @param {string} main @yields what each module of a pack has become */
function* partsOf(main) {
  const text = readFileSync(packs[main].file, "utf8");
  new Script(text, { filename: main });
  const file = read(text, "script");
  const map = new SourceMap(JSON.parse(readFileSync(packs[main].map, "utf8")));
  const names = new Map();
  const { body } = file.tree.body[0].expression.callee.body;
  if (body[0].directive !== "use strict") problems.push(`${main} is not strict`);
  for (const node of body) {
    const variable = node.type === "VariableDeclaration" ? node.declarations[0] : null;
    for (const one of variable?.id.properties ?? []) {
      names.set(one.value.name, one.key.value);
      taken.set(one.key.value, main);
    }
    if (variable?.id.type !== "Identifier") continue;
    const entry = map.findEntry(node.loc.start.line - 1, node.loc.start.column);
    const name = posix.join(posix.dirname(main), entry.originalSource);
    names.set(variable.id.name, name);
    const first = node.loc.start.line - entry.originalLine;
    yield { name, ...partOf(file, variable.init.callee.body, names, (line) => line - first + 1) };
  }
  for (const { key, value } of body.at(-1).expression.arguments[1].properties) {
    if (names.get(value.name) !== key.value) problems.push(`${main} enters another as ${key.value}`);
    entered.add(key.value);
  }
}

function partOf(file, body, names, lineOf) {
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
    const callee = node.type === "CallExpression" ? node.callee : null;
    if (callee?.property?.name === "later" && names.get(callee.object.name) === LOADER)
      instead.set(
        { start: node.start, end: node.arguments[1].start },
        `later for ${node.arguments[0].value}`,
      );
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

let modules = 0;
try {
  const seen = new Set();
  for (const main of Object.keys(packs))
    for (const part of partsOf(main)) {
      if (seen.has(part.name)) problems.push(`${part.name} is there twice`);
      seen.add(part.name);
      differences(part.name, sourceOf(part.name), part);
    }
  modules = seen.size;
  for (const main of Object.keys(packs)) if (!entered.has(main)) problems.push(`${main} is not entered`);
  for (const [name, main] of taken)
    if (!entered.has(name) && !name.includes("/vendor/"))
      problems.push(`${main} takes ${name}, which is not there`);
} catch (error) {
  problems.push(String(error.stack));
}
process.stdout.write(JSON.stringify({ problems, modules, entered: entered.size }));
