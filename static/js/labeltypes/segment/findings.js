import { h } from "../../core/dom.js";

/**
 * In review and feedback: what differs from the answers of others; pressing one shows and plays from its place.
 * @param {import('./segments.js').Segments} segments
 */
export function createFindings(segments) {
  const { ctx } = segments;
  const { t, scope } = ctx;
  const list = h("ul", { class: "seg-findings", role: "list", "aria-label": t("Differences") });
  const render = () => {
    const found = segments.findings;
    list.hidden = found.length === 0;
    list.replaceChildren(...found.map((finding) => h("li", {}, [row(segments, finding)])));
  };
  segments.regions.subscribe(render, scope);
  render();
  return list;
}

/**
 * @param {import('./segments.js').Segments} segments
 * @param {import('./segments.js').Finding} finding
 */
function row(segments, { status, here, there, name }) {
  const { ctx, surface } = segments;
  const one = /** @type {import('./value.js').Segment} */ (there ?? here);
  const button = h("button", { type: "button", class: "seg-finding", "data-status": status }, [
    h("span", { class: "seg-finding-said", dir: "auto" }, [
      `${segments.titleOf(one.class)} ${segments.describe(one)}`,
    ]),
    h("span", { class: "seg-finding-what" }, [`${words(segments, status, here)} · ${name}`]),
  ]);
  ctx.scope.listen(button, "click", () => {
    surface?.reveal(one.start, one.end);
    surface?.seek(one.start);
  });
  return button;
}

/**
 * @param {import('./segments.js').Segments} segments
 * @param {import('./differences.js').Status} status
 * @param {import('./value.js').Segment | null} here
 */
function words(segments, status, here) {
  const { t } = segments.ctx;
  if (status === "missing") return t("missing here");
  if (status === "extra") return t("only here");
  const what = { title: segments.titleOf(here?.class ?? ""), ends: here ? segments.describe(here) : "" };
  return status === "class" ? t("other class, here {title}", what) : t("other ends, here {ends}", what);
}
