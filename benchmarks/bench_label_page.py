"""The labeling page: what it weighs, how soon it can be used, how soon the next item is there.

A real browser against a real server with hashed and compressed files, as in production. Cold is a browser
that has never been here, warm the third visit, as in the measurement of Label Studio beside this one: the
second fills the caches, of compiled code too, which a browser keeps in a profile on the disk only: each has
one, as an annotator's has. Submit to next is measured in the page, until the frame that shows the next item.
The same with 50 ms on the way to the server, and with 1,000 rectangles on the image. The floor is what this
browser and this server need for a page of one line with one script: nothing can be below it. CPU is that of
all the browser's processes, from the address to half a second later.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
django.setup()

from django.conf import settings  # noqa: E402  # after Django is set up
from django.test import Client  # noqa: E402
from playwright.sync_api import (  # noqa: E402
    Browser,
    BrowserContext,
    Page,
    Playwright,
    Request,
    sync_playwright,
)

from accounts.models import User  # noqa: E402
from benchmarks import label_scenes as scenes  # noqa: E402
from benchmarks.bench_queue import make_person, scratch_organization  # noqa: E402
from benchmarks.image_surface import cpu_by_process  # noqa: E402
from benchmarks.report import Row, percentile  # noqa: E402
from tests.processes import serving  # noqa: E402
from tools.chromium import chromium  # noqa: E402

ROOT = Path(__file__).resolve().parent.parent
VISITS, ANSWERS = int(os.environ.get("VISITS", "7")), 20
DELAY_MS = 50
# A person stays: what was compiled is written to the profile after a second.
SETTLE_MS, LOOK_MS = 1500, 500
ARGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
DISTANCE = {"offline": False, "latency": DELAY_MS, "downloadThroughput": -1, "uploadThroughput": -1}

NOTE_USABLE = """
const look = () => {
  if (globalThis.usable || !document.querySelector('[data-do=submit]:not(:disabled)')) return;
  if (document.querySelector('#label')?.dataset.ready && document.querySelector('.lb-field'))
    globalThis.usable = performance.now();
};
new MutationObserver(look).observe(document, { subtree: true, childList: true, attributes: true });
"""
FLOOR = {
    "floor.html": '<!doctype html><title>Floor</title><script type="module" src="floor.js"></script><p>Floor',
    "floor.js": "globalThis.usable = performance.now();\n",
}
ANSWER = """() => new Promise((resolve) => {
  const stage = document.querySelector('.lb-stage');
  const before = stage.innerText;
  document.dispatchEvent(new KeyboardEvent('keydown', { key: 'y', bubbles: true, cancelable: true }));
  const start = performance.now();
  const observer = new MutationObserver(() => {
    if (stage.innerText === before) return;
    observer.disconnect();
    requestAnimationFrame(() => resolve(performance.now() - start));
  });
  observer.observe(stage, { subtree: true, childList: true, characterData: true });
  document.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true }));
})"""


@dataclass
class Found:
    """What the visits to one page showed, one number a visit."""

    cold: list[float] = field(default_factory=list)
    warm: list[float] = field(default_factory=list)
    cold_cpu: list[float] = field(default_factory=list)
    warm_cpu: list[float] = field(default_factory=list)
    heap: list[float] = field(default_factory=list)
    scripts: float = 0
    wire: float = 0
    requests: int = 0


def run() -> list[Row]:
    """Weigh and time the page for text, for an image, and for an image full of rectangles."""
    organization = scratch_organization()
    with served() as url, sync_playwright() as playwright:
        person = make_person(organization)
        pages = {
            "text": scenes.texts(organization, person),
            "image": scenes.pictures(organization, person),
            f"{scenes.RECTANGLES:,} rectangles": scenes.pictures(
                organization, person, rectangles=scenes.RECTANGLES
            ),
        }
        addresses = {kind: f"{url}/projects/{project.pk}/label/" for kind, project in pages.items()}
        visitor = Visitor(playwright, url, person)
        rows = floor(visitor.visit(f"{url}/static/floor.html"))
        for kind, address in addresses.items():
            rows += weigh(kind, visitor.visit(address))
        for kind in ("text", "image"):
            rows += far(kind, visitor.visit(addresses[kind], far=True))
        return rows + answering(visitor, addresses["text"])


@contextmanager
def served(**variables: str) -> Iterator[str]:
    """A web server as in production, with these variables of its own, and the page that is the floor."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "STATIC_DIR": f"{folder}/static", **variables}
        collect = [sys.executable, "manage.py", "collectstatic", "--noinput", "-v0"]
        subprocess.run(collect, cwd=ROOT, env=environment, check=True)
        for name, text in FLOOR.items():
            Path(folder, "static", name).write_text(text)
        with serving(Path(folder), environment, workers=2) as web:
            yield web.url


def signed_in(browser: Browser, url: str, person: User) -> BrowserContext:
    """A fresh browser in which this person has signed in."""
    context = browser.new_context()
    sign_in(context, url, person)
    return context


def sign_in(context: BrowserContext, url: str, person: User) -> None:
    """Give a browser this person's session, and let its pages note when they can be used."""
    client = Client()
    client.force_login(person)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": url}])
    context.add_init_script(NOTE_USABLE)


