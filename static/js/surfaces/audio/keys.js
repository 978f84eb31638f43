import { RATES } from "./player.js";

/** What the keys of a page mean goes to the recording that somebody worked with last. @type {WeakMap<object, object>} */
const current = new WeakMap();

/**
 * @param {import('./surface.js').AudioSurface} surface
 * @param {import('../../label/types.js').SurfaceCtx} ctx
 */
export function bindAudioKeys(surface, { keys, scope, spec, t, savePreferences }) {
  const { player, timeline } = surface;
  if (!current.has(keys)) current.set(keys, surface);
  scope.listen(surface.element, "focusin", () => current.set(keys, surface));
  scope.add(() => {
    if (current.get(keys) === surface) current.delete(keys);
  });
  const mine = () => current.get(keys) === surface;
  const id = (/** @type {string} */ name) => `audio.${spec.name}.${name}`;
  const rate = (/** @type {1 | -1} */ step) => {
    const place = RATES.indexOf(player.rate) + step;
    player.rate = RATES[Math.max(0, Math.min(RATES.length - 1, place))] ?? 1;
    savePreferences({ audioRate: player.rate });
  };

  const everywhere = keys.layer(t("Recording"), { priority: 5, scope, when: mine });
  everywhere.bind("Space", () => surface.toggle(), { id: id("play"), title: t("Play or pause") });
  everywhere.bind(["F2", "Ctrl+Space"], () => surface.toggle(1), {
    id: id("play.typing"),
    title: t("Play or pause while typing; goes on a second earlier"),
    typing: true,
  });
  everywhere.bind("Shift+F2", () => surface.seek(player.time - 3), {
    id: id("back.typing"),
    title: t("Three seconds back while typing"),
    typing: true,
    repeat: true,
  });
  everywhere.bind(["+", "="], () => surface.zoom(1.5), { id: id("in"), title: t("Zoom in"), repeat: true });
  everywhere.bind(["-", "−"], () => surface.zoom(1 / 1.5), {
    id: id("out"),
    title: t("Zoom out"),
    repeat: true,
  });
  everywhere.bind("f", () => surface.fit(), { id: id("fit"), title: t("All of it") });

  const here = keys.layer(t("Recording"), { priority: 30, scope, when: () => surface.focused });
  /** @type {[string, number, string, boolean][]} */
  const jumps = [
    ["ArrowRight", 1, t("One second on or back"), false],
    ["ArrowLeft", -1, t("One second back"), true],
    ["Shift+ArrowRight", 5, t("Five seconds on or back"), false],
    ["Shift+ArrowLeft", -5, t("Five seconds back"), true],
  ];
  for (const [combo, by, title, hidden] of jumps)
    here.bind(combo, () => surface.seek(player.time + by), { id: id(combo), title, hidden, repeat: true });
  here.bind("Home", () => surface.seek(0), { id: id("start"), title: t("To the beginning") });
  here.bind("End", () => surface.seek(timeline.seconds), { id: id("end"), title: t("To the end") });
  here.bind("ArrowUp", () => rate(1), { id: id("faster"), title: t("Faster"), repeat: true });
  here.bind("ArrowDown", () => rate(-1), { id: id("slower"), title: t("Slower"), repeat: true });
}
