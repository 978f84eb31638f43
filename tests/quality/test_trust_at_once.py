"""Trust by consensus after single answers: taken in, changed, taken back; and what a full run makes of it."""

from collections import Counter
from typing import Any

import numpy as np
import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from annotate.models import Annotation
from annotate.services.discards import discard_answers
from quality.models import (
    Consensus,
    FittedModel,
    FittedVotes,
    GoldItem,
    PersonSums,
    StaleTask,
    Trust,
    VotesSinceFit,
)
from quality.services.at_once import read_at_once
from quality.services.fields import asked_fields, ontology_for
from quality.services.full_run import full_run
from quality.services.inference import fit_field
from quality.services.quick import update_stale
from quality.services.sums import keep_sums
from quality.services.votes import mark_stale, rebuild_all
from tests.quality.crowd import Crowd, answer, make_crowd, settle, simulate, write_all

pytestmark = pytest.mark.django_db

TASKS, PEOPLE = 60, 6
FIGURES = ("user_id", "field", "label", "n", "correct", "accuracy", "low", "high", "confusion", "learned")
SEVERAL = {
    "media": [{"name": "text", "kind": "text", "source": "text"}],
    "fields": [
        {"name": "kinds", "type": "choice", "multiple": True, "options": ["a", "b", "c"]},
        {"name": "follows", "type": "choice", "options": ["no", "yes"]},
    ],
}


@pytest.fixture
def crowd() -> Crowd:
    """Three answers to most tasks, two to the last ten, none to the last of all; a full run."""
    crowd = make_crowd(PEOPLE, TASKS)
    rng = np.random.default_rng(7)
    truth = rng.integers(0, 2, TASKS)
    rows = simulate(rng, truth, np.linspace(0.7, 0.95, PEOPLE), 3)
    given = [row for number, row in enumerate(rows) if row[0] < TASKS - 10 or number % 3][:-2]
    write_all(crowd, [(task, person, {"follows": ("no", "yes")[code]}) for task, person, code in given])
    full_run(crowd.project)
    return crowd


def trust_rows() -> dict[tuple[Any, ...], dict[str, Any]]:
    rows = Trust.objects.filter(basis="consensus").values(*FIGURES)
    return {(row["user_id"], row["field"], row["label"]): row for row in rows}


def free(crowd: Crowd, task: int) -> int:
    """Somebody who has not answered this task."""
    there = set(crowd.tasks[task].annotations.values_list("user_id", flat=True))
    return next(place for place, person in enumerate(crowd.people) if person.pk not in there)


def counted() -> dict[int, float]:
    """Person → answers in their sums: each adds the probabilities of the classes, so 1."""
    size = 2
    found = {}
    for row in PersonSums.objects.filter(field="follows"):
        numbers = np.frombuffer(row.sums)
        start = size * size + size
        found[row.user_id] = float(numbers[start : start + size * size].sum())
    return found


def told() -> dict[int, int]:
    """Person → answers to tasks that others answered too."""
    tasks = Consensus.objects.filter(answers__gte=2).values("task_id")
    given = Annotation.objects.filter(task__in=tasks, discarded_at__isnull=True)
    return dict(Counter(given.values_list("user_id", flat=True)))


def test_an_answer_moves_the_trust_of_its_person_and_of_the_others(crowd: Crowd) -> None:
    before, task = trust_rows(), TASKS - 5
    others = set(crowd.tasks[task].annotations.values_list("user_id", flat=True))
    person = crowd.people[free(crowd, task)]
    answer(crowd.project, crowd.tasks[task], person, {"follows": "yes"})
    settle()
    after = trust_rows()
    assert counted() == pytest.approx(told())
    moved = {key for key in after if after[key] != before.get(key)}
    assert {user for user, _, _ in moved} == {person.pk, *others}
    for user, name, label in moved:
        row = after[user, name, label]
        assert row["low"] < row["accuracy"] < row["high"]
        assert row["confusion"] == before[user, name, label]["confusion"], "the fit's, as are the posteriors"
    mine = after[person.pk, "follows", ""]
    assert mine["n"] > before[person.pk, "follows", ""]["n"]
    assert after[person.pk, "", ""]["n"] == pytest.approx(mine["n"])
    full_run(crowd.project)
    full = trust_rows()[person.pk, "follows", ""]
    assert abs(mine["accuracy"] - full["accuracy"]) < 0.25 * (full["high"] - full["low"]) / 2


