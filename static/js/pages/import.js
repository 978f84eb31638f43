import { h } from "../core/dom.js";
import { pageKeys, scope } from "../ui/page.js";
import { ApiError, sendForm, sendJson } from "./import-api.js";
import { startCoco } from "./import-coco.js";
import { uploadFiles } from "./import-files.js";
import { MappingTable } from "./import-mapping.js";

/**
 * @typedef {import("./import-mapping.js").Look} Look
 * @typedef {import("./import-mapping.js").Setup} Setup
 */

/** Files that are items themselves. */
const LOOSE = [
  { kind: "image", called: "images", endings: /\.(jpe?g|png|gif|webp|bmp|tiff?)$/i },
  { kind: "audio", called: "recordings", endings: /\.(wave?|mp3|og[ag]|opus|flac|m4a)$/i },
];

/** The import page: a file goes up once, is looked at as often as wanted, then becomes a job. */
class ImportPage {
  #setup = /** @type {Setup} */ (JSON.parse(element("setup").textContent ?? "{}"));
  #form = /** @type {HTMLFormElement} */ (element("options"));
  /** @type {Look | null} */
  #look = null;
  #serial = 0;

  start() {
    scope.listen(element("drop"), "ts:files", (event) => this.#take(event.detail));
    scope.listen(this.#form, "submit", (event) => {
      event.preventDefault();
      void this.#run(() => this.#import());
    });
    scope.listen(this.#form, "change", () => void this.#again());
    startCoco(this.#setup.coco);
    pageKeys.bind("Mod+Enter", () => this.#form.requestSubmit(), { id: "import", title: "Import" });
  }

  /** @param {File[]} files */
  #take(files) {
    const [first] = files;
    if (!first) return;
    const loose = LOOSE.find(({ endings }) => files.every((file) => endings.test(file.name)));
    if (loose) {
      void this.#run(() => this.#importLoose(files, loose));
    } else if (files.length > 1) {
      this.#fail("One file at a time, please. Several images or several recordings at once are fine.");
    } else {
      void this.#run(() => this.#preview({ file: first }));
    }
  }

  /** @param {() => Promise<void>} work shows what went wrong in words */
  async #run(work) {
    this.#fail("");
    try {
      await work();
    } catch (error) {
      this.#busy("");
      this.#fail(error instanceof ApiError ? error.message : "No connection. Try again when it is back.");
    }
  }

  /** @param {{file?: File, upload?: string, mapping?: unknown}} what */
  async #preview(what) {
    const serial = ++this.#serial;
    if (what.file) this.#busy(`Uploading ${what.file.name} …`);
    const look = /** @type {Look} */ (
      await sendForm(this.#setup.preview, { ...what, ...this.#options(false) }, (share) =>
        this.#busy(share < 1 ? `Uploading … ${Math.round(share * 100)} %` : "Looking at it …"),
      )
    );
    if (serial !== this.#serial) return;
    this.#busy("");
    this.#look = look;
    const table = new MappingTable(look, this.#setup, () => void this.#again());
    element("look").replaceChildren(table.element);
    element("look").hidden = this.#form.hidden = false;
    element("final").hidden = !look.native;
  }

  /** Looks again at the file that is up, with other options or another mapping. */
  async #again() {
    const look = this.#look;
    if (look)
      await this.#run(() => this.#preview({ upload: look.upload, mapping: look.mapping ?? undefined }));
  }

  async #import() {
    const look = this.#look;
    if (!look) return;
    this.#busy("Starting …");
    const mapping = look.mapping ?? undefined;
    const body = { upload: look.upload, mapping, ...this.#options(true) };
    this.#follow(await sendJson(this.#setup.imports, body));
  }

  /**
   * @param {File[]} files
   * @param {{kind: string, called: string}} what
   */
  async #importLoose(files, { kind, called }) {
    const source = this.#setup.sources.find((one) => one.kind === kind)?.source;
    if (!source)
      return this.#fail(`This project shows no ${called}: its ontology has no medium of that kind.`);
    const { items, problems } = await uploadFiles(files, this.#setup.media, source, (done) =>
      this.#busy(`Uploading ${done.toLocaleString()} of ${files.length.toLocaleString()} ${called} …`),
    );
    if (problems.length) this.#fail(problems.slice(0, 5).join(" · "));
    if (items.length && !problems.length) this.#follow(await sendJson(this.#setup.imports, { items }));
    else this.#busy("");
  }

  /** @param {unknown} job */
  #follow(job) {
    const { id } = /** @type {{id: string}} */ (job);
    window.location.assign(this.#setup.job.replace("{id}", encodeURIComponent(id)));
  }

  /**
   * @param {boolean} all also those that matter to the import only
   * @returns {Record<string, string | boolean>}
   */
  #options(all) {
    /** @type {Record<string, string | boolean>} */
    const chosen = {};
    for (const [name, value] of new FormData(this.#form)) {
      if (typeof value === "string" && value && (all || !["on_error"].includes(name))) chosen[name] = value;
    }
    if (chosen.header) chosen.header = false;
    return chosen;
  }

  /** @param {string} text */
  #busy(text) {
    element("busy").hidden = !text;
    element("busy").textContent = text;
  }

  /** @param {string} text */
  #fail(text) {
    element("problem").hidden = !text;
    element("problem")
      .querySelector("p")
      ?.replaceChildren(h("span", {}, [text]));
  }
}

/** @param {string} id @returns {HTMLElement} */
function element(id) {
  const found = document.getElementById(id);
  if (!found) throw new Error(`#${id} is missing`);
  return found;
}

new ImportPage().start();
