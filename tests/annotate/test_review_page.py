"""The payload and the page of a review: what is in them, what must not be, what they cost."""

import json
import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from annotate.models import Annotation, ReviewReason
from annotate.services.reviews import request_review
from projects.models import Project, Role
from tests.annotate.steps import NEGATIVE, POSITIVE, answer, api, hand_out
from tests.world import World, make_project, make_tasks, make_user, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    world = make_world(overlap=2)
    world.project.blind_review = False
    make_tasks(world.project, ["a", "b"])
    return world


def given(world: World, user: Any, value: Any = None) -> Annotation:
    return answered(world.project, user, value)


def answered(project: Project, user: Any, value: Any = None) -> Annotation:
    (row,) = hand_out(project, user)
    return Annotation.objects.get(pk=answer(user, row, value))


@pytest.fixture
def head(world: World) -> Annotation:
    """Ann's answer, waiting for a reviewer; Abe has answered the same task otherwise."""
    found = given(world, world.ann)
    given(world, world.abe, NEGATIVE)
    request_review(annotation=found, reason=ReviewReason.LOW_AGREEMENT, detail=0.42)
    return found


def entry(user: Any, head: Annotation) -> Any:
    return api(user).get(f"/api/v1/projects/{head.project_id}/reviews/{head.pk}/")


def page(user: Any, project: Any, query: str = "") -> Any:
    client = Client()
    client.force_login(user)
    return client.get(f"/projects/{project.pk}/review/{query}")


def boot(response: Any) -> dict[str, Any]:
    text = response.content.decode()
    start = text.index('<script id="review-boot" type="application/json">')
    return dict(json.loads(text[text.index(">", start) + 1 : text.index("</script>", start)]))


def send_back(world: World, head: Annotation, **more: Any) -> None:
    body = {"verdict": "reject", "code": "wrong_class", **more}
    response = api(world.rita).post(f"/api/v1/annotations/{head.pk}/reviews/", body, format="json")
    assert response.status_code == 201, response.content


def test_it_works(world: World, head: Annotation) -> None:
    shown = entry(world.rita, head).json()
    assert shown["entry"]["reason"] == "low_agreement"
    assert shown["item"]["media"]["text"]["text"] == "a"
    assert [(one["person"]["name"], one["value"]) for one in shown["answers"]] == [
        ("Ann", POSITIVE),
        ("Abe", NEGATIVE),
    ]
    assert (shown["previous"], shown["decision"], shown["subject"]) == (None, None, str(head.pk))


def test_the_page_brings_the_first_entry_along(world: World, head: Annotation) -> None:
    response = page(world.rita, world.project)
    assert response.status_code == 200
    start = boot(response)
    assert start["first"]["subject"] == str(head.pk)
    assert [(row["annotation"], row["text"]) for row in start["entries"]] == [(str(head.pk), "a")]


def test_consensus_is_read_from_the_task(world: World, head: Annotation) -> None:
    head.task.summary.value, head.task.summary.probability = POSITIVE, 0.87
    head.task.summary.save()
    assert entry(world.rita, head).json()["consensus"]["probability"] == 0.87


def test_a_resubmission_brings_the_version_before(world: World, head: Annotation) -> None:
    pin = {"field": "sentiment"}
    send_back(world, head, comment="Read on", pin=pin)
    (row,) = hand_out(world.project, world.ann)
    answer(world.ann, row, NEGATIVE)
    shown = entry(world.rita, head).json()
    assert shown["entry"]["reason"] == "resubmitted"
    assert shown["previous"]["value"] == POSITIVE
    verdict = shown["previous"]["verdict"]
    assert (verdict["code"], verdict["comment"], verdict["pin"]) == ("wrong_class", "Read on", pin)


def test_ones_own_answer_does_not_exist_here(world: World) -> None:
    own = given(world, world.rita)
    request_review(annotation=own, reason=ReviewReason.RANDOM)
    assert entry(world.rita, own).status_code == 404
    assert entry(world.max, own).status_code == 200
    assert boot(page(world.rita, world.project))["entries"] == []
    assert page(world.rita, world.project, f"?answer={own.pk}").status_code == 404


def test_answers_of_other_projects_do_not_exist_here(world: World, head: Annotation) -> None:
    other = make_project(world.organization, world.max, members={world.rita: Role.REVIEWER})
    response = api(world.rita).get(f"/api/v1/projects/{other.pk}/reviews/{head.pk}/")
    assert response.status_code == 404
    assert page(world.rita, other, f"?task={head.task_id}").status_code == 404


