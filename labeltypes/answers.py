"""Checking a whole answer against its ontology: what is asked, what is required, and each value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from labeltypes import registry
from labeltypes.base import Field, Invalid, ItemMedia, Json, JsonObject, Problem
from labeltypes.checks import MAX_NAME, Problems, child, need_object, need_shallow
from labeltypes.ontology import Ontology

DEEPEST = 12


def clean_answer(
    raw: Json,
    ontology: Ontology,
    media: Mapping[str, ItemMedia],
    *,
    partial: bool = False,
) -> JsonObject:
    """The canonical answer: fields in the ontology's order, values cleaned. Raises Invalid with all problems.

    `media` maps names of the ontology's media to what the task shows. With `partial` (drafts,
    predictions) nothing is required and lower limits do not hold.
    """
    need_shallow(raw, "", deepest=DEEPEST)
    problems = Problems()
    cleaner = _Cleaner(ontology.fields, "", media, partial=partial)
    cleaned = cleaner.clean(raw, problems)
    problems.found.extend(_repeated_ids(cleaned, ontology.fields))
    problems.raise_if_any()
    return cleaned


def clean_fields(raw: Json, fields: Sequence[Field], path: str, *, partial: bool = False) -> JsonObject:
    """A mapping from field names to values, below `path`: the attributes of a region."""
    problems = Problems()
    cleaned = _Cleaner(fields, path, {}, partial=partial).clean(raw, problems)
    problems.raise_if_any()
    return cleaned


def is_asked(field: Field, answers: Mapping[str, Json], fields: Sequence[Field]) -> bool:
    """Whether `show_if` shows the field, given the clean values of the `fields` before it.

    A field that depends on a hidden or unanswered one is hidden.
    """
    by_name = {other.name: other for other in fields if other.name in field.show_if}
    for name, options in field.show_if.items():
        if name not in answers:
            return False
        labels = registry.get_type(by_name[name].type).labels(answers[name], by_name[name])
        if not set(options) & set(labels):
            return False
    return True


def compose_answer(values: Mapping[str, Json], ontology: Ontology) -> JsonObject:
    """One consistent answer from clean values that were found field by field (merged, say).

    Drops what `show_if` hides and gives regions of different fields different ids.
    """
    answer: JsonObject = {}
    used: set[str] = set()
    for field in ontology.fields:
        value = values.get(field.name)
        if value is None or not is_asked(field, answer, ontology.fields):
            continue
        label_type = registry.get_type(field.type)
        taken = {old: _fresh_id(f"{field.name}-{old}", used) for old in label_type.ids(value) if old in used}
        answer[field.name] = label_type.with_ids(value, taken)
        used.update(label_type.ids(answer[field.name]))
    return answer


def _fresh_id(wanted: str, used: set[str]) -> str:
    while wanted in used:
        wanted += "'"
    used.add(wanted)
    return wanted


class _Cleaner:
    """Cleans the fields in order, as later ones are asked depending on earlier ones."""

    def __init__(
        self,
        fields: Sequence[Field],
        path: str,
        media: Mapping[str, ItemMedia],
        *,
        partial: bool,
    ) -> None:
        self.fields = fields
        self.path = path
        self.media = media
        self.partial = partial
        self.cleaned: JsonObject = {}
        self.broken: set[str] = set()

    def clean(self, raw: Json, problems: Problems) -> JsonObject:
        """What is valid in `raw`; the rest goes to `problems`."""
        with problems.collect():
            given = need_object(raw, self.path)
            known = {field.name for field in self.fields}
            for key in given:
                if key not in known:
                    problems.add(child(self.path, key[:MAX_NAME]), "is not a field")
            for field in self.fields:
                self._add(field, given, problems)
        return self.cleaned

    def _add(self, field: Field, given: JsonObject, problems: Problems) -> None:
        try:
            if field.name in given:
                self.cleaned[field.name] = self._value(field, given[field.name])
            else:
                self._check_absent(field)
        except Invalid as error:
            self.broken.add(field.name)
            problems.found.extend(error.problems)

    def _value(self, field: Field, raw: Json) -> Json:
        where = child(self.path, field.name)
        if not self._unsure(field) and not is_asked(field, self.cleaned, self.fields):
            raise Invalid.at(where, f"must be absent: it is asked only if {_condition_text(field)}")
        if raw is None:
            raise Invalid.at(where, "must not be null: leave out what is not answered")
        label_type = registry.get_type(field.type)
        rules = label_type.relaxed(field) if self.partial else field
        try:
            return label_type.clean(raw, rules, self.media.get(field.on) if field.on else None)
        except Invalid as error:
            raise Invalid([Problem(child(self.path, p.path), p.message) for p in error.problems]) from None

    def _check_absent(self, field: Field) -> None:
        if self.partial or not field.required or self._unsure(field):
            return
        if is_asked(field, self.cleaned, self.fields):
            raise Invalid.at(child(self.path, field.name), "is required")

    def _unsure(self, field: Field) -> bool:
        """Whether the answers that decide if the field is asked are themselves wrong."""
        return not self.broken.isdisjoint(field.show_if)


def _condition_text(field: Field) -> str:
    return " and ".join(f"{name} is {' or '.join(options)}" for name, options in field.show_if.items())


def _repeated_ids(answer: JsonObject, fields: Sequence[Field]) -> list[Problem]:
    """Regions of different fields with one id; inside a field the type has checked."""
    owners: dict[str, str] = {}
    problems: list[Problem] = []
    for field in fields:
        if field.name not in answer:
            continue
        for index, region_id in enumerate(registry.get_type(field.type).ids(answer[field.name])):
            if owners.setdefault(region_id, field.name) != field.name:
                path = f"{field.name}[{index}].id"
                problems.append(Problem(path, f'"{region_id}" is already used in {owners[region_id]}'))
    return problems
