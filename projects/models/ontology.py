"""What can be said about an item: immutable versions."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from labeltypes.ontology import Ontology, read_ontology


class OntologyVersion(models.Model):
    """``definition`` is the normalized JSON of ``labeltypes.ontology.Ontology``."""

    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE, related_name="ontologies")
    version = models.PositiveIntegerField()
    definition = models.JSONField()
    note = models.CharField(max_length=500, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["project", "version"], name="ontology_version_once")
        ]

    def __str__(self) -> str:
        return f"ontology {self.version} of project {self.project_id}"

    def parsed(self) -> Ontology:
        """The definition as typed fields."""
        return read_ontology(self.definition)
