"""Organizations and their people; the commands for scripted installs."""

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from accounts.errors import Conflict, DomainError
from accounts.models import AuditEvent, Departure, Organization, OrganizationMembership, User
from accounts.services.departures import GRACE, purge_departures, remove_person, restorable, restore_person
from accounts.services.organizations import change_organization_role, create_organization
from accounts.services.tokens import create_token, find_token
from projects.models import Membership, Project, Role
from projects.services.memberships import pause_member
from tests.world import World, make_project, make_world

pytestmark = pytest.mark.django_db
KEPT = ("project", "role", "pseudonym", "paused_at", "pause_reason", "joined_at")


@pytest.fixture
def world() -> World:
    return make_world()


def _line(*arguments: str) -> dict[str, str]:
    out = StringIO()
    call_command(*arguments, stdout=out)
    line: dict[str, str] = json.loads(out.getvalue())
    return line


def test_it_works(world: World) -> None:
    organization = create_organization(name=" New ", owner=world.ann)
    assert organization.name == "New"
    assert organization.memberships.get().role == "owner"
    assert AuditEvent.objects.filter(organization=organization, verb="organization.created").exists()


@pytest.mark.parametrize("name", ["", " ", "x" * 201, "a\x00b"])
def test_a_name_is_needed(world: World, name: str) -> None:
    with pytest.raises(DomainError):
        create_organization(name=name, owner=world.ann)


def test_the_last_owner_stays(world: World) -> None:
    olga = world.organization.memberships.get(user=world.olga)
    with pytest.raises(Conflict):
        remove_person(membership=olga, by=world.olga)
    with pytest.raises(Conflict):
        change_organization_role(membership=olga, role="member", by=world.olga)
    max_ = world.organization.memberships.get(user=world.max)
    change_organization_role(membership=max_, role="owner", by=world.olga)
    remove_person(membership=olga, by=world.max)
    assert not world.organization.members.filter(pk=world.olga.pk).exists()


def test_removal_ends_memberships_and_tokens(world: World) -> None:
    _, secret = create_token(user=world.ann, organization=world.organization, name="t", scopes=["read"])
    remove_person(membership=world.organization.memberships.get(user=world.ann), by=world.olga)
    assert not world.project.memberships.filter(user=world.ann).exists()
    assert find_token(secret) is None


def _remove(world: World, user: User) -> Departure:
    return remove_person(membership=world.organization.memberships.get(user=user), by=world.olga)


def test_a_removal_can_be_undone_with_all_roles(world: World) -> None:
    second = make_project(world.organization, world.max, members={world.ann: Role.REVIEWER})
    first = world.project.memberships.get(user=world.ann)
    pause_member(membership=first, by=world.max, reason="Read the guideline")
    before = [*Membership.objects.filter(user=world.ann).order_by("project").values(*KEPT)]
    joined = world.organization.memberships.get(user=world.ann).joined_at
    departure = _remove(world, world.ann)
    assert not Membership.objects.filter(user=world.ann).exists()
    assert Project.objects.visible_to(world.ann).count() == 0

    restored = restore_person(departure=departure, by=world.olga)
    restored.refresh_from_db()
    assert (restored.role, restored.joined_at) == ("member", joined)
    assert [*Membership.objects.filter(user=world.ann).order_by("project").values(*KEPT)] == before
    assert {row["project"] for row in before} == {world.project.pk, second.pk}
    assert not Departure.objects.exists()
    verbs = AuditEvent.objects.filter(subject=world.ann.email).values_list("verb", flat=True)
    assert {"organization.removed", "organization.restored"} <= set(verbs)


def test_an_undo_gives_back_what_is_still_there(world: World) -> None:
    gone = make_project(world.organization, world.max, members={world.ann: Role.REVIEWER})
    departure = _remove(world, world.ann)
    gone.delete()
    OrganizationMembership.objects.create(organization=world.organization, user=world.ann, role="owner")
    Membership.objects.create(project=world.project, user=world.ann, role=Role.ENGINEER)
    assert restore_person(departure=departure, by=world.olga).role == "owner"
    assert Membership.objects.get(user=world.ann).role == Role.ENGINEER


