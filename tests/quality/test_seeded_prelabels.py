"""Seeded errors in pre-labels: only on gold, only a share, never told, never an answer; who catches them."""

import json
import random
from collections import defaultdict
from typing import Any

import pytest

from accounts.models import AuditEvent
from annotate import outbox
from annotate.api.payloads import assignment_payloads
from annotate.models import Assignment, Prediction, SeededPrelabel
from annotate.services import hidden
from exchange.exporting.items import Items
from exchange.exporting.request import read_request
from labeltypes.base import ItemMedia
from labeltypes.ontology import parse_ontology
from projects.models import TaskSummary
from quality.models import Consensus, GoldGrade, GoldItem, SeedPlan, Vote
from quality.reports.seeded_errors import catches
from quality.services import seeding
from quality.services.fields import asked_of
from quality.services.full_run import full_run
from quality.services.gold import correct_gold, void
from quality.services.retiring import retire
from quality.services.seed_errors import Known, make_error
from tests.annotate.gold_world import differences, is_gold, statements, visible
from tests.annotate.steps import NEGATIVE, POSITIVE, answer, api, hand_out
from tests.exchange.steps import Caller
from tests.quality.seeding import GOLD, fix_dice, seed, seeded_world, seeds_of
from tests.world import World, make_project

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _dice(monkeypatch: pytest.MonkeyPatch) -> None:
    fix_dice(monkeypatch)
    monkeypatch.setattr(hidden, "dice", random.Random(20261128))


@pytest.fixture
def world() -> World:
    return seeded_world()


def shown(row: dict[str, Any]) -> Any:
    return row["predictions"][0]["value"]


def is_seeded(row: dict[str, Any]) -> bool:
    lease = Assignment.objects.get(pk=row["id"])
    return SeededPrelabel.objects.filter(task=lease.task_id, user=lease.user_id, ended_at=None).exists()


def meet_all(world: World, user: Any, *, catch: int) -> int:
    """Answer everything: so many seeded ones right, the others as they are shown. How many were met."""
    met = 0
    while rows := hand_out(world.project, user, 20):
        for row in rows:
            right = not is_seeded(row) or met < catch
            met += is_seeded(row)
            answer(user, row, POSITIVE if right else shown(row))
    outbox.drain()
    return met


def test_a_share_of_the_gold_is_wrong_for_each(world: World) -> None:
    seed(world)
    for person in (world.ann, world.abe):
        mine = seeds_of(person)
        assert len(mine) == GOLD // 4
        assert all(one.field == "sentiment" and one.value != POSITIVE for one in mine)
        assert GoldItem.objects.filter(task__in=[one.task_id for one in mine]).count() == len(mine)
    assert [one.task_id for one in seeds_of(world.ann)] != [one.task_id for one in seeds_of(world.abe)]


def test_what_is_shown_is_the_error_and_nothing_else_changes(world: World) -> None:
    seed(world)
    before = list(Prediction.objects.order_by("pk").values())
    rows = hand_out(world.project, world.ann, 20)
    kinds = {is_seeded(row): row for row in rows}
    assert set(kinds) == {True, False}
    for row in rows:
        assert (shown(row) != POSITIVE) == is_seeded(row)
        assert not is_seeded(row) or is_gold(row)
        assert set(row["predictions"][0]) == {"model", "version", "value"}
    again = hand_out(world.project, world.ann, 20)
    assert {row["id"]: shown(row) for row in again} == {row["id"]: shown(row) for row in rows}
    assert list(Prediction.objects.order_by("pk").values()) == before


def test_twice_makes_no_more(world: World) -> None:
    assert seed(world) > 0
    plan = SeedPlan.objects.select_related("project").get()
    assert seeding.seed_prelabels(plan) == 0
    meet_all(world, world.ann, catch=0)
    assert seeding.seed_prelabels(plan) == 0


