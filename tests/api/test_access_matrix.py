"""Every route × method × person, compared with the table in ``projects/access``.

The wall: strangers get 404 with the same bytes as for what does not exist; a role without the right
403; visitors 401, or the way to the sign-in page. A route that the table does not name fails here.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from accounts.models import OrganizationRole, User
from projects.access import (
    ROLE_CAPABILITIES,
    RULES,
    InOrganization,
    InProject,
    Open,
    SignedIn,
)
from projects.models import Role
from tests.api.samples import MISSING_ID, NOWHERE, SAMPLES
from tests.world import World, make_world

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
# Routes of libraries: allauth guards its own pages, the admin site is for operators and off by default.
FOREIGN = ("account_", "admin", "mfa_", "socialaccount_")
ROLES = {
    "ann": Role.ANNOTATOR,
    "rita": Role.REVIEWER,
    "eve": Role.ENGINEER,
    "max": Role.MANAGER,
    "olga": Role.MANAGER,
}


def _routes(patterns: list[Any]) -> Iterator[tuple[str, list[str]]]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            if pattern.namespace == "admin" or pattern.app_name == "admin":
                continue
            yield from (
                (name, names + list(pattern.pattern.converters))
                for name, names in _routes(pattern.url_patterns)
            )
        elif isinstance(pattern, URLPattern) and not str(pattern.name or "").startswith(FOREIGN):
            yield str(pattern.name), list(pattern.pattern.converters)


ROUTES = sorted(dict(_routes(get_resolver().url_patterns)).items())
CASES = [(name, names, method) for name, names in ROUTES for method in METHODS]


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """One world for the whole walk: every request is rolled back to a savepoint within it."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield make_world()
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def _rolled_back(world: World) -> Iterator[None]:
    """Rows that a case makes for itself are gone after it."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def _send(user: User | None, method: str, address: str) -> HttpResponse:
    """One request whose effects are rolled back."""
    client = Client(raise_request_exception=False)
    if user is not None:
        client.force_login(user)
    with transaction.atomic():
        answer: Any = client.generic(method, address, "{}", content_type="application/json")
        transaction.set_rollback(True)
    return answer  # type: ignore[no-any-return]  # the test client's answer is the response itself


def _address(name: str, names: list[str], world: World, *, missing: bool = False) -> str:
    unknown = [parameter for parameter in names if parameter not in SAMPLES]
    assert not unknown, f"add {unknown} (of route {name}) to tests/api/samples.py"
    if missing:
        return reverse(name, kwargs={key: NOWHERE.get(key, MISSING_ID) for key in names})
    return reverse(name, kwargs={key: SAMPLES[key](world) for key in names})


def _to_sign_in(answer: HttpResponse) -> bool:
    return answer.status_code == 401 or (
        answer.status_code == 302 and answer.headers["Location"].startswith("/accounts/login/")
    )


def test_every_route_is_in_the_table_and_nothing_else() -> None:
    names = {name for name, _ in ROUTES}
    assert names == set(RULES), "routes and projects/access/rules differ"


@pytest.mark.parametrize(("name", "names", "method"), CASES, ids=[f"{c[2]} {c[0]}" for c in CASES])
def test_access(world: World, name: str, names: list[str], method: str) -> None:
    rule = RULES[name].get(method)
    address = _address(name, names, world)
    visitor = _send(None, method, address)
    if isinstance(rule, Open):
        assert not _to_sign_in(visitor)
        assert visitor.status_code < 500 or name == "readyz", "only readiness may say 503"
        return
    if rule is None:
        closed = _send(world.olga, method, address).status_code
        assert closed in {404, 405}, f"{closed} for a method that the table does not allow"
        return
    assert _to_sign_in(visitor), f"a visitor got {visitor.status_code}"
    if isinstance(rule, SignedIn):
        answer = _send(world.ann, method, address)
        assert answer.status_code not in {401, 403, 405}
        assert answer.status_code < 500
        return
    stranger, nothing = (
        _send(world.otto, method, address),
        _send(world.otto, method, _address(name, names, world, missing=True)),
    )
    assert stranger.status_code == 404, f"a stranger got {stranger.status_code}"
    assert nothing.status_code == 404
    if "csrfmiddlewaretoken" not in stranger.content.decode() and address.startswith("/api/"):
        assert stranger.content == nothing.content, "a stranger can tell what exists"
    for person in ROLES:
        _check_person(world, person, rule, method, address)


def _check_person(
    world: World,
    person: str,
    rule: InProject | InOrganization,
    method: str,
    address: str,
) -> None:
    status = _send(getattr(world, person), method, address).status_code
    if isinstance(rule, InOrganization):
        allowed = person == "olga" or rule.role != OrganizationRole.OWNER
    else:
        allowed = rule.capability in ROLE_CAPABILITIES[ROLES[person]]
        if allowed and rule.own and person != "ann":
            assert status == 404, f"{person} got {status} for what is Ann's own"
            return
    if allowed:
        assert status not in {401, 403, 404, 405}, f"{person} got {status}"
        assert status < 500, f"{person} got {status}"
    else:
        assert status == 403, f"{person} got {status}"
