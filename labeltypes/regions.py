"""What all types share whose value is a list of regions `{"id", "class", …, "attributes"?}`.

A type says how a region's geometry is checked, compared and averaged; ids, classes, attributes,
matching and merging are here and in `region_merge.py`.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import replace
from random import Random
from typing import ClassVar, Generic

import numpy as np

from labeltypes import registry
from labeltypes.answers import clean_fields
from labeltypes.base import (
    Case,
    Crowd,
    Field,
    Invalid,
    ItemMedia,
    Json,
    JsonObject,
    LabelType,
    Merged,
    Posterior,
    Scale,
    Shape,
    Vote,
)
from labeltypes.checks import (
    Problems,
    child,
    need_line,
    need_list,
    need_object,
    refuse_unknown,
)
from labeltypes.fields import clean_attributes
from labeltypes.options import ITEM_SCHEMA, clean_options, with_colors
from labeltypes.region_crowd import ByPerson, Columns, Model, Objects, RegionLearner, merge_known
from labeltypes.region_errors import spoil_regions
from labeltypes.region_matching import best_total
from labeltypes.region_merge import Drawn, merge_regions, regions_and_weights
from labeltypes.region_values import (
    OTHER_CLASS,
    SAME_OBJECT,
    as_regions,
    attribute_fields,
    attributes_by_class,
)
from labeltypes.settings import Check, read_settings
from stats.arrays import Floats
from stats.regions.matching import match

MAX_REGIONS = 10_000
MAX_ID = 200
MAX_UNITS = 200  # beyond it a vote per class and answer would swamp the vote table

CLASSES_SCHEMA: JsonObject = {"type": "array", "minItems": 1, "items": ITEM_SCHEMA}


def regions_schema(own: JsonObject) -> JsonObject:
    """JSON Schema of the settings of a type: `classes` and its own."""
    return {"type": "object", "required": ["classes"], "properties": {"classes": CLASSES_SCHEMA, **own}}


class RegionType(LabelType, Generic[Model]):
    """A list of regions in the order in which the person made them."""

    crowd_method: ClassVar[str] = "detection rates"
    geometry: ClassVar[tuple[str, ...]]
    """The keys of a region that say where it is."""

    @abstractmethod
    def clean_geometry(self, raw: JsonObject, field: Field, media: ItemMedia | None, path: str) -> JsonObject:
        """The canonical geometry of one region at `path`. Raises Invalid."""

    @abstractmethod
    def overlaps(self, as_: Sequence[JsonObject], bs: Sequence[JsonObject]) -> Floats:
        """IoU of every region in `as_` with every one in `bs`, whatever their classes: (n, m) in [0, 1]."""

    @abstractmethod
    def extent(self, region: JsonObject) -> tuple[float, float]:
        """From where to where a region reaches along an axis: what does not meet there does not overlap."""

    @abstractmethod
    def fuse(self, regions: Sequence[JsonObject], weights: Sequence[float]) -> JsonObject:
        """One geometry for regions of several people that mean the same object."""

    @abstractmethod
    def shape(self, region: JsonObject) -> Shape:
        """What a format can draw of one region."""

    @abstractmethod
    def place(self, region: JsonObject) -> tuple[float, ...]:
        """Where a region is, for inference: its low corner, then its high one."""

    @abstractmethod
    def fitted(self, columns: Columns) -> Model:
        """What the regions of a project say of its people."""

    @abstractmethod
    def objects(self, model: Model, columns: Columns) -> Objects:
        """What is there in some tasks, by a model."""

    @abstractmethod
    def packed(self, model: Model) -> tuple[dict[str, Floats], JsonObject]:
        """A model as arrays whose last axis is the person, and the rest."""

    @abstractmethod
    def unpacked(self, people: ByPerson, rest: JsonObject, class_share: Floats) -> Model:
        """The inverse of `packed`, for some people."""

    @abstractmethod
    def figures(self, model: Model) -> Mapping[str, tuple[Floats, Floats, Floats]]:
        """What may be told of a person: a figure and the ends of its 95 % interval; NaN if unknown."""

    def located(self, region: JsonObject) -> JsonObject:
        """The geometry of a region, without what it is."""
        return {key: region[key] for key in self.geometry}

    def moved(
        self, region: JsonObject, rng: Random, media: ItemMedia | None, *, far: bool
    ) -> JsonObject | None:
        """The region in a wrong place: beside its own, or ``far`` from it; None where there is none."""
        return None

    def check_together(self, regions: Sequence[JsonObject], field: Field, problems: Problems) -> None:
        """Rules between the regions of one answer; the base has none."""

    def compatible(self, region: JsonObject, kept: Sequence[JsonObject], field: Field) -> bool:
        """Whether a merged region may stand beside those already kept."""
        return True

    def beside(self, region: JsonObject, kept: Sequence[JsonObject], field: Field) -> JsonObject | None:
        """A merged region as it may stand beside those already kept; None where it may not."""
        return region if self.compatible(region, kept, field) else None

    def fuse_all(self, clusters: Sequence[Sequence[Drawn]]) -> list[JsonObject]:
        """A geometry for each cluster of drawings of one item; by default each on its own, by `fuse`."""
        return [self.fuse(*regions_and_weights(cluster)) for cluster in clusters]

    def read_settings(
        self, raw: JsonObject, path: str, checks: Mapping[str, Check], defaults: JsonObject
    ) -> JsonObject:
        """`classes`, which must be given, and what else a type has. Raises Invalid."""
        problems = Problems()
        settings = read_settings(
            raw,
            path,
            {"classes": self.clean_classes, **checks},
            problems,
            defaults={"classes": [], **defaults},
        )
        if raw.get("classes") is None:
            problems.add(child(path, "classes"), "must be a list")
        problems.raise_if_any()
        return settings

    def clean_classes(self, raw: Json, path: str) -> Json:
        """The setting `classes`: at least one, each with a color and perhaps attributes."""
        return with_colors(clean_options(raw, path, least=1, extras={"attributes": clean_attributes}))

    def relaxed(self, field: Field) -> Field:
        """See LabelType: attributes need not be answered, and have no lower limits either."""
        return field.with_settings(classes=[_relaxed_class(item) for item in field.items("classes")])

    def clean(self, raw: Json, field: Field, media: ItemMedia | None = None) -> Json:
        """See LabelType."""
        items = need_list(raw, field.name, most=MAX_REGIONS)
        problems = Problems()
        classes, regions = attributes_by_class(field), list[JsonObject]()
        for index, item in enumerate(items):
            with problems.collect():
                regions.append(self._clean_region(item, field, classes, media, f"{field.name}[{index}]"))
        most = field.number("max_count")
        if most is not None and len(items) > most:
            problems.add(field.name, f"has {len(items):,} regions, at most {most:,} are allowed")
        _check_ids(items, field.name, problems)
        if len(regions) == len(items):
            self.check_together(regions, field, problems)
        problems.raise_if_any()
        return list[Json](regions)

    def _clean_region(
        self,
        raw: Json,
        field: Field,
        classes: Mapping[str, Sequence[Field]],
        media: ItemMedia | None,
        path: str,
    ) -> JsonObject:
        item = need_object(raw, path)
        problems = Problems()
        region: JsonObject = {}
        with problems.collect():
            refuse_unknown(item, ("id", "class", *self.geometry, "attributes"), path)
        with problems.collect():
            region["id"] = need_line(item.get("id"), child(path, "id"), most=MAX_ID)
        with problems.collect():
            region["class"] = _clean_class(item.get("class"), classes, child(path, "class"))
        with problems.collect():
            region |= self.clean_geometry(item, field, media, path)
        if "class" in region:
            given = item.get("attributes", {})
            with problems.collect():
                attributes = clean_fields(given, classes[str(region["class"])], child(path, "attributes"))
                region |= {"attributes": attributes} if attributes else {}
        problems.raise_if_any()
        return region

    def distance(self, a: Json, b: Json, field: Field) -> float:
        """1 - sum of IoU over the best one-to-one matching within classes / max(#a, #b).

        Unmatched regions count 0; two answers without regions agree. Attributes do not count.
        """
        left, right = as_regions(a), as_regions(b)
        if not left or not right:
            return 1.0 if left or right else 0.0
        worth = self.overlaps(left, right) * _same_class(left, right)
        common = best_total(worth) / max(len(left), len(right))
        # Adding up in another order must not make a difference between equal answers.
        return min(1.0, max(0.0, round(1 - common, 12)))

    def match(self, as_: Sequence[Json], bs: Sequence[Json], field: Field) -> list[tuple[int, int]]:
        """Which region is which. One of another class only pairs where the two cover mostly the same."""
        left, right = as_regions(list(as_)), as_regions(list(bs))
        if not left or not right:
            return []
        same = _same_class(left, right)
        distance = self.object_distance(left, right)
        return list(match(np.where((same == 0) & (distance > SAME_OBJECT), 1.0, distance)).pairs)

    def object_distance(self, as_: Sequence[JsonObject], bs: Sequence[JsonObject]) -> Floats:
        """1 - IoU, a little more between classes: for finding who meant the same object."""
        worth = np.where(_same_class(as_, bs) > 0, 1.0, OTHER_CLASS)
        return np.asarray(1 - self.overlaps(as_, bs) * worth, dtype=np.float64)

    def scale(self, field: Field) -> Scale:
        """See LabelType."""
        return "none" if len(field.items("classes")) > MAX_UNITS else "nominal"

    def codes(self, field: Field) -> list[str]:
        """Yes and no: whether a class occurs."""
        return [] if len(field.items("classes")) > MAX_UNITS else ["yes", "no"]

    def votes(self, value: Json, field: Field) -> list[Vote]:
        """A unit per class (up to 200): does it occur? A coarse reading; places are compared by distance."""
        if not self.codes(field):
            return []
        present = {str(region["class"]) for region in as_regions(value)}
        return [Vote(name, "yes" if name in present else "no") for name in field.names("classes")]

    def labels(self, value: Json, field: Field) -> list[str]:
        """The classes that occur, in the ontology's order."""
        present = {str(region["class"]) for region in as_regions(value)}
        return [name for name in field.names("classes") if name in present]

    def merge(
        self,
        values: Sequence[Json],
        trust: Sequence[float],
        posterior: Posterior | None,
        field: Field,
    ) -> Merged:
        """Regions that people with at least half of the weight drew, averaged. See `merge_regions`."""
        return merge_regions(self, [as_regions(value) for value in values], trust, field)

    def learner(self, field: Field) -> RegionLearner:
        """Learns what everybody overlooks and invents, and how exactly they draw."""
        return RegionLearner(self, field)

    def merge_known(self, cases: Sequence[Case], crowd: Crowd, field: Field) -> list[Merged]:
        """The objects of the set of greatest expected F1 over the project, however many drew them.

        Confidence is the expected F1 of the task; `existence` has every object's own probability. Places and
        classes weigh by what everybody's are worth; attributes are merged one by one. Equal values come back
        as they are, with the first person's ids; else ids are m1, m2, … in the order of first drawing.
        """
        return merge_known(self, cases, crowd, field)

    def corrupt(self, value: Json, field: Field, rng: Random, media: ItemMedia | None = None) -> Json:
        """A wrong class, a region in the wrong place, one too few or one too many."""
        spoiled = spoil_regions(self, as_regions(value), field, rng, media)
        return None if spoiled is None else list[Json](spoiled)

    def shapes(self, value: Json) -> list[Shape]:
        """See LabelType."""
        return [self.shape(region) for region in as_regions(value)]

    def ids(self, value: Json) -> list[str]:
        """See LabelType."""
        return [str(region["id"]) for region in as_regions(value)]

    def with_ids(self, value: Json, ids: Mapping[str, str]) -> Json:
        """See LabelType."""
        return [
            {**region, "id": ids.get(str(region["id"]), str(region["id"]))} for region in as_regions(value)
        ]


def _relaxed_class(item: JsonObject) -> Json:
    fields = attribute_fields(item)
    if not fields:
        return item
    loose = [replace(registry.get_type(field.type).relaxed(field), required=False) for field in fields]
    return {**item, "attributes": [field.to_json() for field in loose]}


def _clean_class(raw: Json, classes: Mapping[str, object], path: str) -> str:
    if not isinstance(raw, str):
        raise Invalid.at(path, "must be the name of a class")
    if raw not in classes:
        raise Invalid.at(path, f'"{raw[:100]}" is not a class')
    return raw


def _check_ids(items: Sequence[Json], path: str, problems: Problems) -> None:
    seen: dict[str, int] = {}
    for index, item in enumerate(items):
        region_id = item.get("id") if isinstance(item, dict) else None
        if isinstance(region_id, str) and seen.setdefault(region_id, index) != index:
            problems.add(
                f"{path}[{index}].id",
                f'"{region_id}" is already used by {path}[{seen[region_id]}]',
            )


def _same_class(as_: Sequence[JsonObject], bs: Sequence[JsonObject]) -> Floats:
    codes: dict[str, int] = {}
    left, right = (
        np.array([codes.setdefault(str(region["class"]), len(codes)) for region in side])
        for side in (as_, bs)
    )
    return np.asarray(left[:, None] == right[None, :], dtype=np.float64)
