"""Comparing methods is a job of its own: what it stands on; killed, repeated, cancelled, overtaken."""

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import User
from projects.jobs import JobCancelled, JobContext, cancel_job, run_job
from projects.models import ConsensusMethod, Job, JobState, Membership, Project, Role
from quality.models import Figure, ToCompare
from quality.services.compared_fit import ComparedFit
from quality.services.comparing import JOB, compare_methods
from quality.services.fields import asked_fields
from quality.services.full_run import full_run, start_full_run
from quality.services.gold import make_gold
from quality.services.inference import fit_field
from quality.services.methods import infer, labels_by
from tests.quality.crowd import Crowd, make_crowd, write_all

pytestmark = pytest.mark.django_db

KINDS: Any = {
    "media": [{"name": "text", "kind": "text", "source": "text"}],
    "fields": [
        {"name": "kind", "type": "choice", "options": ["cat", "dog", "owl"], "required": True},
        {"name": "size", "type": "choice", "options": ["small", "large"], "required": True},
    ],
}
TASKS = 40
NAMES = ("methods:kind", "methods:size")


@pytest.fixture
def crowd() -> Crowd:
    """Five people of unequal care on two fields; the first task is gold."""
    made = make_crowd(5, TASKS, ontology=KINDS)
    dice = np.random.default_rng(9)
    rows: Any = []
    for task in range(TASKS):
        for person in dice.choice(5, 3, replace=False).tolist():
            kind, size = (
                int(dice.integers(0, n)) if dice.random() < person / 6 else task % n for n in (3, 2)
            )
            rows.append(
                (task, person, {"kind": ("cat", "dog", "owl")[kind], "size": ("small", "large")[size]})
            )
    write_all(made, rows)
    make_gold(project=made.project, task=made.tasks[0], answers=[{"kind": "owl", "size": "small"}], by=None)
    return made


def manager(crowd: Crowd) -> User:
    return Membership.objects.get(project=crowd.project, role=Role.MANAGER).user


def run(crowd: Crowd) -> Job:
    """A full run by its job; the job that compares is left to whoever wants it."""
    job = start_full_run(project=crowd.project, by=None)
    run_job(job.pk)
    return job


def figures(project: Project) -> dict[str, Any]:
    return {row.name: row.data for row in Figure.objects.filter(project=project, name__in=NAMES)}


def told(crowd: Crowd) -> dict[str, Any]:
    api = APIClient()
    api.force_authenticate(manager(crowd))
    found: dict[str, Any] = api.get(f"/api/v1/projects/{crowd.project.pk}/consensus/methods/").json()
    return found


def shown(crowd: Crowd) -> str:
    client = Client()
    client.force_login(manager(crowd))
    return client.get(f"/projects/{crowd.project.pk}/consensus/?method=majority").content.decode()


def comparing(crowd: Crowd) -> Job:
    return Job.objects.filter(project=crowd.project, kind=JOB).latest("pk")


def choose(crowd: Crowd, method: str) -> None:
    Project.objects.filter(pk=crowd.project.pk).update(consensus_method=method)
    crowd.project.refresh_from_db()


def test_it_works(crowd: Crowd) -> None:
    full = run(crowd)
    assert not figures(crowd.project)
    job = comparing(crowd)
    assert job.state == JobState.QUEUED
    run_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.done, job.total, job.result) == (JobState.DONE, 6, 6, {"fields": 2})
    assert set(figures(crowd.project)) == set(NAMES)
    assert not ToCompare.objects.exists()
    found = told(crowd)
    assert (found["comparison"], found["pending"], found["run"]) == ("current", False, str(full.pk))
    full.refresh_from_db()
    assert full.started_at is not None
    assert full.started_at <= datetime.fromisoformat(found["as_of"]) <= full.finished_at  # type: ignore[operator]
    assert f"/jobs/{full.pk}/" in shown(crowd)


