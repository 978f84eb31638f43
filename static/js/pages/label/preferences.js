import { request } from "./server.js";

const SOON = 600;

/** How this person likes it: saved a moment after the last change, tried again with the next one. */
export class SavedPreferences {
  /** @type {Record<string, unknown>} */
  #waiting = {};
  #cancel = () => {};
  #url;
  #scope;

  /**
   * @param {import('./types.js').Boot} boot
   * @param {import('../../core/scope.js').Scope} scope
   */
  constructor({ preferences, urls }, scope) {
    /** @type {import('./types.js').Preferences} */
    this.all = { ...preferences };
    this.#url = urls.preferences;
    this.#scope = scope;
  }

  /** @param {Record<string, unknown>} patch undefined takes one back */
  change(patch) {
    for (const [name, value] of Object.entries(patch)) {
      if (JSON.stringify(this.all[name]) === JSON.stringify(value)) continue;
      this.all[name] = value;
      this.#waiting[name] = value ?? null;
    }
    if (Object.keys(this.#waiting).length === 0) return;
    this.#cancel();
    this.#cancel = this.#scope.timeout(() => void this.save(), SOON);
  }

  /** Sends what waits, now. */
  async save() {
    this.#cancel();
    const preferences = this.#waiting;
    this.#waiting = {};
    try {
      await request("PATCH", this.#url, { body: { preferences } });
    } catch {
      this.#waiting = { ...preferences, ...this.#waiting };
    }
  }
}
