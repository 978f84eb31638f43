"""The type `mask`: its settings and geometry. Regions in general are in `labeltypes.regions`."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import ClassVar

import numpy as np

from labeltypes.base import Field, ItemMedia, JsonObject, RunLengths, Shape
from labeltypes.checks import Problems, child
from labeltypes.image_regions import ImageRegionType, elsewhere
from labeltypes.mask.geometry import MAX_COUNTS, as_json, clean_mask, counts_in, mask_of
from labeltypes.region_values import attributes_of
from labeltypes.regions import MAX_REGIONS, regions_schema
from labeltypes.settings import Check, integer
from stats.arrays import Floats
from stats.regions.run_lengths import fuse_runs, run_iou_table


class Mask(ImageRegionType):
    """A list of `{"id", "class", "mask": {"size": [height, width], "counts"}, "attributes"?}`."""

    kind: ClassVar[str] = "mask"
    geometry: ClassVar[tuple[str, ...]] = ("mask",)

    def settings_schema(self) -> JsonObject:
        """See LabelType."""
        return regions_schema({"max_count": {"type": "integer", "minimum": 1, "maximum": MAX_REGIONS}})

    def clean_settings(self, raw: JsonObject, path: str) -> JsonObject:
        """See LabelType."""
        checks: dict[str, Check] = {"max_count": integer(1, MAX_REGIONS)}
        return self.read_settings(raw, path, checks, {})

    def clean_geometry(self, raw: JsonObject, field: Field, media: ItemMedia | None, path: str) -> JsonObject:
        """At least one pixel, of the image's size."""
        size = (media.height, media.width) if media and media.width and media.height else None
        return {"mask": clean_mask(raw.get("mask"), size, child(path, "mask"))}

    def check_together(self, regions: Sequence[JsonObject], field: Field, problems: Problems) -> None:
        """All masks of an answer together are not too long."""
        total = sum(len(counts_in(region)) for region in regions)
        if total > MAX_COUNTS:
            problems.add(field.name, f"has masks of {total:,} characters, at most {MAX_COUNTS:,} are allowed")

    def overlaps(self, as_: Sequence[JsonObject], bs: Sequence[JsonObject]) -> Floats:
        """IoU of pixels."""
        left = [mask_of(region) for region in as_]
        return run_iou_table(left, left if as_ is bs else [mask_of(region) for region in bs])

    def extent(self, region: JsonObject) -> tuple[float, float]:
        """From the leftmost to the rightmost pixel."""
        left, _, right, _ = self.place(region)
        return left, right

    def fuse(self, regions: Sequence[JsonObject], weights: Sequence[float]) -> JsonObject:
        """The pixels that more than half of the weight has. See `fuse_runs`."""
        if all(region["mask"] == regions[0]["mask"] for region in regions):
            return {"mask": regions[0]["mask"]}
        fused = fuse_runs([mask_of(region) for region in regions], np.array(weights, dtype=np.float64))
        if fused is None:
            raise ValueError("no masks to merge")
        return {"mask": as_json(fused)}

    def fused(self, drawings: Sequence[JsonObject], place: Floats) -> JsonObject:
        """The same; all weigh alike."""
        return self.fuse(drawings, [1.0] * len(drawings))

    def place(self, region: JsonObject) -> tuple[float, ...]:
        """The left, upper, right and lower end of its pixels."""
        left, top, right, bottom = mask_of(region).box
        return float(left), float(top), float(right), float(bottom)

    def moved(
        self, region: JsonObject, rng: Random, media: ItemMedia | None, *, far: bool
    ) -> JsonObject | None:
        """A third to nine tenths of its size away, or anywhere in the image; None where that is here."""
        mask = mask_of(region)
        left, top, right, bottom = mask.box
        image = ItemMedia("image", width=mask.width, height=mask.height)
        x, y = elsewhere((left, top, right - left, bottom - top), rng, image, far=far, places=0)
        if (x, y) == (left, top):
            return None
        return {**region, "mask": as_json(mask.moved(int(x) - left, int(y) - top))}

    def drawn(self, shape: Shape) -> JsonObject | None:
        """Of run lengths."""
        if shape.mask is None:
            return None
        return {"mask": {"size": list(shape.mask.size), "counts": shape.mask.counts}}

    def shape(self, region: JsonObject) -> Shape:
        """A mask, with the box around it for formats that know boxes alone."""
        mask = mask_of(region)
        left, top, right, bottom = mask.box
        box = tuple(map(float, (left, top, right - left, bottom - top)))
        runs = RunLengths((mask.height, mask.width), counts_in(region))
        return Shape("mask", str(region["class"]), box, str(region["id"]), attributes_of(region), runs)
