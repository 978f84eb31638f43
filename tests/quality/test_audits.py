"""Audit samples: drawn by seed, judged blind, kept, decided by a stated rule."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.errors import Conflict, DomainError, Forbidden
from accounts.models import User
from annotate.models import Annotation
from labeltypes.base import Invalid
from projects.jobs import cancel_job, run_job
from projects.models import JobState, Task, TaskSummary
from quality.models import AuditItem, AuditSample, AuditState, GoldItem
from quality.reports.audits import audit_report
from quality.services.audits import AuditAnswer, AuditPlan, extend_audit, judge, next_item, start_audit
from tests.world import World, make_project, make_tasks, make_world

pytestmark = pytest.mark.django_db
CLASSES = ("positive", "negative", "neutral")


@pytest.fixture
def world() -> World:
    """120 done tasks: 60 positive, 40 negative, 20 neutral, of two batches."""
    world = make_world()
    fill(world, 120)
    return world


def fill(world: World, count: int) -> list[Task]:
    tasks = make_tasks(world.project, count, queue=False)
    summaries = list(TaskSummary.objects.filter(task__in=tasks).order_by("task"))
    for number, (task, summary) in enumerate(zip(tasks, summaries, strict=True)):
        label = CLASSES[0 if 2 * number < count else 1 if 100 * number < 84 * count else 2]
        summary.state, summary.value, summary.source = "done", {"sentiment": label}, "consensus"
        task.meta = {"batch": "ab"[number % 2]}
    TaskSummary.objects.bulk_update(summaries, ["state", "value", "source"])
    Task.objects.bulk_update(tasks, ["meta"])
    return tasks


def plan(**changes: Any) -> AuditPlan:
    return AuditPlan(**{"target": 0.9, "field": "sentiment", "by": "class", "size": 30, "seed": 5, **changes})


def drawn(world: World, **changes: Any) -> AuditSample:
    sample = start_audit(project=world.project, by=world.max, plan=plan(**changes))
    assert sample.job_id is not None
    run_job(sample.job_id)
    sample.refresh_from_db()
    return sample


def tasks_of(sample: AuditSample) -> list[int]:
    return list(sample.items.order_by("position").values_list("task_id", flat=True))


def judge_all(sample: AuditSample, by: User, *, wrong: int = 0) -> None:
    """Everything as labeled, but the first ``wrong``."""
    count = 0
    while item := next_item(sample=sample, user=by):
        label = item.value["sentiment"]
        said = next(name for name in CLASSES if (name == label) == (count >= wrong))
        judge(item=item, by=by, answer=AuditAnswer({"sentiment": said}))
        count += 1
    sample.refresh_from_db()


def test_it_works(world: World) -> None:
    sample = drawn(world)
    assert sample.state == AuditState.JUDGING
    assert [(each["name"], each["population"], each["drawn"]) for each in sample.strata] == [
        ("negative", 41, 10),
        ("neutral", 19, 5),
        ("positive", 60, 15),
    ]
    judge_all(sample, world.rita, wrong=1)
    assert sample.state == AuditState.DONE
    report = audit_report(sample)
    assert report.found is not None
    assert 0.93 < report.found.value < 0.98
    assert report.found.interval.low < 0.9 < report.found.interval.high
    assert report.decision == "more"
    assert report.more > 0


def test_the_same_seed_draws_the_same_tasks(world: World) -> None:
    first, again, other = drawn(world), drawn(world), drawn(world, seed=6)
    assert tasks_of(first) == tasks_of(again)
    assert set(tasks_of(first)) != set(tasks_of(other))
    assert len(set(tasks_of(first))) == 30
    assert [first.number, again.number, other.number] == [1, 2, 3]


def test_a_second_delivery_of_the_job_draws_nothing_more(world: World) -> None:
    sample = drawn(world)
    before = tasks_of(sample)
    assert sample.job is not None
    sample.job.state = JobState.QUEUED
    sample.job.save()
    run_job(sample.job.pk)
    assert tasks_of(sample) == before


def test_strata_by_metadata_or_none(world: World) -> None:
    sample = drawn(world, by="meta", meta_key="batch")
    assert [(each["name"], each["population"], each["drawn"]) for each in sample.strata] == [
        ("a", 60, 15),
        ("b", 60, 15),
    ]
    assert [each["drawn"] for each in drawn(world, by="").strata] == [30]


def test_more_strata_than_the_sample_has_room_for_are_looked_at_as_one(world: World) -> None:
    tasks = list(Task.objects.filter(project=world.project).order_by("pk"))
    for number, task in enumerate(tasks):
        task.meta = {"batch": f"b{number % 15:02}"}
    Task.objects.bulk_update(tasks, ["meta"])
    sample = drawn(world, by="meta", meta_key="batch", size=12)
    assert [each["name"] for each in sample.strata] == ["b00", "b01", "others"]
    assert [each["drawn"] for each in sample.strata] == [2, 2, 8]


def test_gold_and_unfinished_tasks_are_not_drawn(world: World) -> None:
    tasks = list(Task.objects.filter(project=world.project).order_by("pk"))
    GoldItem.objects.create(project=world.project, task=tasks[0], answers=[{"sentiment": "positive"}])
    TaskSummary.objects.filter(task=tasks[1]).update(state="review")
    sample = drawn(world, size=118)
    assert audit_report(sample).population == 118
    assert not {tasks[0].pk, tasks[1].pk} & set(tasks_of(sample))


def test_the_size_that_gives_a_half_width(world: World) -> None:
    sample = drawn(world, size=None, half_width=0.05, expected=0.95)
    assert sample.items.count() == 53  # of 120; of endlessly many 94 would be needed


def test_the_label_is_kept_as_it_was_when_drawn(world: World) -> None:
    sample = drawn(world)
    item = sample.items.get(position=1)
    TaskSummary.objects.filter(task=item.task_id).update(value={"sentiment": "neutral"}, state="open")
    item.refresh_from_db()
    judge(item=item, by=world.rita, answer=AuditAnswer(item.value))
    assert AuditItem.objects.get(pk=item.pk).is_right


def test_nobody_gets_what_they_answered_or_what_another_has_on_the_screen(world: World) -> None:
    sample = drawn(world)
    first, second = sample.items.filter(position__lte=2).order_by("position")
    Annotation.objects.create(
        project=world.project,
        task_id=first.task_id,
        user=world.rita,
        value={"sentiment": "positive"},
        created_at=timezone.now(),
        updated_at=timezone.now(),
    )
    assert next_item(sample=sample, user=world.rita) == second
    assert next_item(sample=sample, user=world.max) == first
    after = next_item(sample=sample, user=world.max, after=1)
    assert after is not None
    assert after.position == 3
    with pytest.raises(Forbidden):
        judge(item=first, by=world.rita, answer=AuditAnswer({"sentiment": "positive"}))


def test_one_judges_and_may_answer_anew_until_the_end(world: World) -> None:
    sample = drawn(world)
    item = sample.items.get(position=1)
    judge(item=item, by=world.rita, answer=AuditAnswer(None, is_unclear=True))
    assert AuditItem.objects.get(pk=item.pk).is_right is False
    judge(item=item, by=world.rita, answer=AuditAnswer(item.value))
    assert AuditItem.objects.get(pk=item.pk).is_right
    with pytest.raises(Conflict):
        judge(item=item, by=world.max, answer=AuditAnswer(item.value))
    judge_all(sample, world.rita)
    with pytest.raises(Conflict):
        judge(item=item, by=world.rita, answer=AuditAnswer(item.value))


def test_a_value_is_checked(world: World) -> None:
    item = drawn(world).items.get(position=1)
    for value in ({"sentiment": "sad"}, {}):
        with pytest.raises(Invalid):
            judge(item=item, by=world.rita, answer=AuditAnswer(value))


def test_extending_goes_on_in_the_same_order(world: World) -> None:
    late = TaskSummary.objects.filter(project=world.project).order_by("-task")[:20].values("task")
    TaskSummary.objects.filter(task__in=list(late.values_list("task", flat=True))).update(state="open")
    sample, large = drawn(world), drawn(world, size=60)
    with pytest.raises(Conflict):
        extend_audit(sample=sample, by=world.max, more=30)
    judge_all(sample, world.rita)
    later = TaskSummary.objects.filter(project=world.project, state="open")
    later.update(state="done", done_at=timezone.now())  # not of this draw
    sample = extend_audit(sample=sample, by=world.max, more=30)
    assert sample.job_id is not None
    run_job(sample.job_id)
    sample.refresh_from_db()
    assert (sample.look, sample.state) == (2, AuditState.JUDGING)
    assert set(tasks_of(sample)) == set(tasks_of(large))
    assert audit_report(sample).confidence == pytest.approx(0.9975)
    judge_all(sample, world.rita)
    with pytest.raises(DomainError):
        extend_audit(sample=sample, by=world.max, more=1_000)


def test_too_few_done_tasks_are_refused_with_the_number(world: World) -> None:
    TaskSummary.objects.filter(project=world.project, value={"sentiment": "positive"}).update(state="open")
    TaskSummary.objects.filter(project=world.project, value={"sentiment": "negative"}).update(state="open")
    TaskSummary.objects.filter(project=world.project, value={"sentiment": "neutral"}).update(value={})
    sample = drawn(world)
    assert sample.state == AuditState.FAILED
    assert sample.message.startswith("0 tasks are done")


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"field": "mood"}, "field"),
        ({"by": "size"}, "by"),
        ({"by": "class", "field": ""}, "by"),
        ({"by": "meta"}, "meta_key"),
        ({"size": None}, "size"),
        ({"half_width": 0.1}, "size"),
        ({"size": 3}, "size"),
        ({"size": None, "half_width": 0.7}, "half_width"),
        ({"target": 1.0}, "target"),
        ({"expected": 0.0}, "expected"),
        ({"tolerance": 1.0}, "tolerance"),
    ],
)
def test_a_bad_plan_is_refused_by_name(world: World, changes: dict[str, Any], path: str) -> None:
    with pytest.raises(DomainError) as refusal:
        start_audit(project=world.project, by=world.max, plan=plan(**changes))
    assert path in [problem.path for problem in refusal.value.fields]


def _client(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_by_rest_nothing_tells_the_label_before_the_end(world: World) -> None:
    client = _client(world.rita)
    made = client.post(
        f"/api/v1/projects/{world.project.pk}/audits/",
        {"target": 0.9, "field": "sentiment", "by": "class", "size": 12, "seed": 5},
        content_type="application/json",
    )
    assert made.status_code == 202, made.content
    sample = AuditSample.objects.get(pk=made.json()["id"])
    assert sample.job_id is not None
    run_job(sample.job_id)
    base = f"/api/v1/audits/{sample.pk}"
    seen = []
    while (given := client.post(f"{base}/next/").json())["item"]:
        seen.append(given["item"])
        assert client.get(f"{base}/items/").json()["results"] == []
        assert client.get(f"{base}/").json()["estimate"] is None
        assert client.get(f"{base}/").json()["strata"][0]["right"] is None
        said = client.post(
            f"/api/v1/audit-items/{given['item']['id']}/judgement/",
            {"value": {"sentiment": "positive"}, "seconds": 3},
            content_type="application/json",
        )
        assert (said.status_code, said.json().keys()) == (201, {"left"})
    assert len(seen) == 12
    assert {key for item in seen for key in item["item"]} == {"data", "meta", "media"}
    report = client.get(f"{base}/").json()
    assert report["decision"] == "reject"
    assert report["estimate"]["value"] == pytest.approx(0.5, abs=0.01)
    differing = client.get(f"{base}/items/?right=false").json()["results"]
    assert {row["audited"]["sentiment"] for row in differing} == {"negative", "neutral"}
    page = client.get(f"/projects/{world.project.pk}/audits/{sample.pk}/").content.decode()
    assert "Rejected:" in page
    file = client.get(f"/projects/{world.project.pk}/audits/{sample.pk}/report.csv").content.decode()
    assert "seed,5" in file
    assert "decision,reject" in file


def test_the_pages(world: World) -> None:
    client, base = _client(world.max), f"/projects/{world.project.pk}/audits/"
    assert "No audits yet" in client.get(base).content.decode()
    bad = client.post(base, {"target": "95", "field": "sentiment", "how": "size", "size": "3", "by": ""})
    assert bad.status_code == 400
    assert "between 10 and 5,000" in bad.content.decode()
    form = {"target": "95", "field": "sentiment", "how": "width", "half_width": "5", "by": ""}
    made = client.post(base, form)
    sample = AuditSample.objects.get()
    assert made.headers["Location"] == f"{base}{sample.pk}/"
    assert "being drawn" in client.get(made.headers["Location"]).content.decode()
    assert sample.job_id is not None
    run_job(sample.job_id)
    judging = client.get(made.headers["Location"]).content.decode()
    assert "Judge blind" in judging
    assert "Wilson's at the effective" not in judging
    assert client.get(f"{base}{sample.pk}/judge/").status_code == 200


def test_the_wall(world: World) -> None:
    sample = drawn(world)
    foreign = make_project(world.other, world.otto)
    for address in ("", "judge/", "report.csv"):
        own = f"/projects/{foreign.pk}/audits/{sample.pk}/{address}"
        assert _client(world.otto).get(own).status_code == 404


@pytest.mark.parametrize("more", [0, 30])
def test_a_draw_whose_job_is_cancelled_says_so_and_can_be_drawn_again(world: World, more: int) -> None:
    if more:
        sample = drawn(world, target=0.99)
        judge_all(sample, world.rita)
        sample = extend_audit(sample=sample, by=world.max, more=more)
    else:
        sample = start_audit(project=world.project, by=world.max, plan=plan())
    assert sample.job is not None
    cancel_job(job=sample.job)
    sample.refresh_from_db()
    assert sample.state == (AuditState.DONE if more else AuditState.FAILED)
    client = Client()
    client.force_login(world.max)
    shown = client.get(f"/projects/{world.project.pk}/audits/{sample.pk}/").content.decode()
    assert "The draw was stopped" in shown
    assert "every 2s" not in shown, "nobody waits for it any more"
    if more:
        sample = extend_audit(sample=sample, by=world.max, more=more)
    else:
        sample = start_audit(project=world.project, by=world.max, plan=plan())
    assert sample.job_id is not None
    run_job(sample.job_id)
    sample.refresh_from_db()
    assert (sample.state, sample.message) == (AuditState.JUDGING, "")


def test_an_extension_that_is_too_large_stands_in_the_form_again(world: World) -> None:
    sample = drawn(world, target=0.99)
    judge_all(sample, world.rita, wrong=0)
    client = Client()
    client.force_login(world.max)
    refused = client.post(f"/projects/{world.project.pk}/audits/{sample.pk}/", {"more": "4999"})
    assert refused.status_code == 400
    shown = refused.content.decode()
    assert 'value="4999" aria-label="How many more" aria-invalid="true"' in shown
    assert "between 1 and 90" in shown
