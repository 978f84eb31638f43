"""What a full run does beside its writing, on a second connection, is what it does in one thread."""

from typing import Any

import pytest
from django.db import connection

from quality.models import Agreement, Consensus, Figure, PersonFigure, Reason
from quality.services import beside as beside_module
from quality.services.beside import Beside
from quality.services.full_run import full_run
from tests.quality.crowd import make_crowd, write_all

pytestmark = pytest.mark.django_db(transaction=True)
CHOICE = {
    "media": [{"name": "text", "kind": "text", "source": "text"}],
    "fields": [
        {"name": "kind", "type": "choice", "options": ["a", "b", "c"], "required": True},
        {"name": "tags", "type": "choice", "options": ["x", "y"], "multiple": True},
    ],
}
TASKS = 30


def _left() -> dict[str, list[Any]]:
    return {
        "figures": list(Figure.objects.order_by("name").values_list("name", "data")),
        "people": list(PersonFigure.objects.order_by("user", "field").values_list("user", "field", "data")),
        "agreement": list(Agreement.objects.order_by("field", "coefficient").values_list("field", "value")),
        "reasons": list(Reason.objects.order_by("kind", "user").values_list("kind", "user", "n")),
        "consensus": list(Consensus.objects.order_by("task", "field").values_list("task", "distribution")),
    }


def _people_work(monkeypatch: pytest.MonkeyPatch, answers: list[bool]) -> None:
    """What is said of it each time that it is asked; at last the same again and again."""
    monkeypatch.setattr(
        beside_module, "has_a_core_to_spare", lambda: not (answers.pop(0) if len(answers) > 1 else answers[0])
    )


def test_it_gives_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """With nobody at work, with people, and with people who come meanwhile."""
    crowd = make_crowd(3, TASKS, ontology=CHOICE, overlap=3)
    write_all(
        crowd,
        [
            (task, person, {"kind": "abc"[(task + (person == task % 5)) % 3], "tags": ["x"][: task % 2]})
            for task in range(TASKS)
            for person in range(3)
        ],
    )
    found = []
    for answers in ([True], [False], [False, False, True]):
        _people_work(monkeypatch, answers)
        full_run(crowd.project)
        found.append(_left())
        assert len({name.partition(":")[0] for name, _ in found[-1]["figures"]}) >= 10
        Figure.objects.all().delete()
        Agreement.objects.all().delete()
        PersonFigure.objects.all().delete()
    assert found[1] == found[0]
    assert found[2] == found[0]


def test_steps_have_a_connection_of_their_own_until_people_come(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[int, bool]] = []
    between: list[int] = []

    def step(number: int) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            seen.append((number, cursor.fetchone() == (mine,)))

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (mine,) = cursor.fetchone()
    _people_work(monkeypatch, [False, False, True])
    with Beside([lambda n=n: step(n) for n in range(4)], lambda: between.append(len(seen))):
        pass
    assert seen == [(0, False), (1, False), (2, True), (3, True)]
    assert between == [2, 3]


def test_what_goes_wrong_beside_is_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    _people_work(monkeypatch, [False])
    done: list[str] = []
    with (
        pytest.raises(ZeroDivisionError),
        Beside([lambda: 1 // 0, lambda: done.append("next")], lambda: None),
    ):
        done.append("block")
    assert done == ["block"]


def test_after_a_block_that_failed_nothing_is_begun(monkeypatch: pytest.MonkeyPatch) -> None:
    _people_work(monkeypatch, [True])
    done: list[str] = []
    with pytest.raises(KeyError), Beside([lambda: done.append("step")], lambda: None):
        raise KeyError
    assert done == []
