import { grouped } from "../../core/numbers.js";
import { hasRegions, listKey } from "./kinds.js";
import { pathText } from "./paths.js";

/**
 * @typedef {import("./kinds.js").Kinds} Kinds
 * @typedef {import("./paths.js").Node} Node
 * @typedef {import("./paths.js").Path} Path
 *
 * @typedef {object} Row one line of the tree
 * @property {Path} path
 * @property {string} id the path as text
 * @property {string} key by names, so that it survives moves
 * @property {number} level 1 is the topmost
 * @property {"group" | "medium" | "field" | "item" | "attribute"} role
 * @property {string} title
 * @property {string} about
 * @property {Node | null} node
 * @property {boolean} expandable
 * @property {boolean} open
 * @property {number} place 1 is the first of its list
 * @property {number} size of its list
 */

/** Longer lists are closed until somebody opens them. */
const LONG = 40;

/**
 * @param {import("./paths.js").Definition} definition
 * @param {Kinds} kinds
 * @param {Map<string, boolean>} opened what somebody opened or closed, by key
 * @returns {Row[]} all lines that are not inside something closed
 */
export function rowsOf(definition, kinds, opened) {
  /** @type {Row[]} */
  const rows = [];
  const isOpen = (/** @type {string} */ key, /** @type {number} */ size) => opened.get(key) ?? size <= LONG;

  /** @type {(list: readonly Node[], path: Path, level: number, above: string, role: Row["role"]) => void} */
  const addList = (list, path, level, above, role) => {
    for (const [index, node] of list.entries()) {
      addNode(node, [...path, index], level, above, role, index + 1, list.length);
    }
  };
  /** @type {(node: Node, path: Path, level: number, above: string, role: Row["role"], place: number, size: number) => void} */
  const addNode = (node, path, level, above, role, place, size) => {
    const key = `${above}/${node?.name ?? place}`;
    const child = childList(node, role, kinds, path);
    const children = child ? (node?.[child] ?? []) : [];
    const open = isOpen(key, children.length);
    rows.push({
      path,
      id: pathText(path),
      key,
      level,
      role,
      node,
      title: node?.title || node?.name || "",
      about: aboutOf(node, role, children.length),
      expandable: children.length > 0,
      open,
      place,
      size,
    });
    if (child && open)
      addList(children, [...path, child], level + 1, key, child === "attributes" ? "attribute" : "item");
  };
  /** @type {(key: "media" | "fields", title: string, place: number, role: Row["role"]) => void} */
  const addGroup = (key, title, place, role) => {
    const open = opened.get(key) ?? true;
    const about = String(definition[key].length);
    rows.push({
      path: [key],
      id: key,
      key,
      level: 1,
      role: "group",
      title,
      about,
      node: null,
      expandable: definition[key].length > 0,
      open,
      place,
      size: 2,
    });
    if (open) addList(definition[key], [key], 2, key, role);
  };
  addGroup("media", "What is shown", 1, "medium");
  addGroup("fields", "What is answered", 2, "field");
  return rows;
}

/**
 * The key of the list below a node, or null.
 * @param {Node} node
 * @param {Row["role"]} role
 * @param {Kinds} kinds
 * @param {Path} path
 * @returns {string | null}
 */
export function childList(node, role, kinds, path) {
  if (role === "field" || role === "attribute") return listKey(kinds, node?.type);
  if (role === "item" && path.at(-2) === "classes") return "attributes";
  return null;
}

/**
 * What a path points at.
 * @param {Path} path
 * @returns {Row["role"]}
 */
export function roleOf(path) {
  if (path.length === 1) return "group";
  if (path.length === 2) return path[0] === "media" ? "medium" : "field";
  return path.at(-2) === "attributes" ? "attribute" : "item";
}

/**
 * Whether regions of this item can have attributes.
 * @param {import("./paths.js").Definition} definition
 * @param {Kinds} kinds
 * @param {Path} path of an item
 */
export function mayHaveAttributes(definition, kinds, path) {
  return path.length === 4 && hasRegions(kinds, definition.fields[Number(path[1])]?.type);
}

/**
 * @param {Node} node
 * @param {Row["role"]} role
 * @param {number} children
 */
function aboutOf(node, role, children) {
  if (role === "medium") return String(node?.kind ?? "");
  if (role === "item") return String(node?.hotkey ?? "");
  return `${node?.type ?? ""}${children > LONG ? ` · ${grouped(children)}` : ""}`;
}
