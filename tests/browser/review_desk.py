"""A project with answers that wait, and somebody at its review page."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.core.management import call_command
from PIL import Image, ImageDraw
from playwright.sync_api import Page, expect

from accounts.models import User
from annotate.models import Annotation, ReviewReason
from annotate.services.queue import add_to_queue
from annotate.services.reviews import request_review
from projects.models import Project, Role, Task, TaskSummary
from projects.services.media import add_image
from tests import processes
from tests.annotate.steps import answer, hand_out
from tests.browser.signed_in import collect_errors, sign_in
from tests.processes import child_environment
from tests.world import World, make_project

TEXT_FIELDS: dict[str, Any] = {
    "media": [{"name": "text", "kind": "text", "source": "text"}],
    "fields": [
        {"name": "people", "type": "span", "on": "text", "classes": ["person", "place"], "overlap": True},
        {"name": "mood", "type": "choice", "options": ["good", "bad", "neither"], "required": True},
    ],
}
BOX_FIELDS: dict[str, Any] = {
    "media": [{"name": "photo", "kind": "image", "source": "image"}],
    "fields": [{"name": "objects", "type": "box", "on": "photo", "classes": ["cyclist", "pedestrian"]}],
}


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """One server for all tests of a module, each with its own project; the database is empty afterwards."""
    with processes.serving(folder, child_environment()) as web:
        yield web.url
    call_command("flush", verbosity=0, interactive=False, reset_sequences=False)


def staffed(world: World, ontology: dict[str, Any], **settings: Any) -> Project:
    """A live project in which Ann and Abe answer, Rita reviews and Max manages."""
    members: dict[User, str] = {
        world.ann: Role.ANNOTATOR,
        world.abe: Role.ANNOTATOR,
        world.rita: Role.REVIEWER,
    }
    return make_project(world.organization, world.max, ontology, members=members, **settings)


def mood(name: str, *spans: tuple[int, int, str]) -> dict[str, Any]:
    """An answer to ``TEXT_FIELDS``."""
    people = [
        {"id": f"s{number}", "class": kind, "start": start, "end": end}
        for number, (start, end, kind) in enumerate(spans)
    ]
    return {"mood": name, "people": people}


def boxes(*wanted: tuple[str, list[float]]) -> dict[str, Any]:
    """An answer to ``BOX_FIELDS``."""
    return {
        "objects": [
            {"id": f"b{number}", "class": kind, "box": box} for number, (kind, box) in enumerate(wanted)
        ]
    }


def photograph(project: Project, by: User, *, name: str = "street") -> Task:
    """A task with a picture in which three things can be seen."""
    picture = Image.new("RGB", (640, 480), "#8fa3ad")
    draw = ImageDraw.Draw(picture)
    for left, color in ((60, "#b5523b"), (260, "#3b6fb5"), (460, "#4d8f4d")):
        draw.rectangle((left, 120, left + 110, 340), fill=color)
    file = io.BytesIO()
    picture.save(file, "PNG")
    file.seek(0)
    media = add_image(project=project, name=f"{name}.png", content=file, by=by)
    task = Task.objects.create(project=project, external_id=name, data={"image": media.key})
    TaskSummary.objects.create(task=task, project=project)
    add_to_queue(project=project, task_ids=[task.pk])
    return task


def answered(project: Project, person: User, value: dict[str, Any]) -> Annotation:
    """This person's answer to the next task."""
    (row,) = hand_out(project, person)
    return Annotation.objects.get(pk=answer(person, row, value))


def waits(
    head: Annotation, reason: ReviewReason = ReviewReason.RANDOM, detail: float | None = None
) -> Annotation:
    """Put an answer into the review queue."""
    assert request_review(annotation=head, reason=reason, detail=detail)
    return head


class ReviewDesk:
    """Somebody at the review page."""

    def __init__(self, page: Page, url: str, project: Project, user: User) -> None:
        sign_in(page, url, user)
        self.page = page
        self.address = f"{url}/projects/{project.pk}/review/"
        self.errors = collect_errors(page)

    def open(self, query: str = "") -> ReviewDesk:
        """Open the page and wait for the first entry, or for the reason why there is none."""
        self.page.goto(self.address + query)
        self.page.wait_for_selector("#review-stage[data-shown], #review-empty:not([hidden])")
        return self

    def shows(self, head: Annotation) -> None:
        """Wait until this answer is on the stage."""
        self.page.wait_for_selector(f'#review-stage[data-shown="{head.pk}"]')

    def press(self, *keys: str) -> None:
        """Press keys, one after the other."""
        for key in keys:
            self.page.keyboard.press(key)

    def says(self, text: str) -> None:
        """Wait for a toast with these words."""
        expect(self.page.locator("#toasts")).to_contain_text(text)

    def row(self, head: Annotation) -> Any:
        """The answer in the queue at the left."""
        return self.page.locator(f'#review-list [data-annotation="{head.pk}"]')
