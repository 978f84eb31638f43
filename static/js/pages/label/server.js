import { csrfToken } from "../../ui/http.js";

/** @typedef {import('./types.js').Refusal} Refusal */

/** No answer came: the connection, or the server, is gone for now. The request may be sent again. */
export class Unreachable extends Error {}

/** The session has ended: somebody has to sign in before this can be sent. */
export class SignedOut extends Error {}

/** The server understood and did not take it. */
export class Refused extends Error {
  /** @param {Refusal} refusal */
  constructor(refusal) {
    super(refusal.message);
    this.refusal = refusal;
  }
}

const PATIENCE = 30_000;
/** Statuses after which the same request may well succeed. */
const PASSING = new Set([408, 425, 429, 500, 502, 503, 504]);

/** How far the server's clock is ahead of ours, in milliseconds. */
let ahead = 0;

/** @returns {number} the server's time, as far as known, in milliseconds since 1970 */
export function serverNow() {
  return Date.now() + ahead;
}

/** @param {string} date of the server, just now */
export function noteServerTime(date) {
  const time = Date.parse(date);
  if (!Number.isNaN(time)) ahead = time - Date.now();
}

/** @type {string | null} newer than the page's, after somebody signed in again elsewhere */
let freshToken = null;

/**
 * @typedef {object} Options
 * @property {unknown} [body]
 * @property {string} [key] Idempotency-Key
 * @property {boolean} [keepalive] it must survive the page
 */

/**
 * A request to our own API.
 * @param {'GET' | 'POST' | 'PUT' | 'PATCH'} method
 * @param {string} url
 * @param {Options} [options]
 * @returns {Promise<any>} the answer's JSON
 * @throws {Unreachable | SignedOut | Refused}
 */
export async function request(method, url, options = {}) {
  const response = await send(method, url, options);
  if (!isSignedOut(response)) return read(response);
  if (options.keepalive || !(await renewToken())) throw new SignedOut("Sign in again.");
  const second = await send(method, url, options);
  if (isSignedOut(second)) return refuse(second.status, await bodyOf(second));
  return read(second);
}

/**
 * What a response that is already here says.
 * @param {Response} response
 * @returns {Promise<any>}
 * @throws {Unreachable | SignedOut | Refused}
 */
export async function read(response) {
  noteServerTime(response.headers.get("Date") ?? "");
  if (PASSING.has(response.status)) throw new Unreachable(`The server answered ${response.status}.`);
  if (response.redirected || response.status === 401) throw new SignedOut("Sign in again.");
  const body = await bodyOf(response);
  if (!response.ok) refuse(response.status, body);
  return body;
}

/**
 * @param {string} method
 * @param {string} url
 * @param {Options} options
 */
async function send(method, url, { body, key, keepalive = false }) {
  /** @type {Record<string, string>} */
  const headers = { Accept: "application/json", "X-CSRFToken": freshToken ?? csrfToken() };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  if (key) headers["Idempotency-Key"] = key;
  try {
    return await fetch(url, {
      method,
      headers,
      body: body === undefined ? null : JSON.stringify(body),
      credentials: "same-origin",
      keepalive,
      signal: AbortSignal.timeout(PATIENCE),
    });
  } catch {
    throw new Unreachable("No connection.");
  }
}

/** @param {Response} response */
function isSignedOut(response) {
  return response.redirected || response.status === 401 || response.status === 403;
}

/** @param {Response} response @returns {Promise<any>} */
async function bodyOf(response) {
  const text = await response.text().catch(() => {
    throw new Unreachable("The answer broke off.");
  });
  try {
    return text === "" ? null : JSON.parse(text);
  } catch {
    return null;
  }
}

/**
 * @param {number} status
 * @param {any} body
 * @returns {never}
 */
function refuse(status, body) {
  const { code = "refused", message = `The server refused (${status}).`, fields = [] } = body?.error ?? {};
  throw new Refused({ status, code, message, fields, current: body?.current ?? null });
}

/**
 * After a new sign-in in another tab this page's token is stale: a look at the page itself brings the new one.
 * @returns {Promise<boolean>} whether somebody is signed in
 */
async function renewToken() {
  const response = await fetch(location.pathname, { credentials: "same-origin" }).catch(() => {
    throw new Unreachable("No connection.");
  });
  if (response.redirected || !response.ok) return false;
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const token = page.querySelector('meta[name="csrf-token"]')?.getAttribute("content");
  if (!token) return false;
  freshToken = token;
  return true;
}
