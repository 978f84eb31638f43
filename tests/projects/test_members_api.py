"""People in a project by REST: add, pause, resume, remove, invite."""

from typing import Any

import pytest
from django.test import Client

from projects.models import Membership, Role
from tests.world import World, make_user, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return make_world()


@pytest.fixture
def client(world: World) -> Client:
    client = Client()
    client.force_login(world.max)
    return client


def _post(client: Client, world: World, path: str, body: dict[str, Any]) -> Any:
    address = f"/api/v1/projects/{world.project.pk}/members/{path}"
    return client.post(address, body, content_type="application/json")


def test_it_works(world: World, client: Client) -> None:
    nina = make_user("Nina", world.organization)
    made = _post(client, world, "", {"user": "nina@example.org", "role": "annotator"})
    assert made.status_code == 201
    again = _post(client, world, "", {"user": str(nina.pk), "role": "reviewer"})
    assert again.json()["role"] == "reviewer"
    assert world.project.memberships.get(user=nina).role == Role.REVIEWER


def test_strangers_and_nobody_look_the_same(world: World, client: Client) -> None:
    stranger = _post(client, world, "", {"user": "otto@example.org", "role": "annotator"})
    nobody = _post(client, world, "", {"user": "nobody@example.org", "role": "annotator"})
    by_id = _post(client, world, "", {"user": str(world.otto.pk), "role": "annotator"})
    assert stranger.status_code == 400
    assert stranger.content == nobody.content == by_id.content


def test_a_paused_person_sees_why(world: World, client: Client) -> None:
    ann = Membership.objects.get(project=world.project, user=world.ann)
    assert _post(client, world, f"{ann.pk}/pause/", {"reason": " "}).status_code == 400
    assert _post(client, world, f"{ann.pk}/pause/", {"reason": "Please read page 2"}).status_code == 200

    hers = Client()
    hers.force_login(world.ann)
    body = hers.post(f"/api/v1/projects/{world.project.pk}/next/", {}, content_type="application/json").json()
    assert body["assignments"] == []
    assert body["reason"]["code"] == "person_paused"
    assert body["reason"]["text"] == "Please read page 2"

    _post(client, world, f"{ann.pk}/resume/", {})
    ann.refresh_from_db()
    assert ann.paused_at is None


def test_the_last_manager_cannot_be_removed(world: World, client: Client) -> None:
    membership = Membership.objects.get(project=world.project, user=world.max)
    answer = client.delete(f"/api/v1/projects/{world.project.pk}/members/{membership.pk}/")
    assert answer.status_code == 409
    assert Membership.objects.filter(pk=membership.pk).exists()


def test_a_membership_of_another_project_is_not_found(world: World, client: Client) -> None:
    other = Membership.objects.create(
        project=world.project.__class__.objects.create(organization=world.other, name="Other"),
        user=world.otto,
        role=Role.ANNOTATOR,
    )
    answer = client.delete(f"/api/v1/projects/{world.project.pk}/members/{other.pk}/")
    assert answer.status_code == 404
    assert Membership.objects.filter(pk=other.pk).exists()


def test_unknown_fields_are_named(world: World, client: Client) -> None:
    answer = _post(client, world, "", {"user": "ann@example.org", "role": "annotator", "admin": True})
    assert answer.status_code == 400
    assert answer.json()["error"]["fields"] == [{"path": "admin", "message": "unknown field"}]
