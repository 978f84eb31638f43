import { ApiError, api } from "../../ui/api.js";
import { newId } from "../label/tabs.js";
import { DataSender } from "./data-sender.js";

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
 * @property {string | null} loose the files are loose pictures ("image") or recordings ("audio")
 * @property {boolean} live
 *
 * @typedef {{id: string, state: string, done: number, total: number | null, error: string, error_count: number,
 *   result: {created?: number, existing?: number}}} Job
 * @typedef {{text: string, done?: number, total?: number | null}} Step
 * @typedef {object} Outcome
 * @property {string} project id
 * @property {Job | null} job of the import
 * @property {{email: string, link: string}[]} links for people who are not in the organization
 * @property {string[]} refused people or files that were not taken, with the reason
 */

/**
 * Makes the project step by step, launching last. A second try goes on where the first one stopped, with what was
 * changed on the page since.
 */
export class Launch {
  #organization = "";
  #project = "";
  /** What was asked for, as long as we have not heard what became of it. @type {Order | null} */
  #asked = null;
  /** Marks our requests, so that asking again makes nothing twice. */
  #key = newId();
  /** The order as the server has it; null before there is a project. @type {Order | null} */
  #applied = null;
  /** What became of each address: the role it has, the id of the membership. @type {Map<string, {role: string, member: string}>} */
  #people = new Map();
  /** @type {Outcome["links"]} */
  #links = [];
  /** @type {Map<string, string>} */
  #refused = new Map();
  #data;
  #say;

  /** @param {(step: Step) => void} say */
  constructor(say) {
    this.#say = say;
    this.#data = new DataSender(say);
  }

  /** The project, as soon as it exists. */
  get project() {
    return this.#project;
  }

  /**
   * @param {Order} order
   * @returns {Promise<Outcome>}
   * @throws {ApiError | import("./data-sender.js").DataFailed}
   */
  async run(order) {
    this.#applied ??= await this.#create(order);
    if (this.#applied !== order) await this.#update(this.#applied, order);
    this.#applied = order;
    await this.#setPeople(order.people);
    const job = order.files.length ? await this.#data.send(this.#at(""), order) : null;
    if (order.live) {
      this.#say({ text: "Launching …" });
      await api("POST", this.#at("launch/"));
    }
    const refused = [...this.#refused.values(), ...(job ? this.#data.refused : [])];
    return { project: this.#project, job, links: this.#links, refused };
  }

  /**
   * After a lost answer the same is asked again, whatever has changed on the page: it may have been made.
   * @param {Order} order
   * @returns {Promise<Order>} what was made
   */
  async #create(order) {
    this.#say({ text: "Making the project …" });
    this.#asked ??= order;
    const asked = this.#asked;
    try {
      await this.#make(asked);
    } catch (error) {
      if (error instanceof ApiError && error.status > 0 && error.status < 500) this.#asked = null;
      throw error;
    }
    return asked;
  }

  /** @param {Order} order */
  async #make(order) {
    if (order.organizationName && !this.#organization) {
      const body = { name: order.organizationName };
      this.#organization = idOf(await this.#once("/api/v1/organizations/", body));
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
    this.#project = idOf(await this.#once("/api/v1/projects/", body));
  }

  /**
   * @param {string} url
   * @param {unknown} body
   */
  async #once(url, body) {
    return api("POST", url, body, undefined, `${this.#key} ${url}`);
  }

  /**
   * @param {Order} before
   * @param {Order} now
   */
  async #update(before, now) {
    this.#say({ text: "Bringing the project up to date …" });
    const differs = (/** @type {"ontology" | "guideline" | "settings" | "name"} */ part) =>
      JSON.stringify(before[part]) !== JSON.stringify(now[part]);
    const { name, settings } = now;
    if (differs("name") || differs("settings")) await api("PATCH", this.#at(""), { name, settings });
    if (differs("ontology")) await api("POST", this.#at("ontologies/"), { definition: now.ontology });
    if (differs("guideline")) await api("POST", this.#at("guidelines/"), { body: now.guideline });
  }

  /** @param {Order["people"]} people */
  async #setPeople(people) {
    const wanted = new Set(people.map(({ email }) => email));
    for (const [email, { member }] of this.#people) {
      if (wanted.has(email)) continue;
      if (!member) continue; // the link is made, and may have been copied
      await api("DELETE", this.#at(`members/${member}/`));
      this.#people.delete(email);
    }
    this.#refused.clear();
    for (const { email, role } of people) {
      if (this.#people.get(email)?.role === role) continue;
      this.#say({ text: `Adding ${email} …` });
      await this.#addPerson(email, role);
    }
  }

  /**
   * @param {string} email
   * @param {string} role
   */
  async #addPerson(email, role) {
    try {
      const member = idOf(await api("POST", this.#at("members/"), { user: email, role }));
      this.#people.set(email, { role, member });
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
      this.#people.set(email, { role, member: "" });
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 400) throw error;
      this.#refused.set(email, `${email}: ${error.fields[0]?.message ?? error.message}`);
    }
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