def test_a_full_run_writes_what_it_would_have_written_anyway(crowd: Crowd) -> None:
    for task in range(12):
        answer(crowd.project, crowd.tasks[task], crowd.people[free(crowd, task)], {"follows": "yes"})
        settle()
    assert VotesSinceFit.objects.exists()
    quick = trust_rows()
    full_run(crowd.project)
    first, sums = trust_rows(), dict(PersonSums.objects.values_list("user_id", "sums"))
    assert first != quick
    assert not VotesSinceFit.objects.exists()
    assert not StaleTask.objects.exists()
    for model in (Trust, FittedModel, PersonSums, FittedVotes, Consensus):
        model.objects.all().delete()
    full_run(crowd.project)
    assert trust_rows() == first, "the same bits"
    assert {user: bytes(one) for user, one in PersonSums.objects.values_list("user_id", "sums")} == {
        user: bytes(one) for user, one in sums.items()
    }


def test_what_is_judged_twice_counts_once(crowd: Crowd) -> None:
    answer(crowd.project, crowd.tasks[0], crowd.people[free(crowd, 0)], {"follows": "yes"})
    settle()
    after = trust_rows()
    mark_stale(crowd.project.pk, [task.pk for task in crowd.tasks])
    settle()
    assert trust_rows() == after


def test_changed_and_withdrawn_answers(crowd: Crowd) -> None:
    """A change replaces, whatever was there; withdrawn answers leave, those that the fit stands on too."""
    before = trust_rows()
    person = crowd.people[free(crowd, 3)]
    given = answer(crowd.project, crowd.tasks[3], person, {"follows": "yes"})
    settle()
    yes = trust_rows()
    _change(crowd, given, "no")
    no = trust_rows()
    assert no[person.pk, "follows", ""]["accuracy"] != yes[person.pk, "follows", ""]["accuracy"]
    _change(crowd, given, "yes")
    _assert_near(trust_rows(), yes)
    crowd.tasks[3].annotations.filter(pk=given).delete()
    mark_stale(crowd.project.pk, [crowd.tasks[3].pk])
    settle()
    _assert_near(trust_rows(), before)
    manager = crowd.project.memberships.get(role="manager").user
    discard_answers(project=crowd.project, user=crowd.people[0], by=manager)
    settle()
    assert counted() == pytest.approx({**dict.fromkeys(counted(), 0), **told()}, abs=1e-9)
    gone = trust_rows()
    assert gone[crowd.people[0].pk, "follows", ""]["n"] == pytest.approx(0, abs=1e-6)
    assert (crowd.people[0].pk, "follows", "yes") not in gone, "nothing is left of the class"


def _change(crowd: Crowd, annotation: int, word: str) -> None:
    task = crowd.tasks[3]
    task.annotations.filter(pk=annotation).update(value={"follows": word})
    rebuild_all(crowd.project)
    mark_stale(crowd.project.pk, [task.pk])
    settle()


def _assert_near(rows: dict[Any, dict[str, Any]], others: dict[Any, dict[str, Any]]) -> None:
    assert rows.keys() == others.keys()
    for key, row in rows.items():
        for name in ("n", "correct", "accuracy", "low", "high"):
            assert row[name] == pytest.approx(others[key][name], abs=1e-7), (key, name)


def test_statements_do_not_grow_with_tasks_or_people(crowd: Crowd) -> None:
    for task in range(8):
        answer(crowd.project, crowd.tasks[task], crowd.people[free(crowd, task)], {"follows": "yes"})
    settle()
    found = []
    for number in (1, 8):
        Annotation.objects.filter(task__in=crowd.tasks[:number]).update(value={"follows": "no"})
        mark_stale(crowd.project.pk, [task.pk for task in crowd.tasks[:number]])
        with CaptureQueriesContext(connection) as seen:
            update_stale(crowd.project.pk)
        found.append(len(seen))
    assert found[0] == found[1] <= 6, "four, and the savepoint of this test"


def test_the_models_are_those_of_the_fit_that_stands(crowd: Crowd) -> None:
    """Whatever this process has read before: those of a run that was taken back, or of an older one."""
    _assert_that_models_stand(crowd)
    for person in (0, 1):
        crowd.tasks[0].annotations.filter(user=crowd.people[person]).delete()
    with transaction.atomic():
        rebuild_all(crowd.project)
        full_run(crowd.project)
        _assert_that_models_stand(crowd)
        transaction.set_rollback(True)
    _assert_that_models_stand(crowd)
    answer(crowd.project, crowd.tasks[1], crowd.people[free(crowd, 1)], {"follows": "yes"})
    full_run(crowd.project)
    _assert_that_models_stand(crowd)
    FittedModel.objects.all().delete()
    _assert_that_models_stand(crowd)


