/**
 * The first request, sent before the rest of the page's scripts have been read: no imports here, on purpose.
 */
const boot = JSON.parse(document.getElementById("label-boot")?.textContent ?? "null");
const token = document.querySelector('meta[name="csrf-token"]')?.getAttribute("content") ?? "";

/** @type {Promise<Response | null>} null when there is no connection */
export const firstDraw = fetch(boot.urls.next, {
  method: "POST",
  headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": token },
  credentials: "same-origin",
  body: JSON.stringify({ count: boot.settings.count }),
}).catch(() => null);
