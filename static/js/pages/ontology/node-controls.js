import { reservedBecause } from "../../label/reserved-keys.js";
import {
  colorControl,
  linesControl,
  numberControl,
  selectControl,
  switchControl,
  textControl,
} from "./controls.js";
import { changeType, fittingMedia, hasRegions, isItems, settingsOf } from "./kinds.js";
import { freeName, nameFrom, rename } from "./names.js";
import { pathText, setAt } from "./paths.js";
import { roleOf } from "./rows.js";
import { showIfControl } from "./show-if.js";
import { TYPE_TITLES, titleOf, wordsOf } from "./words.js";

/**
 * @typedef {import("./paths.js").Node} Node
 * @typedef {import("./paths.js").Path} Path
 * @typedef {import("./controls.js").Control} Control
 *
 * @typedef {object} Context
 * @property {import("./document.js").OntologyDocument} document
 * @property {import("./kinds.js").Kinds} kinds
 * @property {readonly string[]} columns of the data, to choose a source from
 * @property {import("../../core/scope.js").Scope} scope
 */

const LOCKED = "The key in stored answers and exports: it never changes. Change the title instead.";

/**
 * @param {Context} context
 * @param {Path} path
 * @returns {Control[]}
 */
export function mediumControls(context, path) {
  const { document, kinds, columns, scope } = context;
  const set = setter(context, path);
  const source = textControl({
    key: "source",
    title: "Column of the data",
    scope,
    most: 200,
    change: set("source"),
    help: columns.length
      ? `In your data: ${columns.join(", ")}.`
      : "The key of the data that holds the text or names the image.",
  });
  return [
    nameControl(context, path, "Name"),
    selectControl({
      key: "kind",
      title: "Kind",
      scope,
      change: set("kind"),
      choices: kinds.media.map((kind) => ({ value: kind, title: titleOf(kind) })),
    }),
    { ...source, show: (value) => source.show(value ?? document.get([...path, "name"])) },
  ];
}

/**
 * @param {Context} context
 * @param {Path} path of a field or an attribute
 * @returns {Control[]}
 */
export function fieldControls(context, path) {
  const { document, kinds, scope } = context;
  const node = document.get(path);
  const set = setter(context, path);
  const attribute = roleOf(path) === "attribute";
  const media = fittingMedia(kinds, document.definition, node.type);
  const common = [
    titleControl(context, path),
    textControl({
      key: "description",
      title: "Description",
      scope,
      lines: true,
      most: 5000,
      change: set("description"),
      help: "Shown under the title.",
    }),
    typeControl(context, path, attribute),
    ...(hasRegions(kinds, node.type) && media.length !== 1
      ? [
          selectControl({
            key: "on",
            title: "Drawn on",
            scope,
            change: set("on"),
            choices: media.map((name) => ({ value: name, title: name })),
          }),
        ]
      : []),
    switchControl({
      key: "required",
      title: "Required",
      help: "No submitting without an answer.",
      scope,
      change: set("required"),
    }),
  ];
  const settings = Object.entries(settingsOf(kinds, node.type)).flatMap(([key, setting]) =>
    settingControl(context, path, key, setting),
  );
  const hotkey = attribute ? [] : [hotkeyControl(context, path, "Goes to this field.")];
  return [
    ...common,
    ...settings,
    ...hotkey,
    showIfControl({ document, kinds, path, scope }),
    nameControl(context, path, "Name"),
  ];
}

/**
 * @param {Context} context
 * @param {Path} path of an option or class
 * @returns {Control[]}
 */
export function itemControls(context, path) {
  const { scope } = context;
  const set = setter(context, path);
  return [
    titleControl(context, path),
    hotkeyControl(context, path, "One visible character; each only once."),
    colorControl({ key: "color", title: "Color", scope, change: set("color"), fallback: "#4477aa" }),
    textControl({
      key: "description",
      title: "Description",
      scope,
      lines: true,
      most: 5000,
      change: set("description"),
      help: "Shown to annotators beside it.",
    }),
    nameControl(context, path, "Name"),
  ];
}

/**
 * @param {Context} context
 * @param {Path} path
 * @returns {(key: string) => (value: unknown) => void}
 */