class Visitor:
    """Somebody with a browser."""

    def __init__(self, playwright: Playwright, url: str, person: User) -> None:
        self.playwright, self.url, self.person = playwright, url, person
        self.process = 0

    @contextmanager
    def browser(self) -> Iterator[BrowserContext]:
        """A fresh one of theirs, with a profile on the disk."""
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
            context = self.playwright.chromium.launch_persistent_context(
                profile, executable_path=chromium(), args=ARGS
            )
            if context.browser is None:
                raise RuntimeError("Playwright does not say which browser it has started.")
            session = context.browser.new_browser_cdp_session()
            processes = session.send("SystemInfo.getProcessInfo")["processInfo"]
            self.process = next(int(one["id"]) for one in processes if one["type"] == "browser")
            sign_in(context, self.url, self.person)
            yield context
            context.close()

    def visit(self, address: str, *, far: bool = False) -> Found:
        """Several first and third visits."""
        found = Found()
        for _ in range(VISITS):
            with self.browser() as context:
                page = context.new_page()
                if far:
                    context.new_cdp_session(page).send("Network.emulateNetworkConditions", DISTANCE)
                asked = requests_of(page)
                cold, cold_cpu = self.open(page, address)
                found.cold.append(cold)
                found.cold_cpu.append(cold_cpu)
                self.weigh(found, asked)
                self.leave(page)
                self.open(page, address)
                self.leave(page)
                warm, warm_cpu = self.open(page, address)
                found.warm.append(warm)
                found.warm_cpu.append(warm_cpu)
                found.heap.append(heap(context, page))
        return found

    def leave(self, page: Page) -> None:
        """Go away, after a while."""
        page.wait_for_timeout(SETTLE_MS - LOOK_MS)
        page.goto("about:blank")

    def open(self, page: Page, address: str) -> tuple[float, float]:
        """Milliseconds until the page can be used, and of CPU time."""
        before = cpu_by_process(self.process)
        page.goto(address)
        # To ask at once would compile the driver's script in the page meanwhile, for 12 ms.
        page.wait_for_timeout(LOOK_MS)
        page.wait_for_function("() => globalThis.usable")
        after = cpu_by_process(self.process)
        used = sum(spent - before.get(process, 0.0) for process, spent in after.items())
        return float(page.evaluate("() => globalThis.usable")), used

    def weigh(self, found: Found, asked: list[Request]) -> None:
        """What came over the wire, pictures of items aside: these are not ours."""
        sizes = {one: one.sizes() for one in asked if "/media/" not in one.url}
        found.requests = len(sizes)
        found.wire = sum(size["responseBodySize"] + size["responseHeadersSize"] for size in sizes.values())
        found.scripts = sum(
            size["responseBodySize"] for one, size in sizes.items() if one.resource_type == "script"
        )


def requests_of(page: Page) -> list[Request]:
    """A list that fills with what the page has fetched."""
    fetched: list[Request] = []

    def note(request: Request) -> None:
        fetched.append(request)

    page.on("requestfinished", note)
    return fetched


def heap(context: BrowserContext, page: Page) -> float:
    """Bytes of JavaScript that are in use, once what is not has been collected."""
    session = context.new_cdp_session(page)
    session.send("HeapProfiler.enable")
    session.send("HeapProfiler.collectGarbage")
    return float(session.send("Runtime.getHeapUsage")["usedSize"])


def floor(found: Found) -> list[Row]:
    """The page of one line."""
    return [
        Row.of("floor: one line with one script, cold", found.cold, "ms"),
        Row.of("floor, warm", found.warm, "ms"),
        Row.of("floor, CPU of the browser, cold", found.cold_cpu, "ms"),
    ]


def weigh(kind: str, found: Found) -> list[Row]:
    """What was found, as rows."""
    return [
        Row(f"JavaScript on the critical path, {kind}", found.scripts / 1000, "kB", "<= 100"),
        Row(f"requests, cold, {kind}", found.requests, "requests", "<= 16"),
        Row(f"bytes on the wire, cold, {kind}", found.wire / 1000, "kB"),
        Row.of(f"usable, cold, {kind}", found.cold, "ms", "<= 400"),
        Row.of(f"usable, warm, {kind}", found.warm, "ms", "<= 150"),
        Row.of(f"CPU of the browser, cold, {kind}", found.cold_cpu, "ms"),
        Row.of(f"CPU of the browser, warm, {kind}", found.warm_cpu, "ms"),
        Row.of(f"JavaScript heap, {kind}", [used / 1e6 for used in found.heap], "MB"),
    ]


def far(kind: str, found: Found) -> list[Row]:
    """The same, further away."""
    distance = f"{DELAY_MS} ms to the server"
    return [
        Row.of(f"usable, cold, {kind}, {distance}", found.cold, "ms"),
        Row.of(f"usable, warm, {kind}, {distance}", found.warm, "ms"),
    ]


def answering(visitor: Visitor, address: str) -> list[Row]:
    """Submit to next, with a server beside us and with one 50 ms away."""
    with visitor.browser() as context:
        page = context.new_page()
        page.goto(address)
        page.wait_for_function("() => globalThis.usable")
        near = answers(page)
        context.new_cdp_session(page).send("Network.emulateNetworkConditions", DISTANCE)
        distant = answers(page)
    return [
        Row("submit to next item shown, p95", percentile(near, 95), "ms", "<= 50"),
        Row(f"the same, {DELAY_MS} ms to the server", percentile(distant, 95), "ms", "<= 50"),
    ]


def answers(page: Page) -> list[float]:
    """Milliseconds of each answer, at a human pace."""
    times: list[float] = []
    for _ in range(ANSWERS):
        times.append(page.evaluate(ANSWER))
        page.wait_for_timeout(250)
    return times
