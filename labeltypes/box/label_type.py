"""The type `box`: its settings and geometry. Regions in general are in `labeltypes.regions`."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import ClassVar

from labeltypes.base import Field, ItemMedia, JsonObject, Shape
from labeltypes.box.geometry import clamped, clean_box
from labeltypes.checks import Problems, child, decimals
from labeltypes.image_regions import ImageRegionType, elsewhere
from labeltypes.region_values import attributes_of
from labeltypes.regions import MAX_REGIONS, regions_schema
from labeltypes.settings import Check, integer, number
from stats.arrays import Floats
from stats.regions.fusion import fuse_boxes
from stats.regions.iou import box_iou, corners


class Box(ImageRegionType):
    """A list of `{"id", "class", "box": [x, y, width, height], "attributes"?}`, in pixels."""

    kind: ClassVar[str] = "box"
    geometry: ClassVar[tuple[str, ...]] = ("box",)

    def settings_schema(self) -> JsonObject:
        """See LabelType."""
        return regions_schema(
            {
                "min_size": {"type": "number", "minimum": 0, "default": 1},
                "max_count": {"type": "integer", "minimum": 1, "maximum": MAX_REGIONS},
            }
        )

    def clean_settings(self, raw: JsonObject, path: str) -> JsonObject:
        """See LabelType. `min_size` is the least width and height in pixels."""
        checks: dict[str, Check] = {"min_size": number(0), "max_count": integer(1, MAX_REGIONS)}
        return self.read_settings(raw, path, checks, {"min_size": 1})

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

    def fused(self, drawings: Sequence[JsonObject], place: Floats) -> JsonObject:
        """Where the weighted mean of the edges is."""
        left, top, right, bottom = place.tolist()
        return {"box": [left, top, right - left, bottom - top]}

    def moved(
        self, region: JsonObject, rng: Random, media: ItemMedia | None, *, far: bool
    ) -> JsonObject | None:
        """A third to nine tenths of its size away, or anywhere in the image; as many decimals as before."""
        x, y, width, height = _box(region)
        x, y = elsewhere(_box(region), rng, media, far=far, places=max(map(decimals, _box(region))))
        if media is not None and media.width and media.height:  # rounding may carry it over the edge
            x, width = clamped(x, width, media.width, ("box[0]", "box[2]"), "wide")
            y, height = clamped(y, height, media.height, ("box[1]", "box[3]"), "high")
        return {**region, "box": [x, y, width, height]}

    def drawn(self, shape: Shape) -> JsonObject | None:
        """Of a bounding box."""
        return {"box": list(shape.coords)} if shape.kind == "bbox" else None

    def shape(self, region: JsonObject) -> Shape:
        """A bounding box: x, y, width, height."""
        return Shape(
            "bbox",
            str(region["class"]),
            _box(region),
            str(region["id"]),
            attributes_of(region),
        )


def _box(region: JsonObject) -> tuple[float, ...]:
    box = region["box"]
    if not isinstance(box, list):
        raise TypeError(f"{region!r} is not a clean box")
    return tuple(float(value) for value in box if isinstance(value, int | float))
