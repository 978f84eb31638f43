import { csrfToken } from "./http.js";

/** @typedef {{path: string, message: string}} FieldProblem */

/** A refusal of the server, in its own words; `status` 0 is a lost connection. */
export class ApiError extends Error {
  /**
   * @param {number} status
   * @param {string} message
   * @param {FieldProblem[]} [fields]
   */
  constructor(status, message, fields = []) {
    super(message);
    this.status = status;
    this.fields = fields;
  }

  /** The message with what is wrong where, in one line. */
  get details() {
    return [
      this.message,
      ...this.fields.map(({ path, message }) => (path ? `${path}: ${message}` : message)),
    ].join(" ");
  }
}

/**
 * A request to our own API with the session and its CSRF token.
 * @param {"GET" | "POST" | "PATCH" | "DELETE"} method
 * @param {string} url
 * @param {unknown} [body] a form goes as it is, anything else as JSON
 * @param {AbortSignal} [signal]
 * @param {string} [key] Idempotency-Key: the same request with it again makes nothing twice
 * @returns {Promise<unknown>} the answer's JSON, null when it is empty
 * @throws {ApiError} when the server refuses or cannot be reached
 */
export async function api(method, url, body, signal, key) {
  const form = body instanceof FormData;
  /** @type {Record<string, string>} */
  const headers = { "X-CSRFToken": csrfToken(), Accept: "application/json" };
  if (body !== undefined && !form) headers["Content-Type"] = "application/json";
  if (key) headers["Idempotency-Key"] = key;
  const content = body === undefined ? undefined : form ? body : JSON.stringify(body);
  /** @type {Response} */
  let response;
  try {
    response = await fetch(url, {
      method,
      headers,
      body: content,
      credentials: "same-origin",
      signal,
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiError(0, "No connection. Try again when it is back.");
  }
  const text = await response.text();
  const answer = parse(text);
  if (response.ok) return answer;
  const problem = /** @type {{error?: {message?: string, fields?: FieldProblem[]}} | null} */ (answer);
  throw new ApiError(
    response.status,
    problem?.error?.message ?? `Refused (${response.status}).`,
    problem?.error?.fields ?? [],
  );
}

/** @param {string} text @returns {unknown} */
function parse(text) {
  try {
    return text === "" ? null : JSON.parse(text);
  } catch {
    return null;
  }
}
