"""Taking gold out of use: by somebody, or by itself where nobody vouches for it but the crowd."""

from collections.abc import Collection

from django.db import transaction
from django.db.models.functions import Now

from accounts.audit import record
from accounts.models import User
from annotate.models import Pool
from annotate.outbox import emit
from annotate.services.slots import set_pool
from projects.models import Project
from quality.models import GoldItem, GoldOrigin


@transaction.atomic
def retire(*, gold: GoldItem, by: User | None) -> None:
    """Take a task out of the gold pool; the grades stay. Twice changes nothing."""
    changed = GoldItem.objects.filter(pk=gold.pk, retired_at__isnull=True).update(retired_at=Now())
    if not changed:
        return
    set_pool(project_id=gold.project_id, task_ids=[gold.task_id], pool=Pool.WORK)
    emit("gold_retired", project_id=gold.project_id, tasks=[gold.task_id])
    record(
        organization=gold.project.organization_id,
        actor=by,
        verb="gold.retired",
        subject=f"task {gold.task_id}",
        project_id=gold.project_id,
    )


def retire_over_exposed(project: Project, gold_ids: Collection[int]) -> None:
    """Retire mined gold among these that so many people have answered that it may be known."""
    if not project.gold_exposures:
        return
    worn = GoldItem.objects.filter(
        pk__in=gold_ids,
        origin=GoldOrigin.MINED,
        retired_at__isnull=True,
        graded__gte=project.gold_exposures,
    )
    for gold in worn.select_related("project"):
        retire(gold=gold, by=None)
