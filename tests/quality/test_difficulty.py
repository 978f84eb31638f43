"""Disagreement: hard tasks, unsure tasks, mixed-up classes, people to train; by page and by REST."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from accounts.models import User
from projects.models import Membership, Project, Role, TaskSummary
from quality.models import Figure
from quality.reports.difficulty import advice
from quality.services.full_run import full_run
from tests.quality.crowd import Crowd, make_crowd, write_all
from tests.world import make_user


def worked() -> Crowd:
    """Six people, 40 tasks. The first task splits them; the last person takes half of "yes" for "no"."""
    crowd = make_crowd(6, 40, overlap=6)
    rows = []
    for number in range(40):
        for place in range(6):
            says = place < 3 if number == 0 else number % 2 == 1 and not (place == 5 and number % 4 == 3)
            rows.append((number, place, {"follows": "yes" if says else "no"}))
    write_all(crowd, rows)
    full_run(crowd.project)
    return crowd


@pytest.fixture(scope="module")
def once(django_db_setup: None, django_db_blocker: Any) -> Iterator[Crowd]:
    """The work of 240 answers is done once; what a test changes is rolled back."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield worked()
        transaction.set_rollback(True)


@pytest.fixture
def crowd(once: Crowd, django_db_blocker: Any) -> Iterator[Crowd]:
    with django_db_blocker.unblock(), transaction.atomic():
        yield once
        transaction.set_rollback(True)


def _client(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def manager(project: Project) -> User:
    return Membership.objects.get(project=project, role=Role.MANAGER).user


def test_it_works(crowd: Crowd) -> None:
    (found,) = advice(crowd.project, names=True)
    assert (found.tasks, found.hard_count) == (40, 1)
    (hard,) = found.hard
    assert (hard.task, hard.agreeing, hard.answers) == (crowd.tasks[0].pk, 3, 6)
    assert hard.expected > 5
    assert hard.chance < 0.002
    (train,) = found.people
    assert (train.name, train.truth, train.said) == ("Worker 5", "yes", "no")
    assert 0.25 < train.low < train.rate < train.high < 0.75
    assert train.others < 0.05
    assert found.guideline == []


def test_twice_gives_the_same_and_what_was_settled_is_not_shown(crowd: Crowd) -> None:
    before = Figure.objects.get(project=crowd.project, name="difficulty:follows").data
    full_run(crowd.project)
    after = Figure.objects.get(project=crowd.project, name="difficulty:follows").data
    assert json.dumps(before) == json.dumps(after)
    TaskSummary.objects.filter(task=crowd.tasks[0]).update(source="review")
    (found,) = advice(crowd.project, names=True)
    assert found.hard == []


def test_pages_and_names(crowd: Crowd) -> None:
    project = crowd.project
    reviewer = make_user("Rita", project.organization)
    Membership.objects.create(project=project, user=reviewer, role=Role.REVIEWER)
    page = _client(manager(project)).get(f"/projects/{project.pk}/disagreement/").content.decode()
    assert "Worker 5" in page
    assert "Text number 0" in page
    assert "3 of 6" in page
    nameless = _client(reviewer).get(f"/projects/{project.pk}/disagreement/").content.decode()
    assert "one person" in nameless
    assert "Worker" not in nameless
    address = f"/api/v1/projects/{project.pk}/difficulty/"
    (row,) = _client(manager(project)).get(address).json()["results"]
    assert row["hard"][0]["task"] == str(crowd.tasks[0].pk)
    assert row["people"][0]["user"] == str(crowd.people[5].pk)
    (row,) = _client(reviewer).get(address).json()["results"]
    assert row["people"][0]["user"] is None
    assert _client(crowd.people[0]).get(address).status_code == 403
