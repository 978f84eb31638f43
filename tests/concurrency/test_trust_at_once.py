"""Trust by consensus while several workers judge tasks of the same people: each answer counts once."""

from collections.abc import Callable

import numpy as np
import pytest
from django.db import transaction

from annotate.models import Annotation
from projects.models import Project
from quality.models import PersonSums, Trust
from quality.services import quick
from quality.services.fields import ontology_for
from quality.services.full_run import full_run
from quality.services.locks import TRUST, one_at_a_time
from quality.services.votes import mark_stale
from tests.annotate.test_overlap import run_all
from tests.quality.crowd import Crowd, make_crowd, write_all

pytestmark = pytest.mark.django_db(transaction=True)

TASKS = 24


def test_workers_that_race_for_the_same_people() -> None:
    """Six workers judge new answers of the same three people, two judge old ones, one runs in full."""
    crowd = make_crowd(3, TASKS)
    dice = np.random.default_rng(11)
    write_all(crowd, [(task, person, _value(dice)) for task in range(TASKS) for person in range(2)])
    full_run(crowd.project)
    write_all(crowd, [(task, 2, _value(dice)) for task in range(TASKS)])
    run_all([_judge(crowd, range(part, TASKS, 6)) for part in range(6)])
    once = _figures()
    assert _counted(crowd) == pytest.approx([TASKS] * 3)
    run_all([_judge(crowd, range(part, TASKS, 2)) for part in range(2)])
    assert _figures() == once
    Annotation.objects.filter(user=crowd.people[1]).update(value={"follows": "yes"})
    mark_stale(crowd.project.pk, [task.pk for task in crowd.tasks])
    run_all([_update(crowd.project)] * 4 + [_run(crowd.project)])
    quick.update_stale(crowd.project.pk)
    assert _counted(crowd) == pytest.approx([TASKS] * 3)


def _value(dice: np.random.Generator) -> dict[str, str]:
    return {"follows": ("no", "yes")[int(dice.random() < 0.5)]}


def _judge(crowd: Crowd, places: range) -> Callable[[], None]:
    def work() -> None:
        ontology = ontology_for(crowd.project)
        assert ontology is not None
        for place in places:
            with transaction.atomic():
                one_at_a_time(TRUST, crowd.project.pk)
                quick.update_tasks(crowd.project, ontology, [crowd.tasks[place].pk])

    return work


def _update(project: Project) -> Callable[[], object]:
    return lambda: quick.update_stale(project.pk)


def _run(project: Project) -> Callable[[], object]:
    return lambda: full_run(project)


def _counted(crowd: Crowd) -> list[float]:
    """Each answer adds the probabilities of the classes to its person's counts, so 1."""
    sums = dict(PersonSums.objects.values_list("user_id", "sums"))
    return [float(np.frombuffer(sums[person.pk])[6:10].sum()) for person in crowd.people]


def _figures() -> list[tuple[float, ...]]:
    rows = Trust.objects.order_by("user_id", "field", "label")
    return list(rows.values_list("user_id", "n", "correct", "accuracy", "low", "high"))
