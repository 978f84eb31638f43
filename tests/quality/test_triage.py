"""Triage: what is left to a model, what is kept unmarked, the alarm, the way back, and every refusal."""

import json
import random
from typing import Any

import pytest
from django.test import Client

from accounts.errors import Conflict, DomainError
from accounts.models import AuditEvent
from annotate import outbox
from annotate.models import Annotation, Assignment, Notice, Prediction, QueueEntry
from annotate.services.ranking import prioritize
from annotate.services.slots import archive, restore
from exchange.exporting.items import Items
from exchange.exporting.request import read_request
from labeltypes.ontology import parse_ontology
from projects.jobs import run_job
from projects.models import Job, Project, Task, TaskSummary
from quality.models import TriageClass, TriageItem, TriageMeasure, TriageRun
from quality.reports.triage_run import run_report
from quality.services import triage
from quality.services.full_run import full_run
from quality.services.labels import label_counts
from quality.services.quick import update_stale
from quality.services.rounds import learnable_fields
from quality.services.triage_watch import audited, watch_runs
from tests.annotate.steps import answer, api, hand_out, submit
from tests.quality.triage_world import MODEL, Triaged, check, measure, triaged
from tests.world import SENTIMENT, make_project, make_tasks

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _dice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(triage, "dice", random.Random(20261128))


@pytest.fixture
def found() -> Triaged:
    """Measured, and 200 tasks wait."""
    made = triaged(checked=200, waiting=200, worst=0.6)
    measure(made)
    return made


def start(found: Triaged, **terms: Any) -> TriageRun:
    """In force, and its job done."""
    terms = {"target": 0.05, "audit_share": 0.2, **terms}
    run = triage.start_run(project=found.world.project, by=found.world.max, **terms)
    do(run.job)
    return run


def do(job: Job | None) -> Job:
    assert job is not None
    run_job(job.pk)
    job.refresh_from_db()
    assert job.state == "done", job.error
    return job


def with_model(found: Triaged) -> set[int]:
    rows = TaskSummary.objects.filter(project=found.world.project, source="model")
    return set(rows.values_list("task_id", flat=True))


def kept(run: TriageRun) -> set[int]:
    return set(TriageItem.objects.filter(run=run, is_audit=True).values_list("task_id", flat=True))


def threshold(run: TriageRun, code: str) -> float:
    return float(run.classes.get(code=code).threshold or 2)


def test_what_is_above_its_threshold_is_the_models_but_for_the_audit(found: Triaged) -> None:
    run = start(found, critical=["negative"])
    tasks = with_model(found)
    items = list(TriageItem.objects.filter(run=run))
    assert {item.code for item in items} == {"positive"}
    assert all(item.score >= threshold(run, "positive") for item in items)
    assert tasks == {item.task_id for item in items if not item.is_audit}
    assert 0.1 < len(kept(run)) / len(items) < 0.3
    for row in TaskSummary.objects.filter(task__in=tasks):
        item = TriageItem.objects.get(task_id=row.task_id)
        assert (row.state, row.value, row.probability) == ("done", {"sentiment": "positive"}, item.score)
        assert row.classes == ["positive"]
    assert not QueueEntry.objects.filter(task__in=tasks, is_open=True).exists()
    states = dict(run.classes.values_list("code", "state"))
    assert states == {"positive": "model", "negative": "people", "neutral": "people"}
    row = run.classes.get(code="positive")
    assert (row.accepted, row.audited) == (len(tasks), len(kept(run)))
    assert AuditEvent.objects.filter(verb="triage.started", actor=found.world.max).exists()


def test_what_is_kept_is_not_touched_and_looks_like_the_rest(found: Triaged) -> None:
    before = {row["task_id"]: row for row in QueueEntry.objects.values()}
    run = start(found)
    after = {row["task_id"]: row for row in QueueEntry.objects.values()}
    stays = set(before) - with_model(found)
    assert kept(run) < stays
    assert all(after[task] == before[task] for task in stays)
    rows = hand_out(found.world.project, found.world.ann, 20)
    audits = {str(pk) for pk in Assignment.objects.filter(task__in=kept(run)).values_list("pk", flat=True)}
    shapes = {row["id"] in audits: set(row) for row in rows}
    assert set(shapes) == {True, False}
    assert shapes[True] == shapes[False]
    said = json.dumps(rows).lower()
    assert not any(word in said for word in ("triage", "audit", "score", "threshold"))


