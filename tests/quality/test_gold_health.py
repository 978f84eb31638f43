"""Which gold should go, and why; how often it may be answered; gold mined from what trusted people say."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import AuditEvent
from annotate.models import Annotation, Drawn, QueueEntry
from labeltypes.base import JsonObject
from projects.models import TaskSummary
from quality.models import GoldContest, GoldGrade, GoldItem, Trust
from quality.reports.gold_health import proposed
from quality.services.contests import contest
from quality.services.full_run import full_run
from quality.services.gold import GoldInput, make_gold, make_many
from quality.services.health import refresh_discrimination
from quality.services.mining import approve, candidates
from tests.annotate.gold_world import statements
from tests.annotate.steps import api
from tests.quality.crowd import Crowd, answer, make_crowd, settle, write_all

pytestmark = pytest.mark.django_db

YES: JsonObject = {"follows": "yes"}
NO: JsonObject = {"follows": "no"}


def boss(crowd: Crowd) -> Any:
    return crowd.project.memberships.get(role="manager").user


def graded(crowd: Crowd, rights: list[list[bool]]) -> list[GoldItem]:
    """People × items: all answered, graded as the table says."""
    write_all(
        crowd,
        [
            (task, person, YES if right else NO)
            for person, row in enumerate(rights)
            for task, right in enumerate(row)
        ],
    )
    items = [GoldInput(task.pk, [YES]) for task in crowd.tasks[: len(rights[0])]]
    make_many(project=crowd.project, items=items, by=None)
    gold = {item.task_id: item for item in GoldItem.objects.all()}
    GoldGrade.objects.bulk_create(
        GoldGrade(
            project=crowd.project,
            gold=gold[row.task_id],
            annotation=row,
            user_id=row.user_id,
            version=1,
            score=float(row.value == YES),
            correct=row.value == YES,
            graded_at=timezone.now(),
        )
        for row in Annotation.objects.all()
    )
    return [gold[task.pk] for task in crowd.tasks[: len(rights[0])]]


def test_gold_that_good_people_miss_is_proposed_for_retirement() -> None:
    crowd = make_crowd(12, 9)
    # Six good people and six bad ones; the last item has them the wrong way round.
    rights = [[True] * 8 + [False]] * 5 + [[False] * 8 + [True]] * 5
    rights += [[True, False] * 4 + [False], [False, True] * 4 + [True]]
    items = graded(crowd, rights)
    full_run(crowd.project)
    for item in items:
        item.refresh_from_db()
    assert items[-1].discrimination is not None
    assert items[-1].discrimination_high is not None
    assert items[-1].discrimination_high < 0 < items[0].discrimination_low  # type: ignore[operator]
    assert items[-1].discrimination_people == 12
    assert [(row.gold.pk, row.reasons) for row in proposed(crowd.project)] == [
        (items[-1].pk, ("good people miss it",))
    ]
    before = list(GoldItem.objects.order_by("pk").values())
    refresh_discrimination(crowd.project)
    assert list(GoldItem.objects.order_by("pk").values()) == before
    client = Client()
    client.force_login(boss(crowd))
    assert "good people miss it" in client.get(f"/projects/{crowd.project.pk}/gold/").content.decode()
    client.post(f"/projects/{crowd.project.pk}/gold/{items[-1].task_id}/retire/")
    assert proposed(crowd.project) == []


def test_gold_contested_twice_or_answered_too_often_is_proposed() -> None:
    crowd = make_crowd(3, 3, gold_exposures=2)
    for task in crowd.tasks[:2]:
        make_gold(project=crowd.project, task=task, answers=[YES], by=None)
    for person in (0, 1):
        answer(crowd.project, crowd.tasks[0], crowd.people[person], YES, drawn=Drawn.GOLD)
    settle()
    GoldItem.objects.filter(task=crowd.tasks[1]).update(contested=2)
    found = {row.gold.task_id: row.reasons for row in proposed(crowd.project)}
    assert found == {crowd.tasks[0].pk: ("answered 2 times",), crowd.tasks[1].pk: ("contested by 2",)}
    assert not GoldItem.objects.filter(retired_at__isnull=False).exists(), "somebody's gold went by itself"
    crowd.project.gold_exposures = 0
    assert len(proposed(crowd.project)) == 1


def mine() -> Crowd:
    """Four people of known skill; six tasks settled, three of them as yes and three as no."""
    crowd = make_crowd(5, 8, overlap=4)
    rows = [(task, person, YES if task < 3 else NO) for task in range(6) for person in range(3)]
    write_all(crowd, [*rows, (0, 3, YES), (1, 3, NO)])
    for person, low in enumerate((0.9, 0.8, 0.75, 0.71, 0.4)):
        Trust.objects.create(
            project=crowd.project,
            user=crowd.people[person],
            basis="gold",
            n=50,
            correct=45,
            accuracy=0.9,
            low=low,
            high=0.97,
            computed_at=timezone.now(),
        )
    for task, row in enumerate(crowd.tasks[:6]):
        label = "yes" if task < 3 else "no"
        TaskSummary.objects.filter(task=row).update(
            state="done", answers=3, probability=0.99, value={"follows": label}, classes=[label]
        )
    return crowd


def test_gold_is_mined_from_what_trusted_people_agree_on() -> None:
    crowd = mine()
    found = candidates(crowd.project)
    # Of task 1 a trusted person says something else. Classes take turns.
    assert {each.task_id for each in found} == {crowd.tasks[place].pk for place in (0, 2, 3, 4, 5)}
    assert [each.label for each in found][:4] in (["no", "yes"] * 2, ["yes", "no"] * 2)
    shown = api(boss(crowd)).get(f"/api/v1/projects/{crowd.project.pk}/gold/mined/").json()["results"]
    assert {row["people"] for row in shown} == {3, 4}
    chosen = [row["task"] for row in shown[:2]]
    made = api(boss(crowd)).post(
        f"/api/v1/projects/{crowd.project.pk}/gold/mined/", {"tasks": chosen}, format="json"
    )
    assert (made.status_code, made.json()) == (201, {"made": 2})
    rows = GoldItem.objects.filter(origin="mined")
    assert {str(row.task_id) for row in rows} == set(chosen)
    assert QueueEntry.objects.filter(task__in=chosen, pool="gold").count() == 2
    assert len(candidates(crowd.project)) == 3
    assert AuditEvent.objects.get(verb="gold.made").details["origin"] == "mined"


def test_the_class_with_the_least_gold_comes_first() -> None:
    crowd = mine()
    make_gold(project=crowd.project, task=crowd.tasks[0], answers=[YES], by=None)
    assert [each.label for each in candidates(crowd.project)][:2] == ["no", "no"]


def test_who_is_not_trusted_makes_no_gold() -> None:
    crowd = mine()
    Trust.objects.filter(user=crowd.people[2]).update(low=0.69)
    assert {each.task_id for each in candidates(crowd.project)} == {crowd.tasks[0].pk}


def test_what_is_not_sure_or_not_settled_makes_no_gold() -> None:
    crowd = mine()
    TaskSummary.objects.filter(task=crowd.tasks[0]).update(probability=0.97)
    TaskSummary.objects.filter(task=crowd.tasks[2]).update(state="review")
    assert {each.label for each in candidates(crowd.project)} == {"no"}


def test_refuses_to_approve_what_is_no_candidate() -> None:
    crowd = mine()
    other = make_crowd(1, 1, name="Other")
    for strange in (crowd.tasks[1].pk, crowd.tasks[7].pk, other.tasks[0].pk):
        response = api(boss(crowd)).post(
            f"/api/v1/projects/{crowd.project.pk}/gold/mined/",
            {"tasks": [str(crowd.tasks[0].pk), str(strange)]},
            format="json",
        )
        assert response.status_code == 400
        assert not GoldItem.objects.exists()


@pytest.mark.parametrize("query", ["threshold=0.5", "people=1", "threshold=x", "other=1"])
def test_refuses_bounds_that_are_not_sure(query: str) -> None:
    crowd = make_crowd(1, 1)
    address = f"/api/v1/projects/{crowd.project.pk}/gold/mined/?{query}"
    assert api(boss(crowd)).get(address).status_code == 400


def test_mined_gold_is_retired_when_it_is_contested() -> None:
    crowd = mine()
    approve(project=crowd.project, task_ids=[crowd.tasks[0].pk], by=boss(crowd))
    crowd.project.feedback = "at_once"
    crowd.project.save()
    wrong = answer(crowd.project, crowd.tasks[0], crowd.people[4], NO, drawn=Drawn.GOLD)
    settle()
    row = Annotation.objects.get(pk=wrong)
    contest(annotation=row, project=crowd.project, by=crowd.people[4], reason="No.")
    assert GoldItem.objects.get().retired_at is not None
    assert GoldContest.objects.get().state == "open", "somebody still has to look at the grade"


def test_mined_gold_is_retired_when_it_was_answered_too_often() -> None:
    crowd = mine()
    crowd.project.gold_exposures = 1
    crowd.project.save()
    approve(project=crowd.project, task_ids=[crowd.tasks[0].pk], by=boss(crowd))
    answer(crowd.project, crowd.tasks[0], crowd.people[4], YES, drawn=Drawn.GOLD)
    settle()
    assert GoldItem.objects.get().retired_at is not None
    assert QueueEntry.objects.get(task=crowd.tasks[0]).pool == "work"


def test_many_candidates_cost_the_page_as_many_queries_as_one() -> None:
    crowd = mine()
    client = Client()
    client.force_login(boss(crowd))
    page = f"/projects/{crowd.project.pk}/gold/mined/"
    client.get(page)
    five, ran = statements(lambda: client.get(page))
    TaskSummary.objects.exclude(task=crowd.tasks[0]).update(state="open")
    one, ran_then = statements(lambda: client.get(page))
    assert [each.content.count(b'name="only"') for each in (five, one)] == [5, 1]
    assert len(ran) == len(ran_then)


def test_the_page_approves_one_or_the_chosen() -> None:
    crowd = mine()
    client = Client()
    client.force_login(boss(crowd))
    page = f"/projects/{crowd.project.pk}/gold/mined/"
    assert client.get(page).content.decode().count('name="only"') == 5
    client.post(page, {"only": str(crowd.tasks[0].pk), "task": [str(crowd.tasks[3].pk)]})
    assert list(GoldItem.objects.values_list("task_id", flat=True)) == [crowd.tasks[0].pk]
    client.post(page, {"task": [str(crowd.tasks[3].pk), str(crowd.tasks[4].pk)]})
    assert GoldItem.objects.count() == 3
    shown = client.post(page, {}, follow=True).content.decode()
    assert "These cannot be made gold." in shown
