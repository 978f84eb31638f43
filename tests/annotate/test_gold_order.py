"""Hidden gold and order: no place in any order tells it from work (see A25 in the list of attacks).

Two thousand tasks served five at a time to one person, the gold strewn over the import. From what the browser
is sent, each number that has an order is tried alone, and all together by two classifiers.
"""

import random
from typing import Any

import numpy as np
import pytest
from django.db import connection
from scipy.stats import rankdata
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from annotate import outbox
from annotate.api.payloads import drawing_payload
from annotate.models import Assignment, Drawn, Pool, QueueEntry
from annotate.services import hidden, slots
from annotate.services.queue import add_to_queue, draw
from projects.access.doors import find_project
from projects.models import Task, TaskSummary
from projects.services.projects import change_project
from stats.arrays import Bools, Floats
from tests.annotate.steps import hand_out, texts
from tests.world import World, make_tasks, make_world

pytestmark = pytest.mark.django_db

SEED = 20261121
WORK, GOLD, SERVED, BATCH = 1_900, 600, 2_000, 5
BOUND = 0.55


@pytest.fixture(autouse=True)
def _seeded(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same dice in every run, ours and the database's."""
    monkeypatch.setattr(hidden, "dice", random.Random(SEED))
    with connection.cursor() as cursor:
        cursor.execute("SELECT setseed(0.25)")


def strewn(world: World) -> None:
    """Tasks numbered in the order of import, of which a random part becomes gold, in that order too."""
    tasks = make_tasks(world.project, [f"Frame {number:05}" for number in range(WORK + GOLD)])
    gold = sorted(random.Random(SEED).sample([task.pk for task in tasks], GOLD))
    slots.set_pool(project_id=world.project.pk, task_ids=gold, pool=Pool.GOLD)


def served(world: World) -> tuple[list[dict[str, Any]], Bools]:
    """What the browser got, in this order, each with its place in its batch; and which of it was gold."""
    access, rows, gold = find_project(world.ann, world.project.pk), [], []
    while len(rows) < SERVED:
        drawing = draw(access, BATCH)
        batch = drawing_payload(drawing, world.project)["assignments"]
        assert len({row["expires"] for row in batch}) == 1
        rows += [{**row, "place": place} for place, row in enumerate(batch)]
        gold += [row.drawn == Drawn.GOLD for row in drawing.assignments]
        Assignment.objects.filter(pk__in=[row["id"] for row in batch]).update(state="submitted")
    return rows, np.array(gold)


def features(rows: list[dict[str, Any]]) -> dict[str, Floats]:
    """All that has an order, and how it differs from what came before and comes after."""
    ids = np.array([float(row["id"]) for row in rows])
    frames = np.array([float(row["media"]["text"]["text"].split()[1]) for row in rows])
    place = np.array([float(row["place"]) for row in rows])
    found = {"place": place, "position": np.arange(len(rows), dtype=float), "size": _sizes(rows)}
    for name, values in (("id", ids), ("frame", frames)):
        before, after = np.diff(values, prepend=values[0]), np.diff(values, append=values[-1])
        found |= {
            name: values,
            f"{name}, step before": before,
            f"{name}, step after": after,
            f"{name}, out of line": np.abs(before) + np.abs(after),
            f"{name}, from the middle of its neighbors": np.abs(values - _middle(values)),
            f"{name}, even": values % 2,
        }
    return found


def _sizes(rows: list[dict[str, Any]]) -> Floats:
    return np.array([float(len(str(sorted(row.items())))) for row in rows])


def _middle(values: Floats) -> Floats:
    """The running median over eleven items."""
    padded = np.pad(values, 5, mode="edge")
    return np.asarray(np.median(np.lib.stride_tricks.sliding_window_view(padded, 11), axis=1))


def apart(gold: Bools, ranks: Floats) -> Floats:
    """How well each column tells gold from work, in whichever direction: 0.5 is not at all."""
    of_gold = int(gold.sum())
    area = (ranks[gold].sum(axis=0) / of_gold - (of_gold + 1) / 2) / (len(gold) - of_gold)
    return np.asarray(np.maximum(area, 1 - area))


def test_no_order_tells_gold() -> None:
    """One thing after the other, held against the same with the gold dealt anew; then all together."""
    world = make_world(gold_share=0.2, hold_size=BATCH)
    strewn(world)
    rows, gold = served(world)
    assert 0.17 < gold.mean() < 0.23
    found = features(rows)
    table = np.column_stack(list(found.values()))
    ranks, dice = rankdata(table, axis=0), np.random.default_rng(SEED)
    chance = [apart(dice.permutation(gold), ranks).max() for _ in range(200)]
    ours = dict(zip(found, apart(gold, ranks), strict=True))
    assert max(ours.values()) <= np.quantile(chance, 0.99), sorted(ours.items(), key=lambda pair: -pair[1])[
        :3
    ]
    for model in (
        make_pipeline(StandardScaler(), LogisticRegression()),
        GradientBoostingClassifier(n_estimators=20, max_depth=2, random_state=0),
    ):
        shares = cross_val_predict(model, table, gold, cv=5, method="predict_proba")[:, 1]
        assert roc_auc_score(gold, shares) < BOUND, model


def test_no_place_in_a_batch_has_more_gold_and_none_follows_on_another() -> None:
    """Each toss for itself: at every place in the list, and after every other item."""
    tosses = np.array([hidden.toss(BATCH, 0.2) for _ in range(2_000)])
    assert np.all(np.abs(tosses.mean(axis=0) - 0.2) < 0.035)  # four standard errors
    runs = tosses.ravel()
    assert abs(runs[1:][runs[:-1]].mean() - 0.2) < 0.035


def test_without_a_share_of_gold_the_order_is_that_of_the_import() -> None:
    world = make_world(hold_size=20)
    make_tasks(world.project, 40)
    assert texts(hand_out(world.project, world.ann, 20)) == [f"Text number {number}" for number in range(20)]


def test_turning_gold_on_mixes_what_is_there() -> None:
    world = make_world(hold_size=20)
    tasks = make_tasks(world.project, [f"Frame {number:03}" for number in range(200)])
    (first,) = hand_out(world.project, world.ann, 1)
    change_project(project=world.project, by=world.max, settings={"gold_share": 0.2})
    while outbox.drain():
        pass
    world.project.refresh_from_db()
    numbers = [int(text.split()[1]) for text in texts(hand_out(world.project, world.ann, 20))]
    assert numbers[0] == int(texts([first])[0].split()[1])
    assert numbers[1:] != sorted(numbers[1:])
    assert max(numbers) > 100
    assert QueueEntry.objects.filter(order_key__lte=tasks[-1].pk).count() == 0


def test_later_imports_are_mixed_in_and_all_are_handed_out() -> None:
    """New tasks may stand behind where a person has come: they find them when nothing else is left."""
    world = make_world(gold_share=0.2, hold_size=50)
    make_tasks(world.project, [f"First {number:03}" for number in range(30)])
    hand_out(world.project, world.ann, 25)
    Assignment.objects.update(state="submitted")
    more = [f"Later {number:03}" for number in range(30)]
    tasks = Task.objects.bulk_create(Task(project=world.project, data={"text": text}) for text in more)
    TaskSummary.objects.bulk_create(TaskSummary(task=task, project=world.project) for task in tasks)
    add_to_queue(project=world.project, task_ids=[task.pk for task in tasks])
    got: list[str] = []
    for _ in range(3):
        got += texts(hand_out(world.project, world.ann, 50))
        Assignment.objects.update(state="submitted")
    assert len(got) == len(set(got)) == 35
