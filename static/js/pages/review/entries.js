import { api } from "../../ui/api.js";

/**
 * @typedef {import('./types.js').Payload} Payload
 * @typedef {import('./types.js').OntologyVersion} OntologyVersion
 */

/** Entries and ontology versions, fetched once, ahead of time where possible. */
export class Entries {
  #urls;
  /** @type {Map<string, Payload>} */
  #here = new Map();
  /** @type {Map<string, Promise<Payload>>} */
  #coming = new Map();
  /** @type {Map<number, unknown>} */
  #ontologies = new Map();

  /**
   * @param {Record<string, string>} urls
   * @param {OntologyVersion | null} ontology
   */
  constructor(urls, ontology) {
    this.#urls = urls;
    if (ontology) this.#ontologies.set(ontology.version, ontology.definition);
  }

  /** @param {Payload} payload */
  put(payload) {
    if (payload.subject) this.#here.set(payload.subject, payload);
  }

  /** @param {string} annotation @returns {Payload | undefined} when it is here already, with its ontology */
  peek(annotation) {
    return this.#here.get(annotation);
  }

  /** @param {string} annotation its next look must be a fresh one */
  forget(annotation) {
    this.#here.delete(annotation);
    this.#coming.delete(annotation);
  }

  /** @param {string} annotation @returns {Promise<Payload>} */
  get(annotation) {
    const here = this.#here.get(annotation);
    if (here) return Promise.resolve(here);
    const coming = this.#coming.get(annotation) ?? this.#fetch(annotation);
    this.#coming.set(annotation, coming);
    return coming;
  }

  /** @param {(string | null)[]} annotations what will probably be asked for next; failures show when it is */
  prefetch(annotations) {
    for (const annotation of annotations)
      if (annotation) this.get(annotation).catch(() => this.forget(annotation));
  }

  /** @param {string} task @returns {Promise<Payload>} */
  async task(task) {
    return this.#complete(
      /** @type {Payload} */ (await api("GET", this.#urls.task?.replace("{}", task) ?? "")),
    );
  }

  /** @param {number} version @returns {unknown} undefined unless it was fetched with an entry */
  ontology(version) {
    return this.#ontologies.get(version);
  }

  /** @param {Payload} payload @returns {Promise<Payload>} with its ontology at hand and its pictures on the way */
  async complete(payload) {
    return this.#complete(payload);
  }

  /** @param {string} annotation */
  async #fetch(annotation) {
    const raw = await api("GET", this.#urls.entry?.replace("{}", annotation) ?? "");
    const payload = await this.#complete(/** @type {Payload} */ (raw));
    this.#here.set(annotation, payload);
    this.#coming.delete(annotation);
    return payload;
  }

  /** @param {Payload} payload */
  async #complete(payload) {
    for (const media of Object.values(payload.item.media))
      if (media.kind === "image" && media.url) warm(media);
    const version = payload.ontology_version;
    if (!this.#ontologies.has(version)) {
      const raw = await api("GET", this.#urls.ontology?.replace("{}", String(version)) ?? "");
      this.#ontologies.set(version, /** @type {OntologyVersion} */ (raw).definition);
    }
    return payload;
  }
}

/** @param {import('../../label/types.js').ImageMedia} media decoded before it is looked at, where the surface will look for it */
function warm(media) {
  import("../../surfaces/image/index.js")
    .then(({ default: surface }) => surface.preload(media))
    .catch(() => undefined);
}