def _assert_that_models_stand(crowd: Crowd) -> None:
    ontology = ontology_for(crowd.project)
    assert ontology is not None
    for _ in range(2):  # sent, and held
        seen = read_at_once(crowd.project, ontology, asked_fields(crowd.project), [crowd.tasks[0].pk])
        found = [
            (name, each.unit, each.codes, each.marginals.tolist(), each.pooled.tolist(), each.temper)
            for name, units in seen.known.models.items()
            for each in units
        ]
        rows = FittedModel.objects.filter(project=crowd.project)
        assert found == list(rows.values_list("field", "unit", "codes", "marginals", "pooled", "temper"))


def test_what_is_held_of_a_fit_cannot_be_changed(crowd: Crowd) -> None:
    ontology = ontology_for(crowd.project)
    assert ontology is not None
    seen = read_at_once(crowd.project, ontology, asked_fields(crowd.project), [crowd.tasks[0].pk])
    (model,) = seen.known.models["follows"]
    with pytest.raises(ValueError, match="read-only"):
        model.pooled[0, 0] = 1.0


def test_a_field_that_is_no_longer_asked_goes(crowd: Crowd) -> None:
    row = Consensus.objects.filter(task=crowd.tasks[0]).get()
    row.pk, row.field = None, "gone"
    row.save()
    mark_stale(crowd.project.pk, [crowd.tasks[0].pk])
    settle()
    assert list(Consensus.objects.filter(task=crowd.tasks[0]).values_list("field", flat=True)) == ["follows"]


def test_an_answer_given_while_the_run_was_fitting_is_counted_after_it(crowd: Crowd) -> None:
    fits = [fit_field(crowd.project, asked) for asked in asked_fields(crowd.project)]
    answer(crowd.project, crowd.tasks[2], crowd.people[free(crowd, 2)], {"follows": "yes"})
    settle()
    with transaction.atomic():
        keep_sums(crowd.project, fits)
    assert set(StaleTask.objects.values_list("task_id", flat=True)) == {crowd.tasks[2].pk}
    settle()
    assert counted() == pytest.approx(told())


def test_gold_found_later_counts_at_once(crowd: Crowd) -> None:
    task = crowd.tasks[5]
    person = task.annotations.order_by("pk").first()
    before = trust_rows()[person.user_id, "follows", ""]
    wrong = "no" if person.value["follows"] == "yes" else "yes"
    GoldItem.objects.create(project=crowd.project, task=task, answers=[{"follows": wrong}])
    mark_stale(crowd.project.pk, [task.pk])
    settle()
    assert trust_rows()[person.user_id, "follows", ""]["accuracy"] < before["accuracy"]


def test_options_each_and_people_whom_the_fit_does_not_know() -> None:
    crowd = make_crowd(5, 30, ontology=SEVERAL)
    dice = np.random.default_rng(3)

    def value() -> dict[str, Any]:
        kinds = [name for name, chance in (("a", 0.8), ("b", 0.3), ("c", 0.1)) if dice.random() < chance]
        return {"kinds": kinds, "follows": ("no", "yes")[int(dice.random() < 0.6)]}

    write_all(crowd, [(task, person, value()) for task in range(28) for person in range(3)])
    full_run(crowd.project)
    new = crowd.people[4]
    assert not Trust.objects.filter(user=new).exists()
    write_all(crowd, [(task, 4, value()) for task in range(6)])
    mark_stale(crowd.project.pk, [task.pk for task in crowd.tasks[:6]])
    settle()
    rows = {(row.field, row.label): row for row in Trust.objects.filter(user=new)}
    assert {
        ("kinds", ""),
        ("kinds", "a"),
        ("kinds", "b"),
        ("kinds", "c"),
        ("follows", ""),
        ("", ""),
    } <= rows.keys()
    assert 0 < rows["follows", ""].n <= 6
    assert all(row.low < row.accuracy < row.high for row in rows.values())
    assert rows["", ""].n == pytest.approx(rows["follows", ""].n + rows["kinds", ""].n)
