"""What a reviewer may read anywhere tells no seeded error from a real answer: every route, every state."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from annotate import outbox
from annotate.models import Annotation, Assignment, Comment, SeededAnswer
from annotate.services.hidden import pick_gold
from projects.access import RULES, InProject
from projects.models import Role
from quality.models import GoldItem
from quality.services.quick import update_stale
from quality.services.seed_plans import set_plan
from tests.annotate.steps import POSITIVE, api
from tests.api.test_access_matrix import METHODS, ROUTES
from tests.quality.seeding import RANDOM, alike, fix_dice, plant, reviewed_world
from tests.world import World

pytestmark = pytest.mark.django_db

ABOUT_ROWS = {"task_id", "annotation_id"}
CLASSES = ("positive", "negative", "neutral", "mixed")
BEYOND = (
    "SELECT setval(pg_get_serial_sequence(%s, 'id'), greatest(nextval(pg_get_serial_sequence(%s, 'id')), %s))"
)
# What a reviewer says, in turn: each leaves a state in which what is told is compared.
WALKED = ("it waits", "fixed anew")  # all routes are asked in these: answer, verdict and fix
STEPS: tuple[tuple[str, dict[str, Any] | None], ...] = (
    ("it waits", None),
    ("fixed", {"verdict": "fix", "value": POSITIVE, "seconds": 12}),
    ("taken back", {}),
    ("fixed anew", {"verdict": "fix", "value": POSITIVE, "seconds": 3}),
    ("taken back again", {}),
    ("accepted", {"verdict": "accept", "comment": "fine"}),
    ("taken back once more", {}),
    ("sent back", {"verdict": "reject", "code": "wrong class"}),
)


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    fix_dice(monkeypatch)
    with connection.cursor() as cursor:  # numbers that nothing else on a page can be
        for first, table in ((1_000_000, "projects_task"), (2_000_000, "annotate_annotation")):
            cursor.execute(BEYOND, [table, table, first])
    return reviewed_world()


@pytest.fixture
def pair(world: World) -> tuple[SeededAnswer, Annotation]:
    """A seeded error, and a real answer in which the same is said."""
    seed = plant(world)[0]
    real = Annotation.objects.order_by("pk")[4]
    Annotation.objects.filter(pk=real.pk).update(value=seed.value)
    return seed, real


def routes() -> Iterator[tuple[str, list[str], str]]:
    """Every route of a project that takes no other row than a task or an answer, with each of its methods."""
    for name, names in ROUTES:
        if (set(names) <= {"project_id", *ABOUT_ROWS} and "project_id" in names) or set(names) & ABOUT_ROWS:
            for method in METHODS:
                if isinstance(RULES[name].get(method), InProject):
                    yield name, names, method


def sent(client: Client, method: str, address: str) -> Any:
    """A response whose effects are rolled back."""
    with transaction.atomic():
        told = client.generic(method, address, "{}", content_type="application/json")
        transaction.set_rollback(True)
    return told


def exact(told: Any) -> Any:
    """As ``alike``, with numbers below a hundred as they are: versions, seconds, how many."""
    return alike(told), re.findall(rb'"(?:version|seconds)":([\d.]+)', told.content)


def check(world: World, seed: SeededAnswer, real: Annotation, fixes: tuple[Any, Any]) -> int:
    """Ask every route about both; return how many answers were compared."""
    client, compared = Client(), 0
    client.force_login(world.rita)
    both: list[tuple[str, dict[str, Any]]] = [
        ("ours", {"task_id": seed.task_id, "annotation_id": seed.pk}),
        ("theirs", {"task_id": real.task_id, "annotation_id": real.pk}),
    ]
    if fixes[0]:
        both += [
            ("our fix", {"task_id": seed.task_id, "annotation_id": fixes[0]}),
            ("their fix", {"task_id": real.task_id, "annotation_id": fixes[1]}),
        ]
    for name, names, method in routes():
        if set(names) & ABOUT_ROWS:
            told = [
                exact(
                    sent(
                        client,
                        method,
                        reverse(
                            name, kwargs={key: {"project_id": world.project.pk, **ids}[key] for key in names}
                        ),
                    )
                )
                for _, ids in both
            ]
            assert told[0] == told[1], f"{method} {name}: {differing(*(each[0][1] for each in told[:2]))}"
            assert told[2:3] == told[3:4], f"{method} {name} tells which fix is of a made-up answer"
            compared += 1
        elif method == "GET":
            page = sent(
                client, method, reverse(name, kwargs={"project_id": world.project.pk})
            ).content.decode()
            assert named(page, seed.task, seed.pk) == named(page, real.task, real.pk), name
            compared += 1
    here = f"/projects/{world.project.pk}/review/"
    for query in ("answer={answer}", "task={task}", *(f"class={name}&answer={{answer}}" for name in CLASSES)):
        told = [
            alike(sent(client, "GET", f"{here}?{query.format(answer=one.pk, task=one.task_id)}"))
            for one in (seed, real)
        ]
        assert told[0] == told[1], differing(*(each[1] for each in told))
    return compared


def differing(ours: bytes, theirs: bytes) -> str:
    """The lines in which two pages differ, beginning where they do."""
    pairs = zip(ours.split(b"\n"), theirs.split(b"\n"), strict=False)
    return "\n".join(
        f"{one[max(0, place - 40) : place + 160]!r}\n{two[max(0, place - 40) : place + 160]!r}"
        for one, two in pairs
        if one != two
        for place in [next((at for at, byte in enumerate(one) if two[at : at + 1] != bytes([byte])), 0)]
    )


def named(page: str, task: Any, answer: int) -> tuple[int, int, int]:
    """How often a page shows the text of an item, and its numbers and its answer's as ids."""
    ids = [len(re.findall(rf"(?<![\w.]){number}(?![\w.])", page)) for number in (task.pk, answer)]
    return page.count(task.data["text"]), ids[0], ids[1]


