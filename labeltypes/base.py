"""The words every label type shares: fields, problems, votes, shapes, and the protocol itself.

The protocol is described in docs/adr/0003-label-type-protocol.md.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from dataclasses import field as dataclass_field
from functools import cached_property
from random import Random
from types import MappingProxyType
from typing import ClassVar, Literal, NamedTuple, Protocol, TypeAlias

from labeltypes.inferred import Inferred, posterior_of
from stats.regions.matching import match

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"
JsonObject: TypeAlias = dict[str, Json]
Scale: TypeAlias = Literal["nominal", "ordinal", "interval", "none"]
ShapeKind: TypeAlias = Literal["bbox", "span", "polygon", "mask", "interval"]
Posterior: TypeAlias = Mapping[str, Mapping[str, float]]


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong, and where: `objects[3].box[2]` / `must be > 0`."""

    path: str
    message: str

    def __str__(self) -> str:
        return f"{self.path}: {self.message}" if self.path else self.message


class Invalid(Exception):
    """Raised by every check, with all problems found at once."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(str(problem) for problem in self.problems))

    @classmethod
    def at(cls, path: str, message: str) -> Invalid:
        """The usual case of a single problem."""
        return cls((Problem(path, message),))


@dataclass(frozen=True)
class ItemMedia:
    """What one medium of a task is, as far as checks need it: its text, its pixels, or its seconds."""

    kind: str
    text: str | None = None
    width: int | None = None
    height: int | None = None
    seconds: float | None = None


@dataclass(frozen=True)
class Field:
    """One question of an ontology, normalized: defaults are filled in and every key is known."""

    name: str
    type: str
    title: str
    description: str = ""
    on: str | None = None
    required: bool = False
    show_if: Mapping[str, tuple[str, ...]] = dataclass_field(default_factory=dict)
    hotkey: str | None = None
    settings: Mapping[str, Json] = dataclass_field(default_factory=dict)

    def flag(self, key: str) -> bool:
        """A boolean setting; absent is false."""
        return self.settings.get(key) is True

    def number(self, key: str) -> float | None:
        """A numeric setting, None if it is not set."""
        value = self.settings.get(key)
        return value if isinstance(value, int | float) and not isinstance(value, bool) else None

    def items(self, key: str) -> list[JsonObject]:
        """A setting that lists objects (options, classes)."""
        value = self.settings.get(key)
        return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []

    def names(self, key: str) -> list[str]:
        """The names of the objects that a setting lists, in the ontology's order."""
        return [str(item["name"]) for item in self.items(key)]

    def titles(self, key: str) -> dict[str, str]:
        """What people call the objects that a setting lists, by name, in the ontology's order."""
        return {str(item["name"]): str(item.get("title") or item["name"]) for item in self.items(key)}

    def name_set(self, key: str) -> frozenset[str]:
        """The same for looking up; kept, as a field may have 10,000 options and a million answers."""
        if key not in self._name_sets:
            self._name_sets[key] = frozenset(self.names(key))
        return self._name_sets[key]

    @cached_property
    def _name_sets(self) -> dict[str, frozenset[str]]:
        return {}

    def places(self, key: str) -> Mapping[str, int]:
        """Where in the ontology's order each of the names stands; kept for the same reason."""
        if key not in self._places:
            self._places[key] = {name: place for place, name in enumerate(self.names(key))}
        return self._places[key]

    @cached_property
    def _places(self) -> dict[str, dict[str, int]]:
        return {}

    def with_settings(self, **changes: Json) -> Field:
        """The same question with some settings replaced."""
        return replace(self, settings={**self.settings, **changes})

    def to_json(self) -> JsonObject:
        """The normalized JSON of the field; parsing it again gives the same field."""
        data: JsonObject = {"name": self.name, "type": self.type, "title": self.title}
        if self.description:
            data["description"] = self.description
        if self.on is not None:
            data["on"] = self.on
        data["required"] = self.required
        if self.show_if:
            data["show_if"] = {name: list(options) for name, options in self.show_if.items()}
        if self.hotkey is not None:
            data["hotkey"] = self.hotkey
        return {**data, **self.settings}

    @classmethod
    def from_json(cls, data: Mapping[str, Json]) -> Field:
        """A field from its own `to_json`; for anything else use `labeltypes.ontology.parse_ontology`."""
        settings = {key: value for key, value in data.items() if key not in FIELD_KEYS}
        on, hotkey, show_if = data.get("on"), data.get("hotkey"), data.get("show_if")
        return cls(
            name=str(data["name"]),
            type=str(data["type"]),
            title=str(data["title"]),
            description=str(data.get("description", "")),
            on=None if on is None else str(on),
            required=data.get("required") is True,
            show_if=_conditions(show_if) if isinstance(show_if, dict) else {},
            hotkey=None if hotkey is None else str(hotkey),
            settings=settings,
        )


