import { serverNow } from "./server.js";

const LOOK = 5000;
/** Renewed when less than this share of the time is left. */
const SHARE = 0.4;

/** Keeps the reservation of the item on the screen while somebody works, and tells when it ran out. */
export class LeaseWatch {
  #expires = 0;
  #whole = 0;
  #told = false;
  #options;

  /** @param {{scope: import('../../core/scope.js').Scope, active: () => boolean, renew: () => void, ranOut: () => void}} options */
  constructor(options) {
    this.#options = options;
    const timer = setInterval(() => this.look(), LOOK);
    options.scope.add(() => clearInterval(timer));
  }

  /** @param {string | null} expires of the item on the screen; null: there is none, or nothing to watch */
  watch(expires) {
    this.#expires = expires ? Date.parse(expires) : 0;
    this.#whole = this.#expires - serverNow();
    this.#told = false;
  }

  look() {
    if (!this.#expires) return;
    const left = this.#expires - serverNow();
    if (left <= 0 && !this.#told) {
      this.#told = true;
      this.#options.ranOut();
    } else if (left > 0 && left < this.#whole * SHARE && this.#options.active()) {
      this.#options.renew();
    }
  }
}
