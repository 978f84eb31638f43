"""Pages in a real browser that knows only the loopback: how soon usable, how heavy, how large in memory."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import (
    BrowserContext,
    CDPSession,
    Page,
    Playwright,
    Request,
    sync_playwright,
)

from benchmarks.peers.product import Visit
from benchmarks.peers.session import Session
from tools.chromium import chromium

ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]
PATIENCE_MS = 180_000
SETTLE_MS = 1500
LOOK_MS = 500
# In each frame: is it true yet? The time is the page's own, since the navigation began.
WATCH = """
globalThis.usableAt = 0;
const look = () => {
  let yes = false;
  try { yes = !!(%s); } catch { yes = false; }
  if (yes) globalThis.usableAt = performance.now(); else requestAnimationFrame(look);
};
requestAnimationFrame(look);
"""


class Looked:
    """What visits found: milliseconds cold and warm, kB of scripts when cold, MB of heap when warm."""

    def __init__(self) -> None:
        self.cold: list[float] = []
        self.warm: list[float] = []
        self.scripts: list[float] = []
        self.heap: list[float] = []


def look(visit: Visit, person: Session, times: int) -> Looked:
    """Visit in a new browser, again to fill its caches, and a third time; all that so many times."""
    found = Looked()
    with sync_playwright() as playwright:
        for _ in range(times):
            with opened(playwright, person) as context:
                page = context.new_page()
                asked = requests_of(page)
                found.cold.append(usable(page, visit))
                page.wait_for_timeout(SETTLE_MS)
                scripts = [one for one in asked if one.resource_type == "script"]
                found.scripts.append(sum(one.sizes()["responseBodySize"] for one in scripts) / 1000)
                page.close()
                page = context.new_page()
                usable(page, visit)
                page.wait_for_timeout(SETTLE_MS)
                page.close()
                page = context.new_page()
                found.warm.append(usable(page, visit))
                page.wait_for_timeout(SETTLE_MS)
                found.heap.append(_heap(context.new_cdp_session(page)))
    return found


@contextmanager
def opened(playwright: Playwright, person: Session) -> Iterator[BrowserContext]:
    """A new browser in which this person has signed in, with a profile on the disk as people have.

    Without one a browser compiles all scripts anew with every visit.
    """
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        context = playwright.chromium.launch_persistent_context(
            profile, executable_path=chromium(), args=ARGS, viewport={"width": 1440, "height": 900}
        )
        try:
            context.set_default_timeout(PATIENCE_MS)
            cookies = [
                {"name": name, "value": value, "url": person.base} for name, value in person.cookies.items()
            ]
            context.add_cookies(cookies)
            yield context
        finally:
            context.close()


def requests_of(page: Page) -> list[Request]:
    """A list that fills with what the page has fetched."""
    fetched: list[Request] = []

    def note(request: Request) -> None:
        fetched.append(request)

    page.on("requestfinished", note)
    return fetched


def usable(page: Page, visit: Visit) -> float:
    """Go there, and return the milliseconds until it could be used, by the page's own clock.

    We ask it for them a while after it has loaded: asking compiles a script of Playwright's in it, 12 ms in
    which it can do nothing else.
    """
    page.add_init_script(WATCH % visit.usable)
    page.goto(visit.address)
    page.wait_for_timeout(LOOK_MS)
    page.wait_for_function("() => globalThis.usableAt", polling=50)
    return float(page.evaluate("() => globalThis.usableAt"))


def _heap(session: CDPSession) -> float:
    session.send("HeapProfiler.enable")
    session.send("HeapProfiler.collectGarbage")
    return float(session.send("Runtime.getHeapUsage")["usedSize"]) / 2**20
