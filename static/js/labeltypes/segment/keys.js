/**
 * @typedef {import('./segments.js').Segments} Segments
 * @typedef {import('../../core/state-node.js').StateNode} StateNode
 */

const STEP = 0.01;
const LARGE = 0.1;

/**
 * What the keyboard does to segments, beside class hotkeys and Delete, which the panel binds.
 * @param {Segments} segments
 * @param {StateNode} tool
 */
export function bindSegmentKeys(segments, tool) {
  const { ctx, surface } = segments;
  const { t, scope, field, allKeys, direct } = ctx;
  const id = (/** @type {string} */ name) => `${field.name}.${name}`;
  const here = allKeys.layer(field.title, {
    priority: 31,
    scope,
    when: () => surface?.focused === true && ctx.active(),
  });
  here.bind("Tab", () => go(segments, 1), { id: id("next"), title: t("Next segment"), repeat: true });
  here.bind("Shift+Tab", () => go(segments, -1), {
    id: id("previous"),
    title: t("Segment before"),
    repeat: true,
  });
  const some = () => segments.selected !== null;
  const anywhere = allKeys.layer(field.title, { priority: 9, scope, when: () => ctx.active() });
  anywhere.bind("Shift+Space", () => playSelected(segments), {
    id: id("play"),
    title: t("Play the selected segment"),
    when: some,
  });
  anywhere.bind("l", () => void tool.dispatch("Loop"), {
    id: id("loop"),
    title: t("Repeat the selected segment"),
  });
  if (ctx.readOnly) return;
  direct.bind("i", () => void tool.dispatch("In"), {
    id: id("in"),
    title: t("Begin here, or move the start here"),
  });
  direct.bind("o", () => void tool.dispatch("Out"), {
    id: id("out"),
    title: t("End here, or move the end here"),
  });
  for (const [combo, edge, by, hidden] of moves())
    here.bind(combo, () => nudge(segments, edge, by), {
      id: id(combo),
      title:
        edge === "end"
          ? t("Move the end by 10 ms, with Shift 100 ms")
          : t("Move the start by 10 ms, with Shift 100 ms"),
      when: () => some() && edgeAtFocus() === null,
      repeat: true,
      hidden,
    });
  for (const [combo, by] of /** @type {[string, number][]} */ ([
    ["ArrowRight", STEP],
    ["ArrowLeft", -STEP],
    ["Shift+ArrowRight", LARGE],
    ["Shift+ArrowLeft", -LARGE],
  ]))
    here.bind(combo, () => nudge(segments, edgeAtFocus() ?? "end", by), {
      id: id(`handle.${combo}`),
      title: t("Move this end"),
      when: () => some() && edgeAtFocus() !== null,
      repeat: true,
      hidden: true,
    });
}

/** @returns {[string, 'start' | 'end', number, boolean][]} keys, which end, seconds, whether not listed */
function moves() {
  return [
    ["Mod+ArrowRight", "end", STEP, false],
    ["Mod+ArrowLeft", "end", -STEP, true],
    ["Mod+Shift+ArrowRight", "end", LARGE, true],
    ["Mod+Shift+ArrowLeft", "end", -LARGE, true],
    ["Mod+Alt+ArrowRight", "start", STEP, false],
    ["Mod+Alt+ArrowLeft", "start", -STEP, true],
    ["Mod+Alt+Shift+ArrowRight", "start", LARGE, true],
    ["Mod+Alt+Shift+ArrowLeft", "start", -LARGE, true],
  ];
}

/** @returns {'start' | 'end' | null} the end whose handle has the focus */
function edgeAtFocus() {
  const handle = document.activeElement;
  const edge = handle instanceof HTMLElement && handle.matches(".au-handle") ? handle.dataset.edge : null;
  return edge === "start" || edge === "end" ? edge : null;
}

/**
 * @param {Segments} segments
 * @param {'start' | 'end'} edge
 * @param {number} by
 */
function nudge(segments, edge, by) {
  const { selected } = segments;
  if (selected)
    segments.resize(selected, { [edge]: selected[edge] + by }, { merge: `resize ${selected.id}` });
}

/**
 * @param {Segments} segments
 */
export function playSelected({ selected, surface }) {
  if (selected) surface?.player.play({ start: selected.start, end: selected.end });
}

/**
 * @param {Segments} segments
 * @param {1 | -1} direction
 * @returns {boolean} false at the last one: Tab leaves the timeline
 */
function go(segments, direction) {
  const { sorted, selected, now, ctx } = segments;
  const place = selected
    ? sorted.indexOf(selected)
    : direction > 0
      ? sorted.findIndex((one) => one.start >= now) - 1
      : sorted.findLastIndex((one) => one.start < now) + 1;
  const next = selected || place >= -1 ? sorted[place + direction] : undefined;
  if (!next) {
    if (selected) ctx.selection.clear();
    return false;
  }
  ctx.selection.select(next.id);
  return true;
}
