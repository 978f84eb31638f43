"""Plans tried before launch: what may be asked, what comes out, and the way from a row to the settings."""

import pytest
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import User
from projects.jobs import run_job
from projects.models import Job, JobState, Membership, Project, Role
from quality.models import FittedModel
from quality.services import planning
from quality.services.full_run import full_run
from tests.annotate.steps import api
from tests.quality.crowd import Crowd, answer, make_crowd, settle
from tests.world import make_user

pytestmark = pytest.mark.django_db

SMALL = {"people": 5, "tasks": 30, "accuracy": 0.8, "spread": 0.1}
PLANS = [{"least": 1, "most": 1}, {"least": 2, "most": 4, "until": 0.9}]


@pytest.fixture
def crowd() -> Crowd:
    return make_crowd(5, 6, overlap=2)


@pytest.fixture(autouse=True)
def fewer_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planning, "RUNS", 2)


def manager(project: Project) -> User:
    return Membership.objects.get(project=project, role=Role.MANAGER).user


def address(project: Project, rest: str = "simulation/") -> str:
    return f"/api/v1/projects/{project.pk}/plan/{rest}"


def run(client: APIClient, project: Project, **more: object) -> Job:
    response = client.post(address(project), SMALL | {"plans": PLANS} | more, format="json")
    assert response.status_code == 202, response.content
    run_job(int(response.json()["id"]))
    return Job.objects.get(pk=response.json()["id"])


def test_it_works(crowd: Crowd) -> None:
    client = api(manager(crowd.project))
    assert client.get(address(crowd.project)).json() == {"job": None, "plans": []}
    job = run(client, crowd.project)
    assert job.state == JobState.DONE, job.error
    fixed, dynamic = client.get(address(crowd.project)).json()["plans"]
    assert (fixed["least"], fixed["most"], fixed["answers"]["mean"], fixed["in_force"]) == (1, 1, 1, False)
    assert 2 <= dynamic["answers"]["mean"] <= 4
    assert dynamic["total"]["mean"] == pytest.approx(30 * dynamic["answers"]["mean"])
    assert dynamic["accuracy"]["low"] <= dynamic["accuracy"]["mean"] <= dynamic["accuracy"]["high"]
    assert run(client, crowd.project).result == job.result, "the same setup, the same figures"

    response = client.post(address(crowd.project, ""), {"plan": 1}, format="json")
    assert response.status_code == 200
    project = Project.objects.get(pk=crowd.project.pk)
    assert (project.overlap, project.dynamic_overlap, project.overlap_max) == (2, True, 4)
    assert (project.overlap_until, project.overlap_field) == (0.9, "follows")
    assert [row["in_force"] for row in client.get(address(crowd.project)).json()["plans"]] == [False, True]
    client.post(address(crowd.project, ""), {"plan": 0}, format="json")
    project.refresh_from_db()
    assert (project.overlap, project.dynamic_overlap) == (1, False)


def test_a_pilot_is_measured(crowd: Crowd) -> None:
    project = crowd.project
    assert not planning.default_setup(project).measured
    for task in crowd.tasks:
        for person, word in zip(crowd.people, ("yes", "no"), strict=False):
            answer(project, task, person, {"follows": word})
    settle()
    full_run(project)
    setup = planning.default_setup(project)
    assert (setup.measured, setup.people) == (True, 2)
    model = planning.crowd_of(project, setup)
    assert model.matrices is not None
    assert len(model.matrices) == 2
    assert model.marginals.tolist() == pytest.approx(FittedModel.objects.get().marginals)
    told = planning.clean_setup(project, {"shares": [3, 1], "measured": True, "people": 9})
    assert planning.crowd_of(project, told).marginals.tolist() == [0.75, 0.25]


