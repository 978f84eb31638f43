"""How answers become one: the methods, what another would change, and that quick updates follow."""

import numpy as np
import pytest
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import User
from labeltypes.base import JsonObject
from projects.jobs import run_job
from projects.models import ConsensusMethod, Job, Membership, Role
from projects.services.projects import change_project
from quality.models import Consensus, FittedModel, Trust
from quality.reports.methods import changed_by
from quality.services import quick
from quality.services.at_once import read_at_once
from quality.services.comparing import compare_methods
from quality.services.fields import asked_fields, ontology_for
from quality.services.full_run import JOB, full_run
from quality.services.gold import make_gold
from quality.services.methods import NAMES
from tests.quality.crowd import Crowd, make_crowd, write_all

pytestmark = pytest.mark.django_db

KINDS = {
    "media": [{"name": "text", "kind": "text", "source": "text"}],
    "fields": [{"name": "kind", "type": "choice", "options": ["cat", "dog", "owl"], "required": True}],
}
SKILLS = (0.97, 0.95, 0.55, 0.5, 0.45, 0.5)
TASKS = 90


@pytest.fixture
def crowd() -> Crowd:
    """Two who know and four who hardly do; each task was answered by three or four of them."""
    found = make_crowd(len(SKILLS), TASKS, ontology=KINDS)
    rng = np.random.default_rng(4)
    rows: list[tuple[int, int, JsonObject]] = []
    for task in range(TASKS):
        for person in rng.choice(len(SKILLS), 3 + task % 2, replace=False).tolist():
            said = task % 3 if rng.random() < SKILLS[person] else int(rng.integers(0, 3))
            rows.append((task, person, {"kind": ("cat", "dog", "owl")[said]}))
    write_all(found, rows)
    full_run(found.project)
    compare_methods(found.project)
    return found


def manager(crowd: Crowd) -> User:
    return Membership.objects.get(project=crowd.project, role=Role.MANAGER).user


def choose(crowd: Crowd, method: str) -> None:
    crowd.project = change_project(
        project=crowd.project, by=manager(crowd), settings={"consensus_method": method}
    )
    run_job(Job.objects.filter(project=crowd.project, kind=JOB).latest("pk").pk)
    compare_methods(crowd.project)


def values(crowd: Crowd) -> dict[int, object]:
    return dict(Consensus.objects.filter(project=crowd.project).values_list("task_id", "value"))


def page(crowd: Crowd, query: str = "") -> str:
    client = Client()
    client.force_login(manager(crowd))
    return client.get(f"/projects/{crowd.project.pk}/consensus/{query}").content.decode()


@pytest.mark.parametrize("method", ConsensusMethod.values)
def test_what_was_counted_is_what_changes(crowd: Crowd, method: str) -> None:
    """The comparison says which tasks; choosing the method changes these and no others."""
    api = APIClient()
    api.force_authenticate(manager(crowd))
    address = f"/api/v1/projects/{crowd.project.pk}/consensus/methods/?changed_by={method}"
    before, told = values(crowd), api.get(address).json()
    if method != ConsensusMethod.DEFAULT:
        choose(crowd, method)
    changed = {pk for pk, value in values(crowd).items() if value != before[pk]}
    listed = {int(row["task"]) for row in told["changed"]}
    if method == ConsensusMethod.MAJORITY:  # ties were left out
        assert listed <= changed
    else:
        assert listed == changed
    count = next(row["changed"] for row in told["methods"] if row["name"] == method)
    assert len(listed) == (count or 0)
    assert set(Consensus.objects.values_list("method", flat=True)) == {NAMES[ConsensusMethod(method)]}


@pytest.mark.parametrize("method", ConsensusMethod.values)
def test_the_quick_update_says_the_same_as_the_full_run(crowd: Crowd, method: str) -> None:
    make_gold(project=crowd.project, task=crowd.tasks[0], answers=[{"kind": "owl"}], by=manager(crowd))
    crowd.project.consensus_method = method
    crowd.project.save()
    full_run(crowd.project)
    ids = [task.pk for task in crowd.tasks]
    ontology = ontology_for(crowd.project)
    assert ontology is not None
    seen = read_at_once(crowd.project, ontology, asked_fields(crowd.project), ids)
    results = quick.merge_tasks(crowd.project, ontology, seen.answers, seen.known)
    rows = {row.task_id: row for row in Consensus.objects.all()}
    assert len(results) == TASKS
    for result in results:
        (field,) = result.fields
        row = rows[result.task_id]
        assert (field.value, field.method) == (row.value, row.method)
        assert field.probability == pytest.approx(row.probability, abs=1e-6)


def test_the_quick_update_knows_how_far_items_differ(crowd: Crowd, monkeypatch: pytest.MonkeyPatch) -> None:
    """So few tasks prove no difference in difficulty; here less proof will do."""
    monkeypatch.setattr("stats.consensus.robust.DIFFICULTIES", ((1.0, -1e9),))
    full_run(crowd.project)
    assert FittedModel.objects.get(project=crowd.project).difficulty == 1.0
    ontology = ontology_for(crowd.project)
    assert ontology is not None
    ids = [task.pk for task in crowd.tasks]
    seen = read_at_once(crowd.project, ontology, asked_fields(crowd.project), ids)
    results = quick.merge_tasks(crowd.project, ontology, seen.answers, seen.known)
    rows = {row.task_id: row for row in Consensus.objects.all()}
    for result in results:
        assert result.fields[0].probability == pytest.approx(rows[result.task_id].probability, abs=1e-6)


def test_trust_does_not_depend_on_the_method(crowd: Crowd) -> None:
    before = list(Trust.objects.order_by("pk").values_list("user", "label", "accuracy", "low", "high"))
    choose(crowd, ConsensusMethod.MAJORITY)
    assert (
        list(Trust.objects.order_by("pk").values_list("user", "label", "accuracy", "low", "high")) == before
    )


def test_the_page(crowd: Crowd) -> None:
    shown = page(crowd, "?method=majority")
    assert "Compared on" in shown
    assert "What “Majority” would change" in shown
    assert shown.count('class="item-link"') == len(changed_by(crowd.project, "majority")) > 0
    client = Client()
    client.force_login(manager(crowd))
    address = f"/projects/{crowd.project.pk}/consensus/"
    assert client.post(address, {"method": "majority"}).status_code == 302
    assert "Another method was chosen" in page(crowd)
    assert Job.objects.filter(project=crowd.project, kind=JOB, state="queued").count() == 1
    assert (
        "Some settings are not valid" in client.post(address, {"method": "x"}, follow=True).content.decode()
    )


def test_before_a_full_run_the_page_says_so() -> None:
    crowd = make_crowd(1, 1, ontology=KINDS)
    assert "appears after the first full run" in page(crowd)


def test_a_project_that_nobody_may_configure_shows_no_buttons(crowd: Crowd) -> None:
    Membership.objects.filter(user=crowd.people[0]).update(role=Role.REVIEWER)
    client = Client()
    client.force_login(crowd.people[0])
    address = f"/projects/{crowd.project.pk}/consensus/"
    assert 'name="method"' not in client.get(address).content.decode()
    assert client.post(address, {"method": "majority"}).status_code == 403
