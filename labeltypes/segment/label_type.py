"""The type `segment`: its settings and geometry. Regions in general are in `labeltypes.regions`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import ClassVar, get_args

import numpy as np

from labeltypes.base import Field, ItemMedia, JsonObject, Shape
from labeltypes.checks import Problems, need_one_of
from labeltypes.ranges import Overlap, check_ranges
from labeltypes.region_crowd import (
    ByPerson,
    Columns,
    Objects,
    noise_figure,
    packed_regions,
    region_figures,
    unpacked_regions,
)
from labeltypes.region_merge import Drawn
from labeltypes.region_values import attributes_of
from labeltypes.regions import MAX_REGIONS, RegionType, regions_schema
from labeltypes.segment.geometry import (
    between,
    clean_ends,
    cut_free,
    ends_of,
    in_milliseconds,
    length_of,
    whole_milliseconds,
)
from labeltypes.settings import Check, integer, number
from stats.arrays import Codes, Floats
from stats.regions.detection import Drawings, RegionModel
from stats.regions.iou import span_iou
from stats.segments.boundaries import boundaries_under
from stats.segments.consensus import fit_segments, segment_drawings, segments_under

OVERLAPS: tuple[str, ...] = get_args(Overlap)
TOUCH = 5e-4  # ends in milliseconds are one boundary if they are the same


class Segment(RegionType[RegionModel]):
    """A list of `{"id", "class", "start", "end", "attributes"?}`, half-open, in seconds."""

    kind: ClassVar[str] = "segment"
    media: ClassVar[frozenset[str]] = frozenset({"audio"})
    geometry: ClassVar[tuple[str, ...]] = ("start", "end")

    def settings_schema(self) -> JsonObject:
        """See LabelType."""
        return regions_schema(
            {
                "overlap": {"enum": list(OVERLAPS), "default": "never"},
                "min_seconds": {"type": "number", "minimum": 0, "default": 0},
                "max_count": {"type": "integer", "minimum": 1, "maximum": MAX_REGIONS},
            }
        )

    def clean_settings(self, raw: JsonObject, path: str) -> JsonObject:
        """See LabelType. `overlap`: `classes` allows it between different ones."""
        checks: dict[str, Check] = {
            "overlap": lambda value, where: need_one_of(value, OVERLAPS, where),
            "min_seconds": number(0),
            "max_count": integer(1, MAX_REGIONS),
        }
        return self.read_settings(raw, path, checks, {"overlap": "never", "min_seconds": 0})

    def relaxed(self, field: Field) -> Field:
        """See LabelType."""
        return super().relaxed(field).with_settings(min_seconds=0)

    def clean_geometry(self, raw: JsonObject, field: Field, media: ItemMedia | None, path: str) -> JsonObject:
        """0 <= start < end <= seconds of the recording, if they are known, and not too near each other."""
        seconds = media.seconds if media else None
        start, end = clean_ends(raw, seconds, field.number("min_seconds") or 0, path)
        return {"start": start, "end": end}

    def check_together(self, regions: Sequence[JsonObject], field: Field, problems: Problems) -> None:
        """No two overlap unless `overlap` allows it; never the same ends twice with one class."""
        check_ranges(regions, ends_of, _overlap(field), field.name, problems)

    def overlaps(self, as_: Sequence[JsonObject], bs: Sequence[JsonObject]) -> Floats:
        """IoU in time."""
        return span_iou([ends_of(region) for region in as_], [ends_of(region) for region in bs])

    def extent(self, region: JsonObject) -> tuple[float, float]:
        """From start to end."""
        return ends_of(region)

    def fuse(self, regions: Sequence[JsonObject], weights: Sequence[float]) -> JsonObject:
        """Weighted means of the starts and of the ends."""
        drawn = [Drawn(place, weights[place], region) for place, region in enumerate(regions)]
        return self.fuse_all([drawn])[0]

    def fuse_all(self, clusters: Sequence[Sequence[Drawn]]) -> list[JsonObject]:
        """Where one ends as the next begins, people's boundaries are one. See `stats.segments.boundaries`."""
        drawn = [
            (number, each.person, each.weight, *ends_of(each.region))
            for number, cluster in enumerate(clusters)
            for each in cluster
        ]
        if not drawn:
            return []
        cluster, person, weight, *ends = zip(*drawn, strict=True)
        trust = np.zeros(max(person) + 1)
        trust[list(person)] = weight
        marks = _Marks(
            worker=np.array(person, dtype=np.int32),
            place=np.array(ends, dtype=np.float64).T,
            cluster=np.array(cluster, dtype=np.int32),
            cluster_task=np.zeros(len(clusters), dtype=np.int32),
        )
        found = boundaries_under(marks, np.ones(trust.size), trust, touch=TOUCH)
        return [between(start, end) for start, end in found.time.tolist()]

    def beside(self, region: JsonObject, kept: Sequence[JsonObject], field: Field) -> JsonObject | None:
        """Without what lies over others: averages of neighbors may reach into each other."""
        return cut_free(region, kept, _overlap(field), field.number("min_seconds") or 0)

    def place(self, region: JsonObject) -> tuple[float, ...]:
        """Start and end."""
        return ends_of(region)

    def fitted(self, columns: Columns) -> RegionModel:
        """See `stats.segments.consensus`."""
        return fit_segments(_drawings(columns), np.ones(columns.n_people), touch=TOUCH)

    def objects(self, model: RegionModel, columns: Columns) -> Objects:
        """One object per cluster, between boundaries weighted by everybody's exactness."""
        found, bounds = segments_under(model, _drawings(columns), np.ones(columns.n_people), touch=TOUCH)

        def located(row: int) -> JsonObject:
            start, end = bounds.time[row].tolist()
            return between(start, end)

        each = np.arange(found.task.size, dtype=np.int32)
        return Objects(
            found.task, located, found.label, found.probability, found.kept,
            each, found.cluster, found.cluster, found.existence.unseen,
        )  # fmt: skip

    def packed(self, model: RegionModel) -> tuple[dict[str, Floats], JsonObject]:
        """See RegionType."""
        return packed_regions(model)

    def unpacked(self, people: ByPerson, rest: JsonObject, class_share: Floats) -> RegionModel:
        """See RegionType."""
        return unpacked_regions(people, rest, class_share)

    def figures(self, model: RegionModel) -> Mapping[str, tuple[Floats, Floats, Floats]]:
        """Also `boundary`: how far off a person's starts and ends are, in seconds."""
        return {**region_figures(model), "boundary": noise_figure(model)}

    def moved(
        self, region: JsonObject, rng: Random, media: ItemMedia | None, *, far: bool
    ) -> JsonObject | None:
        """A third to nine tenths of its length away, or anywhere in the recording."""
        start, end = ends_of(region)
        length = length_of(start, end)
        known = media.seconds if media else None
        most = end + 2 * length if known is None else whole_milliseconds(known) - length
        step = length * rng.uniform(1 / 3, 0.9) * rng.choice((-1, 1))
        at = rng.uniform(0, most) if far else start + step
        at = in_milliseconds(min(max(0.0, at), max(0.0, most)))
        return {**region, "start": at, "end": in_milliseconds(at + length)}

    def shape(self, region: JsonObject) -> Shape:
        """An interval: start, end."""
        ends = ends_of(region)
        return Shape("interval", str(region["class"]), ends, str(region["id"]), attributes_of(region))


@dataclass(frozen=True, eq=False)
class _Marks:
    """See `stats.segments.boundaries.Clustered`."""

    worker: Codes
    place: Floats
    cluster: Codes
    cluster_task: Codes


def _drawings(columns: Columns) -> Drawings:
    return segment_drawings(
        columns.task, columns.person, columns.place.reshape(-1, 2), columns.label,
        n_tasks=columns.n_tasks, n_workers=columns.n_people, n_classes=columns.n_classes,
        views=(columns.view_task, columns.view_person),
    )  # fmt: skip


def _overlap(field: Field) -> Overlap:
    wanted = field.settings.get("overlap")
    if wanted == "classes":
        return "classes"
    return "always" if wanted == "always" else "never"
