"""The page of a new project: what it offers to whom."""

import pytest
from django.test import Client

from accounts.models import User
from projects.gallery import TEMPLATES
from tests.world import World, make_user, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return make_world()


def page(user: User) -> tuple[str, dict[str, object]]:
    client = Client()
    client.force_login(user)
    answer = client.get("/projects/new/")
    assert answer.status_code == 200
    return answer.content.decode(), answer.context["setup"]


def test_it_works(world: World) -> None:
    html, setup = page(world.max)
    assert setup["organizations"] == [{"id": str(world.organization.pk), "name": "Ours"}]
    assert html.count("data-template=") == len(TEMPLATES)
    assert 'id="organization"' not in html, "the only organization is taken without asking"


def test_somebody_without_an_organization_can_make_one_in_the_same_step(world: World) -> None:
    html, setup = page(make_user("Nina"))
    assert setup["organizations"] == []
    assert 'id="organization-name"' in html


def test_only_owners_are_shown_who_is_there(world: World) -> None:
    assert "ann@example.org" in page(world.olga)[0]
    assert "ann@example.org" not in page(world.max)[0]
    assert "ann@example.org" not in page(world.otto)[0]


def test_a_visitor_is_sent_to_sign_in() -> None:
    assert Client().get("/projects/new/").headers["Location"].startswith("/accounts/login/")
