"""The sequential test on gold: whom it pauses, who decides, and that nothing else follows."""

from random import Random
from typing import Any

import pytest
from django.test import Client

from accounts.models import AuditEvent
from annotate.models import Assignment, Drawn, Notice
from annotate.policy import PRACTICE_SHARE, gold_share
from annotate.services.discards import discard_answers
from annotate.services.held import save_draft
from labeltypes.base import JsonObject
from projects.models import Membership, Role
from projects.services.memberships import resume_member
from quality.models import GoldAlarm, GoldGrade, Trust
from quality.services.gold import GoldInput, make_gold, make_many
from quality.services.shares import PRACTICE_LENGTH
from tests.annotate.gold_world import statements
from tests.annotate.steps import api
from tests.quality.crowd import Crowd, answer, give, make_crowd, settle

pytestmark = pytest.mark.django_db

YES: JsonObject = {"follows": "yes"}
NO: JsonObject = {"follows": "no"}
# Three wrong answers in a row: 3 × ln 3 = 3.30 is above ln 19 = 2.94.
ENOUGH = 3


def crowd_of(test: str, **settings: Any) -> Crowd:
    """Two people, forty gold tasks whose answer is yes."""
    crowd = make_crowd(2, 40, overlap=2, gold_share=0.1, gold_test=test, **settings)
    make_many(project=crowd.project, items=[GoldInput(task.pk, [YES]) for task in crowd.tasks[:34]], by=None)
    settle()
    return crowd


@pytest.fixture
def crowd() -> Crowd:
    return crowd_of("pause")


def miss(crowd: Crowd, *tasks: int, value: JsonObject = NO, person: int = 0) -> None:
    for task in tasks:
        answer(crowd.project, crowd.tasks[task], crowd.people[person], value, drawn=Drawn.GOLD)
    settle()


def boss(crowd: Crowd) -> Any:
    return crowd.project.memberships.get(role="manager").user


def member(crowd: Crowd, person: int = 0) -> Membership:
    return Membership.objects.get(project=crowd.project, user=crowd.people[person])


def decide(crowd: Crowd, decision: str, *, by: Any = None, **more: Any) -> Any:
    found = GoldAlarm.objects.latest("pk")
    body = {"decision": decision, **more}
    return api(by or boss(crowd)).post(f"/api/v1/alarms/{found.pk}/decision/", body, format="json")


def draws(crowd: Crowd, person: int = 0) -> Any:
    address = f"/api/v1/projects/{crowd.project.pk}/next/"
    return api(crowd.people[person]).post(address, {"count": 1}, format="json").json()


def test_it_works(crowd: Crowd) -> None:
    lease = give(crowd.project, crowd.tasks[39], crowd.people[0])
    save_draft(assignment=lease, project=crowd.project, value=YES, base=0)
    miss(crowd, *range(ENOUGH - 1))
    assert not GoldAlarm.objects.exists()
    miss(crowd, ENOUGH - 1)
    alarm = GoldAlarm.objects.get()
    assert (alarm.n, alarm.right, alarm.has_paused) == (3, 0, True)
    assert alarm.low == 0
    assert alarm.high == pytest.approx(0.5615, abs=1e-4)  # Wilson, 0 of 3
    refused = draws(crowd)
    assert (refused["assignments"], refused["reason"]["code"]) == ([], "person_paused")
    assert "Of the last 3 answers to tasks with a known answer 0 were right" in str(refused["reason"])
    assert "between 0 % and 56 %" in str(refused["reason"])
    assert draws(crowd, person=1)["assignments"], "somebody else was paused too"
    lease.refresh_from_db()
    assert (lease.state, lease.draft.value) == ("released", YES)
    told = Notice.objects.get(user=boss(crowd))
    assert (told.kind, told.text.startswith("Worker 0 is paused.")) == ("alarm", True)
    shown = api(boss(crowd)).get(f"/api/v1/projects/{crowd.project.pk}/alarms/?state=open").json()["results"]
    assert [(row["n"], row["right"], row["state"]) for row in shown] == [(3, 0, "open")]
    assert decide(crowd, "confirm", note="Let us talk.").status_code == 200
    assert member(crowd).paused_at is not None
    assert "Let us talk." in Notice.objects.filter(user=crowd.people[0]).latest("pk").text
    verbs = set(AuditEvent.objects.values_list("verb", flat=True))
    assert {"trust.alarm", "member.paused", "trust.alarm_confirmed"} <= verbs


