"""Fields of so many classes that people's matrices would not fit: trust is how often the others agree."""

from typing import Any

import pytest
from django.test import Client

from quality.models import Consensus, FittedModel, Trust
from quality.services import inference
from quality.services.full_run import full_run
from tests.quality.crowd import Crowd, answer, make_crowd, settle, write_all

OPTIONS = [f"kind {number:05}" for number in range(10_000)]
ONTOLOGY: Any = {
    "media": [{"name": "text", "kind": "text", "source": "text"}],
    "fields": [{"name": "kind", "type": "choice", "options": OPTIONS, "required": True}],
}
TASKS = 12


@pytest.fixture
def crowd(db: None, monkeypatch: pytest.MonkeyPatch) -> Crowd:
    """Two who agree and one who never does; of one task more only the first and the last have an opinion."""
    made = make_crowd(4, TASKS + 2, ontology=ONTOLOGY, overlap=4)
    given = [
        (task, person, {"kind": OPTIONS[800 * task + (7 * (person == 2))]})
        for task in range(TASKS)
        for person in range(3)
    ]
    write_all(made, [*given, (TASKS, 2, {"kind": OPTIONS[1]}), (TASKS, 0, {"kind": OPTIONS[2]})])
    monkeypatch.setattr(inference, "MOST_MATRIX_CELLS", 3 * 24**2)  # as the bound is with 2,600 classes
    full_run(made.project)
    return made


def rows(crowd: Crowd, field: str) -> dict[int, Trust]:
    return {row.user_id: row for row in Trust.objects.filter(project=crowd.project, field=field, label="")}


def test_it_works(crowd: Crowd) -> None:
    assert not FittedModel.objects.filter(project=crowd.project).exists()
    found = rows(crowd, "kind")
    first, second, third = (found[person.pk] for person in crowd.people[:3])
    assert (first.n, second.n, third.n) == (13, 12, 13)
    assert (first.correct, second.correct, third.correct) == (6, 6, 0)  # half of the others, and nobody
    assert third.low == third.accuracy < third.high < 0.25 < first.low + 0.06
    assert rows(crowd, "")[third.user_id].n == third.n
    settled = Consensus.objects.get(task=crowd.tasks[TASKS], field="kind")
    assert settled.value == OPTIONS[2], "who is agreed with more often counts more"


def test_an_answer_afterwards_counts_as_much(crowd: Crowd) -> None:
    task = crowd.tasks[TASKS + 1]
    answer(crowd.project, task, crowd.people[2], {"kind": OPTIONS[5]})
    answer(crowd.project, task, crowd.people[1], {"kind": OPTIONS[9_999]})
    settle()
    assert Consensus.objects.get(task=task, field="kind").value == OPTIONS[9_999]


def test_the_pages_show_it(crowd: Crowd) -> None:
    manager = crowd.project.memberships.get(role="manager").user
    client = Client()
    client.force_login(manager)
    listed = client.get(f"/api/v1/projects/{crowd.project.pk}/annotators/").json()["results"]
    shown = [row["consensus"] for row in listed if row["consensus"]]
    assert len(shown) == 3
    assert "0.0" in str(shown)
    for page in ("quality", "people"):
        assert client.get(f"/projects/{crowd.project.pk}/{page}/").status_code == 200


def test_what_fits_has_matrices(crowd: Crowd, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    full_run(crowd.project)
    assert FittedModel.objects.filter(project=crowd.project, field="kind").exists()
