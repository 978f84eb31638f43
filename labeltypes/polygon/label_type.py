"""The type `polygon`: its settings and geometry. Regions in general are in `labeltypes.regions`."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from random import Random
from typing import ClassVar

import numpy as np

from labeltypes.base import Field, ItemMedia, Json, JsonObject, Shape
from labeltypes.checks import child, decimals
from labeltypes.image_regions import ImageRegionType, elsewhere
from labeltypes.polygon.geometry import clean_outline
from labeltypes.region_values import attributes_of
from labeltypes.regions import MAX_REGIONS, regions_schema
from labeltypes.settings import Check, integer
from stats.arrays import Floats
from stats.regions.outlines import fuse_polygons
from stats.regions.polygons import as_polygon, polygon_iou_table

DECIMALS = 2  # of fused points, as browsers draw them


class Polygon(ImageRegionType):
    """A list of `{"id", "class", "polygon": [[x, y], …], "attributes"?}`, in pixels."""

    kind: ClassVar[str] = "polygon"
    geometry: ClassVar[tuple[str, ...]] = ("polygon",)

    def settings_schema(self) -> JsonObject:
        """See LabelType."""
        return regions_schema(
            {
                "max_count": {"type": "integer", "minimum": 1, "maximum": MAX_REGIONS},
            }
        )

    def clean_settings(self, raw: JsonObject, path: str) -> JsonObject:
        """See LabelType."""
        checks: dict[str, Check] = {"max_count": integer(1, MAX_REGIONS)}
        return self.read_settings(raw, path, checks, {})

    def clean_geometry(self, raw: JsonObject, field: Field, media: ItemMedia | None, path: str) -> JsonObject:
        """3 to 1,000 points of an outline that does not cross itself, at most half a pixel outside."""
        size = (media.width, media.height) if media and media.width and media.height else None
        return {"polygon": _json(clean_outline(raw.get("polygon"), size, child(path, "polygon")))}

    def overlaps(self, as_: Sequence[JsonObject], bs: Sequence[JsonObject]) -> Floats:
        """IoU of areas."""
        return polygon_iou_table([_polygon(region) for region in as_], [_polygon(region) for region in bs])

    def extent(self, region: JsonObject) -> tuple[float, float]:
        """From the leftmost to the rightmost point."""
        left, _, right, _ = self.place(region)
        return left, right

    def fuse(self, regions: Sequence[JsonObject], weights: Sequence[float]) -> JsonObject:
        """One outline: weighted medians along the way around. See `fuse_polygons`."""
        return self._fused([_polygon(region) for region in regions], np.array(weights, dtype=np.float64))

    def fused(self, drawings: Sequence[JsonObject], place: Floats) -> JsonObject:
        """The same; all weigh alike, as weights by exactness were measured to gain nothing for outlines."""
        return self._fused([_polygon(region) for region in drawings], np.ones(len(drawings)))

    def _fused(self, polygons: Sequence[Floats], weights: Floats) -> JsonObject:
        outline = fuse_polygons(polygons, weights)
        if outline is None:
            raise ValueError("no polygons to merge")
        if any(np.array_equal(outline, each) for each in polygons):
            return {"polygon": outline.tolist()}
        with contextlib.suppress(ValueError):  # so small that rounding makes it cross itself
            outline = as_polygon(outline.round(DECIMALS), "outline")
        return {"polygon": outline.tolist()}

    def place(self, region: JsonObject) -> tuple[float, ...]:
        """The left, upper, right and lower end."""
        polygon = _polygon(region)
        left, top = polygon.min(axis=0).tolist()
        right, bottom = polygon.max(axis=0).tolist()
        return left, top, right, bottom

    def moved(
        self, region: JsonObject, rng: Random, media: ItemMedia | None, *, far: bool
    ) -> JsonObject | None:
        """A third to nine tenths of its size away, or anywhere in the image; as many decimals as before."""
        polygon = _polygon(region)
        left, top, right, bottom = self.place(region)
        places = max(map(decimals, polygon.ravel().tolist()))
        x, y = elsewhere((left, top, right - left, bottom - top), rng, media, far=far, places=places)
        points = (polygon + np.array([x - left, y - top])).round(places)
        if media is not None and media.width and media.height:  # rounding may carry it over the edge
            points = points.clip([0.0, 0.0], [media.width, media.height])
        return {**region, "polygon": points.tolist()}

    def drawn(self, shape: Shape) -> JsonObject | None:
        """Of an outline."""
        if shape.kind != "polygon":
            return None
        return {"polygon": [list(point) for point in zip(shape.coords[::2], shape.coords[1::2], strict=True)]}

    def shape(self, region: JsonObject) -> Shape:
        """A polygon: x1, y1, x2, y2, …; formats that know boxes alone take the one around it."""
        coords = tuple(_polygon(region).ravel().tolist())
        return Shape("polygon", str(region["class"]), coords, str(region["id"]), attributes_of(region))


def _polygon(region: JsonObject) -> Floats:
    return np.array(region["polygon"], dtype=np.float64)


def _json(points: Sequence[tuple[float, float]]) -> Json:
    return [[x, y] for x, y in points]