def test_what_somebody_holds_or_answered_is_theirs(found: Triaged) -> None:
    prioritize(project_id=found.world.project.pk, task_ids=[found.waiting[0].pk], priority=1)
    rows = hand_out(found.world.project, found.world.ann, 20)
    held = set(Assignment.objects.filter(user=found.world.ann).values_list("task_id", flat=True))
    assert len(held) == 20
    start(found)
    assert not held & with_model(found)
    assert not TriageItem.objects.filter(task__in=held).exists()
    assert submit(found.world.ann, rows[0]).status_code == 201
    assert not Annotation.objects.get().is_extra


def test_twice_and_more_leave_no_task_counted_twice(found: Triaged) -> None:
    run = start(found)
    counts = list(run.classes.order_by("pk").values_list("accepted", "audited"))
    Job.objects.filter(pk=run.job_id).update(state="running", heartbeat_at=None, cursor={})
    do(run.job)
    do(triage.accept_more(project=found.world.project, by=found.world.max))
    assert list(run.classes.order_by("pk").values_list("accepted", "audited")) == counts


def test_exports_consensus_and_learning_tell_it_apart(found: Triaged) -> None:
    start(found)
    project = found.world.project
    full_run(project)
    tasks = with_model(found)
    archive(project_id=project.pk, task_ids=[min(tasks)])
    restore(project_id=project.pk, task_ids=[min(tasks)])
    outbox.drain()
    update_stale(project.pk)
    assert with_model(found) == tasks
    ontology = parse_ontology(SENTIMENT)
    lines = [item.final for item in Items(project, read_request({}, ontology), ontology)]
    finals = [final for final in lines if final is not None and final.source == "model"]
    assert len(finals) == len(tasks)
    assert all(final.probability and final.probability >= 0.6 for final in finals)
    (asked,) = learnable_fields(project)
    assert sum(label_counts(project, asked).values()) == len(found.checked)
    rows = api(found.world.max).get(f"/api/v1/projects/{project.pk}/tasks/", {"limit": 500}).json()["results"]
    names = {task.external_id for task in found.waiting if task.pk in tasks}
    assert {row["id"] for row in rows if row["source"] == "model"} <= names
    assert any(row["source"] == "model" for row in rows)


def make_room(found: Triaged) -> Project:
    """The project, whose tasks of the world have names that new ones would get again."""
    Task.objects.filter(project=found.world.project).update(external_id=None)
    return found.world.project


def add_score(found: Triaged, task: Task, said: str) -> None:
    """The model is sure of this task."""
    Prediction.objects.create(
        project=found.world.project, task=task, value={"sentiment": said}, score=0.99, **MODEL
    )


def test_what_comes_in_later_is_accepted_when_a_manager_says_so(found: Triaged) -> None:
    start(found, audit_share=0.01)
    (new,) = make_tasks(make_room(found), ["Comes in later"])
    add_score(found, new, "positive")
    assert new.pk not in with_model(found)
    do(triage.accept_more(project=found.world.project, by=found.world.max))
    assert new.pk in with_model(found)


def wrong_audit(found: Triaged, run: TriageRun, count: int) -> None:
    """People answer so many audited tasks, all otherwise than the model."""
    tasks = [task for task in found.waiting if task.pk in kept(run)][:count]
    check(found, tasks, lambda number: False)


def test_the_audit_finds_a_broken_promise_and_the_class_goes_back(found: Triaged) -> None:
    run = start(found)
    assert watch_runs() == 0
    positive = run.classes.get(code="positive")
    had = {item.task_id for item in TriageItem.objects.filter(run=run, code="positive", is_audit=False)}
    audits = TriageItem.objects.filter(run=run, code="positive", is_audit=True).order_by("task_id")
    tasks = [task for task in found.waiting if task.pk in set(audits.values_list("task_id", flat=True))]
    check(found, tasks[:6], lambda number: number > 3)
    assert audited(run)["positive"].wrong == 4
    assert watch_runs() == 1
    assert watch_runs() == 0
    do(Job.objects.get(kind=triage.BACK))
    positive.refresh_from_db()
    assert (positive.state, positive.put_back, positive.alarm_wrong) == ("alarm", len(had), 4)
    assert positive.alarm_low > run.target
    rows = TaskSummary.objects.filter(task__in=had)
    assert set(rows.values_list("state", "source", "value", "probability")) == {("open", "", None, None)}
    assert QueueEntry.objects.filter(task__in=had, is_open=True).count() == len(had)
    assert with_model(found) == {
        item.task_id for item in TriageItem.objects.filter(run=run, code="negative", is_audit=False)
    }
    notice = Notice.objects.get(kind="triage")
    assert notice.user == found.world.max
    assert f"The {len(had)} tasks" in notice.text
    page = Client()
    page.force_login(found.world.max)
    shown = page.get(f"/projects/{found.world.project.pk}/triage/").content.decode()
    assert "the model is wrong too often" in shown
    before = with_model(found)
    (new,) = make_tasks(make_room(found), ["Comes in later"])
    add_score(found, new, "positive")
    do(triage.accept_more(project=found.world.project, by=found.world.max))
    assert with_model(found) == before


