"""Qualification as managers set it: terms, items, decisions, who needs a certificate at all."""

from typing import Any

import pytest

from annotate.models import Annotation, Notice, QueueEntry
from annotate.services.queue import draw
from projects.access.doors import find_project
from projects.models import Project
from projects.services.memberships import add_member, remove_member
from quality.models import Certificate, GoldAlarm, GoldItem, QualificationAnswer
from quality.services.gold import GoldInput, make_gold, make_many
from quality.services.retiring import retire
from tests.annotate.steps import api
from tests.quality.course import (
    NO,
    PRACTICE,
    QUIZ,
    YES,
    address,
    boss,
    decide,
    draws,
    make_course,
    member,
    post,
    practice,
    take_quiz,
    terms,
)
from tests.quality.crowd import Crowd, answer, make_crowd, settle
from tests.world import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def crowd() -> Crowd:
    return make_course()


def test_what_is_put_aside_is_nobodys_work(crowd: Crowd) -> None:
    decide(crowd, "grant")
    Project.objects.filter(pk=crowd.project.pk).update(gold_share=0.5, hold_size=50)
    access = find_project(crowd.people[0], crowd.project.pk)
    given = {row.task_id for row in draw(access, 50).assignments}
    aside = {task.pk for task in crowd.tasks[: PRACTICE + QUIZ]}
    assert len(given) == 12
    assert not given & aside
    make_gold(project=crowd.project, task=crowd.tasks[0], answers=[NO], by=None)
    assert QueueEntry.objects.get(pk=crowd.tasks[0].pk).pool == "aside", (
        "a corrected answer stays where it is"
    )
    retire(gold=GoldItem.objects.select_related("project").get(task=crowd.tasks[0]), by=None)
    assert QueueEntry.objects.get(pk=crowd.tasks[0].pk).pool == "work"


def test_a_class_with_a_pass_mark_of_its_own(crowd: Crowd) -> None:
    make_many(
        project=crowd.project, items=[GoldInput(crowd.tasks[PRACTICE].pk, [NO])], by=None
    )  # one of the six is no
    assert terms(crowd, class_marks={"follows": {"no": 1.0}}).status_code == 200
    practice(crowd)
    course = take_quiz(crowd, [YES] * 3)
    by_name = {row["name"]: row for row in course["result"]["classes"]}
    assert (course["result"]["right"], course["result"]["needed"]) == (2, 2), "enough in total"
    assert by_name["no"] == {
        "field": "follows",
        "name": "no",
        "right": 0,
        "asked": 1,
        "mark": 1.0,
        "passed": False,
    }
    assert not course["is_certified"], "but not of this class, which every quiz asks"


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"quiz_length": 0}, "quiz_length"),
        ({"pass_mark": 1.2}, "pass_mark"),
        ({"class_marks": {"follows": {"perhaps": 0.5}}}, "class_marks.follows.perhaps"),
        ({"class_marks": {"follows": {"yes": 2}}}, "class_marks.follows.yes"),
        ({"validity_days": -1}, "validity_days"),
    ],
)
def test_terms_that_make_no_sense(crowd: Crowd, change: Any, path: str) -> None:
    response = terms(crowd, **change)
    assert response.status_code == 400
    assert response.json()["error"]["fields"][0]["path"] == path


def test_a_pool_that_is_too_small(crowd: Crowd) -> None:
    assert terms(crowd, quiz_length=7).json()["error"]["code"] == "few_items"
    assert api(boss(crowd)).get(address(crowd)).json()["pool"]["attempts"] == 2
    for gold in GoldItem.objects.filter(use="quiz").select_related("project")[:4]:
        retire(gold=gold, by=None)
    practice(crowd)
    assert post(crowd, "quiz/").json()["error"]["code"] == "few_items"


def test_refuses_to_hide_what_people_have_seen(crowd: Crowd) -> None:
    practice(crowd)
    client = api(boss(crowd))
    body = {"tasks": [str(crowd.tasks[0].pk)], "use": "hidden"}
    assert client.post(address(crowd, "items/"), body, format="json").json()["error"]["code"] == "known"
    body["tasks"] = [str(crowd.tasks[-1].pk)]
    assert client.post(address(crowd, "items/"), body, format="json").status_code == 400, "no gold"
    body["tasks"] = [str(crowd.tasks[PRACTICE].pk)]
    assert client.post(address(crowd, "items/"), body, format="json").json()["changed"] == 1
    assert QueueEntry.objects.get(pk=crowd.tasks[PRACTICE].pk).pool == "gold"


def test_refusals_of_decisions(crowd: Crowd) -> None:
    assert decide(crowd, "withdraw").json()["error"]["code"] == "no_certificate"
    assert decide(crowd, "grant", reason=" ").status_code == 400
    member(crowd).delete()
    assert decide(crowd, "grant").status_code == 400
    own = {"user": str(boss(crowd).pk), "action": "grant", "reason": "I am good."}
    response = api(boss(crowd)).post(address(crowd, "people/"), own, format="json")
    assert response.json()["error"]["code"] == "own_certificate"
    assert not Certificate.objects.exists()


