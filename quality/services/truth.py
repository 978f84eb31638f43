"""Known truth: recorded for demos and studies, to measure how often consensus is right."""

from collections.abc import Mapping

from django.db import transaction

from labeltypes.base import JsonObject
from projects.models import Project, Task
from quality.models import KnownTruth

BATCH = 5_000


@transaction.atomic
def record_truth(*, project: Project, values: Mapping[int, JsonObject]) -> int:
    """Keep the known answers of tasks (task id → value per field); return how many were kept.

    They are served to nobody, graded against nobody, and the inference does not see them.
    """
    own = Task.objects.filter(project=project, pk__in=values).values_list("pk", flat=True)
    rows = [KnownTruth(project=project, task_id=task_id, value=values[task_id]) for task_id in own]
    KnownTruth.objects.bulk_create(
        rows, batch_size=BATCH, update_conflicts=True, unique_fields=["task"], update_fields=["value"]
    )
    return len(rows)
