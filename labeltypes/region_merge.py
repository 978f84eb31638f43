"""Merging the regions of several people: clustering across people, then an average per cluster."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from labeltypes import registry
from labeltypes.answers import is_asked
from labeltypes.base import Field, Json, JsonObject, Merged
from labeltypes.region_values import SAME_OBJECT, attributes_by_class, attributes_of
from labeltypes.voting import agreement_with, leader, normalized_weights, shares
from stats.arrays import Floats
from stats.regions.clustering import cluster_regions

CHUNK = 128

Indexes = NDArray[np.intp]


@dataclass(frozen=True)
class Drawn:
    """A region, who drew it, and what their word weighs."""

    person: int
    weight: float
    region: JsonObject


class Regional(Protocol):
    """What merging needs to know about a type."""

    def extent(self, region: JsonObject) -> tuple[float, float]:
        """From where to where a region reaches along some axis."""

    def object_distance(self, as_: Sequence[JsonObject], bs: Sequence[JsonObject]) -> Floats:
        """1 - IoU, a little more between classes."""

    def fuse_all(self, clusters: Sequence[Sequence[Drawn]]) -> list[JsonObject]:
        """One geometry for each of several clusters."""

    def beside(self, region: JsonObject, kept: Sequence[JsonObject], field: Field) -> JsonObject | None:
        """A merged region as it may stand beside others."""

    def distance(self, a: Json, b: Json, field: Field) -> float:
        """Between whole values."""


def merge_regions(
    kind: Regional,
    values: Sequence[Sequence[JsonObject]],
    trust: Sequence[float],
    field: Field,
) -> Merged:
    """Regions that people with at least half of the weight agree on; confidence is the mean agreement.

    Regions of different people form a cluster while their mean distance is at most one half, at most one
    region per person. A cluster with half of the weight becomes one region: geometry by `fuse`, class by
    weighted vote, attributes merged one by one. Ids are m1, m2, … in the order in which the objects
    were first drawn. Equal values come back as they are, with the first person's ids.
    """
    if not values:
        return Merged(None, 0.0)
    weights = normalized_weights(trust, len(values))
    if same_regions(values):
        return Merged(list[Json](values[0]), 1.0)
    drawn = [
        Drawn(person, weights[person], region) for person, value in enumerate(values) for region in value
    ]
    merged = _admissible(kind, _clusters(kind, drawn), field)
    result: Json = [{**region, "id": f"m{number}"} for number, region in enumerate(merged, start=1)]
    answers = [list[Json](value) for value in values]
    confidence = agreement_with(result, answers, weights, lambda a, b: kind.distance(a, b, field))
    return Merged(result, confidence)


def same_regions(values: Sequence[Sequence[JsonObject]]) -> bool:
    """Whether all answers are equal but for their ids."""
    return all(_without_ids(value) == _without_ids(values[0]) for value in values[1:])


def _without_ids(value: Sequence[JsonObject]) -> list[JsonObject]:
    return [{**region, "id": ""} for region in value]


def _clusters(kind: Regional, drawn: Sequence[Drawn]) -> list[list[Drawn]]:
    """Clusters in the order of their first region.

    Only regions that are chained by near neighbors can end up together, so each chain is clustered on its
    own: a page with thousands of regions costs little more than its crowded corners.
    """
    clusters: list[list[int]] = []
    for chain in _chains(kind, drawn):
        regions = [drawn[index].region for index in chain]
        table = kind.object_distance(regions, regions)
        np.fill_diagonal(table, 0.0)
        found = cluster_regions(table, [drawn[index].person for index in chain], limit=SAME_OBJECT)
        clusters.extend([chain[member] for member in cluster] for cluster in found)
    return [[drawn[index] for index in cluster] for cluster in sorted(clusters)]


def _chains(kind: Regional, drawn: Sequence[Drawn]) -> list[list[int]]:
    """Connected components of "near enough to be one object", as ascending indexes.

    Regions are swept along one axis: only those whose extents meet are compared.
    """
    if not drawn:
        return []
    extents = np.array([kind.extent(each.region) for each in drawn])
    starts, ends = extents[:, 0], extents[:, 1]
    order = np.argsort(starts, kind="stable")
    pairs: list[tuple[Indexes, Indexes]] = []
    for at in range(0, len(drawn), CHUNK):
        block = order[at : at + CHUNK]
        beside = np.flatnonzero((starts < ends[block].max()) & (ends > starts[block[0]]))
        near = kind.object_distance(_regions(drawn, block), _regions(drawn, beside)) <= SAME_OBJECT
        rows, columns = np.nonzero(near)
        pairs.append((block[rows], beside[columns]))
    rows, columns = (np.concatenate(side) for side in zip(*pairs, strict=True))
    graph = coo_array((np.ones(len(rows), dtype=np.int8), (rows, columns)), shape=(len(drawn),) * 2)
    _, owner = connected_components(graph, directed=False)
    chains: dict[int, list[int]] = {}
    for index, component in enumerate(owner.tolist()):
        chains.setdefault(component, []).append(index)
    return list(chains.values())


def _regions(drawn: Sequence[Drawn], indexes: Indexes) -> list[JsonObject]:
    return [drawn[index].region for index in indexes.tolist()]


def _admissible(kind: Regional, clusters: Sequence[Sequence[Drawn]], field: Field) -> list[JsonObject]:
    """Merged regions with enough support that keep the field's rules; the better supported go first."""
    supported = [(_support(cluster), index) for index, cluster in enumerate(clusters)]
    ranked = sorted((-round(support, 12), index) for support, index in supported if support >= 0.5 - 1e-12)
    most = field.number("max_count")
    wanted = [index for _, index in ranked]
    geometries = kind.fuse_all([clusters[index] for index in wanted])
    kept: dict[int, JsonObject] = {}
    for index, geometry in zip(wanted, geometries, strict=True):
        if most is not None and len(kept) >= most:
            break
        region = kind.beside(_merged(clusters[index], geometry, field), list(kept.values()), field)
        if region is not None:
            kept[index] = region
    return [kept[index] for index in sorted(kept)]