def test_a_confirmed_alarm_asks_for_the_quiz_again(crowd: Crowd) -> None:
    Project.objects.filter(pk=crowd.project.pk).update(gold_share=0.1, gold_test="pause")
    practice(crowd)
    take_quiz(crowd, [YES] * 3)
    hidden = crowd.tasks[PRACTICE + QUIZ :][:3]
    make_many(project=crowd.project, items=[GoldInput(task.pk, [YES]) for task in hidden], by=None)
    for task in hidden:
        answer(crowd.project, task, crowd.people[0], NO, drawn="gold")
    settle()
    assert draws(crowd)["reason"]["code"] == "person_paused"
    alarm = GoldAlarm.objects.get()
    decided = api(boss(crowd)).post(
        f"/api/v1/alarms/{alarm.pk}/decision/", {"decision": "confirm"}, format="json"
    )
    assert decided.json()["state"] == "confirmed"
    assert draws(crowd)["reason"]["code"] == "certificate"
    assert member(crowd).paused_at is None, "the quiz takes the place of the pause"
    assert "0 were right" in Certificate.objects.get().withdrawal_reason
    assert take_quiz(crowd, [YES] * 3)["is_certified"]
    assert draws(crowd)["assignments"]


def test_who_sees_gold_needs_none(crowd: Crowd) -> None:
    add_member(project=crowd.project, user=crowd.people[1], role="reviewer", by=boss(crowd))
    assert draws(crowd, person=1)["assignments"]
    add_member(project=crowd.project, user=crowd.people[1], role="engineer", by=boss(crowd))
    assert draws(crowd, person=1)["reason"]["code"] == "certificate"


def test_off_it_is_as_if_it_were_not_there(crowd: Crowd) -> None:
    terms(crowd, on=False)
    assert draws(crowd)["assignments"]
    assert post(crowd, "next/").json()["reason"]["code"] == "no_qualification"


def test_turned_on_in_a_running_project(crowd: Crowd) -> None:
    terms(crowd, on=False)
    (given, _) = draws(crowd)["assignments"]
    terms(crowd, on=True)
    assert draws(crowd)["reason"]["code"] == "certificate"
    assert Notice.objects.filter(user=crowd.people[0], ref__startswith="qualification:").exists()
    done = api(crowd.people[0]).post(
        f"/api/v1/assignments/{given['id']}/submit/",
        {"value": YES},
        format="json",
        headers={"Idempotency-Key": "k"},
    )
    assert done.status_code == 201
    assert not Annotation.objects.get().is_extra, "what was given before may be finished"
    terms(crowd, on=False)
    terms(crowd, on=True, grant_existing=True)
    assert draws(crowd)["assignments"]


def test_who_comes_back_still_has_it(crowd: Crowd) -> None:
    decide(crowd, "grant")
    remove_member(membership=member(crowd), by=boss(crowd))
    add_member(project=crowd.project, user=crowd.people[0], role="annotator", by=boss(crowd))
    assert draws(crowd)["assignments"]


def test_what_somebody_had_as_work_comes_last_in_their_quiz(crowd: Crowd) -> None:
    for task in crowd.tasks[PRACTICE : PRACTICE + 3]:
        answer(crowd.project, task, crowd.people[0], YES)
    practice(crowd)
    post(crowd, "quiz/")
    asked = QualificationAnswer.objects.filter(attempt__kind="quiz").values_list("gold__task", flat=True)
    assert set(asked) == {task.pk for task in crowd.tasks[PRACTICE + 3 : PRACTICE + QUIZ]}


def test_the_wall(crowd: Crowd) -> None:
    other = make_crowd(1, 2, name="Other")
    practice(crowd)
    row = post(crowd, "quiz/").json()["assignments"][0]
    stranger = api(other.people[0])
    assert stranger.post(address(crowd, "next/")).status_code == 404
    assert stranger.get(address(crowd, "own/")).status_code == 404
    assert stranger.get(f"/api/v1/qualification-items/{row['id']}/").status_code == 404
    assert api(boss(other)).get(address(crowd, "people/")).status_code == 404
    body = {"tasks": [str(crowd.tasks[0].pk)], "use": "quiz"}
    assert api(boss(other)).post(address(other, "items/"), body, format="json").status_code == 400


def test_an_owner_who_never_joined_may_try_it(crowd: Crowd) -> None:
    owner = make_user("Owner", crowd.project.organization, "owner")
    shown = api(owner).post(address(crowd, "next/"), {}, format="json").json()
    for verb in ("practice", "quiz"):
        if verb == "quiz":
            shown = api(owner).post(address(crowd, "quiz/"), {}, format="json").json()
        for _ in range(shown["course"]["total"]):
            response = api(owner).post(
                f"/api/v1/qualification-items/{shown['assignments'][0]['id']}/submit/",
                {"value": YES},
                format="json",
                headers={"Idempotency-Key": "k"},
            )
            assert response.status_code == 201
            shown = response.json()
    assert shown["course"]["result"]["passed"]
    assert not Certificate.objects.exists(), "there is no membership to open the queue for"