@pytest.mark.parametrize("chosen", ConsensusMethod.values)
def test_the_figures_are_those_that_the_run_itself_would_compute(crowd: Crowd, chosen: str) -> None:
    """What is written down comes back to the bit, and every method says the same on it."""
    choose(crowd, chosen)
    for asked in asked_fields(crowd.project):
        unit = fit_field(crowd.project, asked).units[""]
        left = ComparedFit.of(unit, chosen)
        again = ComparedFit.unpacked(left.packed())
        assert again.key() == left.key()
        assert again.answers.gold is not None
        for method in ConsensusMethod.values:
            whole = infer(method, unit.answers, unit.trusted).label
            part = labels_by(method, again.answers, default=again.default, marginals=again.marginals)
            assert whole.tolist() == part.tolist()


def test_without_gold_and_with_many_codes_it_comes_back_too(crowd: Crowd) -> None:
    asked = asked_fields(crowd.project)[0]
    unit = fit_field(crowd.project, asked).units[""]
    left = ComparedFit.of(unit, "default")
    answers = left.answers
    bare = type(answers)(answers.task, answers.worker, answers.label, answers.n_tasks, 70_000, 300)
    wide = type(left)(
        "default",
        [f"code {place}" for place in range(300)],
        left.tasks + 2**40,
        bare,
        left.label,
        left.confidence,
        left.default,
        left.marginals,
    )
    again = type(left).unpacked(wide.packed())
    assert again.key() == wide.key()
    assert again.answers.gold is None


def test_what_was_compared_stands_for_a_newer_run_with_the_same_results(crowd: Crowd) -> None:
    run(crowd)
    run_job(comparing(crowd).pk)
    before, jobs = figures(crowd.project), Job.objects.filter(kind=JOB).count()
    newer = run(crowd)
    assert Job.objects.filter(kind=JOB).count() == jobs, "nothing to compare, no job"
    assert figures(crowd.project) == {name: data | {"run": newer.pk} for name, data in before.items()}
    assert told(crowd)["run"] == str(newer.pk)


def test_while_it_waits_the_figures_are_called_those_of_the_run_before(crowd: Crowd) -> None:
    first = run(crowd)
    found = told(crowd)
    assert (found["comparison"], found["tasks"], found["run"], found["as_of"]) == ("waiting", 0, None, None)
    text = shown(crowd)
    assert "The full run is done; its comparison waits for a worker" in text
    assert "Not compared yet" in text
    run_job(comparing(crowd).pk)
    old = figures(crowd.project)
    choose(crowd, ConsensusMethod.MAJORITY)
    found = told(crowd)
    assert (found["comparison"], found["pending"]) == ("run", True)
    assert "Another method was chosen" in shown(crowd)
    second = run(crowd)
    found = told(crowd)
    assert (found["comparison"], found["pending"], found["run"]) == ("waiting", True, str(first.pk))
    assert figures(crowd.project) == old
    assert "Until then the figures are those of the run before" in shown(crowd)
    run_job(comparing(crowd).pk)
    found = told(crowd)
    assert (found["comparison"], found["run"]) == ("current", str(second.pk))


def test_a_killed_one_is_done_again(crowd: Crowd) -> None:
    """Its worker dies after the first field: the job is taken up again and does the rest."""
    run(crowd)
    whole = JobContext(comparing(crowd))
    said: list[int] = []

    class Dying(JobContext):
        def progress(self, done: int, total: int | None = None, **_: Any) -> None:
            said.append(done)
            if done == 4:
                raise SystemExit

    with pytest.raises(SystemExit):
        compare_methods(crowd.project, Dying(whole.job))
    assert set(figures(crowd.project)) == {"methods:kind"}
    half = figures(crowd.project)
    assert told(crowd)["comparison"] == "waiting"
    run_job(comparing(crowd).pk)
    assert set(figures(crowd.project)) == set(NAMES)
    assert figures(crowd.project)["methods:kind"] == half["methods:kind"]
    assert not ToCompare.objects.exists()


