"""The guideline in the browser: written by managers, read and acknowledged by everybody."""

import pytest
from django.test import Client

from accounts.models import User
from projects.models import Guideline, GuidelineAcknowledgement
from projects.services.guidelines import acknowledge_guideline, add_guideline
from tests.world import World, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return make_world()


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def url(world: World, rest: str = "") -> str:
    return f"/projects/{world.project.pk}/guideline/{rest}"


def test_it_works(world: World) -> None:
    client = client_of(world.max)
    sent = {"body": "# Do\r\n\r\nthis", "note": "first", "base": "1"}
    assert client.post(url(world), sent).status_code == 302

    newest = world.project.guidelines.order_by("-version")[0]
    assert (newest.version, newest.body, newest.note, newest.created_by) == (
        2,
        "# Do\n\nthis",
        "first",
        world.max,
    )
    page = client.get(url(world)).content.decode()
    assert '<h1 id="guideline-do">Do</h1>' in page
    assert "What version 2 changed" in page


def test_nothing_is_overwritten_that_somebody_else_published(world: World) -> None:
    add_guideline(project=world.project, body="theirs", by=world.olga)
    answer = client_of(world.max).post(url(world), {"body": "mine & more", "base": "1"})

    assert answer.status_code == 409
    assert "mine &amp; more" in answer.content.decode(), "what was typed is still there"
    assert Guideline.objects.filter(project=world.project).count() == 2


@pytest.mark.parametrize(("body", "why"), [("x" * 200_001, "too long"), ("a\x00b", "NUL")])
def test_a_bad_text_is_refused_with_the_reason(world: World, body: str, why: str) -> None:
    answer = client_of(world.max).post(url(world), {"body": body, "base": "1"})
    assert answer.status_code == 400
    assert why in answer.content.decode()


def test_annotators_read_and_acknowledge(world: World) -> None:
    add_guideline(project=world.project, body="Read **me**", by=world.max)
    ann = client_of(world.ann)
    page = ann.get(url(world)).content.decode()

    assert "Read <strong>me</strong>" in page
    assert "<textarea" not in page
    assert "Who has read it" not in page
    assert "I have read version 2" in page
    ann.post(url(world, "acknowledge/"), {"version": "2"})
    assert GuidelineAcknowledgement.objects.filter(user=world.ann, guideline__version=2).exists()
    assert "I have read" not in ann.get(url(world)).content.decode()
    manager = client_of(world.max).get(url(world)).content.decode()
    assert "1 of 5" in manager


@pytest.mark.parametrize("who", ["ann", "rita", "eve"])
def test_everybody_finds_the_guideline_and_what_changed_in_it(world: World, who: str) -> None:
    add_guideline(project=world.project, body="Old words\nsame", by=world.max)
    add_guideline(project=world.project, body="New words\nsame", by=world.max, note="Clearer")
    client = client_of(getattr(world, who))
    overview = client.get(f"/projects/{world.project.pk}/").content.decode()
    assert f'href="{url(world)}"' in overview, "a tab, not only on the labeling page"

    shown = client.get(url(world))
    assert [tab["key"] for tab in shown.context["nav"] if tab["active"]] == ["guideline"]
    page = shown.content.decode()
    assert "What version 3 changed" in page
    assert "Old words" in page
    assert "New words" in page
    assert "Clearer" in page
    earlier = client.get(url(world), {"version": "2"}).content.decode()
    assert "version 2, an earlier one" in earlier
    assert "New words" not in earlier
    assert "I have read" not in earlier
    assert client.get(url(world), {"version": "9"}).status_code == 404


def test_managers_have_it_among_the_settings_only(world: World) -> None:
    overview = client_of(world.max).get(f"/projects/{world.project.pk}/")
    assert "guideline" not in [tab["key"] for tab in overview.context["nav"]]


def test_an_older_version_cannot_be_acknowledged(world: World) -> None:
    add_guideline(project=world.project, body="newer", by=world.max)
    client_of(world.ann).post(url(world, "acknowledge/"), {"version": "1"})
    assert not GuidelineAcknowledgement.objects.exists()


def test_changes_show_what_is_new_to_this_person(world: World) -> None:
    first = add_guideline(project=world.project, body="one\n\ntwo", by=world.max)
    acknowledge_guideline(guideline=first, user=world.ann)
    add_guideline(project=world.project, body="one\n\nthree <b>", by=world.max)

    ann = client_of(world.ann).get(url(world, "changes/")).content.decode()
    assert '<div class="change-removed">' in ann
    assert "three &lt;b&gt;" in ann
    assert 'data-known="2"' in ann
    abe = client_of(world.abe).get(url(world, "changes/")).content.decode()
    assert "change-" not in abe, "who has read nothing yet sees the whole, unmarked"
    assert "three" in abe


def test_the_preview_is_rendered_by_the_server_for_managers_only(world: World) -> None:
    answer = client_of(world.max).post(url(world, "preview/"), {"body": "**a**<script>"})
    assert answer.content.decode().strip() == (
        '<div class="markdown" dir="auto" id="guideline-html"><p><strong>a</strong>&lt;script&gt;</p>\n</div>'
    )
    assert client_of(world.ann).post(url(world, "preview/"), {"body": "a"}).status_code == 403


@pytest.mark.parametrize("version", ["9", "x", "1" * 30, "-1"])
def test_a_version_that_is_not_there(world: World, version: str) -> None:
    assert client_of(world.max).get(url(world), {"version": version}).status_code == 404


def test_the_page_costs_the_same_with_many_versions(
    world: World, django_assert_max_num_queries: object
) -> None:
    client = client_of(world.max)
    for number in range(30):
        add_guideline(project=world.project, body=f"body {number}", by=world.max)
    with django_assert_max_num_queries(20):  # type: ignore[operator]  # pytest-django's fixture is untyped
        assert client.get(url(world)).status_code == 200
