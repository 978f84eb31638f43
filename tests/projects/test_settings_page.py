"""Settings of a project in the browser, and what ends or pauses it."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import AuditEvent
from projects.models import Project, ProjectState
from projects.pages.settings import GROUPS
from projects.settings import SETTINGS, settings_of
from tests.world import World, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return make_world()


@pytest.fixture
def client(world: World) -> Client:
    client = Client()
    client.force_login(world.max)
    return client


def form(project: Project, **changes: Any) -> dict[str, Any]:
    """What the page's form sends when nobody has touched it, with some changes."""
    values: dict[str, Any] = {"name": project.name, "description": project.description}
    for setting in SETTINGS:
        value = getattr(project, setting.name)
        if setting.type is bool:
            values |= {setting.name: "on"} if value else {}
        else:
            values[setting.name] = value * 100 if setting.type is float else value
    return {key: value for key, value in (values | changes).items() if value is not None}


def url(world: World, page: str = "settings") -> str:
    return f"/projects/{world.project.pk}/{page}/"


def test_it_works(world: World, client: Client) -> None:
    before = settings_of(world.project)
    answer = client.post(
        url(world),
        form(
            world.project,
            name="Größere Sache",
            overlap=3,
            gold_share="7,5",
            auto_submit="on",
            allow_corrections=None,
        ),
    )

    assert answer.status_code == 302
    world.project.refresh_from_db()
    assert world.project.name == "Größere Sache"
    changed = {"overlap": 3, "gold_share": 0.075, "auto_submit": True, "allow_corrections": False}
    assert settings_of(world.project) == before | changed
    assert AuditEvent.objects.filter(verb="project.changed", project_id=world.project.pk).exists()


def test_every_setting_stands_in_one_group() -> None:
    grouped = [name for _, _, names in GROUPS for name in names]
    assert sorted(grouped) == sorted(setting.name for setting in SETTINGS)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"overlap": "0"}, "must be from 1 to 100"),
        ({"overlap": "1.5"}, "must be a whole number"),
        ({"gold_share": "80"}, "must be from 0 to 50 %"),
        ({"gold_share": "nan"}, "must be a number"),
        ({"overlap": "inf"}, "must be a number"),
        ({"review_share": "many"}, "must be a number"),
        ({"feedback": "always"}, "must be one of"),
        ({"pay": "x" * 201}, "one line of at most 200"),
        ({"pay": "14 €\nan hour"}, "one line of at most 200"),
        ({"sensitive": "very"}, "must be one of"),
        ({"name": " "}, "must have 1 to 200 characters"),
    ],
)
def test_what_is_wrong_stands_beside_it_and_nothing_is_saved(
    world: World, client: Client, change: dict[str, str], message: str
) -> None:
    answer = client.post(url(world), form(world.project, description="kept", **change))

    assert answer.status_code == 400
    assert message in answer.content.decode()
    assert "kept" in answer.content.decode()
    assert Project.objects.get(pk=world.project.pk).description == ""


def test_pause_needs_a_reason_that_people_see(world: World, client: Client) -> None:
    client.post(url(world, "act"), {"action": "pause", "reason": "  "})
    assert Project.objects.get(pk=world.project.pk).state == ProjectState.LIVE
    client.post(url(world, "act"), {"action": "pause", "reason": "Guideline <unclear>"})
    assert Project.objects.get(pk=world.project.pk).state == ProjectState.PAUSED

    ann = Client()
    ann.force_login(world.ann)
    page = ann.get(f"/projects/{world.project.pk}/guideline/").content.decode()
    assert "Guideline &lt;unclear&gt;" in page
    assert "Resume" not in page, "only managers may"
    client.post(url(world, "act"), {"action": "launch"})
    assert Project.objects.get(pk=world.project.pk).state == ProjectState.LIVE


def test_deleting_needs_the_name_and_can_be_taken_back(world: World, client: Client) -> None:
    client.post(url(world, "act"), {"action": "delete", "name": "Review"})
    assert Project.objects.get(pk=world.project.pk).delete_after is None
    client.post(url(world, "act"), {"action": "delete", "name": "Reviews"})
    assert Project.objects.get(pk=world.project.pk).delete_after is not None

    page = client.get(url(world)).content.decode()
    assert "is being deleted" in page
    assert "Take back" in page
    client.post(url(world, "act"), {"action": "restore"})
    assert Project.objects.get(pk=world.project.pk).delete_after is None


def test_clone_leads_to_the_copy(world: World, client: Client) -> None:
    answer = client.post(url(world, "act"), {"action": "clone", "name": "Again"})
    copy = Project.objects.get(name="Again")
    assert answer.headers["Location"] == f"/projects/{copy.pk}/settings/"


@pytest.mark.parametrize("action", ["", "explode"])
def test_an_unknown_action_does_nothing(world: World, client: Client, action: str) -> None:
    answer = client.post(url(world, "act"), {"action": action}, follow=True)
    assert "Nothing was chosen." in answer.content.decode()


@pytest.mark.parametrize(("person", "status"), [("ann", 403), ("rita", 403), ("eve", 403), ("otto", 404)])
def test_only_managers(world: World, person: str, status: int) -> None:
    other = Client()
    other.force_login(getattr(world, person))
    assert other.get(url(world)).status_code == status
    assert other.post(url(world), form(world.project)).status_code == status
    assert other.post(url(world, "act"), {"action": "archive"}).status_code == status
