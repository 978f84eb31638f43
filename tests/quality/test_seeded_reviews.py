"""Seeded errors for reviewers: told like answers, given by nobody, counted nowhere; who notices them."""

import json
import re
from typing import Any

import pytest

from annotate import outbox
from annotate.models import (
    Annotation,
    AnnotationVersion,
    OutboxEvent,
    Review,
    ReviewEntry,
    SeededAnswer,
)
from projects.models import Role, TaskSummary
from quality.models import GoldItem, SeedPlan
from quality.reports.seeded_errors import review_catches
from quality.services.gold import correct_gold
from quality.services.quick import update_stale
from quality.services.seeding_reviews import in_the_way, seed_reviews
from tests.annotate.gold_world import statements
from tests.annotate.steps import NEGATIVE, POSITIVE, api
from tests.exchange.steps import Caller
from tests.quality.seeding import alike, fix_dice, plant, reviewed_world
from tests.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _dice(monkeypatch: pytest.MonkeyPatch) -> None:
    fix_dice(monkeypatch)


@pytest.fixture
def world() -> World:
    return reviewed_world()


def queue(world: World, user: Any) -> list[dict[str, Any]]:
    rows = api(user).get(f"/api/v1/projects/{world.project.pk}/reviews/").json()["results"]
    return list(rows)


def judge(user: Any, annotation: int | str, verdict: str, **more: Any) -> Any:
    address = f"/api/v1/annotations/{annotation}/reviews/"
    return api(user).post(address, {"verdict": verdict, **more}, format="json")


def test_a_share_of_the_queue_is_made_up(world: World) -> None:
    seeds = plant(world)
    assert len(seeds) == 2  # a fifth of ten
    for seed in seeds:
        assert (seed.reviewer, seed.field) == (world.rita, "sentiment")
        assert seed.value != POSITIVE
        assert GoldItem.objects.filter(task=seed.task_id).exists()
    rows = queue(world, world.rita)
    assert len(rows) == 12
    assert {row["annotation"] for row in rows} >= {str(seed.pk) for seed in seeds}
    assert seed_reviews(SeedPlan.objects.select_related("project").get()) == 0


@pytest.mark.parametrize("is_merged", [True, False])
def test_rows_and_entries_tell_nothing(world: World, is_merged: bool) -> None:
    """Before and after consensus has looked at the answers."""
    if is_merged:
        update_stale(world.project.pk)
        assert TaskSummary.objects.filter(probability__isnull=False).exists()
    seeds = {str(seed.pk) for seed in plant(world)}
    rows = queue(world, world.rita)
    assert len({alike_row(row) for row in rows}) == 1
    seen: dict[bool, set[Any]] = {True: set(), False: set()}
    for row in rows:
        entry = api(world.rita).get(f"/api/v1/projects/{world.project.pk}/reviews/{row['annotation']}/")
        seen[row["annotation"] in seeds].add(alike(entry))
    assert seen[True] == seen[False]
    assert len(seen[True]) == 1


def alike_row(row: dict[str, Any]) -> str:
    return re.sub(r"\d+", "0", json.dumps(row))


def pair(world: World) -> tuple[int, str]:
    """A seeded error and a real answer that says the same, so that conflicts show the same."""
    seed = plant(world)[0]
    real = next(row["annotation"] for row in queue(world, world.rita) if row["annotation"] != str(seed.pk))
    Annotation.objects.filter(pk=real).update(value=seed.value)
    return seed.pk, str(real)


