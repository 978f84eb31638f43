import { ApiError, api } from "../../ui/api.js";

/**
 * @typedef {import("./launch.js").Job} Job
 * @typedef {import("./launch.js").Order} Order
 * @typedef {import("./launch.js").Step} Step
 */

const POLL = 400;

/** The data did not come in; the project is there, as a draft. */
export class DataFailed extends Error {
  /**
   * @param {string} message
   * @param {Job | null} [job] the import, if it got as far as that
   */
  constructor(message, job = null) {
    super(message);
    this.job = job;
  }
}

/** Brings files into a project that has just been made; a second try sends only what is not there yet. */
export class DataSender {
  /** Files that were not taken, with the reason. @type {string[]} */
  refused = [];
  /** @type {Job | null} the import that is under way or has succeeded */
  #job = null;
  /** @type {Set<string>} imports that came to nothing */
  #failed = new Set();
  /** Whether an import may have been started without our hearing of it. */
  #unsure = false;
  /** @type {File[]} */
  #files = [];
  #sent = 0;
  /** @type {{data: Record<string, string>, id: string}[]} */
  #items = [];
  #say;

  /** @param {(step: Step) => void} say */
  constructor(say) {
    this.#say = say;
  }

  /**
   * @param {string} at the address of the project's API
   * @param {Order} order
   * @returns {Promise<Job>} an import by which something came in
   * @throws {DataFailed}
   */
  async send(at, order) {
    try {
      this.#notice(order.files);
      if (!this.#job && this.#unsure) this.#job = await this.#startedUnheard(at);
      if (!this.#job) await this.#start(at, order);
      return await this.#follow();
    } catch (error) {
      if (error instanceof ApiError) throw new DataFailed(error.details);
      throw error;
    }
  }

  /** Other files than the last time: nothing of those counts. @param {File[]} files */
  #notice(files) {
    if (files === this.#files) return;
    Object.assign(this, { refused: [] });
    this.#files = files;
    this.#items = [];
    this.#sent = 0;
    this.#job = null;
  }

  /** @param {string} at @returns {Promise<Job | null>} */
  async #startedUnheard(at) {
    const { results } = /** @type {{results: Job[]}} */ (await api("GET", `${at}imports/`));
    this.#unsure = false;
    return results.find((job) => !this.#failed.has(job.id)) ?? null;
  }

  /**
   * @param {string} at
   * @param {Order} order
   */
  async #start(at, { files, loose, ontology }) {
    const source = (/** @type {string} */ kind) => ontology.media.find((medium) => medium.kind === kind);
    const key = (/** @type {string} */ kind) => source(kind)?.source ?? source(kind)?.name ?? kind;
    /** @type {unknown} */
    let body;
    if (loose) {
      await this.#sendLoose(at, files, key(loose));
      if (this.#items.length === 0) throw new DataFailed("None of the files could be taken.");
      body = { items: this.#items };
    } else {
      const [file] = files;
      const form = new FormData();
      form.append("text_key", key("text"));
      form.append("image_key", key("image"));
      form.append("audio_key", key("audio"));
      if (file) form.append("file", file);
      this.#say({ text: `Uploading ${file?.name} …` });
      body = form;
    }
    this.#unsure = true;
    try {
      this.#job = /** @type {Job} */ (await api("POST", `${at}imports/`, body));
    } catch (error) {
      this.#unsure = error instanceof ApiError && error.status === 0;
      throw error;
    }
    this.#unsure = false;
  }

  /**
   * @param {string} at
   * @param {File[]} files
   * @param {string} key
   */
  async #sendLoose(at, files, key) {
    for (const file of files.slice(this.#sent)) {
      this.#say({ text: "Uploading files", done: this.#sent, total: files.length });
      const body = new FormData();
      body.append("file", file);
      try {
        const { media } = /** @type {{media: string}} */ (await api("POST", `${at}media/`, body));
        this.#items.push({ id: file.name, data: { [key]: media } });
      } catch (error) {
        if (!(error instanceof ApiError) || error.status !== 400) throw error;
        this.refused.push(error.fields[0]?.message ?? `${file.name}: ${error.message}`);
      }
      this.#sent += 1;
    }
  }

  /** @returns {Promise<Job>} */
  async #follow() {
    let job = /** @type {Job} */ (this.#job);
    while (job.state === "queued" || job.state === "running") {
      const text = job.state === "queued" ? "Waiting for a worker …" : "Importing";
      this.#say({ text, done: job.done, total: job.total });
      await new Promise((resolve) => setTimeout(resolve, POLL));
      job = /** @type {Job} */ (await api("GET", `/api/v1/jobs/${job.id}/`));
    }
    const { created = 0, existing = 0 } = job.result;
    if (job.state === "done" && created + existing > 0) {
      this.#job = job;
      return job;
    }
    this.#job = null;
    this.#failed.add(job.id);
    throw new DataFailed(
      job.state === "cancelled" ? "It was cancelled." : job.error || "Nothing is in it.",
      job,
    );
  }
}
