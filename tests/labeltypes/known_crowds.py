"""One simulated crowd whose drawings are told as boxes and as regions of another type."""

from collections.abc import Callable

from benchmarks.consensus.simulated_boxes import boxes
from labeltypes import registry
from labeltypes.base import Case, Field, Json, Merged
from labeltypes.region_crowd import LEAST_TASKS


def field_of(kind: str) -> Field:
    """A field of regions of two classes."""
    settings = registry.get_type(kind).clean_settings({"classes": ["a", "b"]}, "")
    return Field("objects", kind, "Objects", settings=settings)


def merged_beside_boxes(kind: str, told: Callable[[Json], Json]) -> list[tuple[Merged, Merged]]:
    """What each task comes to once the crowd is known: from boxes, and from what `told` makes of them."""
    as_boxes = boxes(5, tasks=LEAST_TASKS + 10).cases
    others = [Case(case.people, [told(value) for value in case.values]) for case in as_boxes]
    merged = []
    for name, cases in (("box", as_boxes), (kind, others)):
        learner = registry.get_type(name).learner(field_of(name))
        assert learner is not None
        for task, case in enumerate(cases):
            learner.add(task, case)
        crowd = learner.crowd()
        assert crowd is not None
        merged.append(registry.get_type(name).merge_known(cases, crowd, field_of(name)))
    return list(zip(*merged, strict=True))