@pytest.mark.parametrize("query", ["?task=x", "?answer=x", "?task=999999999", "?answer=99999999999999999999"])
def test_nonsense_in_the_address(world: World, query: str) -> None:
    assert page(world.rita, world.project, query).status_code == 404


def test_unknown_filters_are_left_out(world: World, head: Annotation) -> None:
    start = boot(page(world.rita, world.project, "?reason=nonsense&author=x&class="))
    assert (start["filters"], len(start["entries"])) == ({}, 1)


def test_annotators_do_not_get_in(world: World, head: Annotation) -> None:
    assert page(world.ann, world.project).status_code == 403
    assert entry(world.abe, head).status_code == 403


@pytest.fixture
def blind(world: World, head: Annotation) -> Annotation:
    """A blind review with a question, a fix and a history."""
    world.project.blind_review = True
    world.project.save(update_fields=["blind_review"])
    asked = {"body": "What is this?", "kind": "question"}
    assignment = head.assignment_id
    response = api(world.ann).post(f"/api/v1/assignments/{assignment}/comments/", asked, format="json")
    assert response.status_code == 201, response.content
    send_back(world, head)
    (row,) = hand_out(world.project, world.ann)
    answer(world.ann, row, NEGATIVE)
    return head


def test_blind_review_names_nobody(world: World, blind: Annotation) -> None:
    project = world.project
    addresses = [
        f"/api/v1/projects/{project.pk}/reviews/",
        f"/api/v1/projects/{project.pk}/reviews/{blind.pk}/",
        f"/api/v1/tasks/{blind.task_id}/review/",
        f"/api/v1/tasks/{blind.task_id}/comments/",
        f"/api/v1/projects/{project.pk}/questions/",
        f"/api/v1/annotations/{blind.pk}/",
        f"/api/v1/annotations/{blind.pk}/versions/",
    ]
    texts = {address: api(world.rita).get(address).content.decode() for address in addresses}
    for query in ("", f"?answer={blind.pk}", f"?task={blind.task_id}", f"?author={world.ann.pk}"):
        texts[query] = page(world.rita, project, query).content.decode()
    for address, text in texts.items():
        assert re.findall(r"\b(?:Ann|Abe|ann|abe)\b", text) == [], address
    assert boot(page(world.rita, project, f"?author={world.abe.pk}"))["entries"] != []


def test_managers_see_names_in_a_blind_review(world: World, blind: Annotation) -> None:
    assert entry(world.max, blind).json()["answers"][0]["person"]["name"] == "Ann"


def test_queries_do_not_grow_with_the_queue(world: World) -> None:
    project = make_project(
        world.organization, world.max, members={world.ann: Role.ANNOTATOR, world.rita: Role.REVIEWER}
    )
    make_tasks(project, 50)
    counts = {}
    heads = [answered(project, world.ann) for _ in range(50)]
    request_review(annotation=heads[0], reason=ReviewReason.RANDOM)
    address = f"/api/v1/projects/{project.pk}/reviews/"
    for entries in (1, 50):
        for one in heads[1:entries]:
            request_review(annotation=one, reason=ReviewReason.RANDOM)
        with CaptureQueriesContext(
            connection,
        ) as page_queries:
            assert page(world.rita, project).status_code == 200
        with CaptureQueriesContext(connection) as list_queries:
            assert len(api(world.rita).get(address).json()["results"]) == entries
        counts[entries] = (len(page_queries), len(list_queries))
    # One more on the page: with a full list it counts what waits beyond it.
    assert counts[50][0] <= counts[1][0] + 1
    assert counts[50][1] == counts[1][1]


def test_queries_do_not_grow_with_the_answers(world: World, head: Annotation) -> None:
    with CaptureQueriesContext(connection) as few:
        entry(world.rita, head)
    for number in range(8):
        copy = Annotation.objects.get(pk=head.pk)
        version = copy.versions.get()
        copy.pk, copy.assignment, copy.user = None, None, make_user(f"p{number}", world.organization)
        copy.save()
        version.pk, version.annotation, version.created_by = None, copy, copy.user
        version.save(force_insert=True)
    with CaptureQueriesContext(connection) as many:
        assert len(entry(world.rita, head).json()["answers"]) == 10
    assert len(many) == len(few)
