"""The ontology: which media an item shows and which fields are answered. See design.md section 3."""

from __future__ import annotations

from dataclasses import dataclass

from labeltypes.base import Field, Json, JsonObject
from labeltypes.checks import (
    MAX_TITLE,
    Problems,
    child,
    need_line,
    need_list,
    need_name,
    need_object,
    need_one_of,
    need_shallow,
    refuse_unknown,
)
from labeltypes.fields import MediaSpec, parse_fields
from labeltypes.hotkeys import find_conflicts
from labeltypes.reserved import without_reserved

__all__ = ["MEDIA_KINDS", "MediaSpec", "Ontology", "parse_ontology", "read_ontology"]

MEDIA_KINDS = ("text", "image", "audio")
MAX_MEDIA = 20
DEEPEST = 12


@dataclass(frozen=True)
class Ontology:
    """A valid ontology, normalized: `parse_ontology(o.to_json()) == o`."""

    media: tuple[MediaSpec, ...]
    fields: tuple[Field, ...]

    def field(self, name: str) -> Field:
        """The field of that name. Raises KeyError if there is none."""
        for field in self.fields:
            if field.name == name:
                return field
        raise KeyError(name)

    def to_json(self) -> JsonObject:
        """Normalized JSON with titles, colors and default settings filled in, for storing and the browser."""
        return {
            "media": [medium.to_json() for medium in self.media],
            "fields": [field.to_json() for field in self.fields],
        }


def parse_ontology(raw: Json) -> Ontology:
    """A checked ontology. Raises Invalid with all problems, at paths like `fields[1].options[0].name`."""
    need_shallow(raw, "", deepest=DEEPEST)
    data = need_object(raw, "")
    problems = Problems()
    media: tuple[MediaSpec, ...] = ()
    fields: tuple[Field, ...] = ()
    with problems.collect():
        refuse_unknown(data, ("media", "fields"), "")
    with problems.collect():
        media = _parse_media(data.get("media"))
    with problems.collect():
        fields = parse_fields(data.get("fields"), "fields", _media_as_named(data.get("media")))
        if not fields:
            problems.add("fields", "must have at least one entry")
    problems.found.extend(find_conflicts(data.get("fields"), "fields"))
    problems.raise_if_any()
    return Ontology(media=media, fields=fields)


def read_ontology(stored: Json) -> Ontology:
    """An ontology that was saved before. Hotkeys that are reserved since are left out: they never worked."""
    return parse_ontology(without_reserved(stored))


def _parse_media(raw: Json) -> tuple[MediaSpec, ...]:
    problems = Problems()
    media: dict[str, MediaSpec] = {}
    items = need_list(raw, "media", most=MAX_MEDIA)
    if not items:
        problems.add("media", "must have at least one entry")
    for index, item in enumerate(items):
        path = f"media[{index}]"
        with problems.collect():
            medium = _parse_medium(item, path)
            if medium.name in media:
                problems.add(child(path, "name"), f'"{medium.name}" is used twice')
            media.setdefault(medium.name, medium)
    problems.raise_if_any()
    return tuple(media.values())


def _parse_medium(raw: Json, path: str) -> MediaSpec:
    item = need_object(raw, path)
    problems = Problems()
    name = kind = ""
    with problems.collect():
        refuse_unknown(item, ("name", "kind", "source"), path)
    with problems.collect():
        name = need_name(item.get("name"), child(path, "name"))
    with problems.collect():
        kind = need_one_of(item.get("kind"), MEDIA_KINDS, child(path, "kind"))
    source = name
    if item.get("source") is not None:
        with problems.collect():
            source = need_line(item["source"], child(path, "source"), most=MAX_TITLE)
    problems.raise_if_any()
    return MediaSpec(name=name, kind=kind, source=source)


def _media_as_named(raw: Json) -> list[MediaSpec]:
    """The media that can be read, so that one broken medium does not make every `on` look wrong."""
    readable: list[MediaSpec] = []
    for item in raw if isinstance(raw, list) else []:
        if isinstance(item, dict):
            name, kind = item.get("name"), item.get("kind")
            if isinstance(name, str) and isinstance(kind, str):
                readable.append(MediaSpec(name=name, kind=kind, source=name))
    return readable
