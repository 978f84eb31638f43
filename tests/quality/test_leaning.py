"""Options of a multiple choice that a person adds, or leaves out, more than the others do."""

from typing import Any

import numpy as np
import pytest
from django.test import Client

from labeltypes import registry
from labeltypes.ontology import parse_ontology
from quality.models import PersonFigure
from quality.services.fields import Asked
from quality.services.full_run import full_run
from quality.services.inference import FieldFit, UnitFit
from quality.services.leaning import option_leans
from stats.arrays import Bools
from stats.consensus.answers import Answers
from stats.consensus.robust import robust_consensus
from tests.annotate.steps import api
from tests.quality.crowd import Crowd, make_crowd, write_all

OPTIONS = ("anger", "fear", "joy", "trust")
ADDS, OMITS = 0, 1
TASKS, PEOPLE = 150, 6
TOPICS = {
    "media": [{"name": "text", "kind": "text", "source": "text"}],
    "fields": [{"name": "moods", "type": "choice", "multiple": True, "options": list(OPTIONS)}],
}


def said(rng: np.random.Generator, *, honest: bool = False) -> Bools:
    """(tasks, people, options) chosen or not, one in ten by mistake; two people lean."""
    truth = rng.random((TASKS, 1, len(OPTIONS))) < (0.15, 0.3, 0.4, 0.5)
    chosen: Bools = truth ^ (rng.random((TASKS, PEOPLE, len(OPTIONS))) < 0.1)
    if not honest:
        chosen[:, ADDS, 0] |= rng.random(TASKS) < 0.4
        chosen[:, OMITS, 3] &= rng.random(TASKS) < 0.5
    return chosen


def leaning_crowd() -> Crowd:
    """Six people who all answer 150 tasks; one adds an option, one leaves one out; one full run."""
    crowd = make_crowd(PEOPLE, TASKS, ontology=TOPICS, overlap=PEOPLE)
    chosen = said(np.random.default_rng(7))
    values = [
        (
            task,
            person,
            {"moods": [name for name, on in zip(OPTIONS, chosen[task, person], strict=True) if on]},
        )
        for task in range(TASKS)
        for person in range(PEOPLE)
    ]
    write_all(crowd, values)
    full_run(crowd.project)
    return crowd


@pytest.fixture
def crowd(db: None) -> Crowd:
    return leaning_crowd()


def boss(crowd: Crowd) -> Any:
    return crowd.project.memberships.get(role="manager").user


def rows(crowd: Crowd, person: int) -> dict[str, dict[str, Any]]:
    address = f"/api/v1/projects/{crowd.project.pk}/annotators/{crowd.people[person].pk}/"
    [field] = api(boss(crowd)).get(address).json()["multiple"]
    assert field["field"] == "moods"
    return {row["label"]: row for row in field["options"]}


def test_it_works(crowd: Crowd) -> None:
    adds, omits = rows(crowd, ADDS), rows(crowd, OMITS)
    assert set(adds) == set(OPTIONS)
    assert [name for name, row in adds.items() if row["is_biased"]] == ["anger"]
    assert adds["anger"]["low"] > 0.15
    assert adds["anger"]["given"] - adds["anger"]["expected"] == pytest.approx(
        adds["anger"]["value"], abs=1e-3
    )
    assert [name for name, row in omits.items() if row["is_biased"]] == ["trust"]
    assert omits["trust"]["high"] < -0.1
    for person in range(2, PEOPLE):
        for row in rows(crowd, person).values():
            assert not row["is_biased"]
            assert row["low"] < row["value"] < row["high"]


def test_the_page_names_them_and_leads_to_the_tasks(crowd: Crowd) -> None:
    member = crowd.project.memberships.get(user=crowd.people[ADDS])
    client = Client()
    client.force_login(boss(crowd))
    here = f"/projects/{crowd.project.pk}/people/{member.pk}/"
    page = client.get(f"{here}figures/").content.decode()
    assert page.count("Adds it too often") == 1
    assert "Leaves it out" not in page
    assert "differences/?field=moods&amp;option=anger" in page
    listed = client.get(f"{here}differences/?field=moods&option=anger")
    assert "“<bdi>anger</bdi>”" in listed.content.decode()
    assert {(row["answer"], row["consensus"]) for row in listed.context["rows"]} == {
        ("chosen", "not chosen"),
        ("not chosen", "chosen"),
    }
    found = api(boss(crowd)).get(
        f"/api/v1/projects/{crowd.project.pk}/annotators/{member.user_id}/differences/"
        "?field=moods&option=anger&answer=yes"
    )
    added = found.json()["results"]
    assert len(added) > 30
    assert {row["consensus"] for row in added} == {"no"}


def test_nobody_else_sees_them_and_twice_is_the_same(crowd: Crowd) -> None:
    person = crowd.people[ADDS]
    address = f"/api/v1/projects/{crowd.project.pk}/"
    assert api(person).get(f"{address}annotators/{person.pk}/").status_code == 403
    assert "options" not in api(person).get(f"{address}own-figures/").content.decode()
    client = Client()
    client.force_login(person)
    assert "Adds it" not in client.get(f"/projects/{crowd.project.pk}/my-work/").content.decode()
    before = list(PersonFigure.objects.order_by("user", "field").values_list("user", "field", "data"))
    full_run(crowd.project)
    assert list(PersonFigure.objects.order_by("user", "field").values_list("user", "field", "data")) == before


def fit(chosen: Bools) -> FieldFit:
    """What the full run makes of these answers, without a database."""
    [field] = parse_ontology(TOPICS).fields
    task, person = (each.ravel().astype(np.int32) for each in np.indices(chosen.shape[:2]))
    users = np.arange(PEOPLE)
    units = {}
    for place, name in enumerate(OPTIONS):
        label = (~chosen[:, :, place]).ravel().astype(np.int32)
        answers = Answers(task, person, label, n_tasks=TASKS, n_workers=PEOPLE, n_classes=2)
        found = robust_consensus(answers)
        units[name] = UnitFit(name, ("yes", "no"), np.arange(TASKS), users, answers, found, found)
    return FieldFit(Asked(field, registry.get_type(field.type)), units)


def test_honest_people_are_seldom_said_to_lean() -> None:
    """Of 20 honest crowds, each with 24 options by person tested, hardly one gives a finding."""
    crowds = [option_leans(fit(said(np.random.default_rng(seed), honest=True))) for seed in range(20)]
    named = [any(row["is_biased"] for rows in crowd.values() for row in rows) for crowd in crowds]
    assert sum(named) <= 3  # at a rate of 1 in 20, four or more of 20 come up once in 60 times


def test_nothing_is_said_of_somebody_whom_nobody_can_judge() -> None:
    chosen = said(np.random.default_rng(1), honest=True)
    alone = fit(chosen)
    for name, unit in alone.units.items():
        rows = (unit.answers.task >= 100) == (unit.answers.worker == 5)
        answers = Answers(
            unit.answers.task[rows], unit.answers.worker[rows], unit.answers.label[rows],
            n_tasks=TASKS, n_workers=PEOPLE, n_classes=2,
        )  # fmt: skip
        found = robust_consensus(answers)
        alone.units[name] = UnitFit(  # type: ignore[index]  # a dict, as made above
            name, unit.codes, unit.tasks, unit.users, answers, found, found
        )
    assert set(option_leans(alone)) == {0, 1, 2, 3, 4}
