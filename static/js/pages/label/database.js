import { takeAhead } from "../../core/ahead.js";

/**
 * What this browser keeps of a person's work until the server has it: one database per person.
 *
 * @typedef {'outbox' | 'drafts'} StoreName
 */

/** As in templates/annotate/label.html, which may have opened it before. */
const STORES = /** @type {const} */ ({ outbox: "id", drafts: "key" });

/** A database, or, where the browser allows none, memory: then `durable` is false and the page says so. */
export class Database {
  /** @type {Promise<IDBDatabase | null>} */
  #opening;
  /** @type {Record<StoreName, Map<string, any>>} */
  #memory = { outbox: new Map(), drafts: new Map() };
  durable = true;

  /** @param {string} name */
  constructor(name) {
    this.#opening = open(name).catch(() => {
      this.durable = false;
      return null;
    });
  }

  /**
   * @param {StoreName} store
   * @returns {Promise<any[]>}
   */
  async all(store) {
    const database = await this.#opening;
    if (!database) return [...this.#memory[store].values()];
    return result(database.transaction(store).objectStore(store).getAll());
  }

  /**
   * @param {StoreName} store
   * @param {string} key
   * @returns {Promise<any>} undefined when there is none
   */
  async get(store, key) {
    const database = await this.#opening;
    if (!database) return this.#memory[store].get(key);
    return result(database.transaction(store).objectStore(store).get(key));
  }

  /**
   * Several changes that happen together or not at all.
   * @param {{put?: [StoreName, any][], remove?: [StoreName, string][]}} changes
   * @returns {Promise<void>}
   */
  async change({ put = [], remove = [] }) {
    const database = await this.#opening;
    if (!database) {
      for (const [store, key] of remove) this.#memory[store].delete(key);
      for (const [store, value] of put) this.#memory[store].set(value[STORES[store]], value);
      return;
    }
    const names = [...new Set([...put, ...remove].map(([store]) => store))];
    if (names.length === 0) return;
    const transaction = database.transaction(names, "readwrite");
    for (const [store, key] of remove) transaction.objectStore(store).delete(key);
    for (const [store, value] of put) transaction.objectStore(store).put(value);
    await new Promise((resolve, reject) => {
      transaction.oncomplete = () => resolve(undefined);
      transaction.onabort = () => reject(transaction.error);
    });
  }
}

/**
 * @param {string} name
 * @returns {Promise<IDBDatabase>}
 */
async function open(name) {
  const begun = takeAhead(name);
  if (begun) return begun;
  const opening = indexedDB.open(name, 1);
  opening.onupgradeneeded = () => {
    for (const [store, keyPath] of Object.entries(STORES))
      opening.result.createObjectStore(store, { keyPath });
  };
  return result(opening);
}

/**
 * @template Value
 * @param {IDBRequest<Value>} waiting
 * @returns {Promise<Value>}
 */
function result(waiting) {
  return new Promise((resolve, reject) => {
    waiting.onsuccess = () => resolve(waiting.result);
    waiting.onerror = () => reject(waiting.error);
  });
}
