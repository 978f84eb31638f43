"""Ontology versions by REST: what a change would do to stored answers is said before it is saved."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from annotate.models import Annotation
from projects import ontology_checks
from projects.jobs import run_job
from tests.world import SENTIMENT, World, make_tasks, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return make_world()


def _client(world: World, who: str = "max") -> Client:
    client = Client()
    client.force_login(getattr(world, who))
    return client


def _answer(world: World, value: str) -> Annotation:
    make_tasks(world.project, 1)
    client = _client(world, "ann")
    held = client.post(
        f"/api/v1/projects/{world.project.pk}/next/", {}, content_type="application/json"
    ).json()
    made = client.post(
        f"/api/v1/assignments/{held['assignments'][0]['id']}/submit/",
        {"value": {"sentiment": value}, "seconds": 3},
        content_type="application/json",
        headers={"Idempotency-Key": "k1"},
    )
    assert made.status_code == 201, made.content
    return Annotation.objects.get()


def _post(world: World, definition: Any, query: str = "") -> Any:
    address = f"/api/v1/projects/{world.project.pk}/ontologies/{query}"
    return _client(world).post(address, {"definition": definition}, content_type="application/json")


def _without(option: str) -> dict[str, Any]:
    field = SENTIMENT["fields"][0]
    options = [one for one in field["options"] if one["name"] != option]
    return {**SENTIMENT, "fields": [{**field, "options": options}]}


def test_it_works(world: World) -> None:
    assert _post(world, _without("neutral")).status_code == 201
    world.project.refresh_from_db()
    assert world.project.ontology is not None
    assert world.project.ontology.version == 2
    versions = _client(world, "ann").get(f"/api/v1/projects/{world.project.pk}/ontologies/").json()["results"]
    assert [version["version"] for version in versions] == [2, 1]


def test_a_dry_run_says_which_answers_become_invalid_and_saves_nothing(world: World) -> None:
    annotation = _answer(world, "neutral")
    harmless = _post(world, _without("positive"), "?dry_run=true").json()
    harmful = _post(world, _without("neutral"), "?dry_run=true").json()

    assert (harmless["checked"], harmless["invalid"]) == (1, 0)
    assert (harmful["checked"], harmful["invalid"]) == (1, 1)
    assert harmful["examples"][0]["annotation"] == str(annotation.pk)
    assert harmful["examples"][0]["problem"].startswith("sentiment")
    assert [change["path"] for change in harmful["changes"]] == ["fields.sentiment.options.neutral"]
    assert world.project.ontologies.count() == 1


def test_every_problem_is_named_by_its_path(world: World) -> None:
    definition = {
        "media": [],
        "fields": [{"name": "a.b", "type": "choice", "options": ["x"]}, {"type": "nothing"}],
    }
    answer = _post(world, definition)
    assert answer.status_code == 400
    paths = {field["path"] for field in answer.json()["error"]["fields"]}
    assert {"fields[0].name", "fields[1].name"} <= paths
    assert world.project.ontologies.count() == 1


def test_dry_run_is_true_or_false(world: World) -> None:
    assert _post(world, SENTIMENT, "?dry_run=perhaps").status_code == 400


def test_annotators_may_not_change_it(world: World) -> None:
    address = f"/api/v1/projects/{world.project.pk}/ontologies/"
    answer = _client(world, "ann").post(address, {"definition": SENTIMENT}, content_type="application/json")
    assert answer.status_code == 403


def test_a_dry_run_over_many_answers_is_a_job(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    annotation = _answer(world, "neutral")
    monkeypatch.setattr(ontology_checks, "AT_ONCE", 0)
    asked = _post(world, _without("neutral"), "?dry_run=true")
    assert asked.status_code == 202, asked.content
    body = asked.json()
    assert (body["checked"], body["invalid"], body["examples"]) == (None, None, [])
    assert [change["path"] for change in body["changes"]] == ["fields.sentiment.options.neutral"]
    assert (body["job"]["state"], body["job"]["kind"]) == ("queued", "ontology_check")

    again = _post(world, _without("neutral"), "?dry_run=true").json()
    assert again["job"]["id"] == body["job"]["id"], "the same question while it is being answered"
    assert _post(world, _without("positive"), "?dry_run=true").json()["job"]["id"] != body["job"]["id"]

    run_job(int(body["job"]["id"]))
    job = _client(world).get(f"/api/v1/jobs/{body['job']['id']}/").json()
    assert (job["state"], job["done"], job["total"]) == ("done", 1, 1)
    assert (job["result"]["checked"], job["result"]["invalid"]) == (1, 1)
    assert job["result"]["examples"][0]["annotation"] == str(annotation.pk)
    assert world.project.ontologies.count() == 1


def test_a_dry_run_reads_no_further_than_it_may(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    _answer(world, "neutral")
    monkeypatch.setattr(ontology_checks, "AT_ONCE", 0)
    with CaptureQueriesContext(connection) as queries:
        _post(world, _without("neutral"), "?dry_run=true")
    reading = [one["sql"] for one in queries if '"annotate_annotation"' in one["sql"]]
    assert len(reading) == 1
    assert "LIMIT 1" in reading[0]


def test_a_cancelled_check_ends(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    _answer(world, "neutral")
    monkeypatch.setattr(ontology_checks, "AT_ONCE", 0)
    job = _post(world, _without("neutral"), "?dry_run=true").json()["job"]
    assert _client(world).delete(f"/api/v1/jobs/{job['id']}/").status_code == 200
    run_job(int(job["id"]))
    assert _client(world).get(f"/api/v1/jobs/{job['id']}/").json()["state"] == "cancelled"