FIELD_KEYS = frozenset({"name", "type", "title", "description", "on", "required", "show_if", "hotkey"})


def _conditions(raw: JsonObject) -> dict[str, tuple[str, ...]]:
    return {name: tuple(map(str, options)) for name, options in raw.items() if isinstance(options, list)}


@dataclass(frozen=True)
class Vote:
    """A categorical judgement inside a value: in `unit` (part of the question) the answer was `code`."""

    unit: str
    code: str


class RunLengths(NamedTuple):
    """A mask in COCO's way: height and width of the image, compressed counts."""

    size: tuple[int, int]
    counts: str


@dataclass(frozen=True)
class Shape:
    """A region as formats see it.

    `coords`: bbox x, y, width, height in pixels; span and interval start, end (half-open, code points
    or seconds); polygon x1, y1, x2, y2, …; of a mask the box around it.
    """

    kind: ShapeKind
    cls: str
    coords: tuple[float, ...]
    id: str
    attributes: Mapping[str, Json] = dataclass_field(default_factory=dict)
    mask: RunLengths | None = None


class Merged(NamedTuple):
    """What several answers come to, and how sure that is: confidence lies in [0, 1].

    `existence`: of regions merged under a `Crowd`: id → probability that the object is there.
    """

    value: Json
    confidence: float
    existence: Mapping[str, float] = MappingProxyType({})


class Case(NamedTuple):
    """One task's answers to a field, in the order given, and whose they are."""

    people: Sequence[int]
    values: Sequence[Json]


@dataclass(frozen=True)
class Crowd:
    """What a type learned of all answers of a project: JSON to be stored, which only the type reads.

    `people[person]["figures"][name]` is what may be told of a person: [value, low, high] (95 %).
    """

    common: JsonObject
    people: Mapping[int, JsonObject]


class Learner(Protocol):
    """Takes in a project's answers, task by task, and says at the end what they tell of the crowd."""

    def add(self, task: int, case: Case) -> None:
        """One task; in whatever order, each once."""

    def crowd(self) -> Crowd | None:
        """None where there is too little to learn from."""


