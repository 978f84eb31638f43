import { csrfToken } from "../ui/http.js";

/** What the server refused, in its own words. */
export class ApiError extends Error {}

/**
 * @param {string} url
 * @param {Record<string, unknown>} body
 * @returns {Promise<unknown>} the answer
 * @throws {ApiError}
 */
export async function sendJson(url, body) {
  const response = await fetch(url, {
    method: "POST",
    body: JSON.stringify(body),
    headers: { "Content-Type": "application/json", "X-CSRFToken": csrfToken() },
    credentials: "same-origin",
  });
  const text = await response.text();
  if (!response.ok) throw new ApiError(messageOf(text, response.status));
  return JSON.parse(text);
}

/**
 * The same as a form, so that files can be among the values; those that are undefined are left out.
 * @param {string} url
 * @param {Record<string, unknown>} values
 * @param {(share: number) => void} [onProgress] share of the bytes that are up
 * @returns {Promise<unknown>}
 * @throws {ApiError}
 */
export function sendForm(url, values, onProgress) {
  const form = new FormData();
  for (const [name, value] of Object.entries(values)) {
    if (value instanceof Blob) form.append(name, value);
    else if (value !== undefined)
      form.append(name, typeof value === "string" ? value : JSON.stringify(value));
  }
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", url);
    request.setRequestHeader("X-CSRFToken", csrfToken());
    request.upload.addEventListener("progress", (event) => onProgress?.(event.loaded / event.total));
    request.addEventListener("loadend", () => {
      if (request.status >= 200 && request.status < 300) resolve(JSON.parse(request.responseText));
      else
        reject(request.status ? new ApiError(messageOf(request.responseText, request.status)) : new Error());
    });
    request.send(form);
  });
}

/** @param {string} text @param {number} status @returns {string} */
function messageOf(text, status) {
  try {
    const { error } = JSON.parse(text);
    const details = error.fields.map(
      (/** @type {{path: string, message: string}} */ one) => `${one.path}: ${one.message}`,
    );
    return [error.message, ...details.slice(0, 5)].join(" ");
  } catch {
    return `Refused (${status}).`;
  }
}
