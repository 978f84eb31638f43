"""Walk W4: an engineer exports and closes the loop. Screen and database, in one go."""

from __future__ import annotations

import hashlib
import io
import json
import shlex
import urllib.request
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from accounts.models import ApiToken
from annotate.models import Prediction
from annotate.outbox import drain
from annotate.services.queue import add_to_queue
from projects.models import Job, JobState, Membership, Project, Role, Task, TaskSummary
from projects.services.media import add_image
from quality.models import Round, RoundState
from tests.annotate.steps import answer, hand_out
from tests.browser.signed_in import collect_errors
from tests.browser.walks import PATIENCE, done_job, photo, sign_in_by_form, until
from tests.processes import LiveWeb
from tests.world import World, make_project, make_world

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
ONTOLOGY: dict[str, Any] = {
    "media": [{"name": "photo", "kind": "image", "source": "image"}],
    "fields": [
        {"name": "objects", "type": "box", "on": "photo", "classes": ["car", "tree"]},
        {"name": "time", "type": "choice", "options": ["day", "night"], "required": True},
    ],
}
LABELED, REST = 24, 8


@pytest.fixture
def world(live_web: LiveWeb) -> World:
    return make_world()


@pytest.fixture
def project(world: World, celery_worker_process: int) -> Project:
    """Photographs by day and by night, most of them answered by Ann."""
    project = make_project(
        world.organization,
        world.max,
        ONTOLOGY,
        members={world.ann: Role.ANNOTATOR, world.eve: Role.ENGINEER},
        active_learning=True,
    )
    for number in range(LABELED + REST):
        ground = "#101828" if number % 2 else "#c8d8f0"
        file = io.BytesIO(photo(number, ground))
        media = add_image(project=project, name=f"{number}.jpg", content=file, by=world.max)
        task = Task.objects.create(project=project, external_id=f"p{number}", data={"image": media.key})
        TaskSummary.objects.create(task=task, project=project)
        add_to_queue(project=project, task_ids=[task.pk])
    for _ in range(LABELED):
        (row,) = hand_out(project, world.ann)
        number = int(Task.objects.get(assignments=row["id"]).external_id[1:])
        answer(world.ann, row, answer_to(number))
    drain()
    return project


def answer_to(number: int) -> dict[str, Any]:
    box = [40.0 + number * 37 % 400, 160.0, 120.0, 160.0]
    return {
        "objects": [{"id": "b1", "class": "car", "box": box}],
        "time": "night" if number % 2 else "day",
    }


def call(url: str, token: str, body: Any = None) -> Any:
    """One request as a program makes it."""
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    data = None if body is None else json.dumps(body).encode()
    with urllib.request.urlopen(urllib.request.Request(url, data, headers), timeout=60) as response:
        return json.loads(response.read())


def make_token(page: Page, url: str) -> str:
    """By the page for it; returns the secret, which the curl line repeats."""
    page.goto(f"{url}/tokens/")
    page.get_by_label("Name").fill("training")
    for scope in ("read", "export", "manage"):
        page.get_by_role("checkbox", name=scope).check()
    page.get_by_role("button", name="Make token").click()
    code = page.locator(".callout.good pre.code")
    code.first.wait_for()
    lines = code.all_text_contents()
    secret = lines[0].strip()
    command = shlex.split(lines[1])
    assert command[:3] == ["curl", "-H", f"Authorization: Bearer {secret}"]
    assert call(command[3], secret)["results"]
    return secret


def export(page: Page, url: str, project: Project) -> tuple[bytes, Job]:
    """By the page: COCO, as a job; returns the file's bytes as the browser gets them, and the job."""
    page.goto(f"{url}/projects/{project.pk}/export/?format=coco")
    before = set(project.jobs.filter(kind="export").values_list("pk", flat=True))
    page.locator("#plan").get_by_role("button", name="Export").click()
    job = until(page, lambda: project.jobs.filter(kind="export").exclude(pk__in=before).first())
    page.goto(f"{url}/jobs/{job.pk}/")
    done_job(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="Download").click()
    job.refresh_from_db()
    expect(page.locator("#job")).to_contain_text(job.result["sha256"])
    return download.value.path().read_bytes(), job


def test_w4(page: Page, live_web: LiveWeb, world: World, project: Project) -> None:
    errors = collect_errors(page)
    page.set_viewport_size({"width": 1440, "height": 900})
    sign_in_by_form(page, live_web.url, world.eve)

    # 1. A token with scopes, and a curl line that works.
    secret = make_token(page, live_web.url)
    token = ApiToken.objects.get(user=world.eve)
    assert set(token.scopes) == {"read", "export", "manage"}
    assert secret not in json.dumps({key: str(value) for key, value in vars(token).items()})
    page.reload()
    expect(page.locator("body")).not_to_contain_text(secret)

    # 2. COCO twice: the same bytes, and the hash of the manifest.
    until(page, lambda: TaskSummary.objects.filter(project=project, value__isnull=False).count() == LABELED)
    first, job = export(page, live_web.url, project)
    second, _ = export(page, live_web.url, project)
    assert first == second
    assert hashlib.sha256(first).hexdigest() == job.result["sha256"]
    manifest = call(f"{live_web.url}/jobs/{job.pk}/manifest/", secret)
    assert hashlib.sha256(first).hexdigest() in json.dumps(manifest)
    coco = json.loads(first)
    assert len(coco["annotations"]) == LABELED
    assert {one["name"] for one in coco["categories"]} == {"car", "tree"}

    # 3. Predictions with scores, by the token.
    waiting = Task.objects.filter(project=project, summary__value__isnull=True)
    assert waiting.count() == REST
    items = [
        {"id": task.external_id, "value": answer_to(int(task.external_id[1:])), "score": 0.5}
        for task in waiting
    ]
    address = f"{live_web.url}/api/v1/projects/{project.pk}/predictions/"
    call(address, secret, {"model": "detector", "version": "1", "items": items})
    stored = Prediction.objects.filter(project=project, model="detector")
    assert {(row.version, row.score) for row in stored} == {("1", 0.5)}
    assert stored.count() == REST

    # 4 and 5. A round by the button, and its point of the curve.
    page.goto(f"{live_web.url}/projects/{project.pk}/model/")
    page.get_by_role("button", name="Train now").click()
    trained = until(page, lambda: Round.objects.filter(project=project, finished_at__isnull=False).first())
    assert trained.state == RoundState.DONE, trained.message
    assert trained.labeled == LABELED
    page.reload()
    expect(page.locator("#rounds-table")).to_contain_text("done", timeout=PATIENCE)
    expect(page.get_by_role("heading", name="Learning curve")).to_be_visible()
    assert trained.accuracy is not None
    assert trained.low <= trained.accuracy <= trained.high
    expect(page.locator("#rounds-table")).to_contain_text(f"{trained.accuracy:.2f}")
    assert trained.predicted == REST
    assert errors == []


def test_an_annotator_has_neither_export_nor_model(page: Page, live_web: LiveWeb, project: Project) -> None:
    ann = Membership.objects.get(project=project, role=Role.ANNOTATOR).user
    sign_in_by_form(page, live_web.url, ann)
    for rest in ("export/", "model/"):
        answer_to_it = page.goto(f"{live_web.url}/projects/{project.pk}/{rest}")
        assert answer_to_it is not None
        assert answer_to_it.status == 403
    assert not Job.objects.filter(project=project, state=JobState.RUNNING).exists()