class LabelType(ABC):
    """The protocol. An instance has no state; everything about a question is in the Field.

    Problems that `clean` raises have paths that start with the field's name (`objects[3].box[2]`).
    """

    kind: ClassVar[str]
    media: ClassVar[frozenset[str]] = frozenset()
    """The kinds of media that an answer points into; empty when it is about the whole item."""
    scalar: ClassVar[bool] = False
    """Whether the type can also be an attribute of a region."""
    in_order: ClassVar[bool] = False
    """Whether a value is an order of the names that `said` tells, the first before the second."""
    crowd_method: ClassVar[str] = ""
    """What `merge_known` goes by, as consensus and exports name it; for types with a `learner`."""
    version: ClassVar[int] = 1
    """Version of the stored values and settings; raise it together with `upgrade`."""

    @abstractmethod
    def settings_schema(self) -> JsonObject:
        """JSON Schema of the settings a manager can write into the field."""

    @abstractmethod
    def clean_settings(self, raw: JsonObject, path: str) -> JsonObject:
        """Settings with defaults filled in. Raises Invalid with all problems, below `path`."""

    @abstractmethod
    def clean(self, raw: Json, field: Field, media: ItemMedia | None = None) -> Json:
        """The canonical value; idempotent. Raises Invalid with all problems."""

    @abstractmethod
    def distance(self, a: Json, b: Json, field: Field) -> float:
        """How far two clean values are apart: in [0, 1], symmetric, 0 on identity. Ids do not count."""

    @abstractmethod
    def merge(
        self,
        values: Sequence[Json],
        trust: Sequence[float],
        posterior: Posterior | None,
        field: Field,
    ) -> Merged:
        """One value from several people's. `trust` holds one weight >= 0 per value; all zero means equal.

        `posterior[unit][code]` is the probability that quality inferred from the votes, if it did.
        Nothing to merge gives Merged(None, 0.0). Equal values give that value.
        """

    def merge_many(
        self, cases: Sequence[Case], trust: Mapping[int, float], inferred: Inferred, field: Field
    ) -> list[Merged]:
        """As `merge`, for many tasks at once: types that can are faster here, with the same results.

        `trust` holds a weight per person, 1 for those who are not in it; `inferred` has a row for each case.
        """
        return [
            self.merge(
                case.values,
                [trust.get(person, 1.0) for person in case.people],
                posterior_of(inferred, row),
                field,
            )
            for row, case in enumerate(cases)
        ]

    def learner(self, field: Field) -> Learner | None:
        """For types whose `merge_known` needs to know the project's people; None for all others."""
        return None

    def merge_known(self, cases: Sequence[Case], crowd: Crowd, field: Field) -> list[Merged]:
        """As `merge`, for several tasks at once, with what the `learner` found; without, by equal weights."""
        return [self.merge(case.values, [1.0] * len(case.values), None, field) for case in cases]

    def relaxed(self, field: Field) -> Field:
        """The field without lower limits, for drafts and predictions that are not finished yet."""
        return field

    def scale(self, field: Field) -> Scale:
        """How the codes of the votes compare; "none" when only `distance` says something."""
        return "none"

    def codes(self, field: Field) -> list[str]:
        """All codes a vote can have, in their order; empty when the set is open."""
        return []

    def votes(self, value: Json, field: Field) -> list[Vote]:
        """The categorical judgements in a value, at most one per unit."""
        return []

    def in_words(self, vote: Vote, field: Field) -> str:
        """What a vote says, as people read it; a code stands for itself, unless an option has that name."""
        return field.titles("options").get(vote.code, vote.code)

    def labels(self, value: Json, field: Field) -> list[str]:
        """Names of the options or classes that occur in a value, without repetition."""
        return []

    def said(self, value: Json, field: Field) -> list[str]:
        """The names that tell a value in words, in its order: `labels`, unless these leave something out."""
        return self.labels(value, field)

    def joined(self, titles: Iterable[str]) -> str:
        """What is said, in a line of text."""
        return (" > " if self.in_order else ", ").join(titles)

    def choices(self, field: Field) -> list[str]:
        """Names that another field's `show_if` may ask for; empty when it cannot."""
        return []

    def match(self, as_: Sequence[Json], bs: Sequence[Json], field: Field) -> list[tuple[int, int]]:
        """Which element of `as_` is which of `bs`: pairs of indexes, by least total distance.

        For region types the elements are the regions of two values, for others whole values.
        Elements at distance 1 stay unmatched.
        """
        if not as_ or not bs:
            return []
        return list(match([[self.distance(a, b, field) for b in bs] for a in as_]).pairs)

    def corrupt(self, value: Json, field: Field, rng: Random, media: ItemMedia | None = None) -> Json:
        """The value with one error that somebody who looks would see and somebody who does not would miss.

        None where no error was found; whoever asks checks the rest (`clean`, `distance`) and may ask again.
        """
        return None

    def shapes(self, value: Json) -> list[Shape]:
        """What a format can draw of the value; one per region, in the value's order."""
        return []

    def drawn(self, shape: Shape) -> JsonObject | None:
        """What a region holds of its place where it is this shape; None where a region cannot be one."""
        return None

    def ids(self, value: Json) -> list[str]:
        """Ids of the value's regions, in its order."""
        return []

    def with_ids(self, value: Json, ids: Mapping[str, str]) -> Json:
        """The value with some region ids replaced."""
        return value

    def upgrade(self, raw: Json, version: int) -> Json:
        """A stored value or setting of an older `version` in today's form."""
        return raw
