import { h } from "../core/dom.js";
import { scope } from "../ui/page.js";
import { ApiError, sendForm } from "./import-api.js";

/**
 * @typedef {{annotation: string | number | null, path: string, message: string}} Problem
 * @typedef {{images: number, stored: number, error_count: number, errors: Problem[]}} Taken
 */

/** So many errors are listed; all of them by REST. */
const LISTED = 100;

/**
 * Answers from a COCO file for images that are here.
 * @param {string} url
 */
export function startCoco(url) {
  const form = /** @type {HTMLFormElement | null} */ (document.getElementById("coco-form"));
  const result = document.getElementById("coco-result");
  if (!form || !result) return;
  scope.listen(form, "submit", async (event) => {
    event.preventDefault();
    const button = /** @type {HTMLButtonElement} */ (form.querySelector("[type=submit]"));
    button.disabled = true;
    result.replaceChildren(h("p", { class: "muted" }, ["Uploading …"]));
    try {
      const taken = await sendForm(url, Object.fromEntries(new FormData(form)));
      result.replaceChildren(...shown(/** @type {Taken} */ (taken)));
    } catch (error) {
      const words = error instanceof ApiError ? error.message : "No connection. Try again when it is back.";
      result.replaceChildren(callout("bad", words));
    }
    button.disabled = false;
  });
}

/** @param {Taken} taken */
function* shown({ images, stored, error_count: count, errors }) {
  const [some, all] = [stored.toLocaleString("en"), images.toLocaleString("en")];
  yield callout(count ? "warn" : "good", `The answers of ${some} of ${all} images are stored.`);
  if (!count) return;
  const rows = errors
    .slice(0, LISTED)
    .map(({ annotation, path, message }) =>
      h("tr", {}, [
        h("td", { class: "num" }, [annotation === null ? "–" : String(annotation)]),
        h("td", { class: "mono" }, [path]),
        h("td", { dir: "auto" }, [message]),
      ]),
    );
  const head = ["Annotation", "Where", "What is wrong"].map((name) => h("th", { scope: "col" }, [name]));
  const more = count > LISTED ? ` The first ${LISTED} of ${count.toLocaleString("en")}; more by REST.` : "";
  yield h("p", { class: "muted small" }, [`Their images are left as they were.${more}`]);
  yield h("div", { class: "table-wrap", tabindex: 0, role: "region", "aria-label": "What was refused" }, [
    h("table", { class: "table" }, [h("thead", {}, [h("tr", {}, head)]), h("tbody", {}, rows)]),
  ]);
}

/**
 * @param {'good' | 'warn' | 'bad'} tone
 * @param {string} text
 */
function callout(tone, text) {
  return h("div", { class: `callout ${tone}` }, [h("div", {}, [h("p", {}, [text])])]);
}
