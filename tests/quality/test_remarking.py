"""Practice and quizzes marked anew when their gold is corrected, or proves unfit."""

import re
import threading
import time
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client

from accounts.models import AuditEvent
from annotate import outbox
from annotate.models import Notice
from annotate.services.leases import lock_person
from quality.models import (
    Certificate,
    GoldItem,
    QualificationAnswer,
    QualificationAttempt,
    Reason,
    ReasonState,
)
from quality.services.full_run import full_run
from quality.services.gold import correct_gold, void
from quality.services.qualification.remarking import WITHIN, remark
from tests.annotate.steps import api
from tests.quality.course import (
    NO,
    YES,
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
    take_quiz,
    terms,
)
from tests.quality.crowd import Crowd

pytestmark = pytest.mark.django_db


@pytest.fixture
def crowd() -> Crowd:
    """Somebody has practiced, and may take the quiz: two of three right are needed."""
    crowd = make_course()
    practice(crowd)
    return crowd


def missed(attempt: QualificationAttempt) -> list[GoldItem]:
    rows = QualificationAnswer.objects.filter(attempt=attempt, correct=False).order_by("position")
    return [row.gold for row in rows.select_related("gold")]


def quiz() -> QualificationAttempt:
    return QualificationAttempt.objects.filter(kind="quiz").latest("pk")


def correct(crowd: Crowd, gold: GoldItem, answers: list[dict[str, str]] | None = None) -> None:
    boss_ = boss(crowd)
    gold.refresh_from_db()
    correct_gold(gold=gold, project=crowd.project, answers=answers or [NO], explanation="", by=boss_)
    outbox.drain()


def told(crowd: Crowd, person: int = 0) -> list[str]:
    rows = Notice.objects.filter(user=crowd.people[person], ref__startswith="remarked").order_by("pk")
    return list(rows.values_list("text", flat=True))


def test_a_failed_quiz_that_passes_now_gives_the_certificate(crowd: Crowd) -> None:
    assert not take_quiz(crowd, [YES, NO, NO])["result"]["passed"]
    assert draws(crowd)["reason"]["code"] == "certificate"
    correct(crowd, missed(quiz())[0])
    attempt = quiz()
    assert (attempt.passed, attempt.right, attempt.asked) == (True, 2, 3)
    assert attempt.remarked_at is not None
    certificate = Certificate.objects.get()
    assert (certificate.attempt, certificate.granted_by) == (attempt, None)
    [text] = told(crowd)
    assert "2 of 3 are right, and you have passed. You have a certificate for this project until " in text
    assert draws(crowd)["assignments"]
    shown = state(crowd)
    assert (shown["state"], shown["result"]["passed"]) == ("certified", True)
    assert shown["result"]["remarked_at"]
    assert shown["result"]["remarked"] == {
        "because": ["corrected"],
        "right_before": 1,
        "asked_before": 3,
        "passed_before": False,
        "change": "passes",
    }
    event = AuditEvent.objects.get(verb="certificate.remarked")
    assert (event.details["right"], event.details["passed"]) == (2, True)


def test_twice_changes_nothing(crowd: Crowd) -> None:
    take_quiz(crowd, [YES, NO, NO])
    gold = missed(quiz())[0]
    correct(crowd, gold)
    before = quiz().remarked_at
    assert remark(crowd.project.pk, [gold.task_id], cause=10**9) == 0
    assert (Certificate.objects.count(), len(told(crowd)), quiz().remarked_at) == (1, 1, before)


def test_one_that_still_fails_says_how_near_it_is(crowd: Crowd) -> None:
    take_quiz(crowd, [NO, NO, NO])
    correct(crowd, missed(quiz())[0])
    assert not quiz().passed
    assert told(crowd) == [
        "A known answer in your quiz was corrected. With it 1 of 3 are right; 2 are needed."
    ]
    assert not Certificate.objects.exists()