def test_off_is_the_default_and_finds_nobody() -> None:
    crowd = make_crowd(1, 6)
    assert crowd.project.gold_test == "off"
    for task in crowd.tasks:
        make_gold(project=crowd.project, task=task, answers=[YES], by=None)
    miss(crowd, *range(6))
    assert not GoldAlarm.objects.exists()


def test_flag_tells_and_pauses_nobody() -> None:
    crowd = crowd_of("flag")
    miss(crowd, 0, 1, 2, 3)
    assert GoldAlarm.objects.get().has_paused is False
    assert member(crowd).paused_at is None
    assert Notice.objects.filter(user=boss(crowd), kind="alarm").count() == 1
    assert not Notice.objects.filter(user=crowd.people[0]).exists()
    decide(crowd, "confirm")
    assert member(crowd).paused_at is not None


def test_going_on_begins_a_new_test(crowd: Crowd, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("annotate.services.hidden.dice", Random(2))  # no gold: that is answered below
    miss(crowd, 0, 1, 2)
    assert decide(crowd, "go_on").status_code == 200
    assert draws(crowd)["assignments"]
    miss(crowd, 3, 4)
    assert GoldAlarm.objects.count() == 1, "the old answers were held against them again"
    miss(crowd, 5)
    assert GoldAlarm.objects.count() == 2


def test_resuming_by_hand_decides_as_well(crowd: Crowd) -> None:
    miss(crowd, 0, 1, 2)
    resume_member(membership=member(crowd), by=boss(crowd))
    assert GoldAlarm.objects.get().state == "cleared"
    miss(crowd, 3, 4)
    assert member(crowd).paused_at is None


def test_practice_tells_at_once_and_ends(crowd: Crowd) -> None:
    miss(crowd, 0, 1, 2)
    assert not Notice.objects.filter(user=crowd.people[0], kind="feedback").exists()
    decide(crowd, "practice")
    assert gold_share(crowd.project, member(crowd)) == PRACTICE_SHARE
    miss(crowd, *range(3, 2 + PRACTICE_LENGTH), value=YES)
    assert Notice.objects.filter(user=crowd.people[0], kind="feedback").count() == PRACTICE_LENGTH
    assert member(crowd).is_practicing
    miss(crowd, 30, value=YES)
    assert not member(crowd).is_practicing
    assert gold_share(crowd.project, member(crowd)) == 0.1
    miss(crowd, 31, value=YES)
    assert GoldGrade.objects.filter(user=crowd.people[0], is_burnt=True).count() == PRACTICE_LENGTH


def test_corrected_gold_takes_the_alarm_back(crowd: Crowd) -> None:
    miss(crowd, 0, 1, 2)
    make_gold(project=crowd.project, task=crowd.tasks[1], answers=[NO], by=boss(crowd))
    settle()
    assert GoldAlarm.objects.get().state == "withdrawn"
    assert member(crowd).paused_at is None
    assert "no longer objects" in Notice.objects.filter(user=boss(crowd)).latest("pk").text


def test_answers_set_aside_take_no_alarm_back(crowd: Crowd) -> None:
    miss(crowd, 0, 1, 2)
    discard_answers(project=crowd.project, user=crowd.people[0], by=boss(crowd))
    settle()
    assert not Trust.objects.filter(user=crowd.people[0], basis="gold").exists()
    miss(crowd, 3, value=YES)  # was on its way when they were paused
    assert GoldAlarm.objects.get().state == "open"
    assert member(crowd).paused_at is not None


def test_graded_twice_there_is_one_alarm(crowd: Crowd) -> None:
    miss(crowd, 0, 1, 2)
    miss(crowd, 3)  # handed in after the pause
    assert GoldAlarm.objects.count() == 1


def test_next_costs_the_same_whatever_is_known_of_somebody(crowd: Crowd) -> None:
    def ask() -> Any:
        return statements(lambda: draws(crowd))

    ask()
    Assignment.objects.all().update(state="released", closed_at="2026-01-01T00:00:00Z")
    seen = set()
    for need, practicing in ((None, False), (0.0, False), (1.0, False), (0.5, True)):
        Membership.objects.update(gold_need=need, is_practicing=practicing)
        Assignment.objects.filter(user=crowd.people[0]).delete()
        seen.add(ask()[1])
    assert len(seen) == 1


def test_refuses_to_decide_twice(crowd: Crowd) -> None:
    miss(crowd, 0, 1, 2)
    decide(crowd, "go_on")
    assert decide(crowd, "confirm").json()["error"]["code"] == "decided"
    assert member(crowd).paused_at is None


def test_refuses_to_decide_about_oneself(crowd: Crowd) -> None:
    miss(crowd, 0, 1, 2)
    Membership.objects.filter(user=crowd.people[0]).update(role=Role.MANAGER)
    assert decide(crowd, "go_on", by=crowd.people[0]).json()["error"]["code"] == "own_alarm"


def test_refuses_practice_without_gold(crowd: Crowd) -> None:
    miss(crowd, 0, 1, 2)
    crowd.project.gold_share = 0
    crowd.project.save()
    assert decide(crowd, "practice").json()["error"]["code"] == "no_gold"
    assert GoldAlarm.objects.get().state == "open"


def test_refuses_an_unknown_decision(crowd: Crowd) -> None:
    miss(crowd, 0, 1, 2)
    assert decide(crowd, "ban").status_code == 400


@pytest.mark.parametrize(
    ("settings", "path"),
    [
        ({"gold_test_good": 0.7, "gold_test_bad": 0.7}, "settings.gold_test_bad"),
        ({"gold_test": "ban"}, "settings.gold_test"),
        ({"gold_test_error": 0}, "settings.gold_test_error"),
        ({"gold_share_most": 0.9}, "settings.gold_share_most"),
    ],
)
def test_refuses_settings_that_make_no_test(settings: dict[str, Any], path: str) -> None:
    crowd = make_crowd(1, 1)
    response = api(boss(crowd)).patch(
        f"/api/v1/projects/{crowd.project.pk}/", {"settings": settings}, format="json"
    )
    assert response.status_code == 400
    assert [field["path"] for field in response.json()["error"]["fields"]] == [path]


def test_strangers_and_the_person_see_no_alarm(crowd: Crowd) -> None:
    miss(crowd, 0, 1, 2)
    other = make_crowd(1, 1, name="Other")
    assert decide(crowd, "go_on", by=boss(other)).status_code == 404
    assert decide(crowd, "go_on", by=crowd.people[0]).status_code == 403
    address = f"/api/v1/projects/{crowd.project.pk}/alarms/"
    assert api(boss(other)).get(address).status_code == 404
    assert api(crowd.people[0]).get(address).status_code == 403


def test_the_page_shows_the_evidence_and_decides(crowd: Crowd) -> None:
    miss(crowd, 0, 1, 2)
    client = Client()
    client.force_login(boss(crowd))
    page = f"/projects/{crowd.project.pk}/people/"
    shown = client.get(page).content.decode()
    assert "Waits for your decision" in shown
    assert "after about 17" in shown
    client.post(f"/alarms/{GoldAlarm.objects.get().pk}/", {"decision": "go_on"})
    assert "Waits for your decision" not in client.get(page).content.decode()


def test_new_and_doubtful_people_get_more_gold() -> None:
    crowd = crowd_of("off", gold_share_most=0.4)
    assert gold_share(crowd.project, member(crowd)) == pytest.approx(0.4)
    miss(crowd, 0, 1, 2, 3, value=YES)
    few = gold_share(crowd.project, member(crowd))
    miss(crowd, *range(4, 34), value=YES)
    many = gold_share(crowd.project, member(crowd))
    assert 0.1 < many < few < 0.4
    assert many < 0.2
    crowd.project.gold_share = 0
    assert gold_share(crowd.project, member(crowd)) == 0