def test_who_is_removed_twice_comes_back_as_they_were_the_second_time(world: World) -> None:
    restore_person(departure=_remove(world, world.ann), by=world.olga)
    change_organization_role(
        membership=world.organization.memberships.get(user=world.ann), role="owner", by=world.olga
    )
    assert restore_person(departure=_remove(world, world.ann), by=world.olga).role == "owner"


def test_after_a_week_a_removal_stands(world: World) -> None:
    departure = _remove(world, world.ann)
    assert purge_departures() == 0
    Departure.objects.update(removed_at=timezone.now() - GRACE)
    assert not restorable(world.organization).exists()
    client = Client()
    client.force_login(world.olga)
    url = f"/organizations/{world.organization.pk}/departures/{departure.pk}/restore/"
    assert client.post(url).status_code == 404
    assert purge_departures() == 1


def test_the_page_undoes_a_removal(world: World) -> None:
    client = Client()
    client.force_login(world.olga)
    address = f"/organizations/{world.organization.pk}/"
    person = world.organization.memberships.get(user=world.ann)
    page = client.post(f"{address}people/{person.pk}/", {"action": "remove"}, follow=True).content.decode()
    assert "Bring Ann back" in page
    assert "Member, 1 project" in page
    departure = Departure.objects.get()
    stranger = Client()
    stranger.force_login(world.otto)
    assert stranger.post(f"{address}departures/{departure.pk}/restore/").status_code == 404
    page = client.post(f"{address}departures/{departure.pk}/restore/", follow=True).content.decode()
    assert "Ann is back" in page
    assert "Bring Ann back" not in page
    assert world.project.memberships.get(user=world.ann).role == Role.ANNOTATOR


def test_the_page_changes_roles_and_makes_links(world: World) -> None:
    client = Client()
    client.force_login(world.olga)
    address = f"/organizations/{world.organization.pk}/"
    person = world.organization.memberships.get(user=world.max)
    client.post(f"{address}people/{person.pk}/", {"role": "owner"})
    person.refresh_from_db()
    assert person.role == "owner"
    assert (
        "/invitations/" in client.post(f"{address}invite/", {"role": "member", "days": "3"}).context["link"]
    )
    assert b"1 to 60" in client.post(f"{address}invite/", {"days": "900"}).content


def test_create_organization_prints_one_json_line() -> None:
    line = _line("create_organization", "Acme", "--owner", "boss@example.org")
    assert set(line) == {"organization", "owner", "password", "token"}
    assert User.objects.get(email="boss@example.org").check_password(line["password"])
    answer = Client().post(
        "/api/v1/projects/",
        {"name": "First"},
        content_type="application/json",
        headers={"Authorization": f"Bearer {line['token']}"},
    )
    assert answer.status_code == 201
    assert answer.json()["organization"] == line["organization"]


def test_create_organization_keeps_the_password_of_somebody_known(world: World) -> None:
    line = _line("create_organization", "Acme", "--owner", "ANN@example.org")
    assert line["password"] is None
    assert Organization.objects.get(pk=line["organization"]).members.get() == world.ann


@pytest.mark.parametrize("address", ["", "nobody", "a@b"])
def test_create_organization_refuses_what_is_no_address(address: str) -> None:
    with pytest.raises(DomainError):
        _line("create_organization", "Acme", "--owner", address)
    assert not Organization.objects.exists()


def test_create_user_joins(world: World) -> None:
    line = _line("create_user", "new@example.org", "--organization", "Ours")
    assert world.organization.members.filter(email="new@example.org").exists()
    assert User.objects.get(email="new@example.org").check_password(line["password"])
    with pytest.raises(CommandError, match="no organization"):
        _line("create_user", "x@example.org", "--organization", "Nowhere")


def test_whoever_a_command_made_signs_in_without_confirming_an_address(settings: Any, client: Client) -> None:
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    line = _line("create_organization", "Scripted", "--owner", "owner@example.org")
    client.post("/accounts/login/", {"login": line["owner"], "password": line["password"]})
    assert client.get("/").status_code == 200
    assert client.session["_auth_user_id"] == str(User.objects.get(email="owner@example.org").pk)
