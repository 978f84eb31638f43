"""Ontology and guideline versions never change, so each process reads each of them once."""

from dataclasses import dataclass
from functools import lru_cache

from labeltypes.ontology import Ontology
from projects.models import Guideline, OntologyVersion


@dataclass(frozen=True)
class KnownOntology:
    """An ontology version: its row, the number people see, and its parsed content."""

    pk: int
    version: int
    ontology: Ontology


@lru_cache(maxsize=256)
def ontology_of(ontology_id: int) -> KnownOntology:
    """The version with this id, parsed."""
    row = OntologyVersion.objects.get(pk=ontology_id)
    return KnownOntology(row.pk, row.version, row.parsed())


@lru_cache(maxsize=1024)
def guideline_number(guideline_id: int | None) -> int | None:
    """The number that people see of a guideline version; None without one."""
    if guideline_id is None:
        return None
    return Guideline.objects.values_list("version", flat=True).get(pk=guideline_id)
