"""What the annotate app itself does after a commit. Each is safe to run again."""

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import connection

from annotate.models import Annotation, AnnotationVersion, Drawn, OutboxEvent, PersonTotal, ReviewReason
from annotate.outbox import emit, register_consumer
from annotate.services.experts import give_batch_to_everybody
from annotate.services.reviews import request_review
from annotate.services.slots import resize_batch, shuffle_batch
from projects.models import Project

ADD_ACTIVITY = """
INSERT INTO annotate_activityday (project_id, user_id, day, answers, corrections, skips, seconds)
VALUES (%s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (project_id, user_id, day) DO UPDATE
SET answers = annotate_activityday.answers + excluded.answers,
    corrections = annotate_activityday.corrections + excluded.corrections,
    skips = annotate_activityday.skips + excluded.skips,
    seconds = annotate_activityday.seconds + excluded.seconds
"""

ADD_TOTAL = """
INSERT INTO annotate_persontotal AS t (project_id, user_id, answers, discarded, last_active, seconds)
SELECT %s, %s, %s, %s, %s, percentile_cont(0.5) WITHIN GROUP (ORDER BY newest.seconds)
FROM (SELECT seconds FROM annotate_annotation
      WHERE project_id = %s AND user_id = %s AND NOT is_fix ORDER BY id DESC LIMIT %s) AS newest
ON CONFLICT (project_id, user_id) DO UPDATE
SET answers = t.answers + excluded.answers, discarded = t.discarded + excluded.discarded,
    last_active = greatest(t.last_active, excluded.last_active), seconds = excluded.seconds
"""


def register() -> None:
    """Called once at start-up."""
    register_consumer("activity", ["submitted", "corrected", "skipped"], roll_up_activity)
    register_consumer("totals", ["submitted", "corrected", "discarded", "restored_answer"], add_to_totals)
    register_consumer("review-share", ["submitted"], draw_for_review)
    register_consumer("overlap", ["overlap_changed"], change_overlap)
    register_consumer("experts", ["expert_lost"], give_back_to_everybody)
    register_consumer("shuffle", ["gold_turned_on"], shuffle)


def roll_up_activity(project_id: int, events: Sequence[OutboxEvent]) -> None:
    """Add work to each person's day. Once: the event goes in the same transaction."""
    days: dict[tuple[int, date], list[float]] = defaultdict(lambda: [0, 0, 0, 0.0])
    for event in events:
        row = days[(event.user_id or 0, event.created_at.date())]
        row[["submitted", "corrected", "skipped"].index(event.kind)] += 1
        row[3] += float(event.payload.get("seconds", 0.0))
    with connection.cursor() as cursor:
        for (user_id, day), row in sorted(days.items()):
            cursor.execute(ADD_ACTIVITY, [project_id, user_id, day, *row])


def add_to_totals(project_id: int, events: Sequence[OutboxEvent]) -> None:
    """Add new answers, and those set aside or brought back, to their authors' totals. Once, as above."""
    totals: dict[int, list[Any]] = defaultdict(lambda: [0, 0, None])
    for event in events:
        row = totals[event.user_id or 0]
        row[0] += event.kind == "submitted" and event.payload.get("version") == 1
        row[1] += {"discarded": 1, "restored_answer": -1}.get(event.kind, 0)
        if event.kind in ("submitted", "corrected"):
            row[2] = event.created_at
    with connection.cursor() as cursor:
        for user_id, row in sorted(totals.items()):
            values = [project_id, user_id, *row]
            cursor.execute(ADD_TOTAL, [*values, project_id, user_id, PersonTotal.SAMPLE])


def draw_for_review(project_id: int, events: Sequence[OutboxEvent]) -> None:
    """Put a random share of the answers into the review queue; the same answers whenever this runs again.

    Gold needs no reviewer: its answer is known.
    """
    share = Project.objects.values_list("review_share", flat=True).get(pk=project_id)
    ids = [event.annotation_id for event in events if event.annotation_id is not None]
    drawn = [annotation_id for annotation_id in ids if is_drawn(project_id, annotation_id, share)]
    gold = AnnotationVersion.objects.filter(annotation__in=drawn, drawn=Drawn.GOLD).values("annotation")
    for head in Annotation.objects.filter(pk__in=drawn).exclude(pk__in=gold).order_by("task_id"):
        request_review(annotation=head, reason=ReviewReason.RANDOM)


def is_drawn(project_id: int, annotation_id: int, share: float) -> bool:
    """Whether chance, fixed for ever by the two ids, draws this answer with this probability."""
    digest = hashlib.sha256(f"review:{project_id}:{annotation_id}".encode()).digest()
    return int.from_bytes(digest[:8]) < share * 2**64


def change_overlap(project_id: int, events: Sequence[OutboxEvent]) -> None:
    """Bring a batch of tasks to the project's overlap and leave the rest to the next event."""
    project = Project.objects.get(pk=project_id)
    after = min(int(event.payload.get("after", 0)) for event in events)
    reached = resize_batch(project=project, after=after)
    if reached is not None:
        emit("overlap_changed", project_id=project_id, after=reached)


def give_back_to_everybody(project_id: int, events: Sequence[OutboxEvent]) -> None:
    """A batch of what waits for experts who are gone, and leave the rest to the next event."""
    if give_batch_to_everybody(Project.objects.get(pk=project_id)):
        emit("expert_lost", project_id=project_id)


def shuffle(project_id: int, events: Sequence[OutboxEvent]) -> None:
    """Mix a batch of the first epoch and leave the rest to the next event."""
    reached = shuffle_batch(project_id=project_id, after=min(int(event.payload["after"]) for event in events))
    if reached is not None:
        emit("gold_turned_on", project_id=project_id, after=reached)
