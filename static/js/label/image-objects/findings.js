import { h } from "../../core/dom.js";
import { svg } from "../../surfaces/image/svg.js";
import { WindowedList } from "../../surfaces/image/windowed-list.js";
import { LINES } from "./differences.js";
import { surfaceOf } from "./object-list.js";

/**
 * @typedef {import('../types.js').Ctx} Ctx
 * @typedef {import('./others.js').Others} Others
 * @typedef {import('./differences.js').Status} Status
 */

const ROW = 28;

/**
 * Review: the legend of the lines and the list of differences; pressing one shows its place.
 *
 * @param {Ctx} ctx
 * @param {Others} others
 * @returns {{element: HTMLElement, render: () => void}}
 */
export function createFindings(ctx, others) {
  const { t, scope } = ctx;
  /** @type {Record<Exclude<Status, 'same'>, string>} */
  const names = {
    missing: t("missing here"),
    extra: t("only here"),
    class: t("other class"),
    low: t("low overlap"),
  };
  const legend = h("div", { class: "image-legend" });
  const list = new WindowedList({
    label: t("Differences"),
    rowHeight: ROW,
    scope,
    count: () => others.findings.length,
    row: (index) => {
      const { who, text, id } = /** @type {import('./others.js').Finding} */ (others.findings[index]);
      const { status } = /** @type {import('./others.js').Finding} */ (others.findings[index]);
      return h("div", { class: "image-object", "data-key": id, "data-index": index }, [
        h("button", { type: "button", class: "image-object-main", "data-part": "main" }, [
          sample(status),
          h("span", { class: "image-object-title", dir: "auto" }, [text]),
          h("span", { class: "image-object-size" }, [who]),
        ]),
      ]);
    },
  });
  const element = h("div", { class: "image-findings", hidden: true }, [legend, list.element]);
  scope.listen(list.element, "click", (event) => {
    const row = event.target instanceof Element ? event.target.closest("[data-index]") : null;
    const finding = others.findings[Number(row?.getAttribute("data-index") ?? -1)];
    if (!finding) return;
    surfaceOf(ctx).reveal(finding.place);
    ctx.selection.hover(finding.id);
  });
  return {
    element,
    render() {
      element.hidden = ctx.others().length === 0;
      const kinds = /** @type {(keyof typeof names)[]} */ (Object.keys(names));
      legend.replaceChildren(
        ...kinds.map((status) => {
          const n = others.findings.filter((finding) => finding.status === status).length;
          return h("span", { class: "image-legend-item" }, [sample(status), `${names[status]} ${n}`]);
        }),
      );
      list.render();
    },
  };
}

/** @param {Status} status */
function sample(status) {
  const { dash, width } = LINES[status];
  const line = svg("line", {
    x1: 1,
    y1: 5,
    x2: 27,
    y2: 5,
    "stroke-width": width,
    "stroke-dasharray": dash.join(" "),
  });
  return svg("svg", { class: "image-line", viewBox: "0 0 28 10", "aria-hidden": "true" }, [line]);
}
