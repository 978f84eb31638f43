import { csrfToken } from "./http.js";
import { scope } from "./page.js";
import { toast } from "./toast.js";

/** htmx sends the CSRF token, and says so when a request failed instead of doing nothing. */
export function startHtmx() {
  scope.listen(document, "htmx:configRequest", (event) => {
    event.detail.headers["X-CSRFToken"] = csrfToken();
  });
  scope.listen(document, "htmx:responseError", (event) => {
    const { status } = event.detail.xhr;
    toast({ text: errorText(status), tone: "bad" });
  });
  scope.listen(document, "htmx:sendError", () =>
    toast({ text: "No connection. Nothing was changed; try again when it is back.", tone: "warn" }),
  );
}

/** @param {number} status @returns {string} what happened and what to do */
export function errorText(status) {
  if (status === 403) return "You may not do that. Ask a manager of this project, or sign in again.";
  if (status === 404) return "That is not there any more. Reload the page.";
  if (status === 409) return "Somebody changed this meanwhile. Reload the page to see it.";
  if (status === 429) return "Too many requests. Wait a moment and try again.";
  return `The server could not do that (${status}). Nothing was changed; try again.`;
}
