"""People of an organization by REST: roles, out, and back within a week."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import OrganizationMembership, User
from formats.strictjson import dumps
from projects.models import Membership
from tests.world import World, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return make_world()


def send(
    world: World, method: str, rest: str, body: dict[str, Any] | None = None, by: User | None = None
) -> Any:
    client = Client()
    client.force_login(by or world.olga)
    address = f"/api/v1/organizations/{world.organization.pk}/{rest}"
    return client.generic(
        method, address, b"" if body is None else dumps(body), content_type="application/json"
    )


def person(world: World, user: User) -> int:
    return OrganizationMembership.objects.get(organization=world.organization, user=user).pk


def test_it_works(world: World) -> None:
    gone = send(world, "DELETE", f"people/{person(world, world.ann)}/")
    assert gone.status_code == 200
    assert gone.json()["email"] == world.ann.email
    assert not Membership.objects.filter(user=world.ann).exists()

    (left,) = send(world, "GET", "departures/").json()
    assert left == gone.json()
    back = send(world, "POST", f"departures/{left['id']}/restore/")
    assert (back.status_code, back.json()["email"]) == (200, world.ann.email)
    assert Membership.objects.filter(user=world.ann, project=world.project).exists()
    assert send(world, "GET", "departures/").json() == []


def test_a_role_is_changed(world: World) -> None:
    changed = send(world, "PATCH", f"people/{person(world, world.max)}/", {"role": "owner"})
    assert (changed.status_code, changed.json()["role"]) == (200, "owner")
    wrong = send(world, "PATCH", f"people/{person(world, world.max)}/", {"role": "king"})
    assert wrong.status_code == 400


def test_the_last_owner_stays(world: World) -> None:
    olga = person(world, world.olga)
    assert send(world, "DELETE", f"people/{olga}/").status_code == 409
    assert send(world, "PATCH", f"people/{olga}/", {"role": "member"}).status_code == 409
    assert person(world, world.olga) == olga


def test_people_of_others_are_not_found(world: World) -> None:
    otto = OrganizationMembership.objects.get(user=world.otto).pk
    assert send(world, "DELETE", f"people/{otto}/").status_code == 404
    assert OrganizationMembership.objects.filter(pk=otto).exists()
