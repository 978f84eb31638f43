"""A project with pre-labels and gold, in which errors are seeded."""

import re
from datetime import timedelta
from random import Random
from typing import Any

import pytest

from annotate import outbox
from annotate.models import Annotation, ReviewReason, SeededAnswer, SeededPrelabel
from annotate.services.predictions import PredictionInput, store_predictions
from annotate.services.reviews import request_review
from quality.models import SeedPlan
from quality.services import seed_plans, seeding, seeding_reviews
from quality.services.gold import GoldInput, make_many
from quality.services.seed_plans import set_plan
from quality.services.seeding_reviews import seed_reviews
from tests.annotate.gold_world import visible
from tests.annotate.steps import POSITIVE, answer, hand_out
from tests.world import World, make_tasks, make_world

GOLD = 20
# Tokens that every page has anew.
RANDOM = re.compile(rb'(nonce|csrf\w*|value|content)="[\w=+/-]{16,}"')


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
    monkeypatch.setattr(seeding_reviews, "dice", Random(20261128))
    for module in (seeding, seed_plans):
        monkeypatch.setattr(module, "SOON", timedelta(hours=-1))


def reviewed_world(**settings: Any) -> World:
    """Ten of Ann's answers wait for Rita, who must not know whose they are."""
    world = seeded_world(work=12, **{"gold_share": 0.0, "blind_review": True, "overlap": 1, **settings})
    for row in hand_out(world.project, world.ann, 10):
        head = Annotation.objects.get(pk=answer(world.ann, row))
        request_review(annotation=head, reason=ReviewReason.RANDOM)
    outbox.drain()
    return world


def plant(world: World, share: float = 0.2, most_a_day: int = 10) -> list[SeededAnswer]:
    """Errors for reviewers under this plan; those that wait."""
    set_plan(project=world.project, by=world.max, prelabel_share=0, review_share=share, most_a_day=most_a_day)
    seed_reviews(SeedPlan.objects.select_related("project").get())
    return list(SeededAnswer.objects.filter(ended_at=None).order_by("pk"))


def alike(response: Any) -> Any:
    """A response without its digits, labels, and what is random in every page."""
    status, content, rest = visible(response)
    content = RANDOM.sub(b"", content)
    for name in (b"positive", b"negative", b"neutral", b"mixed"):
        content = content.replace(name, b"label")
    return status, content, tuple((name, re.sub(r"nonce-[\w=+/-]+", "", value)) for name, value in rest)


def seed(world: World, share: float = 0.25, most_a_day: int = 50) -> int:
    """Put a plan in force and carry it out once; how many errors that made."""
    set_plan(project=world.project, by=world.max, prelabel_share=share, most_a_day=most_a_day)
    return seeding.seed_prelabels(SeedPlan.objects.select_related("project").get(project=world.project))


def seeds_of(user: Any) -> list[SeededPrelabel]:
    return list(SeededPrelabel.objects.filter(user=user, ended_at=None).order_by("task_id"))