@pytest.mark.parametrize(
    ("verdict", "more"),
    [
        ("accept", {"version": 1, "comment": "fine", "seconds": 2}),
        ("reject", {"code": "wrong class", "pin": {"region": "a"}}),
        ("fix", {"value": POSITIVE}),
    ],
)
def test_verdicts_and_undoing_are_told_alike(world: World, verdict: str, more: dict[str, Any]) -> None:
    ours, theirs = pair(world)
    address = f"/api/v1/projects/{world.project.pk}/reviews/"
    for step in (
        lambda pk: judge(world.rita, pk, verdict, **more),
        lambda pk: judge(world.rita, pk, verdict, **more),
        lambda pk: judge(world.rita, pk, "accept", comment="other"),
        lambda pk: api(world.rita).get(f"/api/v1/annotations/{pk}/reviews/"),
        lambda pk: api(world.rita).delete(f"/api/v1/annotations/{pk}/reviews/"),
        lambda pk: api(world.rita).delete(f"/api/v1/annotations/{pk}/reviews/"),
        lambda pk: api(world.rita).get(f"{address}{pk}/"),
    ):
        assert alike(step(ours)) == alike(step(theirs))


def test_refusals_are_told_alike(world: World) -> None:
    ours, theirs = pair(world)
    for verdict, more in (
        ("reject", {}),
        ("fix", {"value": {"sentiment": "great"}}),
        ("fix", {}),
        ("accept", {"value": POSITIVE}),
        ("accept", {"version": 2}),
        ("maybe", {}),
    ):
        told = judge(world.rita, ours, verdict, **more)
        assert told.status_code in (400, 409)
        assert alike(told) == alike(judge(world.rita, theirs, verdict, **more))


def test_it_is_nobodys_answer(world: World) -> None:
    """No row but its own comes to be, whatever the verdict; and no task moves."""
    seeds = plant(world, share=0.2)
    counts = lambda: [  # noqa: E731
        model.objects.count() for model in (Annotation, AnnotationVersion, Review, OutboxEvent)
    ]
    states = lambda: sorted(TaskSummary.objects.values_list("task_id", "state", "source"))  # noqa: E731
    before = counts(), states()
    assert judge(world.rita, seeds[0].pk, "fix", value=POSITIVE).status_code == 201
    assert judge(world.rita, seeds[1].pk, "reject", code="wrong class").status_code == 201
    assert (counts(), states()) == before
    assert len(queue(world, world.rita)) == 10


def test_only_the_reviewer_for_whom_it_was_made_sees_it(world: World) -> None:
    seed = plant(world)[0]
    assert len(queue(world, world.max)) == 10
    address = f"/api/v1/projects/{world.project.pk}/reviews/{seed.pk}/"
    for person in (world.max, world.olga):
        assert api(person).get(address).status_code == 404
        assert judge(person, seed.pk, "accept").status_code == 404
    assert judge(world.ann, seed.pk, "accept").status_code == 404
    assert judge(world.otto, seed.pk, "accept").status_code == 404
    page = Caller(world.rita, world.project).client.get(f"/projects/{world.project.pk}/review/")
    assert f'"{seed.pk}"' in page.content.decode()
    assert world.project.memberships.filter(user=world.rita).update(role=Role.ANNOTATOR) == 1
    assert judge(world.rita, seed.pk, "accept").status_code == 403


def test_counts_agree_with_the_list(world: World) -> None:
    from annotate.waiting import reviews

    seeds = plant(world)
    assert reviews([world.project.pk], world.rita) == {world.project.pk: 12}
    assert reviews([world.project.pk], world.max) == {world.project.pk: 10}
    judge(world.rita, seeds[0].pk, "accept")
    assert reviews([world.project.pk], world.rita) == {world.project.pk: 11}
    page = Caller(world.rita, world.project).client.get(f"/projects/{world.project.pk}/review/")
    assert page.context["boot"]["today"] == 1


def test_accepting_many_at_once(world: World) -> None:
    plant(world)
    rows = [int(row["annotation"]) for row in queue(world, world.rita)]
    told = api(world.rita).post(
        f"/api/v1/projects/{world.project.pk}/reviews/", {"annotations": rows}, format="json"
    )
    assert told.json() == {"accepted": 12, "refused": []}
    assert SeededAnswer.objects.filter(verdict="accept").count() == 2
    assert Review.objects.count() == 10


