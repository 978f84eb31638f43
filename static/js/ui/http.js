/** @returns {string} the token for unsafe requests of this session; the cookie itself is closed to scripts */
export function csrfToken() {
  return document.querySelector('meta[name="csrf-token"]')?.getAttribute("content") ?? "";
}

/**
 * A POST to our own server with the CSRF token.
 * @param {string} url
 * @param {BodyInit | null} [body]
 * @returns {Promise<Response>}
 * @throws {Error} when the answer is not a success
 */
export async function post(url, body = null) {
  const response = await fetch(url, {
    method: "POST",
    body,
    headers: { "X-CSRFToken": csrfToken() },
    credentials: "same-origin",
  });
  if (!response.ok) throw new Error(`${response.status} ${response.statusText}`);
  return response;
}