def _support(cluster: Sequence[Drawn]) -> float:
    return math.fsum(each.weight for each in cluster)


def regions_and_weights(cluster: Sequence[Drawn]) -> tuple[list[JsonObject], list[float]]:
    """What to fuse; where nobody is trusted, all weigh alike."""
    weights = [each.weight for each in cluster]
    return [each.region for each in cluster], weights if any(weights) else [1.0] * len(cluster)


def _merged(cluster: Sequence[Drawn], geometry: JsonObject, field: Field) -> JsonObject:
    winner = leader(shares((str(each.region["class"]), each.weight) for each in cluster))
    region: JsonObject = {"id": "", "class": winner, **geometry}
    attributes = merged_attributes(
        [each for each in cluster if each.region["class"] == winner], winner, field
    )
    return region | {"attributes": attributes} if attributes else region


def merged_attributes(members: Sequence[Drawn], name: str, field: Field) -> JsonObject:
    """Each attribute that is required, or that people with half of the members' weight answered."""
    merged: JsonObject = {}
    fields = attributes_by_class(field)[name]
    weights = normalized_weights([each.weight for each in members], len(members))
    for attribute in fields:
        given = [
            (attributes_of(each.region)[attribute.name], weight)
            for each, weight in zip(members, weights, strict=True)
            if attribute.name in attributes_of(each.region)
        ]
        wanted = attribute.required or math.fsum(weight for _, weight in given) >= 0.5 - 1e-12
        if given and wanted and is_asked(attribute, merged, fields):
            label_type = registry.get_type(attribute.type)
            values, trust = (
                [value for value, _ in given],
                [weight for _, weight in given],
            )
            merged[attribute.name] = label_type.merge(values, trust, None, attribute).value
    return merged