def test_a_passed_quiz_is_never_taken_away_but_shown_to_managers(crowd: Crowd) -> None:
    take_quiz(crowd, [YES, YES, NO])
    right = QualificationAnswer.objects.filter(attempt=quiz(), correct=True).order_by("position")
    first = right[0].gold
    correct(crowd, first)
    attempt = quiz()
    assert (attempt.passed, attempt.right) == (True, 1)
    assert draws(crowd)["assignments"], "the queue stays open"
    assert told(crowd) == [], "nothing has happened to them"
    assert state(crowd)["result"]["remarked"]["change"] == "kept"
    reason = Reason.objects.get()
    assert (reason.kind, reason.user, reason.state, reason.n) == ("quiz", crowd.people[0], "open", 3)
    assert len(reason.tasks) == 2
    full_run(crowd.project)
    reason.refresh_from_db()
    assert reason.state == ReasonState.OPEN, "a full run does not look for it, so does not take it away"
    client = Client()
    client.force_login(boss(crowd))
    page = client.get(f"/reasons/{reason.pk}/").content.decode()
    assert "1 of 3 items are right since gold was corrected; 2 are needed." in page
    assert "was passed with 2 of 3" in page
    rows = api(boss(crowd)).get(f"/api/v1/projects/{crowd.project.pk}/reasons/?kind=quiz").json()["results"]
    assert [row["id"] for row in rows] == [str(reason.pk)]
    correct(crowd, first, [YES])
    reason.refresh_from_db()
    assert reason.state == ReasonState.WITHDRAWN, "it passes again"
    told_of = state(crowd)["result"]["remarked"]
    assert (told_of["right_before"], told_of["change"]) == (2, "same"), "what it came to first is kept"


def test_an_item_that_proved_unfit_counts_for_nobody(crowd: Crowd) -> None:
    take_quiz(crowd, [YES, NO, NO])
    first, second = missed(quiz())
    correct(crowd, first, [{"follows": "yes"}, {"follows": "no"}])
    for gold in (first, second):
        void(gold=gold, project=crowd.project, explanation="Nobody can tell.", by=boss(crowd))
        outbox.drain()
    attempt = quiz()
    assert (attempt.right, attempt.asked, attempt.passed) == (1, 1, True)
    assert Certificate.objects.count() == 1
    assert attempt.remarking == {"right": 1, "asked": 3, "passed": False, "for": ["corrected", "unfit"]}


def test_both_pages_say_when_why_and_what_changed(crowd: Crowd) -> None:
    """Also of a quiz that is not the newest, and of one marked anew before its first marks were kept."""
    take_quiz(crowd, [YES, NO, NO])
    first, gold = quiz(), missed(quiz())[0]
    later(minutes=61)
    take_quiz(crowd, [NO, NO, NO])
    correct(crowd, gold)
    pages = (boss(crowd), "qualification/"), (crowd.people[0], "my-work/")
    for user, part in pages:
        shown = text_of(crowd, user, part)
        assert "was marked anew" in shown
        assert "A known answer in it was corrected. 1 of 3 right before, 2 of 3 now." in shown
        assert "failed, passes now" in shown
    QualificationAttempt.objects.filter(pk=first.pk).update(remarking={})
    for user, part in pages:
        shown = text_of(crowd, user, part)
        assert "A known answer in it was corrected." in shown
        assert "right before" not in shown


def text_of(crowd: Crowd, user: Any, part: str) -> str:
    """The page as somebody reads it."""
    client = Client()
    client.force_login(user)
    page = client.get(f"/projects/{crowd.project.pk}/{part}").content.decode()
    return " ".join(re.sub(r"<[^>]+>", "", page).split())


def test_an_unfit_item_in_a_quiz_under_way_is_answered_and_not_counted(crowd: Crowd) -> None:
    shown = go_through(crowd, post(crowd, "quiz/").json(), [NO])
    void(gold=missed(quiz())[0], project=crowd.project, explanation="Nobody can tell.", by=boss(crowd))
    outbox.drain()
    course = go_through(crowd, shown, [YES, YES])["course"]
    assert (course["result"]["right"], course["result"]["asked"]) == (2, 2)
    assert course["is_certified"]


