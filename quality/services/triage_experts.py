"""The third tier of a triage: critical classes, and what the model is least sure of, go to experts."""

from math import isfinite
from typing import Any

from django.db import connection, transaction
from django.db.models import F

from accounts.errors import FieldError
from annotate.services.experts import give_to_experts, has_experts
from projects.jobs import JobContext
from projects.models import Project
from quality.models import TriageRun

BATCH = 1_000

# The next tasks that nobody has begun and that the terms give to experts; never what the audit watches.
UNSURE = """
SELECT p.id, p.task_id
FROM annotate_prediction p
JOIN annotate_queueentry q ON q.task_id = p.task_id AND q.pool = 'work' AND q.is_open AND q.taken = 0
                          AND NOT q.for_experts
WHERE p.project_id = %(project)s AND p.id > %(after)s AND p.model = %(model)s AND p.version = %(version)s
  AND (p.value ->> %(field)s = ANY(%(critical)s) OR p.score < %(below)s)
  AND NOT EXISTS (SELECT 1 FROM quality_triageitem i WHERE i.run_id = %(run)s AND i.task_id = p.task_id)
ORDER BY p.id LIMIT %(most)s
"""


def expert_problems(project: Project, below: float | None) -> list[FieldError]:
    """What is wrong with ``expert_below``: a score in [0, 1] (0: critical classes alone), or null."""
    if below is None:
        return []
    if not isfinite(below) or not 0 <= below <= 1:
        return [FieldError("expert_below", "a score from 0 to 1")]
    if not has_experts(project.pk):
        return [FieldError("expert_below", "nobody here is an expert")]
    return []


def keep_for_experts(context: JobContext, run: TriageRun) -> int:
    """Give experts what the run's terms say, a batch at a time; return how many tasks so far.

    A batch done twice counts once. Goes on where it was. Ends with the run, and where no expert is left.
    """
    after, moved = int(context.cursor.get("expert_after", 0)), int(context.cursor.get("to_experts", 0))
    while run.expert_below is not None and has_experts(run.project_id):
        with transaction.atomic():
            rows = _next(run, after)
            if not rows:
                break
            count = give_to_experts(project_id=run.project_id, task_ids=[task for _, task in rows])
            TriageRun.objects.filter(pk=run.pk).update(to_experts=F("to_experts") + count)
            after, moved = rows[-1][0], moved + count
            context.progress(context.job.done, expert_after=after, to_experts=moved)
    return moved


def _next(run: TriageRun, after: int) -> list[tuple[int, int]]:
    if TriageRun.objects.filter(pk=run.pk, ended_at__isnull=False).exists():
        return []
    values: dict[str, Any] = {
        "run": run.pk,
        "project": run.project_id,
        "after": after,
        "model": run.model,
        "version": run.version,
        "field": run.field,
        "critical": list(run.critical),
        "below": run.expert_below,
        "most": BATCH,
    }
    with connection.cursor() as cursor:
        cursor.execute(UNSURE, values)
        return list(cursor.fetchall())
