"""Contests of gold: who may make them, what is decided, and what follows for everybody who was graded."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import AuditEvent
from annotate.models import Annotation, Drawn, Notice, OutboxEvent, QueueEntry
from annotate.services.corrections import correct
from labeltypes.base import JsonObject
from projects.models import Membership, Role
from quality.models import Consensus, GoldContest, GoldGrade, GoldItem, Trust
from quality.services.gold import make_gold
from quality.services.regrading import regrade
from tests.annotate.gold_world import statements, visible
from tests.annotate.steps import api
from tests.quality.crowd import Crowd, answer, make_crowd, settle
from tests.world import make_user

pytestmark = pytest.mark.django_db

YES: JsonObject = {"follows": "yes"}
NO: JsonObject = {"follows": "no"}
WHY = "The text says the opposite."


@pytest.fixture
def crowd() -> Crowd:
    """Three people; of them two answer "no" where the gold, wrongly, says "yes"."""
    crowd = make_crowd(3, 4, overlap=3, feedback="at_once")
    make_gold(project=crowd.project, task=crowd.tasks[0], answers=[YES], by=None, explanation="It follows.")
    for person, value in enumerate((NO, NO, YES)):
        answer(crowd.project, crowd.tasks[0], crowd.people[person], value, drawn=Drawn.GOLD)
    settle()
    return crowd


def boss(crowd: Crowd) -> Any:
    return crowd.project.memberships.get(role="manager").user


def own(crowd: Crowd, person: int = 0, task: int = 0) -> Annotation:
    return Annotation.objects.get(user=crowd.people[person], task=crowd.tasks[task])


def contest(crowd: Crowd, person: int = 0, reason: str = WHY, task: int = 0) -> Any:
    client = api(crowd.people[person])
    address = f"/api/v1/annotations/{own(crowd, person, task).pk}/contest/"
    return client.post(address, {"reason": reason}, format="json")


def decide(crowd: Crowd, verdict: str, *, by: Any = None, **more: Any) -> Any:
    found = GoldContest.objects.latest("pk")
    body = {"verdict": verdict, **more}
    return api(by or boss(crowd)).post(f"/api/v1/contests/{found.pk}/decision/", body, format="json")


def rights() -> dict[int, bool]:
    return dict(GoldGrade.objects.values_list("user_id", "correct"))


def told(crowd: Crowd, person: int) -> list[str]:
    """What this person found in the inbox after the first feedback, oldest first."""
    notices = Notice.objects.filter(user=crowd.people[person]).order_by("pk")
    return [notice.text for notice in notices][1:]


def test_it_works(crowd: Crowd) -> None:
    made = contest(crowd)
    assert made.status_code == 201
    assert made.json()["state"] == "open"
    shown = (
        api(boss(crowd)).get(f"/api/v1/projects/{crowd.project.pk}/contests/?state=open").json()["results"]
    )
    assert [(row["answer"], row["accepted"], row["missed"], row["graded"]) for row in shown] == [
        (NO, [YES], 2, 3)
    ]
    assert crowd.people[0].name not in str(shown)
    done = decide(crowd, "replace", explanation="You are right.")
    assert (done.status_code, done.json()["state"]) == (200, "corrected")
    settle()
    first, second, third = crowd.people
    assert rights() == {first.pk: True, second.pk: True, third.pk: False}
    trust = {row.user_id: (row.n, row.correct) for row in Trust.objects.filter(basis="gold", field="")}
    assert trust == {first.pk: (1, 1), second.pk: (1, 1), third.pk: (1, 0)}
    gold = GoldItem.objects.get()
    assert (gold.answers, gold.missed, gold.contested) == ([NO], 1, 1)
    assert Consensus.objects.get(task=crowd.tasks[0]).value == "no"
    assert any("You are right." in text for text in told(crowd, 0))
    assert told(crowd, 1) == ["A known answer was corrected: your answer counts as right now."]
    assert told(crowd, 2) == ["A known answer was corrected: your answer counts as wrong now."]
    verbs = set(AuditEvent.objects.values_list("verb", flat=True))
    assert {"gold.contested", "gold.corrected", "gold.contest_corrected", "gold.regraded"} <= verbs
    mine = api(first).get(f"/api/v1/projects/{crowd.project.pk}/contests/own/").json()["results"]
    assert [(row["state"], row["explanation"]) for row in mine] == [("corrected", "You are right.")]


def test_graded_anew_twice_nothing_changes(crowd: Crowd) -> None:
    contest(crowd)
    decide(crowd, "accept")
    events = list(OutboxEvent.objects.all())
    settle()
    assert list(rights().values()) == [True, True, True]
    before = list(GoldGrade.objects.values()), Notice.objects.count()
    OutboxEvent.objects.bulk_create(events)
    settle()
    assert (list(GoldGrade.objects.values()), Notice.objects.count()) == before
    assert regrade(crowd.project.pk, [crowd.tasks[0].pk], voided=[], cause=1) == 0


def test_a_withdrawn_item_counts_for_nobody(crowd: Crowd) -> None:
    contest(crowd)
    contest(crowd, person=1)
    decide(crowd, "retire", explanation="Nobody can tell.")
    settle()
    assert not Trust.objects.filter(basis="gold").exists()
    assert QueueEntry.objects.get(task=crowd.tasks[0]).pool == "work"
    assert set(GoldContest.objects.values_list("state", flat=True)) == {"retired"}
    for person in range(3):
        assert any("withdrawn" in text for text in told(crowd, person))


def test_a_withdrawn_item_that_is_made_gold_again_counts_again(crowd: Crowd) -> None:
    contest(crowd)
    decide(crowd, "retire")
    settle()
    make_gold(project=crowd.project, task=crowd.tasks[0], answers=[YES], by=boss(crowd))
    settle()
    assert Trust.objects.filter(basis="gold", field="").count() == 3


def test_upheld_tells_only_who_contests_and_changes_no_grade(crowd: Crowd) -> None:
    contest(crowd)
    before = rights()
    assert decide(crowd, "uphold").json()["error"]["fields"] == [
        {"path": "explanation", "message": "must not be empty"}
    ]
    assert decide(crowd, "uphold", explanation="See rule 3.").status_code == 200
    settle()
    assert rights() == before
    assert told(crowd, 0) == ["Your contest was looked at. The known answer stays as it is. See rule 3."]
    assert told(crowd, 1) == []


def test_correcting_in_the_editor_settles_contests_and_grades_what_was_graded(crowd: Crowd) -> None:
    correct(annotation=own(crowd), project=crowd.project, value=YES, base=1)  # after the answer was shown
    contest(crowd)
    assert GoldContest.objects.get().answer == NO
    make_gold(project=crowd.project, task=crowd.tasks[0], answers=[NO], by=boss(crowd))
    settle()
    assert GoldContest.objects.get().state == "corrected"
    assert rights()[crowd.people[0].pk]


def test_whoever_was_not_shown_the_item_does_not_learn_which_it_was(crowd: Crowd) -> None:
    GoldGrade.objects.filter(user=crowd.people[1]).update(is_burnt=False)
    crowd.project.feedback = "never"
    crowd.project.save()
    GoldGrade.objects.filter(user=crowd.people[2]).update(is_burnt=False)
    contest(crowd)
    decide(crowd, "replace")
    settle()
    assert told(crowd, 1) == told(crowd, 2) == []
    crowd.project.feedback = "aggregated"
    crowd.project.save()
    make_gold(project=crowd.project, task=crowd.tasks[0], answers=[YES], by=None)
    settle()
    notice = Notice.objects.filter(user=crowd.people[1]).latest("pk")
    assert notice.text.startswith("A known answer was corrected. One answer of yours")
    assert notice.payload == {}


def test_work_and_gold_that_nobody_was_told_of_are_refused_alike(crowd: Crowd) -> None:
    make_gold(project=crowd.project, task=crowd.tasks[1], answers=[YES], by=None)
    crowd.project.feedback = "aggregated"
    crowd.project.save()
    answer(crowd.project, crowd.tasks[1], crowd.people[0], NO, drawn=Drawn.GOLD)
    answer(crowd.project, crowd.tasks[2], crowd.people[0], NO)
    settle()
    seen = set()
    for task in (1, 2, 1, 2):
        response, ran = statements(lambda: contest(crowd, task=task))  # noqa: B023 - called at once
        seen.add((visible(response), ran))
    assert len(seen) == 1
    ((status, *_), _) = seen.pop()
    assert status == 409
    assert not GoldContest.objects.exists()


def test_refuses_what_was_graded_right(crowd: Crowd) -> None:
    assert contest(crowd, person=2).status_code == 409


def test_refuses_a_second_contest(crowd: Crowd) -> None:
    contest(crowd)
    assert contest(crowd).json()["error"]["code"] == "contested"
    assert GoldItem.objects.get().contested == 1


@pytest.mark.parametrize("reason", ["", "   ", "x" * 2_001])
def test_refuses_no_reason_and_too_much(crowd: Crowd, reason: str) -> None:
    assert contest(crowd, reason=reason).status_code == 400
    assert not GoldContest.objects.exists()


def test_refuses_the_answer_of_somebody_else(crowd: Crowd) -> None:
    address = f"/api/v1/annotations/{own(crowd, 0).pk}/contest/"
    assert api(crowd.people[1]).post(address, {"reason": WHY}, format="json").status_code == 404


def test_refuses_to_decide_twice(crowd: Crowd) -> None:
    contest(crowd)
    decide(crowd, "uphold", explanation="No.")
    assert decide(crowd, "retire").json()["error"]["code"] == "decided"


def test_refuses_to_decide_about_ones_own(crowd: Crowd) -> None:
    contest(crowd)
    Membership.objects.filter(user=crowd.people[0]).update(role=Role.REVIEWER)
    assert decide(crowd, "accept", by=crowd.people[0]).json()["error"]["code"] == "own_contest"


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"verdict": "perhaps"}, "verdict"),
        ({"verdict": "correct"}, "answers"),
        ({"verdict": "uphold", "explanation": "No.", "answers": [NO]}, "answers"),
        ({"verdict": "correct", "answers": [{"follows": "perhaps"}]}, "value.follows"),
        ({"verdict": "correct", "answers": [YES]}, "answers"),
        ({"verdict": "correct", "answers": []}, "answers"),
    ],
)
def test_refuses_decisions_that_say_nothing(crowd: Crowd, body: dict[str, Any], path: str) -> None:
    contest(crowd)
    refused = decide(crowd, **body)
    assert refused.status_code == 400
    assert [field["path"] for field in refused.json()["error"]["fields"]] == [path]
    assert GoldContest.objects.get().state == "open"


def test_strangers_see_no_contest(crowd: Crowd) -> None:
    contest(crowd)
    other = make_crowd(1, 1, name="Other")
    found = GoldContest.objects.get()
    body = {"verdict": "retire"}
    stranger = api(boss(other))
    assert stranger.post(f"/api/v1/contests/{found.pk}/decision/", body, format="json").status_code == 404
    assert stranger.get(f"/api/v1/projects/{crowd.project.pk}/contests/").status_code == 404


def test_the_pages_show_and_take_the_same(crowd: Crowd) -> None:
    client = Client()
    client.force_login(crowd.people[0])
    page = f"/projects/{crowd.project.pk}/my-work/"
    assert "It follows." in client.get(page).content.decode()
    client.post(f"/answers/{own(crowd).pk}/contest/", {"reason": WHY})
    assert "waits for a decision" in client.get(page).content.decode()
    reviewer = make_user("Rev", crowd.project.organization)
    Membership.objects.create(project=crowd.project, user=reviewer, role=Role.REVIEWER)
    client.force_login(reviewer)
    listed = client.get(f"/projects/{crowd.project.pk}/gold/contests/").content.decode()
    assert WHY in listed
    assert crowd.people[0].name not in listed
    found = GoldContest.objects.get()
    client.post(f"/contests/{found.pk}/", {"verdict": "uphold", "explanation": ""}, follow=True)
    found.refresh_from_db()
    assert found.state == "open"
    client.post(f"/contests/{found.pk}/", {"verdict": "accept", "explanation": "Both."})
    assert "Both." in client.get(f"/projects/{crowd.project.pk}/gold/contests/?decided=1").content.decode()
    client.force_login(crowd.people[0])
    settle()
    assert "yours counts as right" in client.get(page).content.decode()


def test_many_misses_cost_the_page_as_many_queries_as_one(crowd: Crowd) -> None:
    client = Client()
    client.force_login(crowd.people[0])
    address = f"/projects/{crowd.project.pk}/my-work/"
    client.get(address)
    one, ran = statements(lambda: client.get(address))
    for task in (1, 2, 3):
        make_gold(project=crowd.project, task=crowd.tasks[task], answers=[YES], by=None)
        answer(crowd.project, crowd.tasks[task], crowd.people[0], NO, drawn=Drawn.GOLD)
    settle()
    contest(crowd, task=2)
    four, ran_then = statements(lambda: client.get(address))
    assert (one.content.count(b'id="miss-'), four.content.count(b'id="miss-')) == (1, 4)
    assert len(ran) == len(ran_then)


def test_a_refused_decision_keeps_its_words_beside_the_form(crowd: Crowd) -> None:
    contest(crowd)
    found = GoldContest.objects.get()
    client = Client()
    client.force_login(boss(crowd))
    long = "Because. " * 230
    for text, problem in (("", "must not be empty"), (long, "at most 2000 characters")):
        refused = client.post(f"/contests/{found.pk}/", {"verdict": "uphold", "explanation": text})
        assert refused.status_code == 400
        shown = refused.content.decode()
        assert f'aria-describedby="explanation-{found.pk}-error"' in shown
        assert problem in shown
        assert f">{text}</textarea>" in shown
        found.refresh_from_db()
        assert found.state == "open"
    decide(crowd, "retire")
    late = client.post(f"/contests/{found.pk}/", {"verdict": "uphold", "explanation": "No."}, follow=True)
    assert "decided already" in late.content.decode()
