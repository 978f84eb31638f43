"""The labeling page: what it weighs, how soon it can be used, how soon the next item is there.

A real browser against a real server with hashed and compressed files, as in production. Cold is a fresh
browser, warm the second visit; submit to next is measured in the page, until the frame that shows the next
item. The same with 50 ms on the way to the server.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
django.setup()

from django.conf import settings  # noqa: E402  # after Django is set up
from django.test import Client  # noqa: E402
from playwright.sync_api import Browser, BrowserContext, Page, Request, sync_playwright  # noqa: E402

from accounts.models import Organization, User  # noqa: E402
from benchmarks.bench_queue import FILL, make_person, scratch_organization  # noqa: E402
from benchmarks.report import Row, percentile  # noqa: E402
from projects.models import Project, ProjectState  # noqa: E402
from projects.services.projects import create_project  # noqa: E402
from tests.processes import serving  # noqa: E402
from tools.chromium import chromium  # noqa: E402

ROOT = Path(__file__).resolve().parent.parent
VISITS, ANSWERS = 5, 20
DELAY_MS = 50
FIELD = {
    "name": "spam",
    "type": "choice",
    "options": [{"name": "yes", "hotkey": "y"}, "no"],
    "required": True,
}
BOXES = {"name": "objects", "type": "box", "on": "photo", "classes": ["car", "person"]}
TEXT = {"media": [{"name": "text", "kind": "text", "source": "text"}], "fields": [FIELD]}
IMAGE = {"media": [{"name": "photo", "kind": "image", "source": "image"}], "fields": [BOXES, FIELD]}
ARGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]

NOTE_USABLE = """
const look = () => {
  if (globalThis.usable || !document.querySelector('[data-do=submit]:not(:disabled)')) return;
  if (document.querySelector('#label')?.dataset.ready && document.querySelector('.lb-field'))
    globalThis.usable = performance.now();
};
new MutationObserver(look).observe(document, { subtree: true, childList: true, attributes: true });
"""
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


def run() -> list[Row]:
    """Weigh and time the page for text and for an image."""
    with scratch_organization() as organization, served() as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=ARGS)
        person = make_person(organization)
        rows = [
            *weigh("text", visit(browser, url, person, labeled(organization, person, TEXT))),
            *weigh("image", visit(browser, url, person, labeled(organization, person, IMAGE))),
            *answering(browser, url, person, labeled(organization, person, TEXT)),
        ]
        browser.close()
        return rows


@contextmanager
def served(**variables: str) -> Iterator[str]:
    """A web server as in production, on this database, with these variables in its environment."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "STATIC_DIR": f"{folder}/static", **variables}
        collect = [sys.executable, "manage.py", "collectstatic", "--noinput", "-v0"]
        subprocess.run(collect, cwd=ROOT, env=environment, check=True)
        with serving(Path(folder), environment, workers=2) as web:
            yield web.url


def labeled(organization: Organization, person: User, ontology: Any) -> Project:
    """A live project with a thousand items."""
    from django.db import connection

    project = create_project(organization=organization, by=person, name="Benchmark", ontology=ontology)
    project.state = ProjectState.LIVE
    project.save()
    with connection.cursor() as cursor:
        cursor.execute(FILL, {"project": project.pk, "tasks": 1000})
    return project


def signed_in(browser: Browser, url: str, person: User) -> BrowserContext:
    """A fresh browser in which this person has signed in."""
    context = browser.new_context()
    client = Client()
    client.force_login(person)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": url}])
    context.add_init_script(NOTE_USABLE)
    return context


def visit(browser: Browser, url: str, person: User, project: Project) -> dict[str, list[float]]:
    """Several first and second visits: milliseconds until it can be used, and bytes of JavaScript."""
    found: dict[str, list[float]] = {"cold": [], "warm": [], "bytes": []}
    address = f"{url}/projects/{project.pk}/label/"
    for _ in range(VISITS):
        context = signed_in(browser, url, person)
        page = context.new_page()
        asked = requests_of(page)
        for kind in ("cold", "warm"):
            page.goto(address)
            page.wait_for_function("() => globalThis.usable")
            found[kind].append(page.evaluate("() => globalThis.usable"))
            if kind == "cold":
                scripts = [one for one in asked if one.resource_type == "script"]
                found["bytes"].append(sum(one.sizes()["responseBodySize"] for one in scripts))
        context.close()
    return found


def requests_of(page: Page) -> list[Request]:
    """A list that fills with what the page has fetched."""
    fetched: list[Request] = []

    def note(request: Request) -> None:
        fetched.append(request)

    page.on("requestfinished", note)
    return fetched


def weigh(kind: str, found: dict[str, list[float]]) -> list[Row]:
    """What was found, as rows."""
    return [
        Row(f"JavaScript on the critical path, {kind}", found["bytes"][0] / 1000, "kB", "<= 100"),
        Row(f"usable, cold, {kind}", percentile(found["cold"], 50), "ms", "<= 400"),
        Row(f"usable, warm, {kind}", percentile(found["warm"], 50), "ms", "<= 150"),
    ]


def answering(browser: Browser, url: str, person: User, project: Project) -> list[Row]:
    """Submit to next, with a server beside us and with one 50 ms away."""
    context = signed_in(browser, url, person)
    page = context.new_page()
    page.goto(f"{url}/projects/{project.pk}/label/")
    page.wait_for_function("() => globalThis.usable")
    near = answers(page)
    context.new_cdp_session(page).send(
        "Network.emulateNetworkConditions",
        {"offline": False, "latency": DELAY_MS, "downloadThroughput": -1, "uploadThroughput": -1},
    )
    far = answers(page)
    context.close()
    return [
        Row("submit to next item shown, p95", percentile(near, 95), "ms", "<= 50"),
        Row(f"the same, {DELAY_MS} ms to the server", percentile(far, 95), "ms", "<= 50"),
    ]


def answers(page: Page) -> list[float]:
    """Milliseconds of each answer, at a human pace."""
    times: list[float] = []
    for _ in range(ANSWERS):
        times.append(page.evaluate(ANSWER))
        page.wait_for_timeout(250)
    return times
