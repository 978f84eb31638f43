import { h } from "../core/dom.js";
import { csrfToken } from "./http.js";
import { icon } from "./icon.js";

/** @typedef {{file: File, response: unknown}} Uploaded */

/**
 * Where files are dropped: `<ts-dropzone action="/upload/" name="file"><input type="file" …></ts-dropzone>`.
 * With `action` each file goes up by itself, with its progress, and `ts:uploaded` (detail {file, response}) follows;
 * without it the dropped files are put into the input, whose form sends them. Both fire `ts:files` (detail File[]).
 */
export class Dropzone extends HTMLElement {
  #files = h("div", { class: "files", "aria-live": "polite" });
  #depth = 0;

  connectedCallback() {
    this.append(this.#files);
    this.addEventListener("dragenter", (event) => this.#over(event, 1));
    this.addEventListener("dragleave", (event) => this.#over(event, -1));
    this.addEventListener("dragover", (event) => event.preventDefault());
    this.addEventListener("drop", (event) => this.#drop(event));
    this.addEventListener("change", (event) => {
      if (event.target === this.#input) this.#take([...(this.#input?.files ?? [])]);
    });
  }

  /** @returns {HTMLInputElement | null} */
  get #input() {
    return this.querySelector('input[type="file"]');
  }

  /**
   * @param {DragEvent} event
   * @param {number} step
   */
  #over(event, step) {
    event.preventDefault();
    this.#depth += step;
    this.toggleAttribute("data-over", this.#depth > 0);
  }

  /** @param {DragEvent} event */
  #drop(event) {
    event.preventDefault();
    this.#depth = 0;
    this.removeAttribute("data-over");
    const transfer = event.dataTransfer;
    if (!transfer?.files.length) return;
    if (this.#input) this.#input.files = transfer.files;
    this.#take([...transfer.files]);
  }

  /** @param {File[]} files */
  #take(files) {
    this.dispatchEvent(new CustomEvent("ts:files", { detail: files, bubbles: true }));
    this.#files.replaceChildren();
    for (const file of files) {
      const row = new FileRow(file);
      this.#files.append(row.element);
      if (this.hasAttribute("action")) this.#upload(file, row);
    }
  }

  /**
   * @param {File} file
   * @param {FileRow} row
   */
  #upload(file, row) {
    const body = new FormData();
    body.append(this.getAttribute("name") ?? "file", file);
    const request = new XMLHttpRequest();
    request.open("POST", this.getAttribute("action") ?? "");
    request.setRequestHeader("X-CSRFToken", csrfToken());
    request.setRequestHeader("Accept", "application/json");
    request.upload.addEventListener("progress", (event) => row.progress(event.loaded, event.total));
    request.addEventListener("loadend", () => {
      const ok = request.status >= 200 && request.status < 300;
      row.end(ok, ok ? "" : messageOf(request));
      if (ok)
        this.dispatchEvent(
          new CustomEvent("ts:uploaded", {
            detail: { file, response: parse(request.responseText) },
            bubbles: true,
          }),
        );
    });
    request.send(body);
  }
}

/** One file with its name, size, progress and outcome. */
class FileRow {
  #bar = h("progress", { class: "accent", max: 1, value: 0 });
  #state = h("span", { class: "num muted" });

  /** @param {File} file */
  constructor(file) {
    this.#bar.setAttribute("aria-label", file.name);
    this.#bar.hidden = true;
    this.#state.textContent = showSize(file.size);
    this.element = h("div", { class: "file" }, [
      h("span", { class: "truncate", dir: "auto" }, [file.name]),
      this.#state,
      icon("file"),
      this.#bar,
    ]);
  }

  /**
   * @param {number} done
   * @param {number} total
   */
  progress(done, total) {
    this.#bar.hidden = false;
    this.#bar.max = Math.max(total, 1);
    this.#bar.value = done;
    this.#state.textContent = `${showSize(done)} of ${showSize(total)}`;
  }

  /**
   * @param {boolean} ok
   * @param {string} message
   */
  end(ok, message) {
    this.#bar.hidden = true;
    this.#state.className = ok ? "num muted" : "error-text";
    if (!ok) this.#state.textContent = message;
    this.element
      .querySelector(".icon")
      ?.replaceWith(icon(ok ? "circle-check" : "circle-x", ok ? "uploaded" : "failed"));
  }
}

/** @param {number} bytes @returns {string} such as `12.4 MB` */
export function showSize(bytes) {
  const units = ["B", "kB", "MB", "GB", "TB"];
  const power = Math.min(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), units.length - 1);
  const value = bytes / 1000 ** power;
  return `${power && value < 100 ? value.toFixed(1) : Math.round(value)} ${units[power]}`;
}

/** @param {XMLHttpRequest} request @returns {string} */
function messageOf(request) {
  if (request.status === 0) return "No connection. Drop the file again when it is back.";
  const body = /** @type {{error?: {message?: string}} | null} */ (parse(request.responseText));
  return body?.error?.message ?? `Refused (${request.status}).`;
}

/** @param {string} text @returns {unknown} null when it is not JSON */
function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

export function startDropzone() {
  customElements.define("ts-dropzone", Dropzone);
}
