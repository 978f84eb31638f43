"""A project with pre-labels and gold, in which errors are seeded."""

from datetime import timedelta
from random import Random
from typing import Any

import pytest

from annotate import outbox
from annotate.models import SeededPrelabel
from annotate.services.predictions import PredictionInput, store_predictions
from quality.models import SeedPlan
from quality.services import seed_plans, seeding
from quality.services.gold import GoldInput, make_many
from quality.services.seed_plans import set_plan
from tests.annotate.steps import POSITIVE
from tests.world import World, make_tasks, make_world

GOLD = 20


def seeded_world(work: int = 20, **settings: Any) -> World:
    """Every task has a pre-label that says positive; ``GOLD`` of them are gold, and positive."""
    terms = {"gold_share": 0.5, "show_predictions": True, "hold_size": 20, "overlap": 2, **settings}
    world = make_world(**terms)
    tasks = make_tasks(world.project, [f"Text number {number:04}" for number in range(work + GOLD)])
    items = [PredictionInput(POSITIVE, 0.9, task=task.pk) for task in tasks]
    store_predictions(project=world.project, model="m", version="1", items=items)
    gold = [GoldInput(one.pk, [POSITIVE]) for one in tasks[work:]]
    make_many(project=world.project, items=gold, by=world.max)
    outbox.drain()
    return world


def fix_dice(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same errors in every run, shown at once."""
    monkeypatch.setattr(seeding, "dice", Random(20261128))
    for module in (seeding, seed_plans):
        monkeypatch.setattr(module, "SOON", timedelta(hours=-1))


def seed(world: World, share: float = 0.25, most_a_day: int = 50) -> int:
    """Put a plan in force and carry it out once; how many errors that made."""
    set_plan(project=world.project, by=world.max, prelabel_share=share, most_a_day=most_a_day)
    return seeding.seed_prelabels(SeedPlan.objects.select_related("project").get(project=world.project))


def seeds_of(user: Any) -> list[SeededPrelabel]:
    return list(SeededPrelabel.objects.filter(user=user, ended_at=None).order_by("task_id"))
