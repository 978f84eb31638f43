import { request } from "./server.js";

/** Versions of the ontology, each fetched once: they never change. */
export class Ontologies {
  /** @type {Map<number, Promise<unknown>>} */
  #known = new Map();
  /** @type {Map<number, unknown>} */
  #ready = new Map();
  #url;

  /** @param {import('./types.js').Boot} boot */
  constructor({ ontology, urls }) {
    this.#url = urls.ontology;
    if (ontology) this.#ready.set(ontology.version, ontology.definition);
  }

  /** @param {number} version @returns {unknown} undefined when it has to be fetched first */
  now(version) {
    return this.#ready.get(version);
  }

  /** @param {number} version @returns {Promise<unknown>} */
  load(version) {
    const known = this.#known.get(version);
    if (known) return known;
    const loading = request("GET", this.#url.replace("{}", String(version))).then(({ definition }) => {
      this.#ready.set(version, definition);
      return definition;
    });
    loading.catch(() => this.#known.delete(version));
    this.#known.set(version, loading);
    return loading;
  }
}
