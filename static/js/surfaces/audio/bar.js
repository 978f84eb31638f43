import { h, keepFocus } from "../../core/dom.js";
import { svg } from "../../ui/icon.js";
import { RATES } from "./player.js";
import { clock } from "./timeline.js";

const PLAY = "M7 4l13 8-13 8z";
const PAUSE = "M7 4v16M17 4v16";

/**
 * Play, jump, speed, loop and zoom, below the recording.
 * @param {import('./surface.js').AudioSurface} surface
 * @param {import('../../label/types.js').SurfaceCtx} ctx
 */
export function createBar(surface, { scope, t, savePreferences }) {
  const { player, timeline } = surface;
  /** @param {string} title @param {string} key @param {Node | string} shown @param {() => void} run */
  const button = (title, key, shown, run) => {
    const element = h(
      "button",
      {
        type: "button",
        class: "au-button",
        title: `${title} · ${key}`,
        "aria-label": typeof shown === "string" ? `${shown} ${title}` : title,
      },
      [shown],
    );
    scope.listen(element, "click", run);
    keepFocus(element, scope);
    return element;
  };
  const play = button(t("Play"), "Space", icon(PLAY), () => surface.toggle());
  const rate = h("select", { class: "au-rate", "aria-label": t("Speed"), title: `${t("Speed")} · ↑ ↓` });
  for (const value of RATES) rate.append(h("option", { value }, [`${value}×`]));
  scope.listen(rate, "change", () => {
    player.rate = Number(rate.value);
    savePreferences({ audioRate: player.rate });
    surface.focus();
  });
  const loop = button(
    t("Repeat the selected segment"),
    "L",
    icon("M17 2l4 4-4 4M3 11V9a3 3 0 0 1 3-3h15M7 22l-4-4 4-4M21 13v2a3 3 0 0 1-3 3H3"),
    () => surface.dispatch("Loop", {}),
  );
  loop.classList.add("au-loop");
  const time = h("output", { class: "au-time", "aria-label": t("Position") });
  const element = h("div", { class: "au-bar", role: "group", "aria-label": t("Player") }, [
    button(t("Back one second"), "←", "−1", () => surface.seek(player.time - 1)),
    play,
    button(t("On one second"), "→", "+1", () => surface.seek(player.time + 1)),
    time,
    loop,
    rate,
    h("span", { class: "au-gap" }),
    button(t("Zoom out"), "−", icon("M5 12h14"), () => surface.zoom(1 / 1.5)),
    button(t("Zoom in"), "+", icon("M5 12h14M12 5v14"), () => surface.zoom(1.5)),
    button(t("All of it"), "F", icon("M3 12h18M7 8l-4 4 4 4M17 8l4 4-4 4"), () => surface.fit()),
  ]);
  const path = /** @type {SVGPathElement} */ (play.querySelector("path"));
  return {
    element,
    update() {
      const shown = player.playing ? PAUSE : PLAY;
      if (path.getAttribute("d") !== shown) {
        path.setAttribute("d", shown);
        play.setAttribute("aria-label", player.playing ? t("Pause") : t("Play"));
      }
      rate.value = String(player.rate);
      loop.setAttribute("aria-pressed", String(player.loop !== null));
      const text = `${clock(player.time, 2)} / ${clock(timeline.seconds, 2)}`;
      if (time.textContent !== text) time.textContent = text;
    },
  };
}

/** @param {string} path on a grid of 24 × 24 */
function icon(path) {
  return svg("svg", { class: "icon", viewBox: "0 0 24 24", "aria-hidden": "true" }, [
    svg("path", { d: path }),
  ]);
}
