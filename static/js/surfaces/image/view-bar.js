import { h, keepFocus, keycap } from "../../core/dom.js";
import { icon } from "./svg.js";

/**
 * Zoom and the look of the picture, at its lower edge.
 *
 * @param {import('./surface.js').ImageSurface} surface
 * @param {{scope: import('../../core/scope.js').Scope, t: import('../../label/types.js').Translate}} options
 * @returns {{element: HTMLElement, update: () => void}}
 */
export function createViewBar(surface, { scope, t }) {
  const percent = button(t("Actual size (1:1)"), "Shift F", [
    h("output", { class: "image-percent" }, ["100 %"]),
  ]);
  const out = button(t("Zoom out"), "−", [icon("M5 12h14")]);
  const into = button(t("Zoom in"), "+", [icon("M5 12h14M12 5v14")]);
  const fit = button(t("Fit"), "F", [icon("M3 9V3h6M21 9V3h-6M3 15v6h6M21 15v6h-6")]);
  const look = lookPanel(surface, { scope, t });
  const element = h("div", { class: "image-viewbar", role: "group", "aria-label": t("View") }, [
    out,
    percent,
    into,
    fit,
    look,
  ]);
  scope.listen(out, "click", () => surface.zoom(1 / 1.25));
  scope.listen(into, "click", () => surface.zoom(1.25));
  scope.listen(percent, "click", () => surface.actualSize());
  scope.listen(fit, "click", () => surface.fit());
  for (const item of [out, percent, into, fit]) keepFocus(item, scope);
  const shown = /** @type {HTMLElement} */ (percent.firstElementChild);
  return {
    element,
    update() {
      const text = `${Math.round(surface.view.scale * 100)} %`;
      if (shown.textContent === text) return;
      shown.textContent = text;
      percent.setAttribute("aria-label", `${text}: ${t("Actual size (1:1)")}`);
    },
  };
}

/**
 * @param {import('./surface.js').ImageSurface} surface
 * @param {{scope: import('../../core/scope.js').Scope, t: import('../../label/types.js').Translate}} options
 */
function lookPanel(surface, { scope, t }) {
  const brightness = slider();
  const contrast = slider();
  const reset = h("button", { type: "button", class: "image-button" }, [t("Reset")]);
  const apply = () => surface.setLook(Number(brightness.value) / 100, Number(contrast.value) / 100);
  scope.listen(brightness, "input", apply);
  scope.listen(contrast, "input", apply);
  scope.listen(reset, "click", () => {
    brightness.value = contrast.value = "100";
    apply();
  });
  const title = t("Brightness and contrast (view only)");
  const summary = h("summary", { class: "image-button", title, "aria-label": title }, [
    icon("M12 3a9 9 0 1 0 0 18zM12 3a9 9 0 0 1 0 18"),
  ]);
  return h("details", { class: "image-look" }, [
    summary,
    h("div", { class: "image-look-panel" }, [
      h("label", {}, [t("Brightness"), brightness]),
      h("label", {}, [t("Contrast"), contrast]),
      h("p", {}, [t("Only what you see changes, never the data.")]),
      reset,
    ]),
  ]);
}

function slider() {
  return h("input", { type: "range", min: 25, max: 300, step: 5, value: 100 });
}

/**
 * @param {string} title
 * @param {string} key
 * @param {Node[]} children
 */
function button(title, key, children) {
  return h(
    "button",
    { type: "button", class: "image-button", title: `${title} · ${key}`, "aria-label": title },
    children,
  );
}

/**
 * The strip of tools at the left: one key each.
 *
 * @param {{scope: import('../../core/scope.js').Scope, t: import('../../label/types.js').Translate}} options
 */
export function createStrip({ scope, t }) {
  const element = h("div", {
    class: "image-strip",
    role: "toolbar",
    "aria-orientation": "vertical",
    "aria-label": t("Tools"),
    hidden: true,
  });
  /** @type {{item: HTMLElement, pressed: (() => boolean) | undefined, shown: () => boolean}[]} */
  const items = [];
  return {
    element,
    /**
     * @param {{title: string, key: string, path: string, run: () => void, pressed?: () => boolean, shown?: () => boolean}} tool
     * @param {import('../../core/scope.js').Scope} [owner]
     */
    add({ title, key, path, run, pressed, shown = () => true }, owner = scope) {
      const cap = key.replace(/shift[+ ]/i, "⇧"); // no room for the word
      const item = h(
        "button",
        { type: "button", class: "image-tool", title: `${title} · ${key}`, "aria-label": `${title} ${cap}` },
        [icon(path), keycap(cap)],
      );
      owner.listen(item, "click", run);
      keepFocus(item, owner);
      element.append(item);
      items.push({ item, pressed, shown });
      owner.add(() => item.remove());
      this.update();
    },
    update() {
      for (const { item, pressed, shown } of items) {
        item.hidden = !shown();
        if (pressed) item.setAttribute("aria-pressed", String(pressed()));
      }
      element.hidden =
        !items.some(({ item }) => item.isConnected && !item.hidden) && element.childElementCount === 0;
    },
  };
}