def test_the_limit_of_a_day_holds(world: World) -> None:
    seed(world, share=0.5, most_a_day=2)
    assert len(seeds_of(world.ann)) == 2
    assert meet_all(world, world.ann, catch=0) > 0
    assert seeding.seed_prelabels(SeedPlan.objects.select_related("project").get()) == 0


@pytest.mark.parametrize(
    "change", [{"show_predictions": False}, {"gold_share": 0.0}], ids=["no pre-labels", "no gold served"]
)
def test_nothing_is_seeded_without_what_it_takes(world: World, change: dict[str, Any]) -> None:
    for name, value in change.items():
        setattr(world.project, name, value)
    world.project.save()
    assert seed(world) == 0
    assert seeding.what_can_be_seeded(world.project)


def test_off_by_default(world: World) -> None:
    assert seeding.seed_due_projects() == 0
    assert {str(shown(row)) for row in hand_out(world.project, world.ann, 20)} == {str(POSITIVE)}


def test_a_wrong_pre_label_is_left_as_it_is(world: World) -> None:
    """There the model errs by itself: nothing to seed."""
    Prediction.objects.update(value=NEGATIVE)
    assert seed(world) == 0
    assert seeding.what_can_be_seeded(world.project) == [
        "No gold task in use has a pre-label that is right: nothing can be made wrong there."
    ]


def test_who_hides_pre_labels_and_who_is_paused_gets_none(world: World) -> None:
    world.ann.preferences = {"hidePredictions": True}
    world.ann.save()
    world.project.memberships.filter(user=world.abe).update(paused_at=world.project.created_at)
    seed(world)
    assert seeds_of(world.ann) == seeds_of(world.abe) == []


