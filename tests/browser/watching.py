"""What a page must never do: complain in the console, break its own policy, fail, or be too wide."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import ConsoleMessage, Page, Response

AXE = Path(__file__).resolve().parents[2] / "node_modules/axe-core/axe.min.js"
SERIOUS = {"serious", "critical"}
# axe sets styles in ways that our policy refuses: what is complained of between these words is its own.
AXE_BEGINS = "axe begins"
AXE_ENDS = "axe ends"
RUN_AXE = """async ([options, begins, ends]) => {
  console.debug(begins);
  const results = await axe.run(document, options);
  console.debug(ends);
  return results;
}"""
QUIET = """
async () => {
  await document.fonts.ready;
  for (let frame = 0; frame < 2; frame += 1) await new Promise(requestAnimationFrame);
  const finite = document.getAnimations().filter((each) => each.effect.getTiming().iterations !== Infinity);
  const over = Promise.all(finite.map((each) => each.finished.catch(() => null)));
  await Promise.race([over, new Promise((resolve) => setTimeout(resolve, 2000))]);
  return document.querySelectorAll('[aria-busy="true"], .htmx-request').length === 0;
}
"""
TOO_WIDE = """
() => {
  const room = document.documentElement.clientWidth;
  const table = [...document.querySelectorAll('.table-wrap:has(> .stacked)')]
    .find((each) => room < 768 && each.scrollWidth > each.clientWidth + 1);
  if (table) return [`${table.ariaLabel} is ${table.scrollWidth} px wide, for ${table.clientWidth}`];
  if (document.documentElement.scrollWidth <= room + 1) return [];
  return [...document.querySelectorAll('body *')]
    .filter((each) => each.getBoundingClientRect().right > room + 1 && each.offsetParent !== null)
    .slice(0, 5)
    .map((each) => `${each.tagName}.${each.className} ends at ${each.getBoundingClientRect().right}`)
    .concat(`the page is ${document.documentElement.scrollWidth} px wide, there is room for ${room}`);
}
"""


@dataclass
class Watch:
    """Collects complaints of a page while it is used."""

    complaints: list[str] = field(default_factory=list)
    allowed: int = 200
    axe_runs: bool = False

    def on_console(self, message: ConsoleMessage) -> None:
        """Errors count; so do violations of the policy, which browsers report as errors; not those of axe."""
        if message.text in (AXE_BEGINS, AXE_ENDS):
            self.axe_runs = message.text == AXE_BEGINS
        if self.axe_runs:
            return
        own_status = f"status of {self.allowed}" in message.text and self.allowed >= 400
        if message.type == "error" and not own_status:
            self.complaints.append(f"console: {message.text}")

    def on_response(self, response: Response) -> None:
        """A failing server counts, whatever asked it."""
        if response.status >= 500:
            self.complaints.append(f"{response.status}: {response.url}")


@contextmanager
def watched(page: Page, allowed: int = 200) -> Iterator[Watch]:
    """Watch a page; ``allowed`` is the status that its document has on purpose (404 of the error page)."""
    watch = Watch(allowed=allowed)
    page.on("console", watch.on_console)
    page.on("pageerror", lambda error: watch.complaints.append(f"error: {error}"))
    page.on("response", watch.on_response)
    yield watch


def settle(page: Page) -> None:
    """Wait until requests, fonts and animations of the page are done."""
    page.wait_for_load_state("networkidle")  # of this document: at once when it was so before
    page.wait_for_function(QUIET)


def too_wide(page: Page) -> list[str]:
    """What sticks out at the right; nothing if the page fits."""
    return list(page.evaluate(TOO_WIDE))


def axe_violations(page: Page, *, only: str | None = None) -> list[str]:
    """Serious and critical findings of axe-core, one line each; of one rule if it is named."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    options: dict[str, Any] = {"resultTypes": ["violations"], "preload": False}  # no rule of ours needs that
    if only:
        options["runOnly"] = {"type": "rule", "values": [only]}
    results: dict[str, Any] = page.evaluate(RUN_AXE, [options, AXE_BEGINS, AXE_ENDS])
    return [
        f"{finding['id']}: {node['target']} {node['failureSummary']}"
        for finding in results["violations"]
        if finding["impact"] in SERIOUS
        for node in finding["nodes"][:4]
    ]
