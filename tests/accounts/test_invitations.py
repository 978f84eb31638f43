"""Invitations: a link that works once, for whom it was meant, until it expires."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.errors import Conflict, DomainError
from accounts.models import Invitation, User
from accounts.services.invitations import accept_invitation, find_invitation, invite, revoke_invitation
from projects.models import Role
from projects.services.projects import archive_project, change_project, launch_project, pause_project
from tests.world import World, make_user, make_world

pytestmark = pytest.mark.django_db
BROWSER = {"accept": "text/html"}


@pytest.fixture
def world() -> World:
    return make_world()


def test_it_works(world: World) -> None:
    invitation, secret = invite(
        organization=world.organization,
        by=world.max,
        project_id=world.project.pk,
        project_role=Role.REVIEWER,
    )
    nina = make_user("Nina")
    client = Client()
    client.force_login(nina)

    assert b"Ours" in client.get(f"/invitations/{secret}/").content
    assert client.post(f"/invitations/{secret}/").status_code == 302
    assert world.organization.memberships.get(user=nina).role == "member"
    assert world.project.memberships.get(user=nina).role == Role.REVIEWER
    invitation.refresh_from_db()
    assert invitation.accepted_by == nina


@pytest.mark.parametrize("role", Role.values)
def test_whoever_accepts_goes_on_in_the_project(world: World, role: str) -> None:
    """Annotators with an item, everybody else with the overview: pages that their role may open."""
    page = "label/" if role == Role.ANNOTATOR else ""
    client, lands = accept(world, make_user("Nina"), project_role=role)
    assert lands == f"/projects/{world.project.pk}/{page}"
    assert "Welcome to Ours." in client.get(lands, headers=BROWSER).getvalue().decode()


def test_who_needs_a_certificate_goes_on_with_the_course(world: World) -> None:
    project = world.project
    project.needs_certificate = True
    project.save()
    course = f"/projects/{project.pk}/qualification/course/"
    client, lands = accept(world, make_user("Nina"))
    assert lands == course
    assert client.get(lands, headers=BROWSER).status_code == 200
    pause_project(project=project, by=world.max, reason="Lunch")
    assert accept(world, make_user("Nora"))[1] == course, "practice goes on during a pause"
    assert accept(world, make_user("Rolf"), project_role=Role.REVIEWER)[1] == f"/projects/{project.pk}/"
    soon = timezone.now() + timedelta(days=1)
    project.memberships.filter(user=world.ann).update(certified_until=soon)
    launch_project(project=project, by=world.max)
    assert accept(world, world.ann)[1] == f"/projects/{project.pk}/label/", "who has one needs no other"
    archive_project(project=project, by=world.max)
    assert accept(world, make_user("Nils"))[1] == f"/projects/{project.pk}/"


def test_who_gets_no_items_yet_goes_on_with_the_overview(world: World) -> None:
    pause_project(project=world.project, by=world.max, reason="Lunch")
    client, lands = accept(world, make_user("Nina"))
    assert lands == f"/projects/{world.project.pk}/"
    assert b"Lunch" in client.get(lands).content


def test_the_role_that_somebody_has_says_where_they_go_on(world: World) -> None:
    assert accept(world, world.ann, project_role=Role.MANAGER)[1] == f"/projects/{world.project.pk}/label/"
    assert accept(world, world.olga)[1] == f"/projects/{world.project.pk}/", "an owner is no annotator"


def test_no_project_no_landing_there(world: World) -> None:
    client = Client()
    client.force_login(make_user("Nina"))
    _, secret = invite(organization=world.organization, by=world.olga)
    assert client.post(f"/invitations/{secret}/?next=https://example.com/").headers["Location"] == "/"
    _, secret = invite(organization=world.other, by=world.otto, project_id=world.project.pk)
    assert client.post(f"/invitations/{secret}/").headers["Location"] == "/", "another organization's project"


def test_a_used_link_leads_only_who_used_it_and_is_still_in(world: World) -> None:
    nina = make_user("Nina")
    _, secret = invite(
        organization=world.organization, by=world.max, project_id=world.project.pk, project_role=Role.REVIEWER
    )
    client, other = Client(), Client()
    client.force_login(nina)
    other.force_login(world.max)
    client.post(f"/invitations/{secret}/")
    for again in (client.get, client.post):
        assert again(f"/invitations/{secret}/").headers["Location"] == f"/projects/{world.project.pk}/"
    assert other.get(f"/invitations/{secret}/").status_code == 404
    assert Client().get(f"/invitations/{secret}/").status_code == 404
    world.project.memberships.filter(user=nina).delete()
    assert client.get(f"/invitations/{secret}/").headers["Location"] == "/"
    world.organization.memberships.filter(user=nina).delete()
    assert client.get(f"/invitations/{secret}/").status_code == 404


def accept(world: World, user: User, **into: str) -> tuple[Client, str]:
    """Join by a new link into the project; the client, and the address where it was sent."""
    _, secret = invite(organization=world.organization, by=world.max, project_id=world.project.pk, **into)
    client = Client()
    client.force_login(user)
    return client, client.post(f"/invitations/{secret}/").headers["Location"]


def test_who_is_invited_reads_what_they_join_and_what_is_recorded(world: World) -> None:
    told = {"pay": "14 € an hour", "sensitive": "possible", "gold_share": 0.1, "gold_test": "pause"}
    change_project(project=world.project, by=world.max, settings=told)
    _, secret = invite(
        organization=world.organization, by=world.max, project_id=world.project.pk, email="nina@example.org"
    )
    page = read(f"/invitations/{secret}/")
    assert f"Join {world.project.name}" in page
    assert f"Invited by {world.max.name}" in page
    assert "annotator: labels items" in page
    assert "Pay 14 € an hour" in page
    assert "possible: some items may be disturbing" in page
    assert "you get no new items until a manager has decided" in page
    assert "keystrokes and screen are not recorded" in page
    mine = read(f"/projects/{world.project.pk}/my-work/", world.ann)
    assert "Pay 14 € an hour" in mine, "it can be read again later"
    other = read(f"/invitations/{secret}/", world.abe)
    assert "made for another e-mail address" in other
    assert "You are signed in as" not in other


def test_what_is_not_stated_or_not_so_is_not_claimed(world: World) -> None:
    _, secret = invite(
        organization=world.organization, by=world.max, project_id=world.project.pk, project_role=Role.REVIEWER
    )
    page = read(f"/invitations/{secret}/")
    assert "Pay not stated" in page
    assert "Sensitive content not stated" in page
    assert "the answer is known" not in page
    assert "Each review" in page
    _, secret = invite(organization=world.organization, by=world.olga)
    page = read(f"/invitations/{secret}/")
    assert "Join Ours" in page
    assert "member: works in projects" in page
    assert "Pay" not in page


def test_another_organizations_project_is_not_named(world: World) -> None:
    _, secret = invite(organization=world.other, by=world.otto, project_id=world.project.pk)
    page = read(f"/invitations/{secret}/")
    assert world.project.name not in page
    assert "Pay" not in page


def read(url: str, user: User | None = None) -> str:
    """A page as somebody reads it."""
    client = Client()
    if user:
        client.force_login(user)
    return " ".join(re.sub(r"<[^>]+>", " ", client.get(url).content.decode()).split())


def test_a_link_works_once(world: World) -> None:
    invitation, secret = invite(organization=world.organization, by=world.olga)
    accept_invitation(invitation=invitation, user=make_user("Nina"))

    assert find_invitation(secret) is None
    with pytest.raises(Conflict):
        accept_invitation(invitation=invitation, user=make_user("Nora"))
    assert not world.organization.members.filter(name="Nora").exists()


def test_a_link_for_an_address_is_for_that_address(world: World) -> None:
    invitation, _ = invite(organization=world.organization, by=world.olga, email="nina@example.org")
    with pytest.raises(Conflict):
        accept_invitation(invitation=invitation, user=make_user("Nora"))
    accept_invitation(invitation=invitation, user=make_user("Nina"))


def test_revoked_and_expired_links_are_gone(world: World) -> None:
    revoked, secret = invite(organization=world.organization, by=world.olga)
    revoke_invitation(invitation=revoked, by=world.olga)
    assert Client().get(f"/invitations/{secret}/").status_code == 404

    expired, secret = invite(organization=world.organization, by=world.olga)
    Invitation.objects.filter(pk=expired.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    assert Client().get(f"/invitations/{secret}/").status_code == 404
    expired.refresh_from_db()
    with pytest.raises(Conflict):
        accept_invitation(invitation=expired, user=world.otto)


@pytest.mark.parametrize(("role", "days"), [("king", 7), ("member", 0), ("member", 61)])
def test_refusals(world: World, role: str, days: int) -> None:
    with pytest.raises(DomainError):
        invite(organization=world.organization, by=world.olga, role=role, days=days)


def test_somebody_who_is_in_keeps_their_role(world: World) -> None:
    invitation, _ = invite(
        organization=world.organization, by=world.max, project_id=world.project.pk, project_role=Role.MANAGER
    )
    accept_invitation(invitation=invitation, user=world.ann)
    assert world.project.memberships.get(user=world.ann).role == Role.ANNOTATOR


def test_an_invitation_into_another_organizations_project_gives_nothing_there(world: World) -> None:
    invitation, _ = invite(
        organization=world.other, by=world.otto, project_id=world.project.pk, project_role=Role.MANAGER
    )
    accept_invitation(invitation=invitation, user=world.otto)
    assert not world.project.memberships.filter(user=world.otto).exists()


def test_whoever_holds_a_link_may_sign_up_even_when_it_is_closed(world: World, settings: object) -> None:
    settings.SIGNUP_OPEN = False  # type: ignore[attr-defined]  # pytest-django's fixture
    _, secret = invite(organization=world.organization, by=world.olga)
    client = Client()
    client.get(f"/invitations/{secret}/")
    page = client.get(f"/accounts/signup/?next=/invitations/{secret}/")
    assert b"password1" in page.content
    assert b"password1" not in Client().get("/accounts/signup/").content
