"""Parsing a list of fields: those of an ontology, and the attributes of a class, which are fields too."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from labeltypes import registry
from labeltypes.base import FIELD_KEYS, Field, Invalid, Json, JsonObject, LabelType
from labeltypes.checks import (
    MAX_DESCRIPTION,
    MAX_TITLE,
    Problems,
    child,
    need_bool,
    need_hotkey,
    need_line,
    need_list,
    need_name,
    need_object,
    need_prose,
)

MAX_FIELDS = 200
MAX_ATTRIBUTES = 50
MAX_CONDITIONS = 10_000


@dataclass(frozen=True)
class MediaSpec:
    """A medium that an item shows: `source` names the key of the task's data."""

    name: str
    kind: str
    source: str

    def to_json(self) -> JsonObject:
        """The normalized JSON of the medium."""
        return {"name": self.name, "kind": self.kind, "source": self.source}


def parse_fields(raw: Json, path: str, media: Sequence[MediaSpec]) -> tuple[Field, ...]:
    """The fields of an ontology, in their order. Raises Invalid with all problems."""
    return _Parser(path, media, nested=False).parse(raw)


def clean_attributes(raw: Json, path: str) -> Json:
    """The attributes of a class as normalized JSON: fields of scalar types, without `on`."""
    return [field.to_json() for field in _Parser(path, (), nested=True).parse(raw)]


class _Parser:
    """Collects fields and problems; later fields may refer to earlier ones."""

    def __init__(self, path: str, media: Sequence[MediaSpec], *, nested: bool) -> None:
        self.path = path
        self.media = media
        self.nested = nested
        self.problems = Problems()
        self.earlier: dict[str, Field | None] = {}  # None: it was there, but has problems

    def parse(self, raw: Json) -> tuple[Field, ...]:
        most = MAX_ATTRIBUTES if self.nested else MAX_FIELDS
        for index, item in enumerate(need_list(raw, self.path, most=most)):
            self._add(item, f"{self.path}[{index}]")
        self.problems.raise_if_any()
        return tuple(field for field in self.earlier.values() if field is not None)

    def _add(self, raw: Json, path: str) -> None:
        name: str | None = None
        with self.problems.collect():
            item = need_object(raw, path)
            with self.problems.collect():
                name = need_name(item.get("name"), child(path, "name"))
            twice = name in self.earlier
            if twice:
                self.problems.add(child(path, "name"), f'"{name}" is used twice')
            field = self._field(item, name or "", path)
            if name and not twice:
                self.earlier[name] = field
        if name:
            self.earlier.setdefault(name, None)

    def _field(self, item: JsonObject, name: str, path: str) -> Field:
        """The field; raises Invalid with its problems."""
        problems = Problems()
        label_type: LabelType | None = None
        common: JsonObject = {"name": name, "type": item.get("type"), "title": name}
        with problems.collect():
            label_type = self._type(item.get("type"), child(path, "type"))
        with problems.collect():
            common |= _common(item, path)
        with problems.collect():
            common |= self._show_if(item.get("show_if"), child(path, "show_if"))
        if label_type is not None:
            with problems.collect():
                common |= self._on(item.get("on"), label_type, child(path, "on"))
            with problems.collect():
                rest = {key: value for key, value in item.items() if key not in FIELD_KEYS}
                common |= label_type.clean_settings(rest, path)
        problems.raise_if_any()
        return Field.from_json(common)

    def _type(self, raw: Json, path: str) -> LabelType:
        known = [kind for kind in registry.kinds() if registry.get_type(kind).scalar or not self.nested]
        if not isinstance(raw, str) or raw not in known:
            raise Invalid.at(path, f"must be one of: {', '.join(known)}")
        return registry.get_type(raw)

    def _on(self, raw: Json, label_type: LabelType, path: str) -> JsonObject:
        fitting = [
            medium.name for medium in self.media if not label_type.media or medium.kind in label_type.media
        ]
        if raw is not None:
            return {"on": self._named_medium(raw, fitting, label_type, path)}
        if not label_type.media:
            return {}
        if len(fitting) == 1:
            return {"on": fitting[0]}
        kinds = " or ".join(sorted(label_type.media))
        if not fitting:
            raise Invalid.at(path, f"a {label_type.kind} needs {kinds}, and media has none")
        raise Invalid.at(path, f"must say on which medium: {', '.join(fitting)}")

    def _named_medium(self, raw: Json, fitting: list[str], label_type: LabelType, path: str) -> str:
        if self.nested:
            raise Invalid.at(path, "an attribute belongs to its region, not to a medium")
        if not isinstance(raw, str) or raw not in [medium.name for medium in self.media]:
            raise Invalid.at(path, "must be the name of a medium")
        if raw not in fitting:
            kinds = " or ".join(sorted(label_type.media))
            raise Invalid.at(
                path,
                f'a {label_type.kind} needs {kinds}, but "{raw}" is something else',
            )
        return raw

    def _show_if(self, raw: Json, path: str) -> JsonObject:
        if raw is None:
            return {}
        problems = Problems()
        conditions: JsonObject = {}
        for name, options in need_object(raw, path).items():
            with problems.collect():
                conditions[name] = self._condition(name, options, child(path, name))
        problems.raise_if_any()
        return {"show_if": conditions} if conditions else {}

    def _condition(self, name: str, raw: Json, path: str) -> Json:
        if name not in self.earlier:
            raise Invalid.at(path, "must name an earlier choice field")
        asked: Json = [raw] if isinstance(raw, str) else raw
        wanted = need_list(asked, path, most=MAX_CONDITIONS)
        if not wanted:
            raise Invalid.at(path, "must list at least one option")
        field = self.earlier[name]
        if field is None:
            return wanted  # its own problems are reported; what its options are is unknown
        choices = set(registry.get_type(field.type).choices(field))
        if not choices:
            raise Invalid.at(path, "must name an earlier choice field")
        problems = Problems()
        for index, option in enumerate(wanted):
            if not isinstance(option, str) or option not in choices:
                problems.add(f"{path}[{index}]", f"is not an option of {name}")
        problems.raise_if_any()
        return wanted


def _common(item: JsonObject, path: str) -> JsonObject:
    """Title, description, required and hotkey, as far as they are given."""
    problems = Problems()
    common: JsonObject = {}
    checks: dict[str, Callable[[Json, str], Json]] = {
        "title": lambda raw, where: need_line(raw, where, most=MAX_TITLE),
        "description": lambda raw, where: need_prose(raw, where, most=MAX_DESCRIPTION),
        "required": need_bool,
        "hotkey": need_hotkey,
    }
    for key, check in checks.items():
        if item.get(key) is not None:
            with problems.collect():
                common[key] = check(item[key], child(path, key))
    problems.raise_if_any()
    return common
