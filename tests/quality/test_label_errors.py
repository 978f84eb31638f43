"""Label errors: found by a model and by the crowd, explained, judged, and measured as they are judged."""

import pytest
from django.test import Client

from accounts.errors import Conflict, DomainError, Forbidden
from accounts.models import User
from projects.jobs import run_job
from projects.models import Job, Membership, Project, Role, TaskSummary
from quality.models import FlagState, LabelFlag
from quality.reports.label_errors import flags_after, in_words, precisions
from quality.services.full_run import full_run
from quality.services.label_errors import judge_flag, start_search
from tests.quality.crowd import Crowd, answer, make_crowd, settle
from tests.world import make_project, make_tasks, make_user

pytestmark = pytest.mark.django_db
WORDS = {"yes": "sun beach holiday sea", "no": "rain mud work tax"}


def manager(project: Project) -> User:
    return Membership.objects.get(project=project, role=Role.MANAGER).user


def labeled_texts(count: int, wrong: set[int]) -> Crowd:
    """One label each, by one person; those of ``wrong`` say the opposite of what the text is about."""
    crowd = make_crowd(1, 0, overlap=1)
    codes = ["yes" if number % 2 else "no" for number in range(count)]
    texts = [f"{WORDS[code]} number {number}" for number, code in enumerate(codes)]
    crowd.tasks = make_tasks(crowd.project, texts)
    summaries = list(TaskSummary.objects.filter(task__in=crowd.tasks).order_by("task"))
    for number, summary in enumerate(summaries):
        said = codes[number] if number not in wrong else {"yes": "no", "no": "yes"}[codes[number]]
        summary.state, summary.value, summary.source = "done", {"follows": said}, "consensus"
    TaskSummary.objects.bulk_update(summaries, ["state", "value", "source"])
    return crowd


def search(project: Project) -> Job:
    job = start_search(project=project, by=None)
    run_job(job.pk)
    job.refresh_from_db()
    return job


def test_it_works() -> None:
    wrong = {3, 8, 21}
    crowd = labeled_texts(40, wrong)
    job = search(crowd.project)
    assert (job.state, job.result["examined"]) == ("done", 40)
    flags, more = flags_after(crowd.project, FlagState.OPEN, None)
    assert not more
    assert {flag.task_id for flag in flags} >= {crowd.tasks[number].pk for number in wrong}
    assert {flag.task_id for flag in flags[:3]} == {crowd.tasks[number].pk for number in wrong}
    (first, *_) = in_words(crowd.project, flags)
    assert first.flag.source == "model"
    assert first.why.startswith("A model that never saw this item gives “")


def test_a_model_that_learned_nothing_doubts_nothing() -> None:
    """The texts say nothing of the answers: half of them would be flagged."""
    crowd = labeled_texts(60, set(range(0, 60, 4)) | set(range(1, 60, 4)))
    job = search(crowd.project)
    assert (job.state, job.result["examined"], job.result["flags"]) == ("done", 0, 0)
    assert job.result["note"] == (
        "A model of 60 items tells answers apart no better than chance and doubts none."
    )


def test_the_crowd_contradicts_a_label_and_the_sentence_says_how() -> None:
    """Five people; the last says "yes" whatever is asked, and a reviewer's label follows them once."""
    crowd = make_crowd(5, 12, overlap=5)
    for number, task in enumerate(crowd.tasks):
        for place, person in enumerate(crowd.people):
            said = "yes" if place == 4 or number % 2 else "no"
            answer(crowd.project, task, person, {"follows": said})
    settle()
    full_run(crowd.project)
    bad = crowd.tasks[0]
    TaskSummary.objects.filter(task=bad).update(value={"follows": "yes"}, source="review")
    job = search(crowd.project)
    assert job.result["note"].startswith("12 tasks have an answer")
    (row,) = in_words(crowd.project, list(LabelFlag.objects.filter(project=crowd.project)))
    assert (row.flag.task_id, row.label, row.suggested, row.flag.source) == (bad.pk, "yes", "no", "crowd")
    assert row.why.startswith("1 of 5 people said “yes”, 4 “no”; weighed by what is known of them")
    assert "somebody who gets “no” right in 0." in row.why
    assert "Worker" not in row.why


def test_a_second_search_keeps_what_was_judged_and_asks_nothing_twice() -> None:
    crowd = labeled_texts(40, {3, 8})
    search(crowd.project)
    before = list(LabelFlag.objects.values_list("task_id", "label", "score").order_by("pk"))
    first = LabelFlag.objects.order_by("score", "pk")[0]
    judge_flag(flag=first, by=manager(crowd.project), verdict="right")
    search(crowd.project)
    assert LabelFlag.objects.get(pk=first.pk).state == FlagState.RIGHT
    after = LabelFlag.objects.values_list("task_id", "label", "score")
    assert sorted(after) == sorted(before)


