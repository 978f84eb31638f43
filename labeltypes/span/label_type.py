"""The type `span`: its settings and geometry. Regions in general are in `labeltypes.regions`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from random import Random
from typing import ClassVar

import numpy as np

from labeltypes.base import Field, Invalid, ItemMedia, JsonObject, Shape
from labeltypes.checks import Problems, child, need_between, need_integer, need_one_of
from labeltypes.ranges import Overlap, check_ranges, stands_apart
from labeltypes.region_crowd import (
    ByPerson,
    Columns,
    Objects,
    packed_regions,
    region_figures,
    unpacked_regions,
)
from labeltypes.region_values import attributes_of
from labeltypes.regions import RegionType, regions_schema
from labeltypes.settings import Check, boolean
from labeltypes.voting import first_breaks_ties
from stats.arrays import Codes, Floats
from stats.regions.iou import span_iou
from stats.regions.spans import median_span
from stats.spans.clusters import SpanModel, candidates_under, fit_spans, span_drawings
from stats.spans.marks import Marks, marks

SNAPS = ("none", "word")
WORD = re.compile(r"\w+")


class Span(RegionType[SpanModel]):
    """A list of `{"id", "class", "start", "end", "attributes"?}`.

    Half-open, in code points of the text as imported: exactly the indexes of a Python string.
    """

    kind: ClassVar[str] = "span"
    media: ClassVar[frozenset[str]] = frozenset({"text"})
    geometry: ClassVar[tuple[str, ...]] = ("start", "end")

    def settings_schema(self) -> JsonObject:
        """See LabelType."""
        return regions_schema(
            {
                "overlap": {"type": "boolean", "default": False},
                "snap": {"enum": list(SNAPS), "default": "none"},
            }
        )

    def clean_settings(self, raw: JsonObject, path: str) -> JsonObject:
        """See LabelType. `snap` concerns the browser only: the server takes any range."""
        checks: dict[str, Check] = {
            "overlap": boolean,
            "snap": lambda value, where: need_one_of(value, SNAPS, where),
        }
        return self.read_settings(raw, path, checks, {"overlap": False, "snap": "none"})

    def clean_geometry(self, raw: JsonObject, field: Field, media: ItemMedia | None, path: str) -> JsonObject:
        """0 <= start < end <= length of the text, if the text is known."""
        problems = Problems()
        ends: dict[str, int] = {}
        for key in self.geometry:
            with problems.collect():
                ends[key] = need_integer(raw.get(key), child(path, key))
        problems.raise_if_any()
        start, end = ends["start"], ends["end"]
        need_between(start, child(path, "start"), least=0)
        if end <= start:
            raise Invalid.at(child(path, "end"), f"must be > start ({start})")
        text = media.text if media else None
        if text is not None and end > len(text):
            raise Invalid.at(child(path, "end"), f"must be <= {len(text)}, the length of the text")
        return {"start": start, "end": end}

    def check_together(self, regions: Sequence[JsonObject], field: Field, problems: Problems) -> None:
        """No two spans overlap unless `overlap` is set; never the same range twice with one class."""
        check_ranges(regions, _ends, _overlap(field), field.name, problems)

    def overlaps(self, as_: Sequence[JsonObject], bs: Sequence[JsonObject]) -> Floats:
        """IoU in characters."""
        return span_iou([_ends(region) for region in as_], [_ends(region) for region in bs])

    def extent(self, region: JsonObject) -> tuple[float, float]:
        """From start to end."""
        return _ends(region)

    def fuse(self, regions: Sequence[JsonObject], weights: Sequence[float]) -> JsonObject:
        """Weighted medians of the starts and of the ends, always places that somebody marked."""
        median = median_span([_ends(region) for region in regions], first_breaks_ties(weights))
        if median is None:
            raise ValueError("no spans to merge")
        return {"start": int(median[0]), "end": int(median[1])}

    def compatible(self, region: JsonObject, kept: Sequence[JsonObject], field: Field) -> bool:
        """See RegionType: the rules of `check_together`."""
        return stands_apart(region, kept, _ends, _overlap(field))

    def place(self, region: JsonObject) -> tuple[float, ...]:
        """Start and end."""
        return _ends(region)

    def fitted(self, columns: Columns) -> SpanModel:
        """See `stats.spans.clusters`."""
        marked, _ = _marks(columns)
        return fit_spans(marked, span_drawings(marked))

    def objects(self, model: SpanModel, columns: Columns) -> Objects:
        """Every distinct span is an object of its own; those of a cluster exclude each other."""
        marked, of_drawing = _marks(columns)
        drawn = span_drawings(marked)
        found = candidates_under(model, marked, drawn)
        kept = found.probability >= model.threshold - 1e-12

        def located(row: int) -> JsonObject:
            return {"start": int(found.start[row]), "end": int(found.end[row])}

        return Objects(
            found.task, located, found.label, found.probability, kept, found.cluster,
            found.of_mark[of_drawing], drawn.cluster[of_drawing], found.unseen,
        )  # fmt: skip

    def packed(self, model: SpanModel) -> tuple[dict[str, Floats], JsonObject]:
        """See RegionType."""
        by_person, rest = packed_regions(model.regions)
        return {**by_person, "ends": model.ends, "kinds": model.kinds}, {**rest, "threshold": model.threshold}

    def unpacked(self, people: ByPerson, rest: JsonObject, class_share: Floats) -> SpanModel:
        """See RegionType."""
        regions = unpacked_regions(people, rest, class_share)
        return SpanModel(regions, people["ends"], people["kinds"], regions.threshold)

    def figures(self, model: SpanModel) -> Mapping[str, tuple[Floats, Floats, Floats]]:
        """See RegionType."""
        return region_figures(model.regions)

    def moved(
        self, region: JsonObject, rng: Random, media: ItemMedia | None, *, far: bool
    ) -> JsonObject | None:
        """A word more or less at one end, or another word of the text; without the text its first half."""
        start, end = _ends(region)
        if media is None or media.text is None:
            half = (start + end) // 2
            return {**region, "end": half} if half > start and not far else None
        words = [match.span() for match in WORD.finditer(media.text)]
        if far:
            found = [word for word in words if word[1] <= start or word[0] >= end]
        else:
            begins = {begin for begin, _ in words if begin < end} - {start}
            finishes = {finish for _, finish in words if finish > start} - {end}
            near = sorted(begins, key=lambda at: abs(at - start))[:2]
            after = sorted(finishes, key=lambda at: abs(at - end))[:2]
            found = [(begin, end) for begin in near] + [(start, finish) for finish in after]
        if not found:
            return None
        start, end = rng.choice(found)
        return {**region, "start": start, "end": end}

    def shape(self, region: JsonObject) -> Shape:
        """A span: start, end."""
        start, end = _ends(region)
        return Shape(
            "span",
            str(region["class"]),
            (start, end),
            str(region["id"]),
            attributes_of(region),
        )


def _marks(columns: Columns) -> tuple[Marks, Codes]:
    """The spans as `stats.spans` takes them: sorted, once each; and where each drawing is among them."""
    ends = columns.place.reshape(-1, 2).astype(np.int32)
    length = np.zeros(columns.n_tasks, dtype=np.int32)
    np.maximum.at(length, columns.task, ends[:, 1])
    marked = marks(
        columns.task, columns.person, ends[:, 0], ends[:, 1], columns.label,
        n_workers=columns.n_people, n_classes=columns.n_classes, length=length,
        views=(columns.view_task, columns.view_person),
    )  # fmt: skip
    whole = np.stack([columns.task, columns.person, ends[:, 0], ends[:, 1], columns.label])
    _, place = np.unique(whole, axis=1, return_inverse=True)
    return marked, place.reshape(-1).astype(np.int32)


def _overlap(field: Field) -> Overlap:
    return "always" if field.flag("overlap") else "never"


def _ends(region: JsonObject) -> tuple[int, int]:
    start, end = region["start"], region["end"]
    if not isinstance(start, int) or not isinstance(end, int):
        raise TypeError(f"{region!r} is not a clean span")
    return start, end
