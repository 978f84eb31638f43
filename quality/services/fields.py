"""The fields of a project's current ontology, with their label types: what every inference walks over."""

from dataclasses import dataclass
from functools import cached_property

from annotate.versions import ontology_of
from labeltypes import registry
from labeltypes.answers import clean_fields
from labeltypes.base import Field, Invalid, Json, JsonObject, LabelType, Vote
from labeltypes.ontology import Ontology
from projects.models import Project

# Of so many different names the votes are remembered.
MOST_NAMES = 10_000


@dataclass(frozen=True)
class Asked:
    """One field and its type."""

    field: Field
    label_type: LabelType

    @cached_property
    def name(self) -> str:
        """The field's."""
        return self.field.name

    @cached_property
    def codes(self) -> list[str]:
        """All codes that a vote on this field can have; empty when votes say nothing countable."""
        return [] if self.label_type.scale(self.field) == "none" else self.label_type.codes(self.field)

    @cached_property
    def is_judged_by_votes(self) -> bool:
        """Whether the votes say all of the answer: true for choices and levels.

        An answer that points into a medium (regions) has votes too, but they read it coarsely; people
        are compared by distance there, as for numbers and texts.
        """
        return bool(self.codes) and not self.label_type.media

    @cached_property
    def alike(self) -> dict[tuple[object, ...], tuple[Json, float | None]]:
        """Of answers that were merged: the plain merge, and their agreement."""
        return {}

    def distance(self, a: Json, b: Json) -> float:
        """In [0, 1]."""
        return self.label_type.distance(a, b, self.field)

    @cached_property
    def _by_name(self) -> dict[str, list[tuple[str, str]]]:
        """Votes of answers that are a name: the same few come again and again."""
        return {}

    def votes(self, value: Json) -> list[tuple[str, str]]:
        """Pairs of unit and code, of countable votes only; nobody may change the list."""
        if not self.codes:
            return []
        if type(value) is not str:
            return self._votes(value)
        if value not in self._by_name:
            if len(self._by_name) >= MOST_NAMES:
                self._by_name.clear()
            self._by_name[value] = self._votes(value)
        return self._by_name[value]

    def _votes(self, value: Json) -> list[tuple[str, str]]:
        return [(vote.unit, vote.code) for vote in self.label_type.votes(value, self.field)]

    def in_words(self, unit: str, code: str) -> str:
        """What a vote says, as people read it."""
        return self.label_type.in_words(Vote(unit, code), self.field)

    def labels(self, value: Json) -> list[str]:
        """Names of the classes or options in a value."""
        return self.label_type.labels(value, self.field)

    def said(self, value: Json) -> list[str]:
        """The names that tell a value in words."""
        return self.label_type.said(value, self.field)


def ontology_for(project: Project) -> Ontology | None:
    """The current ontology, None while there is none."""
    return ontology_of(project.ontology_id).ontology if project.ontology_id else None


def asked_fields(project: Project) -> list[Asked]:
    """All fields of the current ontology, in order."""
    ontology = ontology_for(project)
    return [asked_of(field) for field in ontology.fields] if ontology else []


def asked_of(field: Field) -> Asked:
    """The field with its type."""
    return Asked(field, registry.get_type(field.type))


def usable(value: JsonObject, ontology: Ontology) -> JsonObject:
    """What of an answer given under an older ontology still holds under this one, field by field."""
    kept: JsonObject = {}
    for field in ontology.fields:
        if field.name not in value:
            continue
        alone = {**kept, field.name: value[field.name]}
        try:
            kept = clean_fields(alone, ontology.fields, "", partial=True)
        except Invalid:
            continue
    return kept
