"""Boxes merged by everybody's detection rates: learned in the full run, kept, used after single answers."""

import numpy as np
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from benchmarks.consensus.simulated_boxes import BOXES, boxes
from quality.models import Consensus, FittedModel, Trust
from quality.services.answers import answers_of
from quality.services.crowds import stored_crowds
from quality.services.fields import asked_fields, ontology_for
from quality.services.full_run import full_run
from quality.services.merging import METHOD_MERGED
from quality.services.quick import update_stale
from quality.services.votes import mark_stale
from tests.annotate.steps import api
from tests.quality.crowd import Crowd, make_crowd, write_all

pytestmark = pytest.mark.django_db

TASKS = 24


def cells() -> Crowd:
    """A project with boxes of eight people on 24 pictures."""
    crowd = make_crowd(8, TASKS, ontology=BOXES, overlap=3)
    world = boxes(5, tasks=TASKS)
    write_all(
        crowd,
        [
            (task, person, {"cells": value})
            for task, case in enumerate(world.cases)
            for person, value in zip(case.people, case.values, strict=True)
        ],
    )
    return crowd


def rows(crowd: Crowd) -> list[dict[str, object]]:
    names = ("task_id", "value", "probability", "distribution", "method", "computed_at")
    return list(Consensus.objects.filter(project=crowd.project).order_by("task_id").values(*names))


def test_it_works() -> None:
    crowd = cells()
    ids = [task.pk for task in crowd.tasks]
    mark_stale(crowd.project.pk, ids)
    update_stale(crowd.project.pk)
    assert {row["method"] for row in rows(crowd)} == {METHOD_MERGED}  # nothing is known of anybody yet
    full_run(crowd.project)
    first = rows(crowd)
    assert {row["method"] for row in first} == {"detection rates"}
    for row in first:
        assert list(row["distribution"]) == [region["id"] for region in row["value"]]
        assert all(0 < shares["exists"] <= 1 for shares in row["distribution"].values())
    # A second run, and the quick update by what it left: not a row is written.
    full_run(crowd.project)
    mark_stale(crowd.project.pk, ids)
    update_stale(crowd.project.pk)
    assert rows(crowd) == first


def test_what_is_kept_of_people() -> None:
    crowd = cells()
    full_run(crowd.project)
    model = FittedModel.objects.get(project=crowd.project)
    assert (model.field, model.codes) == ("cells", [])
    assert 0 < model.learned["threshold"] < 1
    trust = Trust.objects.filter(project=crowd.project, field="cells", label="", basis="consensus")
    assert trust.count() == 8
    for row in trust:
        rate, low, high = row.learned["figures"]["found"]
        assert low <= rate <= high
    fields = asked_fields(crowd.project)
    assert stored_crowds(crowd.project, fields, {}).keys() == {"cells"}
    assert stored_crowds(crowd.project, fields, {})["cells"].people == {}


def test_an_update_reads_only_those_who_answered() -> None:
    crowd = cells()
    full_run(crowd.project)
    ontology, fields = ontology_for(crowd.project), asked_fields(crowd.project)
    assert ontology is not None
    answers = answers_of(crowd.project, ontology, [crowd.tasks[0].pk])
    with CaptureQueriesContext(connection) as queries:
        known = stored_crowds(crowd.project, fields, answers)["cells"]
    assert len(queries) == 2
    assert known.people.keys() == {answer.user_id for answer in answers[crowd.tasks[0].pk]}


def test_managers_see_what_a_person_finds_and_invents_and_nobody_else_does() -> None:
    crowd = cells()
    full_run(crowd.project)
    manager = crowd.project.memberships.get(role="manager").user
    person = crowd.people[0]
    row = Trust.objects.get(user=person, field="cells", label="", basis="consensus")
    address = f"/api/v1/projects/{crowd.project.pk}/annotators/{person.pk}/"
    told = api(manager).get(address).json()
    [field] = told["learned"]
    assert field["field"] == "cells"
    assert {one["name"]: [one["value"], one["low"], one["high"]] for one in field["figures"]} == row.learned[
        "figures"
    ]
    member = crowd.project.memberships.get(user=person)
    client = Client()
    client.force_login(manager)
    page = client.get(f"/projects/{crowd.project.pk}/people/{member.pk}/figures/").content.decode()
    found, false = (row.learned["figures"][name] for name in ("found", "false"))
    assert "of what is there" in page
    assert f"{found[0]:.2f}" in page
    assert f"{false[1]:.2f} to {false[2]:.2f} for each object that is there" in page
    noise = row.learned["figures"]["noise"]
    assert noise[1] < noise[0] < noise[2]
    assert f"{noise[0]:.3f}" in page
    assert f"{noise[1]:.3f} to {noise[2]:.3f} of the object's size" in page
    assert api(person).get(address).status_code == 403
    own = api(person).get(f"/api/v1/projects/{crowd.project.pk}/own-figures/")
    assert own.status_code == 200
    assert "learned" not in own.json()
    client.force_login(person)
    mine = client.get(f"/projects/{crowd.project.pk}/my-work/").content.decode()
    assert "My work" in mine
    assert "of what is there" not in mine
    assert "of the object" not in mine


def ages() -> Crowd:
    """A project with numbers: one person always says eight more, another is wild."""
    ontology = {
        "media": [{"name": "text", "kind": "text", "source": "text"}],
        "fields": [{"name": "age", "type": "number", "min": 0, "max": 120, "unit": "years"}],
    }
    crowd = make_crowd(6, 60, ontology=ontology, overlap=3)
    dice = np.random.default_rng(3)
    rows = []
    for task, real in enumerate(dice.integers(30, 80, 60).tolist()):
        for person in sorted(dice.choice(6, 3, replace=False).tolist()):
            more = 8 if person == 0 else 0
            noise = 12 if person == 5 else 1
            rows.append((task, person, {"age": round(real + more + dice.normal(0, noise))}))
    write_all(crowd, rows)
    return crowd


def test_numbers_are_merged_without_what_somebody_always_adds() -> None:
    crowd = ages()
    full_run(crowd.project)
    first = rows(crowd)
    assert {row["method"] for row in first} == {"exactness and bias"}
    ids = [task.pk for task in crowd.tasks]
    full_run(crowd.project)
    mark_stale(crowd.project.pk, ids)
    update_stale(crowd.project.pk)
    assert rows(crowd) == first
    trust = Trust.objects.filter(project=crowd.project, field="age", label="", basis="consensus")
    bias = {row.user_id: row.learned["figures"]["bias"] for row in trust}
    severe, others = bias.pop(crowd.people[0].pk), list(bias.values())
    # Eight more than the five others is less beside the average, of which they are a part themselves.
    assert 5 < severe[1] < 6.7 < severe[2] < 8
    assert all(high < severe[1] for _, _, high in others)
    manager = crowd.project.memberships.get(role="manager").user
    client = Client()
    client.force_login(manager)
    member = crowd.project.memberships.get(user=crowd.people[0])
    page = client.get(f"/projects/{crowd.project.pk}/people/{member.pk}/figures/").content.decode()
    assert "Says more by" in page
    assert f'{severe[1]:.2f} to {severe[2]:.2f} <span dir="auto">years</span>' in page
    told = api(manager).get(f"/api/v1/projects/{crowd.project.pk}/annotators/{crowd.people[0].pk}/").json()
    assert [one["name"] for one in told["learned"][0]["figures"]] == ["bias"]
