"""API tokens: scoped, hashed, expiring, revocable, and bound to an organization."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.errors import DomainError
from accounts.models import ApiToken
from accounts.services.tokens import create_token, find_token, revoke_token
from annotate.services.queue import draw
from projects.access.doors import find_project
from tests.world import World, make_tasks, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return make_world()


def _get(secret: str, address: str) -> int:
    return Client().get(address, headers={"Authorization": f"Bearer {secret}"}).status_code


def test_it_works(world: World) -> None:
    token, secret = create_token(user=world.eve, organization=world.organization, name="t", scopes=["read"])

    assert find_token(secret) == token
    assert _get(secret, f"/api/v1/projects/{world.project.pk}/") == 200
    assert secret not in str(ApiToken.objects.values().get(pk=token.pk))
    token.refresh_from_db()
    assert token.last_used_at is not None


@pytest.mark.parametrize(("scopes", "days"), [([], 90), (["rule"], 90), (["read"], 0), (["read"], 367)])
def test_refusals(world: World, scopes: list[str], days: int) -> None:
    with pytest.raises(DomainError):
        create_token(user=world.eve, organization=world.organization, name="t", scopes=scopes, days=days)


def test_a_token_is_stopped_by_its_scopes(world: World) -> None:
    _, secret = create_token(user=world.max, organization=world.organization, name="t", scopes=["read"])
    answer = Client().patch(
        f"/api/v1/projects/{world.project.pk}/",
        {"name": "Other"},
        content_type="application/json",
        headers={"Authorization": f"Bearer {secret}"},
    )
    assert answer.status_code == 403
    assert answer.json()["error"]["code"] == "scope"
    world.project.refresh_from_db()
    assert world.project.name == "Reviews"


@pytest.mark.parametrize("secret", ["", "nonsense", "tst_" + "x" * 43])
def test_unknown_tokens_get_401(world: World, secret: str) -> None:
    answer = Client().get("/api/v1/projects/", headers={"Authorization": f"Bearer {secret}"})
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_expired_revoked_and_orphaned_tokens_get_401(world: World) -> None:
    address = "/api/v1/projects/"
    expired, secret = create_token(user=world.eve, organization=world.organization, name="t", scopes=["read"])
    ApiToken.objects.filter(pk=expired.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    assert _get(secret, address) == 401

    revoked, secret = create_token(user=world.eve, organization=world.organization, name="t", scopes=["read"])
    revoke_token(token=revoked)
    assert _get(secret, address) == 401

    _, secret = create_token(user=world.eve, organization=world.organization, name="t", scopes=["read"])
    world.eve.organization_memberships.all().delete()
    assert _get(secret, address) == 401


def test_a_token_sees_one_organization_only(world: World) -> None:
    world.eve.organization_memberships.create(organization=world.other, role="owner")
    _, secret = create_token(user=world.eve, organization=world.other, name="t", scopes=["read"])
    assert _get(secret, f"/api/v1/projects/{world.project.pk}/") == 404


def test_a_token_finds_no_assignment_of_another_organization(world: World) -> None:
    """The lease is its owner's, and they are a member of its project: the token decides."""
    make_tasks(world.project, 1)
    (row,) = draw(find_project(world.ann, world.project.pk), 1).assignments
    world.ann.organization_memberships.create(organization=world.other, role="owner")
    found = []
    for organization in (world.other, world.organization):
        _, secret = create_token(user=world.ann, organization=organization, name="t", scopes=["annotate"])
        answer = Client().post(
            f"/api/v1/assignments/{row.pk}/release/", headers={"Authorization": f"Bearer {secret}"}
        )
        found.append(answer.status_code)
    assert found == [404, 204]


def test_a_token_cannot_make_tokens(world: World) -> None:
    _, secret = create_token(user=world.eve, organization=world.organization, name="t", scopes=["manage"])
    answer = Client().post(
        "/api/v1/tokens/",
        {"organization": str(world.organization.pk), "name": "x", "scopes": ["manage"]},
        content_type="application/json",
        headers={"Authorization": f"Bearer {secret}"},
    )
    assert answer.status_code == 401
    assert ApiToken.objects.count() == 1


def test_the_page_shows_the_secret_once(world: World) -> None:
    client = Client()
    client.force_login(world.eve)
    made = client.post(
        "/tokens/",
        {"organization": world.organization.pk, "name": "pipeline", "scopes": ["read"], "days": "9"},
    )
    secret = made.context["secret"]
    assert secret in made.content.decode()
    assert secret not in client.get("/tokens/").content.decode()
    assert find_token(secret) is not None
    token = ApiToken.objects.get(name="pipeline")
    client.post(f"/tokens/{token.pk}/revoke/")
    assert find_token(secret) is None


def test_nobody_revokes_the_token_of_another(world: World) -> None:
    token, secret = create_token(user=world.eve, organization=world.organization, name="t", scopes=["read"])
    client = Client()
    client.force_login(world.max)
    assert client.post(f"/tokens/{token.pk}/revoke/").status_code == 404
    assert find_token(secret) == token
