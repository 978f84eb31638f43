"""The page and the API of answers per task, the settings behind them, and the wall between organizations."""

import pytest
from django.test import Client

from accounts.models import User
from projects.models import Membership, Project, Role
from quality.services.full_run import full_run
from tests.annotate.steps import api
from tests.quality.crowd import Crowd, answer, make_crowd, settle
from tests.world import make_user

pytestmark = pytest.mark.django_db

PLAN = {"overlap": 2, "dynamic_overlap": True, "overlap_max": 4, "overlap_until": 0.8}


@pytest.fixture
def crowd() -> Crowd:
    return make_crowd(6, 3, **PLAN)


def manager(project: Project) -> User:
    return Membership.objects.get(project=project, role=Role.MANAGER).user


def page(project: Project, path: str = "plan/") -> str:
    client = Client()
    client.force_login(manager(project))
    response = client.get(f"/projects/{project.pk}/{path}")
    assert response.status_code == 200
    return response.content.decode()


def work(crowd: Crowd) -> None:
    """Two tasks on which two agree, one on which the second of four differs."""
    words = [("yes", "yes"), ("no", "no"), ("yes", "no", "yes", "yes")]
    for task, said in zip(crowd.tasks, words, strict=True):
        for person, word in zip(crowd.people, said, strict=False):
            answer(crowd.project, task, person, {"follows": word})
            settle()
    full_run(crowd.project)


def test_it_works(crowd: Crowd) -> None:
    work(crowd)
    figures = api(manager(crowd.project)).get(f"/api/v1/projects/{crowd.project.pk}/plan/").json()
    assert figures == {
        "dynamic": True,
        "least": 2,
        "most": 4,
        "until": 0.8,
        "worth": 0.0,
        "field": "",
        "tasks": 3,
        "spent": 8,
        "saved": 4,
        "at_most": 1,
        "per_task": pytest.approx(8 / 3),
        "distribution": [
            {"answers": 2, "tasks": 2, "share": pytest.approx(2 / 3)},
            {"answers": 4, "tasks": 1, "share": pytest.approx(1 / 3)},
        ],
        "people": 6,
    }
    shown = page(crowd.project)
    assert "beside 4 for every task" in shown
    assert "the least certain field" in shown
    history = page(crowd.project, f"tasks/{crowd.tasks[2].pk}/")
    assert "asked one more person after 2 answers" in history
    assert "follows: 50% sure (by the votes alone, before there is a model), 80.0% wanted" in history


def test_empty_and_fixed(crowd: Crowd) -> None:
    assert "No task is finished yet" in page(crowd.project)
    Project.objects.filter(pk=crowd.project.pk).update(dynamic_overlap=False)
    assert "however sure it is" in page(crowd.project)


def test_too_few_people_are_named(crowd: Crowd) -> None:
    assert "may answer here" not in page(crowd.project)
    Project.objects.filter(pk=crowd.project.pk).update(overlap_max=7)
    assert "Only 6 people may answer here" in page(crowd.project)


def test_annotators_and_strangers_see_nothing(crowd: Crowd) -> None:
    stranger = make_user("Stranger")
    for path in (f"/projects/{crowd.project.pk}/plan/", f"/api/v1/projects/{crowd.project.pk}/plan/"):
        for user, status in ((crowd.people[0], 403), (stranger, 404)):
            client = Client()
            client.force_login(user)
            assert client.get(path).status_code == status


@pytest.mark.parametrize(
    ("settings", "path", "message"),
    [
        ({"overlap_max": 1}, "settings.overlap_max", "must be at least 2, with which every task starts"),
        ({"overlap": 5}, "settings.overlap_max", "must be at least 5, with which every task starts"),
        ({"overlap_worth": 0.6}, "settings.overlap_worth", "must be from 0 to 0.5"),
        ({"overlap_until": 0.4}, "settings.overlap_until", "must be from 0.5 to 0.999"),
        ({"overlap_until": 1}, "settings.overlap_until", "must be from 0.5 to 0.999"),
        ({"overlap_max": 101}, "settings.overlap_max", "must be from 1 to 100"),
        ({"overlap_field": "mood"}, "settings.overlap_field", "must be empty or one of follows"),
        ({"overlap_field": 3}, "settings.overlap_field", "must be the name of a field, or empty"),
        ({"dynamic_overlap": 1}, "settings.dynamic_overlap", "must be true or false"),
    ],
)
def test_what_is_refused(crowd: Crowd, settings: dict[str, object], path: str, message: str) -> None:
    client = api(manager(crowd.project))
    address = f"/api/v1/projects/{crowd.project.pk}/"
    response = client.patch(address, {"settings": settings}, format="json")
    assert response.status_code == 400
    assert response.json()["error"]["fields"] == [{"path": path, "message": message}]
    new = {"name": "New", "settings": PLAN | settings}
    if path != "settings.overlap_field" or settings["overlap_field"] == 3:
        assert client.post("/api/v1/projects/", new, format="json").status_code == 400


def test_a_maximum_below_the_start_does_not_matter_while_overlap_is_fixed(crowd: Crowd) -> None:
    client, address = api(manager(crowd.project)), f"/api/v1/projects/{crowd.project.pk}/"
    changes: dict[str, object] = {"dynamic_overlap": False, "overlap": 9}
    assert client.patch(address, {"settings": changes}, format="json").status_code == 200
    changes = {"dynamic_overlap": True, "overlap": 1, "overlap_field": "follows"}
    assert client.patch(address, {"settings": changes}, format="json").status_code == 200