def test_precision_with_interval_per_source() -> None:
    crowd = labeled_texts(40, {3, 8, 21})
    search(crowd.project)
    by = manager(crowd.project)
    flags, _ = flags_after(crowd.project, FlagState.OPEN, None)
    for flag, verdict in zip(flags, ("error", "error", "skipped"), strict=False):
        judge_flag(flag=flag, by=by, verdict=verdict)
    (row,) = precisions(crowd.project)
    assert (row.source, row.judged, row.errors, row.value) == ("model", 2, 2, 1.0)
    assert row.interval is not None
    assert row.interval.low == pytest.approx(0.342, abs=0.001)


def test_refusals() -> None:
    crowd = labeled_texts(40, {3})
    job = start_search(project=crowd.project, by=None)
    with pytest.raises(Conflict):
        start_search(project=crowd.project, by=None)
    run_job(job.pk)
    with pytest.raises(DomainError):
        start_search(project=crowd.project, by=None, field="mood")
    flag = LabelFlag.objects.all()[0]
    with pytest.raises(DomainError):
        judge_flag(flag=flag, by=manager(crowd.project), verdict="open")
    answer(crowd.project, flag.task, crowd.people[0], {"follows": "yes"})
    with pytest.raises(Forbidden):
        judge_flag(flag=flag, by=crowd.people[0], verdict="error")


def test_pages_of_the_list_follow_one_another() -> None:
    crowd = labeled_texts(60, set())
    now = TaskSummary.objects.all()[0].updated_at
    LabelFlag.objects.bulk_create(
        LabelFlag(
            project=crowd.project,
            task=task,
            field="follows",
            label="yes",
            suggested="no",
            source="model",
            score=-(number % 3) / 3,
            found_at=now,
        )
        for number, task in enumerate(crowd.tasks)
    )
    first, more = flags_after(crowd.project, FlagState.OPEN, None)
    rest, end = flags_after(crowd.project, FlagState.OPEN, (first[-1].score, first[-1].pk))
    assert (len(first), more, len(rest), end) == (50, True, 10, False)
    scores = [flag.score for flag in first + rest]
    assert scores == sorted(scores)
    assert len({flag.pk for flag in first + rest}) == 60


def _client(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_by_rest() -> None:
    crowd = labeled_texts(40, {3, 8})
    client, base = _client(manager(crowd.project)), f"/api/v1/projects/{crowd.project.pk}/label-errors/"
    started = client.post(base, {}, content_type="application/json")
    assert started.status_code == 202
    run_job(int(started.json()["id"]))
    listed = client.get(base, {"state": "open", "origin": "model"}).json()["results"]
    shown = client.get(f"/projects/{crowd.project.pk}/label-errors/").content.decode()
    assert "none judged yet" in shown
    assert "A model that never saw this item" in shown
    given = client.get(f"{base}next/").json()
    assert given["flag"] == listed[0]
    assert given["value"] == {"follows": given["flag"]["says"]}
    address = f"/api/v1/label-errors/{given['flag']['id']}/judgement/"
    judged = client.post(address, {"verdict": "error"}, content_type="application/json")
    assert (judged.status_code, judged.json()["state"]) == (200, "error")
    assert client.get(f"{base}next/").json()["flag"]["id"] == listed[1]["id"]
    precision = client.get(f"{base}precision/").json()["results"]
    assert [(row["origin"], row["judged"], row["wrong"]) for row in precision] == [("model", 1, 1)]
    assert client.get(base, {"state": "wrong"}).status_code == 400
    page = client.get(f"/projects/{crowd.project.pk}/label-errors/?state=error").content.decode()
    assert page.count('class="item-link"') == 1
    assert client.get(f"/projects/{crowd.project.pk}/label-errors/judge/").status_code == 200


def test_the_wall() -> None:
    crowd = labeled_texts(40, {3})
    search(crowd.project)
    flag = LabelFlag.objects.all()[0]
    other = make_project(crowd.project.organization, make_user("Zoe", crowd.project.organization))
    stranger = _client(manager(other))
    assert stranger.get(f"/api/v1/projects/{other.pk}/label-errors/").json()["results"] == []
    for address in (
        f"/api/v1/label-errors/{flag.pk}/judgement/",
        "/api/v1/label-errors/999999999/judgement/",
    ):
        said = stranger.post(address, {"verdict": "error"}, content_type="application/json")
        assert said.status_code == 404
