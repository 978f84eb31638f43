import { commands, scope } from "./page.js";

/** @typedef {'auto' | 'light' | 'dark'} Theme */

const YEAR = 365 * 24 * 3600;

/** @returns {boolean} whether the page is dark now, by choice or by the system */
export function isDark() {
  const theme = document.documentElement.dataset.theme;
  return theme === "dark" || (theme !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
}

/**
 * Sets the theme here and, by a cookie that the server reads, on the next page before its first paint.
 * @param {Theme} theme
 */
export function setTheme(theme) {
  document.documentElement.dataset.theme = theme;
  // biome-ignore lint/suspicious/noDocumentCookie: the server must read it before the first paint; the Cookie Store API is not everywhere.
  document.cookie = `theme=${theme}; path=/; max-age=${YEAR}; samesite=lax`;
  document.dispatchEvent(new CustomEvent("ts:theme"));
}

/** @param {string} name @returns {Theme} */
function themeNamed(name) {
  return name === "light" || name === "dark" ? name : "auto";
}

/** Buttons `data-theme-toggle`, the `theme` list of the profile, and three commands. */
export function startTheme() {
  scope.listen(document, "click", (event) => {
    if (event.target.closest("[data-theme-toggle]")) setTheme(isDark() ? "light" : "dark");
  });
  scope.listen(document, "change", (event) => {
    const { target } = event;
    if (target instanceof HTMLSelectElement && target.name === "theme") setTheme(themeNamed(target.value));
  });
  scope.listen(matchMedia("(prefers-color-scheme: dark)"), "change", () =>
    document.dispatchEvent(new CustomEvent("ts:theme")),
  );
  for (const [theme, title] of /** @type {[Theme, string][]} */ ([
    ["light", "Theme: light"],
    ["dark", "Theme: dark"],
    ["auto", "Theme: as the system"],
  ])) {
    commands.add(
      { id: `theme.${theme}`, title, group: "Appearance", keys: [], run: () => setTheme(theme) },
      scope,
    );
  }
}