def test_right_answers_raise_no_alarm_and_give_the_error_an_interval(found: Triaged) -> None:
    run = start(found)
    check(found, [task for task in found.waiting if task.pk in kept(run)], lambda number: True)
    assert watch_runs() == 0
    TaskSummary.objects.filter(task=min(kept(run))).update(state="open")
    assert sum(each.checked for each in audited(run).values()) == len(kept(run)) - 1
    TaskSummary.objects.filter(task=min(kept(run))).update(state="done")
    report = run_report(found.world.project, run)
    model, people = report.tiers
    assert (model.tasks, model.answers, model.error) == (len(with_model(found)), len(kept(run)), 0.0)
    assert model.low == 0.0
    assert model.high is not None
    assert 0 < model.high < 0.2
    assert people.tasks == len(found.checked) + len(kept(run))
    assert report.saved == len(with_model(found))


def test_after_an_alarm_only_what_came_since_counts_and_the_threshold_does_not_fall(found: Triaged) -> None:
    run = start(found)
    at = threshold(run, "positive")
    TriageClass.objects.filter(run=run, code="positive").update(state="alarm", alarm_at=run.created_at)
    check(found, [task for task in found.waiting if task.pk in kept(run)], lambda number: True)
    measure(found)
    data = TriageMeasure.objects.get().data
    points = data["classes"]["positive"]["points"]
    since = TriageItem.objects.filter(run=run, code="positive", is_audit=True).count()
    assert points[-1][3] == since
    assert points[-1][0] >= at
    assert data["classes"]["negative"]["points"][-1][3] == 100
    rows = Prediction.objects.filter(task__in=found.checked, value={"sentiment": "positive"}, score__gte=at)
    assert data["later"] == len(kept(run)) - since + rows.count()


def test_a_manager_puts_a_class_or_all_back(found: Triaged) -> None:
    run = start(found)
    shared: Any = {"project": found.world.project, "by": found.world.max}
    first = min(TriageItem.objects.filter(run=run, is_audit=False).values_list("task_id", flat=True))
    TaskSummary.objects.filter(task=first).update(source="adjudication", value={"sentiment": "neutral"})
    do(triage.put_back(**shared, classes=["negative"]))
    assert {item.code for item in TriageItem.objects.filter(task__in=with_model(found))} == {"positive"}
    assert triage.active_run(found.world.project) is not None
    with pytest.raises(DomainError, match="Not left to the model"):
        triage.put_back(**shared, classes=["negative"])
    archived = min(with_model(found))
    archive(project_id=found.world.project.pk, task_ids=[archived])
    job = triage.put_back(**shared)
    do(job)
    Job.objects.filter(pk=job.pk).update(state="running", heartbeat_at=None)
    do(job)
    assert with_model(found) == set()
    assert TaskSummary.objects.get(task=first).source == "adjudication"
    assert TaskSummary.objects.get(task=archived).archived_from == "open"
    assert triage.active_run(found.world.project) is None
    assert hand_out(found.world.project, found.world.ann, 1)


def test_an_end_keeps_the_answers_and_nobody_watches(found: Triaged) -> None:
    run = start(found)
    tasks = with_model(found)
    triage.end_run(project=found.world.project, by=found.world.max)
    wrong_audit(found, run, 30)
    assert watch_runs() == 0
    assert with_model(found) == tasks


def test_a_person_may_still_decide_otherwise(found: Triaged) -> None:
    start(found)
    task = min(with_model(found))
    address = f"/api/v1/tasks/{task}/adjudication/"
    said = {"value": {"sentiment": "neutral"}, "reason": "It is."}
    assert api(found.world.max).post(address, said, format="json").status_code in (200, 201)
    assert TaskSummary.objects.get(task=task).source == "adjudication"


def refuse(found: Triaged, match: str, error: type[DomainError] = DomainError, **terms: Any) -> None:
    terms = {"target": 0.05, **terms}
    with pytest.raises(error) as refusal:
        triage.start_run(project=found.world.project, by=found.world.max, **terms)
    said = [refusal.value.message, *(f"{each.path}: {each.message}" for each in refusal.value.fields)]
    assert match in " ".join(said)