def test_every_response_is_the_same_for_both(world: World, pair: tuple[SeededAnswer, Annotation]) -> None:
    seed, real = pair
    fixes: tuple[Any, Any] = (None, None)
    for state, said in STEPS:
        if said is not None:
            told = []
            for one in (seed, real):
                address = f"/api/v1/annotations/{one.pk}/reviews/"
                if said:
                    told.append(api(world.rita).post(address, said, format="json"))
                else:
                    told.append(api(world.rita).delete(address))
            assert exact(told[0]) == exact(told[1]), state
            assert told[0].status_code in (200, 201)
            if told[0].json()["fix"]:
                ours, theirs = (each.json()["fix"] for each in told)
                assert fixes in ((None, None), (ours, theirs)), "a fix keeps its number"
                fixes = ours, theirs
        outbox.drain()
        update_stale(world.project.pk)
        here = f"/api/v1/projects/{world.project.pk}/reviews/"
        entries = [exact(api(world.rita).get(f"{here}{one.pk}/")) for one in (seed, real)]
        assert entries[0] == entries[1], state
        if state in WALKED:
            assert check(world, seed, real, fixes) > 40, state


def test_counts_move_alike(world: World, pair: tuple[SeededAnswer, Annotation]) -> None:
    """No figure that a reviewer sees goes up by a real verdict and not by one on a made-up answer."""
    pages = [f"/projects/{world.project.pk}/", f"/projects/{world.project.pk}/my-work/", "/"]
    pages.append(f"/api/v1/projects/{world.project.pk}/")
    client = Client()
    client.force_login(world.rita)

    def shown() -> list[list[int]]:
        outbox.drain()
        update_stale(world.project.pk)
        assert all(client.get(page).status_code == 200 for page in pages)
        told = [RANDOM.sub(b"", client.get(page).content) for page in pages]
        return [[int(number) for number in re.findall(rb"\d+", page)] for page in told]

    moved = []
    for one in pair:
        before = shown()
        api(world.rita).post(f"/api/v1/annotations/{one.pk}/reviews/", {"verdict": "accept"}, format="json")
        pages_moved = zip(before, shown(), strict=True)
        moved.append(
            [[new - old for old, new in zip(*page, strict=True) if new != old] for page in pages_moved]
        )
    assert moved[0] == moved[1]
    assert [-1] in moved[0], "the first page says how much waits"


def test_answers_that_never_came_up_for_review_do_not_exist(world: World) -> None:
    """Or else all answers to a gold item could be found by counting through the numbers."""
    real = Annotation.objects.order_by("-pk")[0]
    plant(world)
    real.review_entries.all().delete()
    here = f"/api/v1/projects/{world.project.pk}/reviews/"
    rita = api(world.rita)
    assert rita.get(f"{here}{real.pk}/").status_code == 404
    verdict = {"verdict": "accept"}
    assert rita.post(f"/api/v1/annotations/{real.pk}/reviews/", verdict, format="json").status_code == 404
    assert rita.post(here, {"annotations": [real.pk]}, format="json").status_code == 400
    assert api(world.max).get(f"{here}{real.pk}/").status_code == 200


def test_a_reviewer_sees_tasks_again_when_no_errors_are_seeded(world: World) -> None:
    address = f"/projects/{world.project.pk}/tasks/"
    seen = lambda user: api(user).get(f"/api/v1{address}").status_code  # noqa: E731
    assert seen(world.rita) == 200
    plant(world)
    assert [seen(person) for person in (world.rita, world.max, world.eve)] == [403, 200, 200]
    world.project.memberships.filter(user=world.rita).update(role=Role.MANAGER)
    assert seen(world.rita) == 200
    world.project.memberships.filter(user=world.rita).update(role=Role.REVIEWER)
    world.project.blind_review = False
    world.project.save()
    assert seen(world.rita) == 200
    type(world.project).objects.filter(pk=world.project.pk).update(blind_review=True)
    assert seen(world.rita) == 403
    set_plan(project=world.project, by=world.max, prelabel_share=0, review_share=0, most_a_day=1)
    assert seen(world.rita) == 200


def test_nobody_labels_what_they_were_given_with_an_error(world: World) -> None:
    seeds = plant(world)
    gold = {seed.task_id for seed in seeds}
    drawn = {task for _ in range(20) for task in pick_gold(world.project.pk, world.rita.pk, [True] * 10)}
    assert len(drawn) > 10
    assert not drawn & gold
    others = {task for _ in range(40) for task in pick_gold(world.project.pk, world.ann.pk, [True] * 10)}
    assert gold <= others


def test_no_error_is_made_of_what_the_reviewer_holds_or_others_asked_about(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fix_dice(monkeypatch)
    world = reviewed_world()
    now = timezone.now()
    gold = sorted(GoldItem.objects.filter(project=world.project).values_list("task_id", flat=True))
    for task_id in gold[:10]:
        Assignment.objects.create(
            project=world.project,
            task_id=task_id,
            user=world.rita,
            drawn="gold",
            ontology_id=world.project.ontology_id,
            created_at=now,
            expires_at=now,
        )
    for task_id in gold[10:18]:
        Comment.objects.create(
            project=world.project, task_id=task_id, author=world.ann, kind="question", body="What is meant?"
        )
    assert {seed.task_id for seed in plant(world)} == set(gold[18:])
