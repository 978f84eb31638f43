"""Requests that make something can be sent again: with an Idempotency-Key nothing is made twice."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Organization, RequestKey, User
from accounts.services.once import KEPT, purge_request_keys
from projects.models import Project
from tests.world import World, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return make_world()


def post(user: User, path: str, body: dict[str, Any], key: str | None = "k") -> Any:
    client = Client()
    client.force_login(user)
    headers = {} if key is None else {"Idempotency-Key": key}
    return client.post(f"/api/v1/{path}", body, content_type="application/json", headers=headers)


def test_it_works(world: World) -> None:
    first, again = (post(world.max, "projects/", {"name": "Cats", "state": "draft"}) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert Project.objects.filter(name="Cats").count() == 1


def test_without_a_key_each_request_counts(world: World) -> None:
    for _ in range(2):
        post(world.max, "projects/", {"name": "Cats"}, key=None)
    assert Project.objects.filter(name="Cats").count() == 2


def test_an_organization_and_a_clone_are_made_once_too(world: World) -> None:
    organizations = [post(world.max, "organizations/", {"name": "New"}).json()["id"] for _ in range(2)]
    clones = [
        post(world.max, f"projects/{world.project.pk}/clone/", {"name": "Copy"}, key="c").json()["id"]
        for _ in range(2)
    ]
    assert organizations[0] == organizations[1]
    assert clones[0] == clones[1]
    assert Organization.objects.filter(name="New").count() == 1
    assert Project.objects.filter(name="Copy").count() == 1


def test_one_key_for_two_requests_is_refused(world: World) -> None:
    post(world.max, "projects/", {"name": "Cats"})
    other = post(world.max, "projects/", {"name": "Dogs"})
    assert other.status_code == 422
    assert other.json()["error"]["code"] == "key_reused"
    assert not Project.objects.filter(name="Dogs").exists()


def test_a_refused_request_uses_no_key_up(world: World) -> None:
    assert post(world.max, "projects/", {"name": "Cats", "settings": {"overlap": 0}}).status_code == 400
    assert post(world.max, "projects/", {"name": "Cats"}).status_code == 201


def test_keys_are_each_persons_own(world: World) -> None:
    mine, hers = (post(user, "projects/", {"name": "Cats"}).json()["id"] for user in (world.max, world.olga))
    assert mine != hers


def test_a_repeat_opens_no_door(world: World) -> None:
    """Who was taken out of the project since does not get it back by asking again."""
    made = post(world.max, "projects/", {"name": "Cats"}).json()["id"]
    Project.objects.get(pk=made).memberships.all().delete()
    assert post(world.max, "projects/", {"name": "Cats"}).status_code == 404


@pytest.mark.parametrize("key", ["k" * 101, "ä"])
def test_a_key_is_short_and_plain(world: World, key: str) -> None:
    assert post(world.max, "projects/", {"name": "Cats"}, key=key).status_code == 400


def test_keys_are_forgotten_after_a_week(world: World) -> None:
    post(world.max, "projects/", {"name": "Cats"})
    assert purge_request_keys() == 0
    RequestKey.objects.update(created_at=timezone.now() - KEPT)
    assert purge_request_keys() == 1
