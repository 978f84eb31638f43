"""Qualification as people go through it: practice, quiz, certificate, and the queue that asks for it."""

from datetime import timedelta

import pytest

from accounts.models import AuditEvent
from annotate.models import Annotation, Assignment, Notice, OutboxEvent, QueueEntry
from annotate.services.queue import draw
from projects.access.doors import find_project
from projects.models import TaskSummary
from projects.services.memberships import pause_member
from quality.models import Certificate, GoldGrade, GoldItem, QualificationAnswer, Vote
from quality.services.full_run import full_run
from quality.services.qualification.certificates import remind_of_expiry
from quality.services.qualification.certificates import withdraw as withdraw_certificate
from tests.annotate.steps import api
from tests.quality.course import (
    NO,
    QUIZ,
    YES,
    address,
    boss,
    decide,
    draws,
    go_through,
    later,
    make_course,
    member,
    post,
    practice,
    state,
    submit,
    take_quiz,
    terms,
)
from tests.quality.crowd import Crowd, settle

pytestmark = pytest.mark.django_db


@pytest.fixture
def crowd() -> Crowd:
    return make_course()


def test_it_works(crowd: Crowd) -> None:
    assert draws(crowd) == {
        "assignments": [],
        "reason": {"code": "certificate", "text": "", "guideline_version": None},
    }
    shown = post(crowd, "next/").json()
    assert (shown["course"]["stage"], shown["course"]["number"], shown["course"]["total"]) == (
        "practice",
        1,
        2,
    )
    told = submit(crowd, shown["assignments"][0], NO).json()["course"]["feedback"]
    assert (told["correct"], told["yours"], told["answer"]) == (False, NO, YES)
    assert told["explanation"] == "Because it follows."
    again = post(crowd, "next/").json()
    assert again["course"]["feedback"] == told, "a reload shows it again"
    shown = go_through(crowd, again, [YES])
    assert (shown["assignments"], shown["course"]["stage"]) == ([], "ready")
    assert [row["correct"] for row in shown["course"]["practiced"]] == [False, True]

    failed = take_quiz(crowd, [YES, NO, NO])
    assert failed["feedback"] is None, "a quiz says nothing of its items"
    assert failed["result"] | {"finished_at": 0, "low": 0, "high": 0} == {
        "right": 1,
        "asked": 3,
        "needed": 2,
        "passed": False,
        "low": 0,
        "high": 0,
        "classes": [
            {"field": "follows", "name": "yes", "right": 1, "asked": 3, "mark": None, "passed": None}
        ],
        "finished_at": 0,
        "remarked_at": None,
        "remarked": None,
    }
    assert failed["stage"] == "waiting"
    assert failed["next_at"]
    assert state(crowd)["state"] == "failed"
    assert draws(crowd)["reason"]["code"] == "certificate"

    later(minutes=61)
    passed = take_quiz(crowd, [YES, NO, YES])
    assert (passed["stage"], passed["is_certified"], passed["result"]["passed"]) == ("certified", True, True)
    asked = QualificationAnswer.objects.filter(attempt__kind="quiz").values_list("gold", flat=True)
    assert len(set(asked)) == QUIZ, "the second quiz asks other items"
    certificate = Certificate.objects.get()
    assert certificate.expires_at is not None
    assert certificate.expires_at - certificate.granted_at == timedelta(days=180)
    assert len(draws(crowd)["assignments"]) == 2
    assert draws(crowd, person=1)["reason"]["code"] == "certificate"
    own = api(crowd.people[0]).get(address(crowd, "own/")).json()
    assert ([row["by_quiz"] for row in own["certificates"]], len(own["quizzes"])) == ([True], 2)


def test_nothing_of_it_is_an_answer(crowd: Crowd) -> None:
    practice(crowd)
    take_quiz(crowd, [YES, NO, YES])
    settle()
    full_run(crowd.project)
    assert not Annotation.objects.exists()
    assert not Assignment.objects.exists()
    assert not GoldGrade.objects.exists()
    assert not Vote.objects.exists()
    assert not OutboxEvent.objects.filter(kind="submitted").exists()
    assert not TaskSummary.objects.filter(answers__gt=0).exists()
    assert not GoldItem.objects.filter(graded__gt=0).exists()
    export = api(boss(crowd)).get(f"/api/v1/projects/{crowd.project.pk}/export/?format=jsonl")
    assert b'"annotations": [{' not in b"".join(export).replace(b'":[', b'": [')


def test_a_certificate_ends(crowd: Crowd) -> None:
    for person in (0, 1):
        decide(crowd, "grant", person=person)
        assert draws(crowd, person=person)["assignments"]
    assert remind_of_expiry() == 0
    later(days=175)
    assert remind_of_expiry() == 2
    assert remind_of_expiry() == 2
    assert Notice.objects.filter(ref__startswith="certificate-ends:").count() == 2, "told once each"
    shown = post(crowd, "next/").json()["course"]
    assert (shown["stage"], shown["is_certified"]) == ("practice", True), "it can be renewed before"
    later(days=6)
    assert draws(crowd)["reason"]["code"] == "certificate"
    assert (state(crowd)["state"], state(crowd, 1)["state"]) == ("practicing", "expired")


def test_who_has_been_through_practice_only_takes_the_quiz_again(crowd: Crowd) -> None:
    practice(crowd)
    take_quiz(crowd, [YES] * 3)
    later(days=181)
    assert post(crowd, "next/").json()["course"]["stage"] == "ready"
    assert take_quiz(crowd, [YES] * 3)["is_certified"]
    assert draws(crowd)["assignments"]


