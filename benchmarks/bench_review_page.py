"""The review page: a key that accepts, until the next answer is on the screen.

A photograph with five answers of thirty boxes each, all drawn over it and compared in the columns beside it;
a real browser against a real server, each verdict at a human pace. The same with 50 ms on the way to the
server: nothing may wait for the network. `busy` is what the page's main thread did meanwhile, which other
work on the machine does not lengthen.
"""

import io
import os
import random
import uuid
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
django.setup()

from django.db import transaction  # noqa: E402  # after Django is set up
from PIL import Image  # noqa: E402
from playwright.sync_api import CDPSession, Page, sync_playwright  # noqa: E402

from accounts.models import Organization, User  # noqa: E402
from annotate.models import Annotation, ReviewReason  # noqa: E402
from annotate.services.queue import add_to_queue, draw  # noqa: E402
from annotate.services.reviews import request_review  # noqa: E402
from annotate.services.submit import submit  # noqa: E402
from benchmarks.bench_label_page import ARGS, DELAY_MS, served, signed_in  # noqa: E402
from benchmarks.bench_queue import make_person, scratch_organization  # noqa: E402
from benchmarks.report import Row, percentile  # noqa: E402
from projects.access.doors import find_project  # noqa: E402
from projects.models import Membership, Project, ProjectState, Role, Task, TaskSummary  # noqa: E402
from projects.services.media import add_image  # noqa: E402
from projects.services.projects import create_project  # noqa: E402
from tools.chromium import chromium  # noqa: E402

ENTRIES, ANSWERS, BOXES = 26, 5, 30
SEED = 20261121
ONTOLOGY = {
    "media": [{"name": "photo", "kind": "image", "source": "image"}],
    "fields": [
        {"name": "objects", "type": "box", "on": "photo", "classes": ["car", "person", "sign"]},
    ],
}
ACCEPT = """() => new Promise((resolve) => {
  const stage = document.getElementById('review-stage');
  const start = performance.now();
  const observer = new MutationObserver(() => {
    observer.disconnect();
    requestAnimationFrame(() => resolve(performance.now() - start));
  });
  observer.observe(stage, { attributeFilter: ['data-shown'] });
  document.dispatchEvent(new KeyboardEvent('keydown', { key: 'a', bubbles: true, cancelable: true }));
})"""


def run() -> list[Row]:
    """Time a reviewer's key, near the server and far from it."""
    organization = scratch_organization()
    with served() as url, sync_playwright() as playwright:
        reviewer = make_person(organization)
        project = reviewed(organization, reviewer)
        browser = playwright.chromium.launch(executable_path=chromium(), args=ARGS)
        context = signed_in(browser, url, reviewer)
        page = context.new_page()
        session = context.new_cdp_session(page)
        session.send("Performance.enable", {"timeDomain": "threadTicks"})
        page.goto(f"{url}/projects/{project.pk}/review/")
        page.wait_for_selector("#review-stage[data-shown]")
        page.wait_for_load_state("networkidle")
        near = verdicts(page, session)
        session.send(
            "Network.emulateNetworkConditions",
            {"offline": False, "latency": DELAY_MS, "downloadThroughput": -1, "uploadThroughput": -1},
        )
        far = verdicts(page, session)
        browser.close()
    return [
        Row("accept to next answer shown, p95", percentile(near["shown"][1:], 95), "ms", "<= 50"),
        Row("the same, median", percentile(near["shown"][1:], 50), "ms"),
        Row("the first verdict on a page that was just opened", near["shown"][0], "ms"),
        Row("busy meanwhile, median", percentile(near["busy"], 50), "ms"),
        Row(f"to next, {DELAY_MS} ms to the server, p95", percentile(far["shown"], 95), "ms", "<= 50"),
    ]


def reviewed(organization: Organization, reviewer: User) -> Project:
    """A live project of photographs with all their answers, one of each waiting for the reviewer."""
    owner = make_person(organization)
    project = create_project(
        organization=organization,
        by=owner,
        name="Benchmark",
        ontology=ONTOLOGY,
        settings={"overlap": ANSWERS},
    )
    project.state = ProjectState.LIVE
    project.save()
    Membership.objects.create(project=project, user=reviewer, role=Role.REVIEWER)
    for number in range(ENTRIES):
        _photograph(project, owner, number)
    dice = random.Random(SEED)
    for _ in range(ANSWERS):
        person = make_person(organization)
        Membership.objects.create(project=project, user=person, role=Role.ANNOTATOR)
        _answer_all(project, person, dice)
    for task in project.tasks.order_by("pk"):
        head = Annotation.objects.filter(task=task).order_by("pk")[0]
        request_review(annotation=head, reason=ReviewReason.RANDOM)
    return project


@transaction.atomic
def _photograph(project: Project, by: User, number: int) -> None:
    file = io.BytesIO()
    Image.effect_noise((1280, 960), 40 + number).convert("RGB").save(file, "JPEG", quality=70)
    file.seek(0)
    media = add_image(project=project, name=f"{number}.jpg", content=file, by=by)
    task = Task.objects.create(project=project, external_id=str(number), data={"image": media.key})
    TaskSummary.objects.create(task=task, project=project)
    add_to_queue(project=project, task_ids=[task.pk])


def _answer_all(project: Project, person: User, dice: random.Random) -> None:
    access = find_project(person, project.pk)
    while held := draw(access, 5).assignments:
        for assignment in held:
            value: Any = {"objects": [_box(number, dice) for number in range(BOXES)]}
            submit(assignment=assignment, value=value, seconds=20.0, key=uuid.uuid4().hex)


def _box(number: int, dice: random.Random) -> dict[str, Any]:
    """About the same box from everybody, as people draw the same objects."""
    left, top = 20 + number % 6 * 205 + dice.random() * 20, 20 + number // 6 * 185 + dice.random() * 20
    kind = dice.choice(["car", "car", "car", "person", "sign"])
    return {"id": f"b{number}", "class": kind, "box": [left, top, 140 + dice.random() * 20, 120.0]}


def verdicts(page: Page, session: CDPSession) -> dict[str, list[float]]:
    """Accept half of what waits: milliseconds until the next is shown, and of work on the main thread."""
    found: dict[str, list[float]] = {"shown": [], "busy": []}
    for _ in range(ENTRIES // 2 - 1):
        before = busy(session)
        found["shown"].append(page.evaluate(ACCEPT))
        found["busy"].append(busy(session) - before)
        page.wait_for_timeout(600)
    return found


def busy(session: CDPSession) -> float:
    """Milliseconds that the page's main thread has worked so far."""
    metrics = {one["name"]: one["value"] for one in session.send("Performance.getMetrics")["metrics"]}
    return float(metrics["TaskDuration"]) * 1000