def test_no_more_than_a_few_wait_and_no_more_than_a_day_allows(world: World) -> None:
    assert len(plant(world, most_a_day=1)) == 1
    assert len(plant(world, most_a_day=10)) == 2


@pytest.mark.parametrize(
    "change", ["not blind", "no gold", "no answers in review"], ids=lambda change: change.replace(" ", "-")
)
def test_nothing_is_seeded_without_what_it_takes(world: World, change: str) -> None:
    if change == "not blind":
        world.project.blind_review = False
        world.project.save()
    elif change == "no gold":
        GoldItem.objects.all().delete()
    else:
        ReviewEntry.objects.all().delete()
    assert plant(world) == []
    assert in_the_way(world.project)


def test_what_waits_goes_when_authors_are_shown_or_the_plan_changes(world: World) -> None:
    seed = plant(world)[0]
    world.project.blind_review = False
    world.project.save()
    assert len(queue(world, world.rita)) == 10
    assert judge(world.rita, seed.pk, "accept").status_code == 404
    seed_reviews(SeedPlan.objects.select_related("project").get())
    assert not SeededAnswer.objects.filter(ended_at=None).exists()
    world.project.blind_review = True
    world.project.save()
    refused = judge(world.rita, seed.pk, "accept")
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "discarded")


def test_catch_rates(world: World) -> None:
    first, second = plant(world)
    judge(world.rita, first.pk, "accept")
    judge(world.rita, second.pk, "reject", code="wrong class")
    [row] = review_catches(world.project)
    assert (row.user, row.met, row.caught, row.kept, row.changed) == (world.rita, 2, 1, 1, 0)
    api(world.rita).delete(f"/api/v1/annotations/{first.pk}/reviews/")
    judge(world.rita, first.pk, "fix", value=POSITIVE)
    [row] = review_catches(world.project)
    assert (row.met, row.caught) == (2, 2)
    told = Caller(world.max, world.project).get("seeded-errors/")
    [one] = told["reviewers"]
    assert (one["user"], one["met"], one["caught"]) == (str(world.rita.pk), 2, 2)
    items = Caller(world.max, world.project).get(f"seeded-errors/{world.rita.pk}/")["results"]
    assert {(item["where"], item["outcome"]) for item in items} == {("review", "caught")}
    page = Caller(world.max, world.project).client.get(f"/projects/{world.project.pk}/seeded-errors/").content
    assert b"Rita" in page
    Caller(world.rita, world.project).get("seeded-errors/", 403)


def test_a_fix_that_misses_the_error_is_no_catch(world: World) -> None:
    first, second = plant(world)
    other = next(one for one in (NEGATIVE, {"sentiment": "neutral"}) if one != first.value)
    judge(world.rita, first.pk, "fix", value=other)
    judge(world.rita, second.pk, "fix", value=second.value)
    [row] = review_catches(world.project)
    assert (row.met, row.caught, row.kept, row.changed) == (2, 0, 1, 1)


def test_corrected_gold_takes_it_back(world: World) -> None:
    first, second = plant(world)
    judge(world.rita, first.pk, "accept")
    judge(world.rita, second.pk, "accept")
    gold = GoldItem.objects.get(task=first.task_id)
    correct_gold(gold=gold, project=world.project, answers=[first.value], explanation="", by=world.max)
    outbox.drain()
    [row] = review_catches(world.project)
    assert row.met == 1


def test_the_page_of_rates_asks_the_same_for_any_number(world: World) -> None:
    def asked() -> int:
        client = Caller(world.max, world.project).client
        return len(statements(lambda: client.get(f"/projects/{world.project.pk}/seeded-errors/"))[1])

    first, second = plant(world)
    judge(world.rita, first.pk, "accept")
    one = asked()
    judge(world.rita, second.pk, "reject", code="wrong class")
    assert asked() == one
