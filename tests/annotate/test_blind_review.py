"""Blind review: no page and no answer of the API tells a reviewer or an engineer who wrote what."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from annotate import outbox
from annotate.models import Annotation, Comment, CommentKind, ReviewReason
from annotate.services.comments import post_comment
from annotate.services.reviews import request_review
from projects.access import ROLE_CAPABILITIES, RULES, InProject
from projects.models import Role, Task
from quality.services.full_run import full_run
from quality.services.truth import record_truth
from tests.annotate.steps import NEGATIVE, POSITIVE, answer, api, hand_out, submit
from tests.api.samples import SAMPLES
from tests.api.test_access_matrix import ROUTES
from tests.world import World, make_tasks, make_world

pytestmark = pytest.mark.django_db
SECRET = b"quillfeather"
QUESTION = "Does irony count?"


@pytest.fixture
def world() -> World:
    """A blind project in which Ann, of the telling name, has done everything an annotator can do."""
    world = make_world(overlap=2)
    world.project.blind_review = True
    world.project.save()
    User.objects.filter(pk=world.ann.pk).update(
        name="Annegret Quillfeather", email="a.quillfeather@example.org"
    )
    world.ann.refresh_from_db()
    make_tasks(world.project, 3)
    _work(world)
    return world


def _work(world: World) -> None:
    first, second, third = hand_out(world.project, world.ann, 3)
    head = Annotation.objects.get(pk=answer(world.ann, first, POSITIVE))
    answer(world.ann, second, NEGATIVE)
    api(world.ann).post(f"/api/v1/assignments/{third['id']}/skip/", {"reason": "unclear"}, format="json")
    (other,) = hand_out(world.project, world.abe)
    answer(world.abe, other, NEGATIVE)
    thread = post_comment(task=head.task, by=world.ann, body=QUESTION, kind=CommentKind.QUESTION)
    post_comment(task=head.task, by=world.max, body="Yes.", kind=CommentKind.ANSWER, thread=thread)
    post_comment(task=head.task, by=world.ann, body="Thank you.", thread=thread)
    post_comment(task=head.task, by=world.ann, body="And sarcasm?", kind=CommentKind.QUESTION)
    address = f"/api/v1/annotations/{head.pk}/reviews/"
    sent_back = api(world.max).post(
        address, {"verdict": "reject", "code": "missing", "comment": "Again"}, format="json"
    )
    assert sent_back.status_code == 201, sent_back.content
    (again,) = [row for row in hand_out(world.project, world.ann, 5) if row["id"] == first["id"]]
    assert submit(world.ann, again, NEGATIVE).status_code == 201
    request_review(annotation=head, reason=ReviewReason.LOW_AGREEMENT, detail=0.4)
    outbox.drain()
    record_truth(project=world.project, values={head.task_id: POSITIVE})
    full_run(world.project)


def _here(world: World) -> dict[str, Any]:
    """Ids of what Ann touched; the samples have the rest."""
    head = Annotation.objects.filter(user=world.ann).order_by("id").first()
    assert head is not None
    thread = Comment.objects.get(body=QUESTION)
    return {"annotation_id": head.pk, "task_id": head.task_id, "comment_id": thread.pk}


def _addresses(world: World, role: str) -> Iterator[str]:
    """Every address below the project that this role may read."""
    here = _here(world)
    for name, names in ROUTES:
        rule = RULES[name].get("GET")
        if not isinstance(rule, InProject) or rule.own or rule.capability not in ROLE_CAPABILITIES[role]:
            continue
        kwargs = {each: here[each] if each in here else SAMPLES[each](world) for each in names}
        yield reverse(name, kwargs=kwargs)


def _bytes(response: Any) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content


@pytest.mark.parametrize(("who", "role"), [("rita", Role.REVIEWER), ("eve", Role.ENGINEER)])
def test_no_address_names_the_author(world: World, who: str, role: str) -> None:
    client = Client()
    client.force_login(getattr(world, who))
    seen = 0
    told = []
    for address in _addresses(world, role):
        response = client.get(address)
        assert response.status_code in {200, 302, 400, 404, 409}, (address, response.status_code)
        seen += response.status_code == 200
        if SECRET in _bytes(response).lower():
            told.append(address)
    assert not told
    assert seen > 25, "the walk must reach the pages"


def test_the_walk_would_see_a_name(world: World) -> None:
    """A manager is told the author at the very places that the walk looks at."""
    client = Client()
    client.force_login(world.max)
    task = _here(world)["task_id"]
    for address in (
        f"/projects/{world.project.pk}/questions/",
        f"/projects/{world.project.pk}/tasks/{task}/",
        f"/api/v1/tasks/{task}/comments/",
    ):
        assert SECRET in client.get(address).content.lower(), address


def test_acting_does_not_name_the_author_either(world: World) -> None:
    here, rita = _here(world), api(world.rita)
    project, task = world.project.pk, Task.objects.get(pk=here["task_id"])
    reply = {"body": "Indeed.", "kind": "comment", "thread": str(here["comment_id"])}
    for response in (
        rita.post(f"/api/v1/tasks/{task.pk}/comments/", reply, format="json"),
        rita.post(f"/api/v1/comments/{here['comment_id']}/resolve/"),
        rita.post(f"/api/v1/annotations/{here['annotation_id']}/reviews/", {"verdict": "accept"}),
        rita.get(f"/api/v1/projects/{project}/tasks/", {"person": world.ann.pk}),
        rita.get(f"/api/v1/projects/{project}/annotations/", {"person": world.ann.pk}),
        rita.get(f"/api/v1/projects/{project}/reviews/", {"author": world.ann.pk}),
    ):
        assert response.status_code < 500
        assert SECRET not in response.content.lower(), response.request["PATH_INFO"]
    named = {"answers": "all", "names": "true"}
    assert api(world.eve).get(f"/api/v1/projects/{project}/export/", named).status_code == 403


def test_ones_own_words_stay_ones_own(world: World) -> None:
    client = Client()
    client.force_login(world.rita)
    thread = Comment.objects.get(body=QUESTION)
    User.objects.filter(pk=world.rita.pk).update(name="Rita Ownwords")
    world.rita.refresh_from_db()
    post_comment(task=thread.task, by=world.rita, body="I agree.", thread=thread)
    page = client.get(f"/projects/{world.project.pk}/questions/").content
    # Once in the menu of the person, once at the reply.
    assert page.count(b"Ownwords") >= 2
    assert b"somebody" in page
