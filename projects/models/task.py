"""One item to label: the wide row, not touched while people work."""

from typing import ClassVar

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q
from django.db.models.expressions import RawSQL

from projects.querysets import TaskQuerySet

# Postgres refuses a search vector of more than 1 MB: of very large items only the beginning is indexed.
SEARCH_SQL = (
    "CASE WHEN octet_length(data::text) < 400000 "
    "THEN jsonb_to_tsvector('simple'::regconfig, data, '[\"string\", \"numeric\"]'::jsonb) "
    "ELSE to_tsvector('simple'::regconfig, left(data::text, 100000)) END"
)


class Origin(models.TextChoices):
    HUMAN = "human"
    SYNTHETIC = "synthetic"
    MODEL = "model"


class Task(models.Model):
    # Checked by triggers, once a statement (migration 0012): a look-up a row made imports a tenth slower.
    project = models.ForeignKey(
        "projects.Project",
        on_delete=models.CASCADE,
        related_name="tasks",
        db_index=False,
        db_constraint=False,
    )
    external_id = models.CharField(max_length=200, null=True, blank=True)  # noqa: DJ001 - null: it has none
    data = models.JSONField()
    meta = models.JSONField(default=dict, blank=True)
    origin = models.CharField(max_length=10, choices=Origin.choices, default=Origin.HUMAN)
    import_job_id = models.BigIntegerField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    search = models.GeneratedField(
        expression=RawSQL(SEARCH_SQL, ()),  # noqa: S611 - a constant
        output_field=SearchVectorField(),
        db_persist=True,
    )

    objects = TaskQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["project", "external_id"],
                condition=Q(external_id__isnull=False),
                name="task_external_id_once",
            ),
            models.CheckConstraint(condition=Q(origin__in=Origin.values), name="task_origin_known"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["project", "-id"], name="task_by_project"),
            # The words of some 25,000 short texts wait in a list; the end of an import puts them in order.
            GinIndex(fields=["search"], name="task_search", gin_pending_list_limit=16_384),
            GinIndex(fields=["meta"], name="task_meta", opclasses=["jsonb_path_ops"]),
        ]

    def __str__(self) -> str:
        return f"task {self.pk} of project {self.project_id}"
