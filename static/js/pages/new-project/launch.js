import { ApiError, api } from "../../ui/api.js";

/**
 * @typedef {object} Order what is to be made
 * @property {string} name
 * @property {string} organization id, or empty: the only one, or a new one
 * @property {string} organizationName of a new one, else empty
 * @property {import("../ontology/paths.js").Definition} ontology
 * @property {string} guideline
 * @property {Record<string, unknown>} settings
 * @property {{email: string, role: string}[]} people
 * @property {File[]} files
 * @property {boolean} pictures the files are loose pictures
 * @property {boolean} live
 *
 * @typedef {{id: string, state: string, done: number, total: number | null, error: string, error_count: number}} Job
 * @typedef {{text: string, done?: number, total?: number | null}} Step
 * @typedef {object} Outcome
 * @property {string} project id
 * @property {Job | null} job of the import
 * @property {{email: string, link: string}[]} links for people who are not in the organization
 * @property {string[]} refused people or pictures that were not taken, with the reason
 */

const POLL = 400;

/** Makes the project step by step; a second try goes on where the first one stopped. */
export class Launch {
  #organization = "";
  #project = "";
  /** @type {Job | null} */
  #job = null;
  /** @type {Outcome["links"]} */
  #links = [];
  /** @type {string[]} */
  #refused = [];
  /** @type {{data: Record<string, string>, id: string}[]} */
  #items = [];
  #peopleDone = 0;
  #filesDone = 0;
  #say;

  /** @param {(step: Step) => void} say */
  constructor(say) {
    this.#say = say;
  }

  /** The project, as soon as it exists. */
  get project() {
    return this.#project;
  }

  /**
   * @param {Order} order
   * @returns {Promise<Outcome>}
   * @throws {ApiError}
   */
  async run(order) {
    if (!this.#project) await this.#create(order);
    await this.#addPeople(order.people);
    if (order.files.length && !this.#job) await this.#send(order);
    if (this.#job) await this.#follow(this.#job);
    if (order.live) {
      this.#say({ text: "Launching …" });
      await api("POST", this.#at("launch/"));
    }
    return { project: this.#project, job: this.#job, links: this.#links, refused: this.#refused };
  }

  /** @param {Order} order */
  async #create(order) {
    this.#say({ text: "Making the project …" });
    if (order.organizationName && !this.#organization) {
      const made = await api("POST", "/api/v1/organizations/", { name: order.organizationName });
      this.#organization = idOf(made);
    }
    const organization = order.organization || this.#organization;
    const { name, ontology, guideline, settings } = order;
    const body = {
      name,
      ontology,
      guideline,
      settings,
      state: "draft",
      ...(organization ? { organization } : {}),
    };
    this.#project = idOf(await api("POST", "/api/v1/projects/", body));
  }

  /** @param {Order["people"]} people */
  async #addPeople(people) {
    for (const { email, role } of people.slice(this.#peopleDone)) {
      this.#say({ text: `Adding ${email} …` });
      await this.#addPerson(email, role);
      this.#peopleDone += 1;
    }
  }

  /**
   * @param {string} email
   * @param {string} role
   */
  async #addPerson(email, role) {
    try {
      await api("POST", this.#at("members/"), { user: email, role });
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 400) throw error;
      await this.#invite(email, role);
    }
  }

  /**
   * @param {string} email
   * @param {string} role
   */
  async #invite(email, role) {
    try {
      const made = /** @type {{link: string}} */ (
        await api("POST", this.#at("invitations/"), { email, role })
      );
      this.#links.push({ email, link: made.link });
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 400) throw error;
      this.#refused.push(`${email}: ${error.fields[0]?.message ?? error.message}`);
    }
  }

  /** @param {Order} order */
  async #send(order) {
    const source = (/** @type {string} */ kind) =>
      order.ontology.media.find((medium) => medium.kind === kind);
    const key = (/** @type {string} */ kind) => source(kind)?.source ?? source(kind)?.name ?? kind;
    if (order.pictures) {
      await this.#sendPictures(order.files, key("image"));
      if (this.#items.length)
        this.#job = /** @type {Job} */ (await api("POST", this.#at("imports/"), { items: this.#items }));
      return;
    }
    const [file] = order.files;
    if (!file) return;
    this.#say({ text: `Uploading ${file.name} …` });
    const body = new FormData();
    body.append("text_key", key("text"));
    body.append("image_key", key("image"));
    body.append("file", file);
    this.#job = /** @type {Job} */ (await api("POST", this.#at("imports/"), body));
  }

  /**
   * @param {File[]} files
   * @param {string} key
   */
  async #sendPictures(files, key) {
    for (const file of files.slice(this.#filesDone)) {
      this.#say({ text: "Uploading pictures", done: this.#filesDone, total: files.length });
      const body = new FormData();
      body.append("file", file);
      try {
        const { media } = /** @type {{media: string}} */ (await api("POST", this.#at("media/"), body));
        this.#items.push({ id: file.name, data: { [key]: media } });
      } catch (error) {
        if (!(error instanceof ApiError) || error.status !== 400) throw error;
        this.#refused.push(error.fields[0]?.message ?? `${file.name}: ${error.message}`);
      }
      this.#filesDone += 1;
    }
  }

  /** @param {Job} started */
  async #follow(started) {
    let job = started;
    while (job.state === "queued" || job.state === "running") {
      this.#say({
        text: job.state === "queued" ? "Waiting for a worker …" : "Importing",
        done: job.done,
        total: job.total,
      });
      await new Promise((resolve) => setTimeout(resolve, POLL));
      job = /** @type {Job} */ (await api("GET", `/api/v1/jobs/${job.id}/`));
    }
    this.#job = job;
  }

  /** @param {string} path */
  #at(path) {
    return `/api/v1/projects/${this.#project}/${path}`;
  }
}

/** @param {unknown} answer */
function idOf(answer) {
  return /** @type {{id: string}} */ (answer).id;
}
