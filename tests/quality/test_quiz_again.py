"""A manager who has looked at a decline asks for the quiz again: nothing else follows from a reason."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import AuditEvent
from annotate.models import Notice
from quality.models import Certificate, Reason
from quality.services.reasons import TOLD, dealt_with
from tests.annotate.steps import api
from tests.quality.course import YES, boss, decide, draws, make_course, post, practice, take_quiz, terms
from tests.quality.crowd import Crowd
from tests.world import make_user

pytestmark = pytest.mark.django_db
WHY = "Please read the part about sarcasm again."


@pytest.fixture
def crowd() -> Crowd:
    """Two with a certificate; the first gets worse."""
    crowd = make_course()
    for person in (0, 1):
        practice(crowd, person)
        assert take_quiz(crowd, [YES, YES, YES], person)["is_certified"]
    return crowd


def make_reason(crowd: Crowd, kind: str = "drift", **more: Any) -> Reason:
    evidence = {"since": 0, "before": [95, 100], "after": [10, 30]}
    return Reason.objects.create(
        project=crowd.project,
        kind=kind,
        field="follows",
        user=crowd.people[0],
        n=130,
        evidence=evidence,
        seen_at=timezone.now(),
        **more,
    )


def ask(reason: Reason, by: Any, note: str = WHY) -> Any:
    body = {"verdict": "requiz", "note": note}
    return api(by).post(f"/api/v1/reasons/{reason.pk}/verdict/", body, format="json")


def test_it_works(crowd: Crowd) -> None:
    assert draws(crowd)["assignments"]
    reason = make_reason(crowd)
    told = ask(reason, boss(crowd))
    assert (told.status_code, told.json()["state"], told.json()["note"]) == (200, "requiz", WHY)
    assert draws(crowd)["reason"]["code"] == "certificate"
    notice = Notice.objects.filter(user=crowd.people[0]).latest("pk")
    assert notice.text == (
        f"Your certificate was withdrawn: {TOLD['drift']} {WHY} Take the quiz again to go on."
    )
    row = Certificate.objects.get(user=crowd.people[0])
    assert (row.withdrawn_by, row.withdrawal_reason) == (boss(crowd), f"{TOLD['drift']} {WHY}")
    assert post(crowd, "quiz/").json()["assignments"], "the course is open at once"
    assert draws(crowd, 1)["assignments"], "nothing has happened to anybody else"
    assert AuditEvent.objects.filter(verb="trust.reason_requiz", actor=boss(crowd)).count() == 1
    assert dealt_with(crowd.project) == {reason_key(reason): 130}, "drift begins anew behind it"


def reason_key(reason: Reason) -> Any:
    return reason.kind, reason.field, reason.user_id, reason.other_id


def test_whatever_the_terms_say_of_alarms(crowd: Crowd) -> None:
    assert terms(crowd, recalibrate=False).status_code == 200
    assert ask(make_reason(crowd), boss(crowd)).status_code == 200


def test_nothing_happens_without_a_manager(crowd: Crowd) -> None:
    reason = make_reason(crowd)
    assert draws(crowd)["assignments"]
    for person in (crowd.people[1], make_user("Eve")):
        assert ask(reason, person).status_code in (403, 404)
    assert Certificate.objects.filter(withdrawn_at=None).count() == 2


@pytest.mark.parametrize(
    ("why", "status", "code"),
    [
        ("no note", 400, "invalid"),
        ("a kind that says nothing of ability", 409, "no_quiz"),
        ("no certificate", 409, "no_certificate"),
        ("no qualification", 409, "no_certificate"),
        ("settled before", 409, "settled"),
        ("about oneself", 409, "own_reason"),
    ],
)
def test_refusals(crowd: Crowd, why: str, status: int, code: str) -> None:
    reason, by = make_reason(crowd, "fast" if why.startswith("a kind") else "drift"), boss(crowd)
    if why == "no certificate":
        decide(crowd, "withdraw")
    elif why == "no qualification":
        assert terms(crowd, on=False).status_code == 200
    elif why == "settled before":
        assert ask(reason, by).status_code == 200
    elif why == "about oneself":
        Reason.objects.filter(pk=reason.pk).update(user=by)
    before = list(Certificate.objects.values_list("pk", "withdrawn_at").order_by("pk"))
    state = Reason.objects.get(pk=reason.pk).state
    refused = ask(reason, by, "" if why == "no note" else WHY)
    assert (refused.status_code, refused.json()["error"]["code"]) == (status, code)
    assert list(Certificate.objects.values_list("pk", "withdrawn_at").order_by("pk")) == before
    assert Reason.objects.get(pk=reason.pk).state == state


@pytest.mark.parametrize(("kind", "offered"), [("drift", True), ("quiz", True), ("fast", False)])
def test_the_page_offers_it_where_it_helps(crowd: Crowd, kind: str, offered: bool) -> None:
    evidence = {
        "drift": {"since": 0, "before": [95, 100], "after": [10, 30]},
        "quiz": {
            "right": 1,
            "needed": 2,
            "before": 2,
            "asked_before": 3,
            "finished": "2026-01-01",
            "classes": [],
        },
        "fast": {"ratio": 0.2, "low": 0.1, "high": 0.3},
    }
    reason = make_reason(crowd, kind)
    Reason.objects.filter(pk=reason.pk).update(evidence=evidence[kind])
    client = Client()
    client.force_login(boss(crowd))
    page = client.get(f"/reasons/{reason.pk}/").content.decode()
    assert ("Ask for the quiz again" in page) is offered
    decide(crowd, "withdraw")
    assert "Ask for the quiz again" not in client.get(f"/reasons/{reason.pk}/").content.decode()


def test_the_page_asks(crowd: Crowd) -> None:
    reason = make_reason(crowd)
    client = Client()
    client.force_login(boss(crowd))
    told = client.post(
        f"/reasons/{reason.pk}/", {"verdict": "requiz", "note": ""}, follow=True
    ).content.decode()
    assert "Say why." in told
    told = client.post(
        f"/reasons/{reason.pk}/", {"verdict": "requiz", "note": WHY}, follow=True
    ).content.decode()
    assert "The certificate is withdrawn. They read why, and take the quiz again." in told
    listed = client.get(f"/projects/{crowd.project.pk}/reasons/?state=requiz").content.decode()
    assert WHY in listed