def test_a_new_plan_withdraws_what_waits_but_nothing_that_somebody_holds(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    seed(world, share=0.5)
    rows = hand_out(world.project, world.ann, 10)
    held = [row for row in rows if is_seeded(row)]
    assert held
    seed(world, share=0.0)
    leases = Assignment.objects.filter(pk__in=[row["id"] for row in held]).select_related("task")
    assert POSITIVE not in [shown(each) for each in assignment_payloads(list(leases), world.project)]
    assert SeededPrelabel.objects.filter(user=world.ann, ended_at=None).count() == len(held)
    assert not seeds_of(world.abe)
    rows = hand_out(world.project, world.abe, 20)
    assert {str(shown(row)) for row in rows} == {str(POSITIVE)}


def test_a_retired_item_shows_no_error_any_more(world: World) -> None:
    """It is work from then on, with an answer that counts."""
    seed(world, share=0.5)
    for gold in GoldItem.objects.all():
        retire(gold=gold, by=world.max)
    rows = hand_out(world.project, world.ann, 40)
    assert any(is_seeded(row) for row in rows)
    assert {str(shown(row)) for row in rows} == {str(POSITIVE)}


def test_responses_and_statements_tell_nothing(world: World) -> None:
    """Gold with an error, gold without one, and work: the same statements, and the same but for the value."""
    seed(world, share=0.5)
    seen: dict[Any, set[Any]] = defaultdict(set)
    answer(world.ann, *hand_out(world.project, world.ann, 1))
    address = f"/api/v1/projects/{world.project.pk}/next/"
    for _ in range(24):
        response, ran = statements(lambda: api(world.ann).post(address, {"count": 1}, format="json"))
        (row,) = response.json()["assignments"]
        status, content, rest = visible(response)
        for name in (b"positive", b"negative", b"neutral", b"mixed"):
            content = content.replace(name, b"label")
        seen[ran, (status, content, rest)].add((is_gold(row), is_seeded(row)))
        answer(world.ann, row)
    assert list(seen.values()) == [{(True, True), (True, False), (False, False)}], differences(seen)


def test_it_is_nobodys_answer(world: World) -> None:
    """Not in votes, consensus, exports, or what models learn from; only what people answer is."""
    seed(world, share=0.5)
    meet_all(world, world.ann, catch=GOLD)
    full_run(world.project)
    assert Vote.objects.count() == Assignment.objects.filter(state="submitted").count()
    assert {str(value) for value in Consensus.objects.values_list("value", flat=True)} == {"positive"}
    values = {str(value) for value in TaskSummary.objects.exclude(value=None).values_list("value", flat=True)}
    assert values == {str(POSITIVE)}
    assert world.project.ontology is not None
    ontology = world.project.ontology.parsed()
    wanted = read_request({"format": "jsonl", "answers": "all", "soft": "true"}, ontology)
    told = ""
    for one in Items(world.project, wanted, ontology):
        soft = [each.votes for each in (one.soft or {}).values()]
        told += str([one.final, [each.value for each in one.annotations], soft])
    assert "negative" not in told
    assert "neutral" not in told
    listed = Caller(world.eve, world.project).get("predictions/")["results"]
    assert {str(row["value"]) for row in listed} == {str(POSITIVE)}


def test_catch_rates(world: World) -> None:
    seed(world)
    met = meet_all(world, world.ann, catch=2)
    assert met > 2
    [row] = catches(world.project)
    assert (row.user, row.met, row.caught, row.kept, row.changed) == (world.ann, met, 2, met - 2, 0)
    assert row.interval.low < row.rate < row.interval.high


def test_accepting_one_is_a_wrong_answer_to_gold(world: World) -> None:
    seed(world)
    met = meet_all(world, world.ann, catch=0)
    assert GoldGrade.objects.filter(user=world.ann, correct=False).count() == met


def test_withdrawn_and_corrected_gold_does_not_count(world: World) -> None:
    seed(world)
    met = meet_all(world, world.ann, catch=0)
    [first, second, *_] = seeds_of(world.ann)
    void(gold=GoldItem.objects.get(task=first.task_id), project=world.project, explanation="", by=world.max)
    gold = GoldItem.objects.get(task=second.task_id)
    correct_gold(gold=gold, project=world.project, answers=[second.value], explanation="", by=world.max)
    outbox.drain()
    [row] = catches(world.project)
    assert (row.met, row.caught) == (met - 2, 0)
    assert not SeededPrelabel.objects.filter(pk=second.pk).exists()


def test_the_plan_by_rest(world: World) -> None:
    caller = Caller(world.max, world.project)
    client, address = api(world.max), caller.address("seeded-errors/")
    off = {"prelabel_share": 0.0, "review_share": 0.0, "most_a_day": 10}
    assert caller.get("seeded-errors/")["plan"] == off
    told = client.put(address, {"prelabel_share": 0.2, "most_a_day": 3}, format="json").json()
    assert told["plan"] == {**off, "prelabel_share": 0.2, "most_a_day": 3}
    assert AuditEvent.objects.filter(verb="seeded_errors.changed").count() == 1
    for body, path in (
        ({"prelabel_share": 0.6, "most_a_day": 3}, "prelabel_share"),
        ({"prelabel_share": -0.1, "most_a_day": 3}, "prelabel_share"),
        ({"prelabel_share": 0.1, "review_share": 0.21, "most_a_day": 3}, "review_share"),
        ({"prelabel_share": 0.1, "most_a_day": 0}, "most_a_day"),
        ({"prelabel_share": 0.1, "most_a_day": 101}, "most_a_day"),
        ({"prelabel_share": 0.1}, "most_a_day"),
        ({"prelabel_share": 0.1, "most_a_day": 3, "secret": 1}, "secret"),
    ):
        response = client.put(address, body, format="json")
        assert response.status_code == 400, body
        assert response.json()["error"]["fields"][0]["path"] == path
    assert SeedPlan.objects.get().prelabel_share == 0.2


def test_rates_by_rest_and_on_the_page(world: World) -> None:
    seed(world)
    met = meet_all(world, world.ann, catch=1)
    caller = Caller(world.max, world.project)
    [row] = caller.get("seeded-errors/")["annotators"]
    assert (row["user"], row["met"], row["caught"]) == (str(world.ann.pk), met, 1)
    assert 0 < row["low"] < row["rate"] < row["high"] < 1
    items = caller.get(f"seeded-errors/{world.ann.pk}/")["results"]
    assert [item["outcome"] for item in items].count("left as shown") == met - 1
    assert {item["right"] for item in items} == {"positive"}
    assert caller.get(f"seeded-errors/{world.abe.pk}/")["results"] == []
    caller.get(f"seeded-errors/{world.otto.pk}/", 404)
    page = caller.client.get(f"/projects/{world.project.pk}/seeded-errors/")
    assert b"Ann" in page.content
    address = f"/projects/{world.project.pk}/seeded-errors/?person={{}}"
    one = caller.client.get(address.format(world.ann.pk)).content.decode()
    assert one.count("left as shown") >= met - 1
    assert caller.client.get(address.format(world.otto.pk)).status_code == 404


def test_the_form(world: World) -> None:
    client = Caller(world.max, world.project).client
    address = f"/projects/{world.project.pk}/seeded-errors/"
    assert client.post(address, {"prelabel_percent": "20", "most_a_day": "4"}).status_code == 302
    plan = SeedPlan.objects.get()
    assert (plan.prelabel_share, plan.most_a_day) == (0.2, 4)
    refused = client.post(address, {"prelabel_percent": "x", "most_a_day": "4"})
    assert refused.status_code == 400
    assert "from 0 to 0.5" in refused.content.decode()


def test_the_wall(world: World) -> None:
    """A project of the same organization sees none of it; roles and strangers: the access table."""
    seed(world)
    meet_all(world, world.ann, catch=0)
    other = make_project(world.organization, world.max)
    caller = Caller(world.max, other)
    assert caller.get("seeded-errors/")["annotators"] == []
    for person, status in (("ann", 403), ("rita", 403), ("eve", 403), ("otto", 404)):
        Caller(getattr(world, person), world.project).get("seeded-errors/", status)


def test_the_page_asks_the_same_for_any_number(world: World) -> None:
    def asked() -> int:
        client = Caller(world.max, world.project).client
        return len(statements(lambda: client.get(f"/projects/{world.project.pk}/seeded-errors/"))[1])

    seed(world, share=0.5)
    meet_all(world, world.ann, catch=1)
    one = asked()
    meet_all(world, world.abe, catch=3)
    assert len(catches(world.project)) == 2
    assert asked() == one


def test_of_regions_and_of_what_cannot_be_made_wrong() -> None:
    """One error by the types themselves, valid, and missed by every accepted answer."""
    ontology = parse_ontology(json.loads(TEXT))
    fields = [asked_of(one) for one in ontology.fields]
    value = {"names": [{"id": "a", "class": "person", "start": 0, "end": 3}], "tone": "good"}
    media = {"text": ItemMedia("text", text="Ann met Bob in Rome")}
    made = set()
    for number in range(40):
        known = Known(GoldItem(answers=[value], tolerance={}), media)
        rng = random.Random(number)
        error = make_error(value, known, ontology=ontology, fields=fields, rng=rng, partial=False)
        assert error is not None
        made.add(error.field)
        others = [name for name in value if name != error.field]
        assert all(error.value[name] == value[name] for name in others)
    assert made == {"names", "tone"}
    both = Known(GoldItem(answers=[{"tone": "good"}, {"tone": "bad"}], tolerance={}), media)
    terms = {"ontology": ontology, "fields": fields, "rng": random.Random(1), "partial": False}
    assert make_error({"tone": "good"}, both, **terms) is None


TEXT = """{
  "media": [{"name": "text", "kind": "text", "source": "text"}],
  "fields": [
    {"name": "names", "type": "span", "on": "text", "classes": ["person", "place"]},
    {"name": "tone", "type": "choice", "options": ["good", "bad"]}
  ]
}"""