def test_refusals(found: Triaged) -> None:
    refuse(found, "target: a share", target=0.0)
    refuse(found, "target: a share", target=float("nan"))
    refuse(found, "audit_share: a share", audit_share=0.0)
    refuse(found, "critical: unknown: not a class", critical=["unknown"])
    refuse(found, "No class has a threshold", target=0.01)
    refuse(found, "No class has a threshold", critical=["positive", "negative"])
    shared: Any = {"project": found.world.project, "by": found.world.max}
    for act in (triage.accept_more, triage.put_back, triage.end_run):
        with pytest.raises(Conflict, match="No triage is in force"):
            act(**shared)
    run = triage.start_run(**shared, target=0.05)
    refuse(found, "in force", Conflict)
    with pytest.raises(Conflict, match="being accepted already"):
        triage.accept_more(**shared)
    run.delete()
    TriageMeasure.objects.all().delete()
    refuse(found, "Measure the model first", Conflict)


def test_a_question_beside_others_that_must_be_answered_is_refused() -> None:
    found = triaged(checked=200, waiting=2)
    measure(found)
    more = json.loads(json.dumps(SENTIMENT))
    more["fields"].append({"name": "why", "type": "text", "required": True})
    other = make_project(found.world.organization, found.world.max, more)
    TriageMeasure.objects.update(project=other)
    with pytest.raises(DomainError, match="no whole answer"):
        triage.start_run(project=other, by=found.world.max, target=0.05)


def test_the_walk_by_rest_and_the_wall(found: Triaged) -> None:
    address = f"/api/v1/projects/{found.world.project.pk}/triage/"
    terms = {"target": 0.05, "critical": ["negative"], "audit_share": 0.2}
    for person, status in ((found.world.otto, 404), (found.world.eve, 403), (found.world.rita, 403)):
        assert api(person).post(f"{address}run/", terms, format="json").status_code == status
        assert api(person).delete(f"{address}run/").status_code == status
    manager = api(found.world.max)
    assert manager.post(f"{address}run/", {**terms, "more": 1}, format="json").status_code == 400
    said = manager.post(f"{address}run/", terms, format="json")
    assert said.status_code == 202
    do(Job.objects.get(pk=said.json()["id"]))
    run = manager.get(address).json()["run"]
    assert run["critical"] == ["negative"]
    assert run["tiers"][0]["tasks"] == len(with_model(found)) > 0
    assert [tier["name"] for tier in run["tiers"]] == ["model", "people"]
    assert manager.post(f"{address}run/", terms, format="json").status_code == 409
    do(Job.objects.get(pk=manager.post(f"{address}run/more/").json()["id"]))
    do(Job.objects.get(pk=manager.post(f"{address}run/put-back/", {}, format="json").json()["id"]))
    assert with_model(found) == set()
    assert manager.get(address).json()["run"] is None
    assert manager.delete(f"{address}run/").status_code == 409


def test_the_page_starts_ends_and_says_what_is_refused(found: Triaged) -> None:
    page, address = Client(), f"/projects/{found.world.project.pk}/triage/"
    page.force_login(found.world.max)
    assert "Leave them to the model" in page.get(address, {"error": "5"}).content.decode()
    refused = page.post(f"{address}?error=5", {"action": "start", "error": "5", "audit": "0,5"})
    assert refused.status_code == 400
    said = refused.content.decode()
    assert "The triage cannot start so." in said
    assert "a share from 1 to 50" in said
    assert 'step="any" value="0,5" required aria-invalid="true"' in said, "what was typed stays"
    assert not TriageRun.objects.exists()
    said = page.post(address, {"action": "start", "error": "5", "audit": "5"}, follow=True).content.decode()
    assert "The triage has started" in said
    do(TriageRun.objects.get().job)
    again = page.post(address, {"action": "start", "error": "5", "audit": "5"})
    assert again.status_code == 409
    assert "in force" in again.content.decode()
    shown = page.get(address, {"error": "5"}).content.decode()
    assert "Put all back" in shown
    assert "Leave them to the model" not in shown
    assert "The triage has ended" in page.post(address, {"action": "end"}, follow=True).content.decode()


def test_a_real_answer_to_an_audited_task_reaches_the_audit(found: Triaged) -> None:
    """Over HTTP and through the consensus, not by rows made for the test."""
    run = start(found, audit_share=0.5)
    for row in hand_out(found.world.project, found.world.ann, 20):
        answer(found.world.ann, row, {"sentiment": "neutral"})
    outbox.drain()
    update_stale(found.world.project.pk)
    seen = audited(run)
    assert sum(each.checked for each in seen.values()) > 3
    assert all(each.wrong == each.checked for each in seen.values())
