import { relativeTime } from "../core/relative-time.js";
import { scope } from "./page.js";

function update() {
  for (const element of document.querySelectorAll("time[data-relative]")) {
    const moment = Date.parse(element.getAttribute("datetime") ?? "");
    if (!Number.isNaN(moment))
      element.textContent = relativeTime((Date.now() - moment) / 1000, document.documentElement.lang);
  }
}

/** `<time data-relative datetime="…">`, now, every half minute, and after htmx has put something in. */
export function startRelativeTimes() {
  update();
  const timer = setInterval(update, 30_000);
  scope.add(() => clearInterval(timer));
  scope.listen(document, "htmx:afterSettle", update);
}
