"""The type `box`: its settings and geometry. Regions in general are in `labeltypes.regions`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random
from typing import ClassVar

import numpy as np

from labeltypes.base import Field, ItemMedia, JsonObject, Shape
from labeltypes.box.geometry import clamped, clean_box
from labeltypes.checks import Problems, child, decimals
from labeltypes.region_crowd import (
    ByPerson,
    Columns,
    Objects,
    noise_figure,
    packed_regions,
    region_figures,
    unpacked_regions,
)
from labeltypes.region_values import attributes_of
from labeltypes.regions import CLASSES_SCHEMA, MAX_REGIONS, RegionType
from labeltypes.settings import integer, number, read_settings
from stats.arrays import Floats
from stats.regions.detection import Drawings, RegionModel, drawings, fit_regions, regions_under
from stats.regions.fusion import fuse_boxes
from stats.regions.iou import box_iou, corners


class Box(RegionType[RegionModel]):
    """A list of `{"id", "class", "box": [x, y, width, height], "attributes"?}`, in pixels."""

    kind: ClassVar[str] = "box"
    media: ClassVar[frozenset[str]] = frozenset({"image"})
    geometry: ClassVar[tuple[str, ...]] = ("box",)

    def settings_schema(self) -> JsonObject:
        """See LabelType."""
        return {
            "type": "object",
            "required": ["classes"],
            "properties": {
                "classes": CLASSES_SCHEMA,
                "min_size": {"type": "number", "minimum": 0, "default": 1},
                "max_count": {"type": "integer", "minimum": 1, "maximum": MAX_REGIONS},
            },
        }

    def clean_settings(self, raw: JsonObject, path: str) -> JsonObject:
        """See LabelType. `min_size` is the least width and height in pixels."""
        problems = Problems()
        settings = read_settings(
            raw,
            path,
            {
                "classes": self.clean_classes,
                "min_size": number(0),
                "max_count": integer(1, MAX_REGIONS),
            },
            problems,
            defaults={"classes": [], "min_size": 1},
        )
        if raw.get("classes") is None:
            problems.add(child(path, "classes"), "must be a list")
        problems.raise_if_any()
        return settings

    def relaxed(self, field: Field) -> Field:
        """See LabelType."""
        return super().relaxed(field).with_settings(min_size=0)

    def clean_geometry(self, raw: JsonObject, field: Field, media: ItemMedia | None, path: str) -> JsonObject:
        """Refused more than half a pixel outside the image, else cut to it; at least `min_size` each way."""
        where = child(path, "box")
        x, y, width, height = clean_box(raw.get("box"), where)
        if media is not None and media.width and media.height:
            x, width = clamped(x, width, media.width, (f"{where}[0]", f"{where}[2]"), "wide")
            y, height = clamped(y, height, media.height, (f"{where}[1]", f"{where}[3]"), "high")
        least = field.number("min_size") or 0
        problems = Problems()
        for index, size in ((2, width), (3, height)):
            if size <= 0:
                problems.add(f"{where}[{index}]", "must be > 0")
            elif size < least:
                problems.add(f"{where}[{index}]", f"must be >= {least:g}")
        problems.raise_if_any()
        return {"box": [x, y, width, height]}

    def overlaps(self, as_: Sequence[JsonObject], bs: Sequence[JsonObject]) -> Floats:
        """IoU of areas."""
        return box_iou(
            corners([_box(region) for region in as_]),
            corners([_box(region) for region in bs]),
        )

    def extent(self, region: JsonObject) -> tuple[float, float]:
        """From the left to the right edge."""
        x, _, width, _ = _box(region)
        return x, x + width

    def fuse(self, regions: Sequence[JsonObject], weights: Sequence[float]) -> JsonObject:
        """Weighted mean of the coordinates (weighted boxes fusion)."""
        fused = fuse_boxes([_box(region) for region in regions], weights)
        if fused is None:
            raise ValueError("no boxes to merge")
        return {"box": list(fused.box)}

    def place(self, region: JsonObject) -> tuple[float, ...]:
        """The left, upper, right and lower edge."""
        x, y, width, height = _box(region)
        return x, y, x + width, y + height

    def placed(self, place: Sequence[float]) -> JsonObject:
        """See RegionType."""
        left, top, right, bottom = place
        return {"box": [left, top, right - left, bottom - top]}

    def fitted(self, columns: Columns) -> RegionModel:
        """See `stats.regions.detection`."""
        return fit_regions(_drawings(columns))

    def objects(self, model: RegionModel, columns: Columns) -> Objects:
        """One object per cluster, where precision-weighted drawings put it, of the most probable class."""
        found = regions_under(model, _drawings(columns))
        each = np.arange(found.task.size, dtype=np.int32)
        return Objects(
            found.task, found.coordinates, found.label, found.probability, found.kept,
            each, found.cluster, found.cluster, found.existence.unseen,
        )  # fmt: skip

    def packed(self, model: RegionModel) -> tuple[dict[str, Floats], JsonObject]:
        """See RegionType."""
        return packed_regions(model)

    def unpacked(self, people: ByPerson, rest: JsonObject, class_share: Floats) -> RegionModel:
        """See RegionType."""
        return unpacked_regions(people, rest, class_share)

    def figures(self, model: RegionModel) -> Mapping[str, tuple[Floats, Floats, Floats]]:
        """See RegionType."""
        return {**region_figures(model), "noise": noise_figure(model)}

    def moved(
        self, region: JsonObject, rng: Random, media: ItemMedia | None, *, far: bool
    ) -> JsonObject | None:
        """A third to nine tenths of its size away, or anywhere in the image; as many decimals as before."""
        x, y, width, height = _box(region)
        most_x = media.width - width if media and media.width else x + 3 * width
        most_y = media.height - height if media and media.height else y + 3 * height
        if far:
            x, y = rng.uniform(0, most_x), rng.uniform(0, most_y)
        else:
            x += width * rng.uniform(1 / 3, 0.9) * rng.choice((-1, 1))
            y += height * rng.uniform(0, 1 / 3) * rng.choice((-1, 1))
        places = max(map(decimals, _box(region)))
        x, y = (round(min(max(0.0, at), most), places) for at, most in ((x, most_x), (y, most_y)))
        if media is not None and media.width and media.height:  # rounding may carry it over the edge
            x, width = clamped(x, width, media.width, ("box[0]", "box[2]"), "wide")
            y, height = clamped(y, height, media.height, ("box[1]", "box[3]"), "high")
        return {**region, "box": [x, y, width, height]}

    def shape(self, region: JsonObject) -> Shape:
        """A bounding box: x, y, width, height."""
        return Shape(
            "bbox",
            str(region["class"]),
            _box(region),
            str(region["id"]),
            attributes_of(region),
        )


def _drawings(columns: Columns) -> Drawings:
    return drawings(
        columns.task, columns.person, columns.place, columns.label,
        n_tasks=columns.n_tasks, n_workers=columns.n_people, n_classes=columns.n_classes,
        views=(columns.view_task, columns.view_person),
    )  # fmt: skip


def _box(region: JsonObject) -> tuple[float, ...]:
    box = region["box"]
    if not isinstance(box, list):
        raise TypeError(f"{region!r} is not a clean box")
    return tuple(float(value) for value in box if isinstance(value, int | float))