function setter({ document }, path) {
  return (key) => (value) => document.set([...path, key], value, pathText([...path, key]));
}

/**
 * What people read. While the name has been neither saved nor chosen, it follows.
 * @param {Context} context
 * @param {Path} path
 */
function titleControl({ document, scope }, path) {
  const change = (/** @type {string | undefined} */ title) => {
    const node = document.get(path);
    const others = document.get(path.slice(0, -1)).filter((/** @type {Node} */ other) => other !== node);
    const follows =
      !document.isLocked(path) && (!node.name || node.name === freeName(nameFrom(node.title ?? ""), others));
    const titled = setAt(document.definition, [...path, "title"], title);
    const wanted = follows && title ? rename(titled, path, freeName(nameFrom(title), others)) : titled;
    document.edit(wanted, { merge: pathText([...path, "title"]) });
  };
  return textControl({
    key: "title",
    title: "Title",
    scope,
    most: 200,
    change,
    placeholder: "What people read",
  });
}

/**
 * @param {Context} context
 * @param {Path} path
 * @param {string} title
 */
function nameControl({ document, scope }, path, title) {
  const locked = document.isLocked(path);
  return textControl({
    key: "name",
    title,
    scope,
    most: 100,
    readOnly: locked,
    help: locked ? LOCKED : "The key in answers and exports. After saving it never changes.",
    change: (name) =>
      document.edit(rename(document.definition, path, name ?? ""), { merge: pathText([...path, "name"]) }),
  });
}

/**
 * @param {Context} context
 * @param {Path} path
 * @param {string} help
 */
function hotkeyControl({ document, scope }, path, help) {
  const made = textControl({
    key: "hotkey",
    title: "Hotkey",
    scope,
    most: 2,
    help,
    change: (text) => {
      const key = text === undefined ? undefined : [...text].at(-1);
      const reserved = key === undefined ? null : reservedBecause(key);
      document.set([...path, "hotkey"], key);
      made.setProblems(reserved ? [reserved] : []);
    },
  });
  made.input.classList.add("hotkey");
  return made;
}

/**
 * @param {Context} context
 * @param {Path} path
 * @param {boolean} attribute
 */
function typeControl({ document, kinds, scope }, path, attribute) {
  const { media } = document.definition;
  const choices = Object.entries(kinds.types)
    .filter(([, info]) => !attribute || info.scalar)
    .map(([value, info]) => {
      const fits = info.media.length === 0 || media.some((medium) => info.media.includes(medium.kind));
      const title = TYPE_TITLES[value] ?? titleOf(value);
      return { value, title: fits ? title : `${title} (needs ${info.media.join(" or ")})`, disabled: !fits };
    });
  return selectControl({
    key: "type",
    title: "Type",
    scope,
    choices,
    change: (type) => document.set(path, changeType(kinds, document.definition, document.get(path), type)),
  });
}

/**
 * @param {Context} context
 * @param {Path} path
 * @param {string} key
 * @param {import("./kinds.js").Setting} setting
 * @returns {Control[]} none for what stands in the tree, or means nothing now
 */
function settingControl(context, path, key, setting) {
  const { document, scope } = context;
  const node = document.get(path);
  const words = wordsOf(node.type, key);
  if (isItems(setting) || (words.needs && !node[words.needs])) return [];
  const options = { key, title: words.title, help: words.help, scope, change: setter(context, path)(key) };
  const made = inputFor(setting, options);
  return [{ ...made, show: (value) => made.show(value ?? setting.default) }];
}

/**
 * @param {import("./kinds.js").Setting} setting
 * @param {any} options
 * @returns {Control}
 */
function inputFor(setting, options) {
  if (setting.enum)
    return selectControl({
      ...options,
      choices: setting.enum.map((value) => ({ value, title: titleOf(value) })),
    });
  if (setting.type === "boolean") return switchControl(options);
  if (setting.type === "array") return linesControl(options);
  if (setting.type === "integer" || setting.type === "number") {
    return numberControl({
      ...options,
      low: setting.minimum,
      high: setting.maximum,
      whole: setting.type === "integer",
    });
  }
  return textControl({ ...options, most: setting.maxLength });
}