@pytest.mark.parametrize(
    ("wrong", "path", "message"),
    [
        ({"people": 0}, "people", "must be from 1 to 200"),
        ({"accuracy": 1.1}, "accuracy", "must be from 0 to 1"),
        ({"spread": 0.9}, "spread", "must be from 0 to 0.5"),
        ({"tasks": 0}, "tasks", "must be from 1 to 1e+09"),
        ({"gold_share": 0.6}, "gold_share", "must be from 0 to 0.5"),
        ({"review_share": -0.1}, "review_share", "must be from 0 to 1"),
        ({"field": "mood"}, "field", "must be one of follows"),
        ({"measured": True}, "measured", "no full run has measured two people on this field yet"),
        ({"shares": [1]}, "shares", "must be 2 numbers, not all zero: one for each class"),
        ({"shares": [0, 0]}, "shares", "must be 2 numbers, not all zero: one for each class"),
        ({"shares": [1, -1]}, "shares", "must be numbers that are not negative, one for each class"),
        ({"plans": []}, "plans", "must be 1 to 8 plans"),
        ({"plans": [{"least": 3, "most": 2}]}, "plans", "must have 1 ≤ least ≤ most ≤ 15"),
        ({"plans": [{"least": 1, "most": 2, "until": 1}]}, "plans", "until must be from 0.5 to 0.999"),
        ({"plans": [{"least": 1, "most": 2, "worth": 0.6}]}, "plans", "worth must be from 0 to 0.5"),
        (
            {"plans": [{"least": 7, "most": 7}]},
            "people",
            "must be at least 7: a plan asks so many about one task",
        ),
    ],
)
def test_what_is_refused(crowd: Crowd, wrong: dict[str, object], path: str, message: str) -> None:
    body = SMALL | {"plans": PLANS} | wrong
    response = api(manager(crowd.project)).post(address(crowd.project), body, format="json")
    assert response.status_code == 400
    assert response.json()["error"]["fields"] == [{"path": path, "message": message}]
    assert not Job.objects.exists()


def test_one_at_a_time_and_nothing_to_take_a_plan_from(crowd: Crowd) -> None:
    client = api(manager(crowd.project))
    assert client.post(address(crowd.project, ""), {"plan": 0}, format="json").status_code == 409
    body = SMALL | {"plans": PLANS}
    assert client.post(address(crowd.project), body, format="json").status_code == 202
    assert client.post(address(crowd.project), body, format="json").status_code == 409
    run_job(Job.objects.get().pk)
    response = client.post(address(crowd.project, ""), {"plan": 9}, format="json")
    assert response.json()["error"]["fields"] == [{"path": "plan", "message": "not found"}]


def test_an_ontology_without_choices_cannot_be_simulated() -> None:
    fields = [{"name": "why", "type": "text"}]
    media = [{"name": "text", "kind": "text", "source": "text"}]
    project = make_crowd(2, 1, ontology={"media": media, "fields": fields}).project
    client = Client()
    client.force_login(manager(project))
    assert "Nothing to simulate" in client.get(f"/projects/{project.pk}/plan/").content.decode()
    response = api(manager(project)).post(address(project), {}, format="json")
    assert response.json()["error"]["code"] == "nothing_to_simulate"


def test_the_form_says_what_is_wrong_and_keeps_what_was_typed(crowd: Crowd) -> None:
    client = Client()
    client.force_login(manager(crowd.project))
    base = f"/projects/{crowd.project.pk}/plan/"
    form = {"field": "follows", "crowd": "assumed", "people": "5", "accuracy": "120", "spread": "10"}
    form |= {"shares": "3; 1", "tasks": "77", "gold_share": "0", "review_share": "0", "fixed": "1, 3"}
    form |= {"least": "2", "most": "5", "until": "95", "worth": "1.5"}
    page = client.post(f"{base}simulate/", form)
    assert page.status_code == 400
    shown = page.content.decode()
    assert "must be from 0 to 100 %" in shown
    assert 'value="77"' in shown
    assert "must be a number" in client.post(f"{base}simulate/", form | {"people": "some"}).content.decode()
    assert client.post(f"{base}simulate/", form | {"accuracy": "90,5"}).status_code == 302
    job = Job.objects.get()
    assert (job.params["accuracy"], job.params["shares"]) == (0.905, [3.0, 1.0])
    assert [plan["most"] for plan in job.params["plans"]] == [1, 3, 5]
    assert "A simulation waits for a worker" in client.get(base).content.decode()
    run_job(job.pk)
    shown = client.get(base).content.decode()
    assert "2 to 5 people, until 95 % sure or one more brings less than 1.5 %" in shown
    assert client.post(f"{base}apply/", {"plan": "1"}, follow=True).status_code == 200
    assert Project.objects.get(pk=crowd.project.pk).overlap == 3
    assert "No such plan." in client.post(f"{base}apply/", {"plan": "x"}, follow=True).content.decode()


def test_strangers_and_annotators_may_not(crowd: Crowd) -> None:
    for user, status in ((crowd.people[0], 403), (make_user("Stranger"), 404)):
        assert api(user).post(address(crowd.project), {}, format="json").status_code == status
        assert api(user).post(address(crowd.project, ""), {"plan": 0}, format="json").status_code == status
        assert api(user).get(address(crowd.project)).status_code == status
