"""The ontology editor's page, the check it asks for, and the versions."""

import json
from typing import Any

import pytest
from django.test import Client

from projects.kinds import describe_kinds
from projects.models import Media, OntologyVersion
from projects.samples import sample_items
from projects.services.ontologies import add_ontology
from tests.annotate.steps import answer as answer_task
from tests.annotate.steps import hand_out
from tests.world import SENTIMENT, World, make_tasks, make_world

pytestmark = pytest.mark.django_db
API = "/api/v1/ontologies/check/"


@pytest.fixture
def world() -> World:
    return make_world()


@pytest.fixture
def client(world: World) -> Client:
    client = Client()
    client.force_login(world.max)
    return client


def with_options(*names: str) -> dict[str, Any]:
    return {"media": SENTIMENT["media"], "fields": [{**SENTIMENT["fields"][0], "options": list(names)}]}


def test_it_works(world: World, client: Client) -> None:
    make_tasks(world.project, ["Grüße", "مرحبا"])
    answer = client.get(f"/projects/{world.project.pk}/ontology/")

    assert answer.status_code == 200
    setup = answer.context["setup"]
    assert setup["version"] == 1
    assert setup["saved"] == setup["start"]
    assert [item["data"]["text"] for item in setup["items"]] == ["Grüße", "مرحبا"]
    assert json.loads(json.dumps(setup))


def test_an_earlier_version_can_be_the_start(world: World, client: Client) -> None:
    add_ontology(project=world.project, definition=with_options("yes", "no"), by=world.max)
    setup = client.get(f"/projects/{world.project.pk}/ontology/?version=1").context["setup"]
    assert setup["version"] == 2
    assert setup["start"] != setup["saved"]
    assert client.get(f"/projects/{world.project.pk}/ontology/?version=7").status_code == 404


def test_samples_name_only_files_of_the_project(world: World) -> None:
    ours, theirs = [
        Media.objects.create(
            project=project,
            kind="image",
            name="a",
            content_type="image/png",
            size=1,
            sha256="0" * 64,
            width=8,
            height=6,
        )
        for project in (world.project, type(world.project).objects.create(organization=world.other, name="T"))
    ]
    make_tasks(world.project, [ours.key, theirs.key])
    files = [item["files"] for item in sample_items(world.project)]
    assert files == [{ours.key: {"url": f"/media/{ours.key}/view/", "width": 8, "height": 6}}, {}]


def test_samples_stay_small_with_huge_items(world: World) -> None:
    make_tasks(world.project, ["x" * 500_000, "y" * 500_000])
    assert len(sample_items(world.project)) == 1


def test_versions_show_who_changed_what(world: World, client: Client) -> None:
    add_ontology(
        project=world.project, definition=with_options("yes", "no"), by=world.max, note="simpler <b>"
    )
    page = client.get(f"/projects/{world.project.pk}/ontology/versions/").content.decode()

    assert "simpler &lt;b&gt;" in page
    assert "positive was removed" in page
    assert "yes was added" in page
    assert "Max" in page
    first = client.get(f"/projects/{world.project.pk}/ontology/versions/?version=1").content.decode()
    assert "the first" in first
    assert "Edit from version 1" in first


def test_the_check_names_every_path(client: Client) -> None:
    broken = with_options("a", "a")
    broken["fields"][0]["hotkey"] = "xx"
    answer = client.post(API, {"definition": broken}, content_type="application/json")

    assert answer.status_code == 400
    paths = [field["path"] for field in answer.json()["error"]["fields"]]
    assert paths == ["fields[0].hotkey", "fields[0].options[1]"]
    fine = client.post(API, {"definition": with_options("a", "b")}, content_type="application/json")
    assert fine.json()["definition"]["fields"][0]["options"][0] == {"name": "a", "title": "a"}


def test_hotkey_conflicts_are_refused(world: World, client: Client) -> None:
    clash = with_options()
    clash["fields"][0]["options"] = [{"name": "a", "hotkey": "x"}, {"name": "b", "hotkey": "X"}]
    answer = client.post(
        f"/api/v1/projects/{world.project.pk}/ontologies/",
        {"definition": clash},
        content_type="application/json",
    )
    assert answer.status_code == 400
    assert answer.json()["error"]["fields"] == [
        {"path": "fields[0].options[1].hotkey", "message": 'already used by "a"'}
    ]


def test_saving_over_a_newer_version_is_a_conflict(world: World, client: Client) -> None:
    url = f"/api/v1/projects/{world.project.pk}/ontologies/"
    body = {"definition": with_options("a", "b"), "base": 1}
    assert client.post(url, body, content_type="application/json").status_code == 201
    assert client.post(url, body, content_type="application/json").status_code == 409
    assert OntologyVersion.objects.filter(project=world.project).count() == 2


def test_a_dry_run_says_how_many_answers_and_which(world: World, client: Client) -> None:
    task = make_tasks(world.project, 1)[0]
    [row] = hand_out(world.project, world.ann)
    annotation = answer_task(world.ann, row, {"sentiment": "positive"})
    url = f"/api/v1/projects/{world.project.pk}/ontologies/?dry_run=true"
    answer = client.post(
        url, {"definition": with_options("negative", "neutral")}, content_type="application/json"
    ).json()

    assert (answer["checked"], answer["invalid"]) == (1, 1)
    assert answer["examples"] == [
        {
            "task": str(task.pk),
            "annotation": str(annotation),
            "problem": 'sentiment: "positive" is not an option',
        }
    ]
    assert OntologyVersion.objects.filter(project=world.project).count() == 1


def test_the_editor_learns_the_types_from_themselves() -> None:
    kinds = describe_kinds()
    assert kinds["media"] == ["text", "image", "audio"]
    assert kinds["types"]["box"]["media"] == ["image"]
    assert not kinds["types"]["span"]["scalar"]
    assert set(kinds["types"]["number"]["schema"]["properties"]) == {
        "min",
        "max",
        "step",
        "unit",
        "tolerance",
    }


@pytest.mark.parametrize(("person", "status"), [("ann", 403), ("rita", 403), ("eve", 403), ("otto", 404)])
def test_only_managers(world: World, person: str, status: int) -> None:
    other = Client()
    other.force_login(getattr(world, person))
    for page in ("ontology/", "ontology/versions/"):
        assert other.get(f"/projects/{world.project.pk}/{page}").status_code == status
