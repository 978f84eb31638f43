"""Models' answers: stored, replaced, refused item by item, shown if the project says so."""

import pytest

from annotate.models import Prediction
from tests.annotate.steps import NEGATIVE, POSITIVE, api, hand_out
from tests.world import World, make_project, make_tasks, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    world = make_world(show_predictions=True)
    make_tasks(world.project, ["a", "b"])
    return world


def store(user, world, items, version="1"):
    url = f"/api/v1/projects/{world.project.pk}/predictions/"
    return api(user).post(url, {"model": "m", "version": version, "items": items}, format="json")


def test_it_works(world: World) -> None:
    response = store(world.eve, world, [{"id": "x0", "value": POSITIVE, "score": 0.8}])
    assert response.json() == {"stored": 1, "errors": []}
    rows = hand_out(world.project, world.ann, 2)
    assert rows[0]["predictions"] == [{"model": "m", "version": "1", "value": POSITIVE}]
    assert rows[1]["predictions"] == []


def test_the_surest_comes_first_and_its_score_is_not_told(world: World) -> None:
    for version, value, score in (("1", POSITIVE, 0.9), ("2", NEGATIVE, 0.7), ("3", NEGATIVE, None)):
        store(world.eve, world, [{"id": "x0", "value": value, "score": score}], version=version)
    (row,) = hand_out(world.project, world.ann)
    assert [told["version"] for told in row["predictions"]] == ["1", "2", "3"]
    assert all(set(told) == {"model", "version", "value"} for told in row["predictions"])


def test_hidden_unless_the_project_shows_them(world: World) -> None:
    store(world.eve, world, [{"id": "x0", "value": POSITIVE}])
    world.project.show_predictions = False
    world.project.save()
    assert hand_out(world.project, world.ann)[0]["predictions"] == []


def test_a_version_says_one_thing_about_a_task(world: World) -> None:
    store(world.eve, world, [{"id": "x0", "value": POSITIVE, "score": 0.5}])
    store(world.eve, world, [{"id": "x0", "value": NEGATIVE, "score": 0.6}])
    store(world.eve, world, [{"id": "x0", "value": NEGATIVE}], version="2")
    rows = Prediction.objects.order_by("version").values_list("version", "value", "score")
    assert list(rows) == [("1", NEGATIVE, 0.6), ("2", NEGATIVE, None)]


def test_good_items_are_kept_and_bad_ones_named(world: World) -> None:
    task = Prediction._meta.get_field("task").related_model.objects.get(external_id="x1")
    items = [
        {"id": "x0", "value": {"sentiment": "great"}},
        {"id": "nobody", "value": POSITIVE},
        {"task": str(task.pk), "value": {}},
    ]
    body = store(world.eve, world, items).json()
    assert body["stored"] == 1
    assert [(error["row"], error["path"]) for error in body["errors"]] == [
        (1, "value.sentiment"),
        (2, "task"),
    ]


def test_tasks_of_other_projects_do_not_exist(world: World) -> None:
    (foreign,) = make_tasks(make_project(world.organization, world.max), ["secret"])
    body = store(world.eve, world, [{"task": str(foreign.pk), "value": POSITIVE}]).json()
    assert body == {"stored": 0, "errors": [{"row": 1, "path": "task", "message": "not found"}]}


@pytest.mark.parametrize(
    "item",
    [
        {"value": POSITIVE},
        {"id": "x0", "task": "1", "value": POSITIVE},
        {"id": "x0"},
        {"id": "x0", "value": []},
        {"id": "x0", "value": POSITIVE, "score": 1.5},
        {"id": "x0", "value": POSITIVE, "color": "red"},
    ],
)
def test_malformed_items_are_refused(world: World, item: dict[str, object]) -> None:
    assert store(world.eve, world, [item]).status_code == 400


def test_who_may(world: World) -> None:
    items = [{"id": "x0", "value": POSITIVE}]
    assert store(world.ann, world, items).status_code == 403
    assert store(world.rita, world, items).status_code == 403
    assert store(world.otto, world, items).status_code == 404
    assert store(world.max, world, items).status_code == 200


def test_listing(world: World) -> None:
    store(world.eve, world, [{"id": "x0", "value": POSITIVE}, {"id": "x1", "value": POSITIVE}])
    url = f"/api/v1/projects/{world.project.pk}/predictions/"
    for query, found in (
        ({}, 2),
        ({"model": "m"}, 2),
        ({"model": "n"}, 0),
        ({"version": "1"}, 2),
        ({"task": "x"}, 0),
    ):
        assert len(api(world.rita).get(url, query).json()["results"]) == found
    assert api(world.ann).get(url).status_code == 403
    assert api(world.rita).get(url, {"score": "1"}).status_code == 400
