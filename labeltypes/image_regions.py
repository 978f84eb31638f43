"""What boxes and polygons share: objects of a project found by existence, place and class of drawings."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from random import Random
from typing import ClassVar

import numpy as np

from labeltypes.base import ItemMedia, JsonObject
from labeltypes.region_crowd import (
    ByPerson,
    Columns,
    Objects,
    noise_figure,
    packed_regions,
    region_figures,
    unpacked_regions,
)
from labeltypes.regions import RegionType
from stats.arrays import Codes, Floats
from stats.regions.detection import Drawings, RegionModel, drawings, fit_regions, regions_under

OUTSIDE = 0.5  # pixels a region may stick out, as browsers round; what is more was not drawn on this image


class ImageRegionType(RegionType[RegionModel]):
    """Regions with an area, in pixels of the full-size image."""

    media: ClassVar[frozenset[str]] = frozenset({"image"})

    @abstractmethod
    def fused(self, drawings: Sequence[JsonObject], place: Floats) -> JsonObject:
        """One geometry for drawings of one object by a known crowd.

        ``place``: the mean of their corners, low ones first, by everybody's exactness.
        """

    def fitted(self, columns: Columns) -> RegionModel:
        """See `stats.regions.detection`."""
        return fit_regions(self._drawings(columns))

    def objects(self, model: RegionModel, columns: Columns) -> Objects:
        """One object per cluster, where precision-weighted drawings put it, of the most probable class."""
        found = regions_under(model, self._drawings(columns))
        each = np.arange(found.task.size, dtype=np.int32)
        by_cluster = np.argsort(found.cluster, kind="stable")
        starts = np.searchsorted(found.cluster[by_cluster], np.arange(found.task.size + 1))

        def located(row: int) -> JsonObject:
            own = by_cluster[starts[row] : starts[row + 1]]
            return self.fused([columns.regions[at] for at in own], found.coordinates[row])

        return Objects(
            found.task, located, found.label, found.probability, found.kept,
            each, found.cluster, found.cluster, found.existence.unseen,
        )  # fmt: skip

    def _drawings(self, columns: Columns) -> Drawings:
        def overlap(rows: Codes) -> Floats:
            regions = [columns.regions[row] for row in rows]
            return self.overlaps(regions, regions)

        return drawings(
            columns.task, columns.person, columns.place, columns.label,
            n_tasks=columns.n_tasks, n_workers=columns.n_people, n_classes=columns.n_classes,
            views=(columns.view_task, columns.view_person), overlap=overlap,
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


def elsewhere(
    box: Sequence[float], rng: Random, media: ItemMedia | None, *, far: bool, places: int
) -> tuple[float, float]:
    """The upper left corner of a box in a wrong place: a third to nine tenths of its size away, or anywhere.

    To as many decimal ``places``, inside the image but for that rounding.
    """
    x, y, width, height = box
    most_x = media.width - width if media and media.width else x + 3 * width
    most_y = media.height - height if media and media.height else y + 3 * height
    if far:
        x, y = rng.uniform(0, most_x), rng.uniform(0, most_y)
    else:
        x += width * rng.uniform(1 / 3, 0.9) * rng.choice((-1, 1))
        y += height * rng.uniform(0, 1 / 3) * rng.choice((-1, 1))
    x, y = (round(min(max(0.0, at), most), places) for at, most in ((x, most_x), (y, most_y)))
    return x, y