def test_withdrawn_means_now(crowd: Crowd) -> None:
    decide(crowd, "grant")
    first, second = draws(crowd)["assignments"]
    draft = f"/api/v1/assignments/{first['id']}/draft/"
    api(crowd.people[0]).put(draft, {"value": YES, "base": 0}, format="json")
    assert decide(crowd, "withdraw").status_code == 200
    assert draws(crowd)["reason"]["code"] == "certificate"
    assert not Assignment.objects.filter(state="active").exists()
    kept = api(crowd.people[0]).put(draft, {"value": NO, "base": 1}, format="json")
    assert kept.status_code == 200, "what was typed is kept"
    assert not Assignment.objects.filter(state="active").exists(), "and brings no lease back"
    late = api(crowd.people[0]).post(
        f"/api/v1/assignments/{second['id']}/submit/",
        {"value": YES},
        format="json",
        headers={"Idempotency-Key": "late"},
    )
    assert late.status_code == 201
    assert Annotation.objects.get().is_extra, "an answer that comes afterwards does not count"
    assert QueueEntry.objects.filter(taken__gt=0).count() == 0
    assert state(crowd)["state"] == "withdrawn"
    assert "Because." in Notice.objects.get(ref__startswith="certificate-withdrawn").text
    assert {"certificate.granted", "certificate.withdrawn"} <= set(
        AuditEvent.objects.values_list("verb", flat=True)
    )


def test_a_request_that_began_with_a_certificate_gets_nothing_after_it_is_gone(crowd: Crowd) -> None:
    decide(crowd, "grant")
    access = find_project(crowd.people[0], crowd.project.pk)  # as the door read it, before
    withdraw_certificate(project=crowd.project, user=crowd.people[0], by=None, reason="Gone.")
    drawing = draw(access, 1)
    assert drawing.assignments == []
    assert drawing.reason is not None
    assert drawing.reason.code == "certificate"


def test_refusals_of_the_course(crowd: Crowd) -> None:
    assert post(crowd, "quiz/").json()["error"]["code"] == "quiz_practice"
    practice(crowd)
    shown = post(crowd, "quiz/").json()
    assert post(crowd, "quiz/").json()["assignments"] == shown["assignments"], "two tabs take one quiz"
    assert post(crowd, "practice/").json()["error"]["code"] == "quiz"
    row = shown["assignments"][0]
    assert submit(crowd, row, {"follows": "perhaps"}).json()["error"]["fields"][0]["path"] == "follows"
    assert submit(crowd, row, YES, person=1).status_code == 404, "it is somebody else's"
    assert submit(crowd, {"id": "17"}, YES).status_code == 404
    first = submit(crowd, row, YES, key="k")
    assert submit(crowd, row, YES, key="k").json()["annotation"] == first.json()["annotation"]
    assert submit(crowd, row, NO, key="k").json()["error"]["code"] == "key_reused"
    other = submit(crowd, row, NO, key="l").json()
    assert (other["error"]["code"], other["current"]["value"]) == ("already_submitted", YES)
    assert QualificationAnswer.objects.filter(value=YES, attempt__kind="quiz").count() == 1
    feedback = api(crowd.people[0]).get(f"/api/v1/qualification-items/{row['id']}/")
    assert feedback.status_code == 404, "quiz items are not shown again"
    practiced = str(QualificationAnswer.objects.filter(attempt__kind="practice")[0].pk)
    assert api(crowd.people[0]).get(f"/api/v1/qualification-items/{practiced}/").json()["answer"] == YES
    assert api(crowd.people[1]).get(f"/api/v1/qualification-items/{practiced}/").status_code == 404


def test_drafts_of_two_tabs(crowd: Crowd) -> None:
    row = post(crowd, "next/").json()["assignments"][0]
    url = f"/api/v1/qualification-items/{row['id']}/draft/"
    client = api(crowd.people[0])
    assert client.put(url, {"value": NO, "base": 0}, format="json").json()["draft"]["revision"] == 1
    newer = client.put(url, {"value": YES, "base": 0}, format="json")
    assert (newer.status_code, newer.json()["current"]["value"]) == (409, NO)
    assert post(crowd, "next/").json()["assignments"][0]["draft"]["value"] == NO
    submit(crowd, row, YES)
    assert client.put(url, {"value": NO, "base": 1}, format="json").json()["error"]["code"] == "closed"


def test_a_limited_number_of_attempts(crowd: Crowd) -> None:
    terms(crowd, attempts_most=2, cooldown_minutes=0)
    practice(crowd)
    assert take_quiz(crowd, [NO] * 3)["attempts_left"] == 1
    assert take_quiz(crowd, [NO] * 3)["stage"] == "stopped"
    assert post(crowd, "quiz/").json()["error"]["code"] == "quiz_stopped"
    assert state(crowd)["state"] == "stopped"
    assert decide(crowd, "retry").status_code == 200
    assert decide(crowd, "retry").json()["error"]["code"] == "nothing_failed"
    assert take_quiz(crowd, [YES] * 3)["is_certified"]


def test_no_quiz_during_the_cool_down(crowd: Crowd) -> None:
    practice(crowd)
    take_quiz(crowd, [NO] * 3)
    assert post(crowd, "quiz/").json()["error"]["code"] == "quiz_waiting"
    assert post(crowd, "practice/").json()["course"]["stage"] == "practice", "practice is open meanwhile"


def test_paused_people_and_readers_of_an_old_guideline_do_not_go_on(crowd: Crowd) -> None:
    pause_member(membership=member(crowd), by=boss(crowd), reason="A pause.")
    assert post(crowd, "next/").json()["reason"] == {
        "code": "person_paused",
        "text": "A pause.",
        "guideline_version": None,
    }
    assert post(crowd, "quiz/").json()["error"]["code"] == "person_paused"
