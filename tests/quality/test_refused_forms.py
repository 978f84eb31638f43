"""A form that is refused says which field is wrong, and keeps what was typed."""

import re
from typing import Any

import pytest
from django.test import Client

from quality.models import Qualification
from tests.quality.course import boss, make_course
from tests.quality.crowd import Crowd

pytestmark = pytest.mark.django_db

TERMS = {
    "quiz_length": "2",
    "pass_mark": "70",
    "cooldown_minutes": "33",
    "attempts_most": "4",
    "validity_days": "90",
    "other_items": "1",
}


@pytest.fixture
def crowd() -> Crowd:
    return make_course()


def send(crowd: Crowd, page: str, values: dict[str, str]) -> Any:
    client = Client()
    client.force_login(boss(crowd))
    return client.post(f"/projects/{crowd.project.pk}/{page}/", values)


def control(response: Any, name: str) -> str:
    """The tag of a field."""
    found = re.search(
        rf'<(?:input|select) id="[^"]*" name="{re.escape(name)}".*?>', response.content.decode()
    )
    assert found is not None, name
    return found[0]


@pytest.mark.parametrize(
    ("change", "words"),
    [({"pass_mark": "140"}, "from 0 to 100"), ({"quiz_length": "many"}, "a whole number")],
    ids=["too much", "no number"],
)
def test_terms_of_qualification(crowd: Crowd, change: dict[str, str], words: str) -> None:
    before = Qualification.objects.filter(project=crowd.project).values().first()
    refused = send(crowd, "qualification", TERMS | change)
    assert refused.status_code == 400
    (wrong,) = change
    assert 'aria-invalid="true"' in control(refused, wrong)
    assert words in refused.content.decode()
    for name in ("cooldown_minutes", "attempts_most", "validity_days"):
        assert f'value="{TERMS[name]}"' in control(refused, name)
        assert "aria-invalid" not in control(refused, name)
    assert f'value="{change[wrong]}"' in control(refused, wrong)
    assert Qualification.objects.filter(project=crowd.project).values().first() == before


def test_a_pool_that_is_too_small_leaves_the_terms_as_typed(crowd: Crowd) -> None:
    refused = send(crowd, "qualification", TERMS | {"on": "1", "quiz_length": "77"})
    assert refused.status_code == 409
    assert "The quiz asks 77 items" in refused.content.decode()
    assert 'value="33"' in control(refused, "cooldown_minutes")


def test_an_audit(crowd: Crowd) -> None:
    typed = {"target": "0", "how": "size", "size": "3", "expected": "95", "tolerance": "0", "seed": "12"}
    refused = send(crowd, "audits", typed)
    assert refused.status_code == 400
    for name in ("target", "size"):
        assert 'aria-invalid="true"' in control(refused, name)
    assert "between 0 and 100" in refused.content.decode(), "in percent, as it is asked"
    assert 'value="12"' in control(refused, "seed")


def test_a_goal(crowd: Crowd) -> None:
    refused = send(crowd, "plan/goal", {"field": "", "target": "200", "budget": "12"})
    assert 'value="200"' in control(refused, "target")
    assert "from 50 to 99.9" in refused.content.decode()


def test_somebody_who_is_not_there(crowd: Crowd) -> None:
    refused = send(crowd, "people", {"user": "nobody@nowhere.example", "role": "reviewer"})
    shown = refused.content.decode()
    assert refused.status_code == 400
    assert re.search('<dialog[^>]* id="add-member"[^>]* data-open', shown)
    assert 'value="nobody@nowhere.example"' in control(refused, "user")
    assert '<option value="reviewer" selected>' in shown
    assert "nobody of this organization" in shown