def test_a_quiz_under_way_is_marked_anew_too(crowd: Crowd) -> None:
    shown = go_through(crowd, post(crowd, "quiz/").json(), [NO])
    correct(crowd, missed(quiz())[0])
    course = go_through(crowd, shown, [YES, NO])["course"]
    assert (course["result"]["right"], course["result"]["passed"]) == (2, True)
    assert told(crowd) == []


def test_practice_is_marked_anew_and_the_person_is_told(crowd: Crowd) -> None:
    attempt = QualificationAttempt.objects.get(kind="practice")
    assert (attempt.right, attempt.remarked_at) == (2, None)
    correct(crowd, QualificationAnswer.objects.filter(attempt=attempt).order_by("position")[0].gold)
    attempt.refresh_from_db()
    assert attempt.right == 1
    assert told(crowd) == [
        "A known answer that you practiced on was corrected: your answer counts as wrong now."
    ]


def test_what_was_finished_long_ago_stays_as_it_was_marked(crowd: Crowd) -> None:
    take_quiz(crowd, [YES, NO, NO])
    gold = missed(quiz())[0]
    later(days=WITHIN.days + 1)
    correct(crowd, gold)
    assert (quiz().right, quiz().passed) == (1, False)
    assert not Certificate.objects.exists()


@pytest.mark.parametrize("who", ["withdrawn since", "certified since", "gone"])
def test_what_came_after_a_failed_quiz_stands(crowd: Crowd, who: str) -> None:
    take_quiz(crowd, [YES, NO, NO])
    failed, gold = quiz(), missed(quiz())[0]
    if who == "gone":
        member(crowd).delete()
    else:
        assert decide(crowd, "grant").status_code == 200
        if who == "withdrawn since":
            assert decide(crowd, "withdraw").status_code == 200
    before = Certificate.objects.count()
    correct(crowd, gold)
    failed.refresh_from_db()
    assert failed.passed
    assert Certificate.objects.count() == before
    assert "You have a certificate" not in told(crowd)[0]


def test_a_class_with_a_mark_of_its_own_is_marked_anew(crowd: Crowd) -> None:
    assert terms(crowd, class_marks={"follows": {"yes": 1.0}}).status_code == 200
    assert not take_quiz(crowd, [YES, YES, NO])["is_certified"]
    correct(crowd, missed(quiz())[0])
    assert quiz().passed
    [row] = [each for each in quiz().classes if each["name"] == "yes"]
    assert (row["right"], row["asked"], row["passed"]) == (2, 2, True)


@pytest.fixture
def running(transactional_db: None) -> Crowd:
    crowd = make_course()
    practice(crowd)
    return crowd


def wait_until_somebody_waits() -> None:
    """Until another session waits for this one; after a while in vain, so that a missing lock shows."""
    until = time.monotonic() + 5
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE pg_backend_pid() = ANY(pg_blocking_pids(pid))"
    while time.monotonic() < until:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_stat_clear_snapshot()")  # else a transaction sees what it saw before
            cursor.execute(waiting)
            if cursor.fetchone()[0]:
                return


def test_an_answer_on_its_way_while_gold_is_corrected(running: Crowd) -> None:
    """It was marked by the gold of before, and commits only after the correction: it is waited for."""
    shown = post(running, "quiz/").json()
    go_through(running, shown, [YES, NO])
    item = QualificationAnswer.objects.select_related("gold").get(attempt=quiz(), answered_at__isnull=True)
    locked, corrected = threading.Event(), threading.Event()

    def on_its_way() -> None:
        try:
            with transaction.atomic():
                lock_person(running.project.pk, running.people[0].pk)
                locked.set()
                assert corrected.wait(20)
                wait_until_somebody_waits()
                rows = QualificationAnswer.objects.filter(pk=item.pk)
                rows.update(value=NO, correct=False, answered_at=quiz().started_at + timedelta(seconds=9))
        finally:
            connection.close()

    thread = threading.Thread(target=on_its_way)
    thread.start()
    assert locked.wait(20)
    correct_gold(gold=item.gold, project=running.project, answers=[NO], explanation="", by=boss(running))
    corrected.set()
    outbox.drain()
    thread.join(20)
    item.refresh_from_db()
    assert item.correct
