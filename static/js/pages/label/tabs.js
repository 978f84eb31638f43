import { Listeners } from "../../core/listeners.js";

/**
 * @typedef {object} Message
 * @property {'outbox' | 'sent' | 'refused' | 'draft' | 'open' | 'saw' | 'state'} type
 * @property {string} from the tab
 * @property {any} [data]
 */

/** @returns {string} an id nobody else has */
export function newId() {
  if (globalThis.crypto.randomUUID) return globalThis.crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** This person's tabs of this browser, talking to each other. */
export class Tabs {
  id = newId();
  /** @type {Listeners<Message>} */
  #listeners = new Listeners();
  #channel;

  /**
   * @param {string} name
   * @param {import('../../core/scope.js').Scope} scope
   */
  constructor(name, scope) {
    this.#channel = new BroadcastChannel(name);
    this.#channel.onmessage = (event) => this.#listeners.emit(event.data);
    scope.add(() => this.#channel.close());
  }

  /**
   * @param {Message['type']} type
   * @param {any} [data]
   */
  tell(type, data) {
    this.#channel.postMessage({ type, from: this.id, data });
  }

  /**
   * @param {Message['type']} type
   * @param {(data: any, from: string) => void} listener
   */
  on(type, listener) {
    this.#listeners.add((message) => {
      if (message.type === type) listener(message.data, message.from);
    });
  }
}
