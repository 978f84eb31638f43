"""A goal: what may be asked for, what is proposed, when it is planned anew, and why the plan changed."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import AuditEvent, User
from annotate.models import PersonTotal
from projects.jobs import run_job
from projects.models import Job, JobState, Membership, Project, Role
from quality.models import Goal, GoalStep
from quality.services import goals
from quality.services.full_run import full_run
from quality.services.planning import PlanSetup
from tests.annotate.steps import api
from tests.quality.crowd import Crowd, answer, make_crowd, settle
from tests.world import make_user

pytestmark = pytest.mark.django_db

GOAL = {"field": "follows", "target": 0.9, "budget": 1_000}


@pytest.fixture
def crowd() -> Crowd:
    return make_crowd(5, 30, overlap=2)


@pytest.fixture(autouse=True)
def fewer_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(goals, "RUNS", 2)
    monkeypatch.setattr(goals, "CANDIDATES", (PlanSetup(1, 1), PlanSetup(3, 3), PlanSetup(2, 4, 0.9)))


def manager(project: Project) -> User:
    return Membership.objects.get(project=project, role=Role.MANAGER).user


def address(project: Project, rest: str = "") -> str:
    return f"/api/v1/projects/{project.pk}/plan/goal/{rest}"


def plan_now(project: Project) -> Job:
    job = Job.objects.get(project=project, kind=goals.JOB, state=JobState.QUEUED)
    run_job(job.pk)
    job.refresh_from_db()
    assert job.state == JobState.DONE, job.error
    return job


def set_goal(project: Project, **changes: object) -> Any:
    return api(manager(project)).put(address(project), GOAL | changes, format="json")


def test_it_works(crowd: Crowd) -> None:
    client = api(manager(crowd.project))
    nothing = {"goal": None, "spent": 0, "planning": False, "job": None, "steps": []}
    assert client.get(address(crowd.project)).json() == nothing
    begun = set_goal(crowd.project).json()
    assert begun["planning"] is True
    assert client.get(f"/api/v1/jobs/{begun['job']}/").json()["state"] == "queued", "where it can be followed"
    plan_now(crowd.project)
    goal = client.get(address(crowd.project)).json()
    (step,) = goal["steps"]
    assert (goal["planning"], step["verdict"] in ("sure", "likely")) == (False, True)
    assert step["cost"]["mean"] <= 1_000
    assert step["accuracy"]["mean"] >= 0.9
    assert step["reasons"] == ["First plan: 5 people, right 85% of the time (assumed)."]
    assert step["pilot"] == 30, (
        "all there are: a hundred answers of five people take 34 tasks with three each"
    )
    response = client.post(address(crowd.project, "apply/"), {"step": step["id"]}, format="json")
    assert response.json()["steps"][0]["applied_at"]
    project = Project.objects.get(pk=crowd.project.pk)
    assert (project.overlap, project.review_share) == (step["least"], step["review_share"])
    assert client.delete(address(project)).status_code == 204
    assert client.get(address(project)).json() == nothing
    assert set(AuditEvent.objects.values_list("verb", flat=True)) >= {"goal.set", "goal.dropped"}


def test_out_of_reach_says_what_it_would_take(crowd: Crowd) -> None:
    set_goal(crowd.project, target=0.999, budget=31)
    plan_now(crowd.project)
    step = GoalStep.objects.get()
    assert step.verdict == "out_of_reach"
    assert step.cost["mean"] <= 31
    set_goal(crowd.project, target=0.9, budget=31)
    plan_now(crowd.project)
    step = GoalStep.objects.latest("pk")
    assert step.beyond is not None
    assert step.beyond > 31


def test_as_people_are_measured_the_plan_is_made_anew_and_says_why(crowd: Crowd) -> None:
    project = crowd.project
    set_goal(project, follows=True)
    plan_now(project)
    assert GoalStep.objects.get().applied_at is not None, "put in force by itself"
    project.refresh_from_db()
    settle()  # the queue follows
    for task in crowd.tasks[:12]:
        for person in crowd.people[: project.overlap]:
            answer(project, task, person, {"follows": "yes"})
    settle()
    assert goals.start_due_plans() == 0, "no full run has read them, and the last plan is too young"
    GoalStep.objects.update(created_at=timezone.now() - timedelta(hours=1))
    assert goals.start_due_plans() == 0
    full_run(project)
    now = timezone.now()
    Job.objects.create(
        organization=project.organization,
        project=project,
        kind="consensus",
        state=JobState.DONE,
        started_at=now,
        finished_at=now,
    )
    assert goals.start_due_plans() == 1
    assert goals.start_due_plans() == 0, "one at a time"
    plan_now(project)
    step = GoalStep.objects.latest("pk")
    assert step.crowd["measured"] == (project.overlap > 1)
    assert f"{step.spent:,} answers are given, 0 were at the last plan." in step.reasons
    assert step.reasons[-1] in ("The plan is another one.", "The plan stays.")


def test_reasons_name_what_is_different() -> None:
    crowd = {"measured": False, "people": 5, "accuracy": 0.85, "tasks": 100}
    same = {"least": 2, "most": 4, "until": 0.9, "gold_share": 0.0, "review_share": 0.0}
    old = GoalStep(**same, target=0.9, budget=500, spent=10, crowd=crowd)
    measured = crowd | {"measured": True, "accuracy": 0.782, "tasks": 1_200}
    new = GoalStep(**same | {"most": 5}, target=0.95, budget=700, spent=80, crowd=measured)
    assert goals.reasons(new, old) == [
        "One person is right 78.2% of the time (as measured), 85.0% at the last plan (assumed).",
        "Tasks: 100 before, 1,200 now.",
        "The goal was 90.0% for 500 answers, now 95.0% for 700.",
        "80 answers are given, 10 were at the last plan.",
        "The plan is another one.",
    ]
    assert goals.reasons(old, old) == ["The plan stays."]


def test_what_was_spent_is_spent(crowd: Crowd) -> None:
    """However cheap a plan looks: answers that were given are part of its cost."""
    PersonTotal.objects.create(project=crowd.project, user=crowd.people[0], answers=990, discarded=40)
    set_goal(crowd.project, budget=900)
    plan_now(crowd.project)
    step = GoalStep.objects.get()
    assert (step.spent, step.verdict) == (950, "out_of_reach")


@pytest.mark.parametrize(
    ("wrong", "path", "message"),
    [
        ({"field": "mood"}, "field", "must be one of follows"),
        ({"target": 0.4}, "target", "must be from 0.5 to 0.999"),
        ({"target": 1}, "target", "must be from 0.5 to 0.999"),
        ({"budget": 0}, "budget", "Ensure this value is greater than or equal to 1."),
    ],
)
def test_what_is_refused(crowd: Crowd, wrong: dict[str, object], path: str, message: str) -> None:
    response = set_goal(crowd.project, **wrong)
    assert response.status_code == 400
    assert response.json()["error"]["fields"] == [{"path": path, "message": message}]
    assert not Goal.objects.exists()


def test_only_the_newest_plan_can_be_put_in_force(crowd: Crowd) -> None:
    client = api(manager(crowd.project))
    assert client.post(address(crowd.project, "apply/"), {"step": "9"}, format="json").status_code == 404
    for _ in range(2):
        set_goal(crowd.project)
        plan_now(crowd.project)
    old = GoalStep.objects.earliest("pk")
    response = client.post(address(crowd.project, "apply/"), {"step": str(old.pk)}, format="json")
    assert (response.status_code, response.json()["error"]["code"]) == (409, "newer_plan")


def test_the_page(crowd: Crowd) -> None:
    client = Client()
    client.force_login(manager(crowd.project))
    base = f"/projects/{crowd.project.pk}/plan/"
    assert "No goal is set" in client.get(base).content.decode()
    form = {"field": "follows", "target": "many", "budget": "777"}
    refused = client.post(f"{base}goal/", form)
    assert (refused.status_code, "must be a number" in refused.content.decode()) == (400, True)
    assert 'value="777"' in refused.content.decode()
    assert client.post(f"{base}goal/", form | {"target": "90"}).status_code == 302
    assert "The planning waits for a worker" in client.get(base).content.decode()
    plan_now(crowd.project)
    shown = client.get(base).content.decode()
    assert "Put this plan in force" in shown
    assert "Nothing is proven yet" in shown
    step = GoalStep.objects.get()
    assert "newer plan" in client.post(f"{base}goal/apply/", {"step": "0"}, follow=True).content.decode()
    assert "in force" in client.post(f"{base}goal/apply/", {"step": step.pk}, follow=True).content.decode()
    assert "is forgotten" in client.post(f"{base}goal/drop/", follow=True).content.decode()


def test_strangers_and_annotators_may_not(crowd: Crowd) -> None:
    for user, status in ((crowd.people[0], 403), (make_user("Stranger"), 404)):
        client = api(user)
        assert client.get(address(crowd.project)).status_code == status
        assert client.put(address(crowd.project), GOAL, format="json").status_code == status
        assert client.delete(address(crowd.project)).status_code == status