def test_twice_gives_the_same(crowd: Crowd) -> None:
    run(crowd)
    compare_methods(crowd.project)
    before = figures(crowd.project)
    assert compare_methods(crowd.project) == {"fields": 0}
    assert figures(crowd.project) == before


def test_a_cancelled_one_is_said_and_done_with_the_next_run(crowd: Crowd) -> None:
    run(crowd)
    cancel_job(job=comparing(crowd))
    assert told(crowd)["comparison"] == "stopped"
    assert "was cancelled" in shown(crowd)
    run(crowd)
    assert told(crowd)["comparison"] == "waiting"
    run_job(comparing(crowd).pk)
    assert told(crowd)["comparison"] == "current"


def test_it_stops_between_two_methods(crowd: Crowd) -> None:
    run(crowd)
    job = comparing(crowd)
    Job.objects.filter(pk=job.pk).update(state=JobState.RUNNING, cancel_requested=True)
    with pytest.raises(JobCancelled):
        compare_methods(crowd.project, JobContext(job))
    assert not figures(crowd.project)


class Overtaken(JobContext):
    """A job during whose first method something else happens."""

    happens: Any

    def let_others(self) -> None:
        happens, self.happens = self.happens, lambda: None
        happens()


def test_one_that_is_overtaken_writes_nothing_over_the_newer(crowd: Crowd) -> None:
    """A newer run ends, and is compared, while an older run's fit is being compared."""
    run(crowd)
    slow = Overtaken(comparing(crowd))
    Job.objects.filter(pk=slow.job.pk).update(state=JobState.RUNNING)

    def overtake() -> None:
        choose(crowd, ConsensusMethod.WEIGHTED)
        run(crowd)
        run_job(comparing(crowd).pk)

    slow.happens = overtake
    assert compare_methods(crowd.project, slow) == {"fields": 0}
    newer = figures(crowd.project)
    assert {data["chosen"] for data in newer.values()} == {ConsensusMethod.WEIGHTED}
    assert told(crowd)["comparison"] == "current"


def test_a_newer_run_that_came_back_to_what_stands_is_not_overwritten_either(crowd: Crowd) -> None:
    """Compared A, left B, and while B is being compared a run finds A again."""
    run(crowd)
    run_job(comparing(crowd).pk)
    choose(crowd, ConsensusMethod.WEIGHTED)
    run(crowd)
    slow = Overtaken(comparing(crowd))
    Job.objects.filter(pk=slow.job.pk).update(state=JobState.RUNNING)

    def back() -> None:
        choose(crowd, ConsensusMethod.DEFAULT)
        run(crowd)

    slow.happens = back
    compare_methods(crowd.project, slow)
    assert {data["chosen"] for data in figures(crowd.project).values()} == {ConsensusMethod.DEFAULT}
    assert told(crowd)["comparison"] == "current"


def test_a_run_that_ends_after_one_that_began_later_leaves_nothing(crowd: Crowd) -> None:
    run(crowd)
    run_job(comparing(crowd).pk)
    later = timezone.now() + timedelta(hours=1)
    Figure.objects.filter(name__in=NAMES).update(computed_at=later)
    choose(crowd, ConsensusMethod.WEIGHTED)
    full_run(crowd.project)
    assert not ToCompare.objects.exists()
    assert Figure.objects.get(name=NAMES[0]).computed_at == later


def test_figures_of_a_field_that_is_no_more_go(crowd: Crowd) -> None:
    Figure.objects.create(
        project=crowd.project,
        name="methods:gone",
        data={"tasks": 1, "chosen": "default", "others": {}},
        computed_at=datetime(2026, 1, 1, tzinfo=UTC),
    )
    run(crowd)
    assert not Figure.objects.filter(name="methods:gone").exists()
