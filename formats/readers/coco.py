"""COCO instances as answers to images that are here already. Described in docs/formats/coco.md."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any

import numpy as np

from formats.strictjson import Json
from formats.writers.base import region_fields
from formats.writers.classes import class_table
from labeltypes.base import Field, JsonObject, RunLengths, Shape
from labeltypes.ontology import Ontology
from labeltypes.registry import get_type
from stats.regions.filling import filled
from stats.regions.run_lengths import Runs, counts_of

LEAST_POINTS = 3
MOST_PIXELS = 2**31 - 1
MOST_CROSSINGS = 20_000_000  # of a line with the columns of an image: what is more is no outline of an object
Rings = list[list[float]]


@dataclass(frozen=True)
class CocoProblem:
    """What is wrong: in which annotation (its id in the file, None: in none), where in the file, and why."""

    annotation: int | str | None
    path: str
    message: str


@dataclass
class CocoImage:
    """An image of the file with the answer that its annotations make.

    ``value``: the regions of each field that the file has a category for, also none. ``origins``: by field,
    the annotation and its place of each region. ``scores``: those of its annotations.
    """

    path: str
    name: str
    size: tuple[float, float] | None
    value: dict[str, list[JsonObject]] = field(default_factory=dict)
    origins: dict[str, list[tuple[int | str | None, str]]] = field(default_factory=dict)
    scores: list[float] = field(default_factory=list)
    problems: list[CocoProblem] = field(default_factory=list)


class _Bad(Exception):
    """Inside this module: an annotation cannot be taken, because of what is at ``path`` in it."""

    def __init__(self, path: str, message: str) -> None:
        super().__init__(message)
        self.path, self.message = path, message


def read_coco(document: Json, ontology: Ontology) -> tuple[list[CocoImage], list[CocoProblem]]:
    """The images with their answers, and what is wrong with the file beside them.

    An image with a problem has it in its ``problems``: its answer is not whole. Nothing is checked that the
    ontology checks: classes and attributes are named as it names them, coordinates are numbers.
    """
    if not isinstance(document, dict):
        return [], [CocoProblem(None, "", "must be an object with images, annotations and categories")]
    missing = [name for name in ("images", "annotations", "categories") if not _is_list(document.get(name))]
    if missing:
        return [], [CocoProblem(None, name, "must be a list") for name in missing]
    lists: dict[str, Any] = document
    classes, problems = _classes(lists["categories"], ontology)
    images, more = _images(lists["images"], {field.name for field, _ in classes.values()})
    problems += more
    for index, raw in enumerate(lists["annotations"]):
        path = f"annotations[{index}]"
        image = images.get(_key(raw, "image_id"))
        if image is None:
            problems.append(CocoProblem(_id(raw), f"{path}.image_id", "is no image of this file"))
            continue
        try:
            _take(raw, index, image, classes)
        except _Bad as bad:
            where = f"{path}.{bad.path}" if bad.path else path
            image.problems.append(CocoProblem(_id(raw), where, bad.message))
    return list(images.values()), problems


def _classes(
    categories: list[Any], ontology: Ontology
) -> tuple[dict[int | str, tuple[Field, str]], list[CocoProblem]]:
    """Category id → field and class, by the names that the export writes, or the only class of that title."""
    fields = {each.name: each for each in region_fields(ontology, "image")}
    table = class_table(list(fields.values()))
    by_name: dict[str, set[tuple[str, str]]] = {}
    for key, written in zip(table.keys, table.names, strict=True):
        for each in {written, key[1], fields[key[0]].titles("classes").get(key[1], key[1])}:
            by_name.setdefault(each, set()).add(key)
    found: dict[int | str, tuple[Field, str]] = {}
    problems = []
    for index, raw in enumerate(categories):
        path = f"categories[{index}]"
        number, name = _key(raw, "id"), raw.get("name") if isinstance(raw, dict) else None
        meant = by_name.get(name, set()) if isinstance(name, str) else set()
        inside = {key for key in meant if key[0] == raw.get("supercategory")} if len(meant) > 1 else meant
        if number is None:
            problems.append(CocoProblem(None, f"{path}.id", "must be a number or text"))
        elif len(inside) == 1:
            ((field_name, cls),) = inside
            found[number] = fields[field_name], cls
        elif meant:
            names = ", ".join(".".join(key) for key in sorted(meant))
            problems.append(CocoProblem(None, f"{path}.name", f"is a class of several fields: write {names}"))
        else:
            problems.append(CocoProblem(None, f"{path}.name", f"{name!r} is no class of a field on images"))
    return found, problems


def _images(raws: list[Any], fields: set[str]) -> tuple[dict[int | str | None, CocoImage], list[CocoProblem]]:
    images: dict[int | str | None, CocoImage] = {}
    problems = []
    names = set[str]()
    for index, raw in enumerate(raws):
        path = f"images[{index}]"
        number = _key(raw, "id")
        name = (raw.get("external_id") or raw.get("file_name")) if isinstance(raw, dict) else None
        if number is None or number in images:
            problems.append(CocoProblem(None, f"{path}.id", "must be a number or text of its own"))
        elif not isinstance(name, str) or not name:
            problems.append(CocoProblem(None, f"{path}.file_name", "must be the name of the image"))
        elif name in names:
            problems.append(
                CocoProblem(None, f"{path}.file_name", f"{name!r} is a second image of this name")
            )
        else:
            names.add(name)
            size = (raw.get("width"), raw.get("height"))
            known = (float(size[0]), float(size[1])) if all(map(_is_number, size)) else None
            images[number] = CocoImage(
                path, name, known, {each: [] for each in fields}, {each: [] for each in fields}
            )
    return images, problems


def _take(raw: JsonObject, index: int, image: CocoImage, classes: dict[int | str, tuple[Field, str]]) -> None:
    """Add an annotation to its image's answer. Raises _Bad."""
    category = _key(raw, "category_id")
    if category not in classes:
        raise _Bad("category_id", "is no category of this file that the ontology has")
    if raw.get("iscrowd") == 1:
        raise _Bad("iscrowd", "is a crowd of objects, not one: label it, or leave it out of the file")
    field, cls = classes[category]
    geometry = None
    for shape in _shapes(raw, cls, image):
        geometry = get_type(field.type).drawn(shape)
        if geometry is not None:
            break
    if geometry is None:
        raise _Bad("segmentation", _not_held(raw, field))
    region: JsonObject = {"id": f"coco-{_id(raw) or index}", "class": cls, **geometry}
    attributes = _attributes(raw, field, cls)
    image.value[field.name].append({**region, "attributes": attributes} if attributes else region)
    image.origins[field.name].append((_id(raw), f"annotations[{index}]"))
    score = raw.get("score")
    if _is_number(score):
        image.scores.append(float(score))  # type: ignore[arg-type]  # is a number


def _shapes(raw: JsonObject, cls: str, image: CocoImage) -> Iterator[Shape]:
    """What an annotation may be taken as, one after the other: outline, box, pixels."""
    number = str(_id(raw))
    rings = _rings(raw.get("segmentation"))
    if rings and len(rings) == 1:
        yield Shape("polygon", cls, tuple(rings[0]), number)
    if "bbox" in raw:
        yield Shape("bbox", cls, _box(raw["bbox"]), number)
    elif rings:
        xs, ys = [x for ring in rings for x in ring[::2]], [y for ring in rings for y in ring[1::2]]
        box = (min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys))
        yield Shape("bbox", cls, box, number)
    if rings and image.size:
        width, height = map(int, image.size)
        if width * sum(map(len, rings)) > 2 * MOST_CROSSINGS or width * height > MOST_PIXELS:
            raise _Bad("segmentation", "has too many points for an image of this size")
        runs = filled([np.array(ring).reshape(-1, 2) for ring in rings], height, width)
        yield Shape("mask", cls, (), number, mask=RunLengths((height, width), counts_of(runs)))
    elif isinstance(raw.get("segmentation"), dict):
        yield Shape("mask", cls, (), number, mask=_run_lengths(raw["segmentation"]))


def _rings(raw: Json) -> Rings | None:
    """Outlines as lists of x1, y1, x2, y2, …; None where there are none. Raises _Bad."""
    if not isinstance(raw, list) or not raw:
        return None
    for part, ring in enumerate(raw):
        path = f"segmentation[{part}]"
        if not isinstance(ring, list):
            raise _Bad(path, "must be a list of x, y, x, y, …")
        for place, number in enumerate(ring):
            if not _is_number(number):
                raise _Bad(f"{path}[{place}]", "must be a number")
        if len(ring) % 2 or len(ring) < 2 * LEAST_POINTS:
            raise _Bad(path, f"must be x and y of at least {LEAST_POINTS} points")
    return [[float(number) for number in ring] for ring in raw]  # type: ignore[union-attr, arg-type]


def _box(raw: Json) -> tuple[float, ...]:
    if not isinstance(raw, list) or len(raw) != 4 or not all(map(_is_number, raw)):
        raise _Bad("bbox", "must be four numbers: x, y, width, height")
    return tuple(float(number) for number in raw)  # type: ignore[arg-type]  # are numbers


def _run_lengths(raw: Any) -> RunLengths:
    """As they are where they are compressed: the label type reads them. Raises _Bad."""
    size, counts = raw.get("size"), raw.get("counts")
    if not _is_list(size) or [type(one) for one in size] != [int, int] or min(size) < 1:
        raise _Bad("segmentation.size", "must be height and width")
    height, width = size
    if isinstance(counts, str):
        return RunLengths((height, width), counts)
    if not _is_list(counts) or not all(type(one) is int and one >= 0 for one in counts):
        raise _Bad("segmentation.counts", "must be text, or a list of whole numbers from 0")
    if sum(counts) != height * width or height * width > MOST_PIXELS:
        raise _Bad(
            "segmentation.counts", f"covers {sum(counts):,} of the {height * width:,} pixels of its size"
        )
    places, times = np.unique(
        np.array(list(accumulate(counts))[: len(counts) // 2 * 2], np.int64), return_counts=True
    )
    return RunLengths((height, width), counts_of(Runs(height, width, places[times % 2 == 1])))


def _attributes(raw: JsonObject, field: Field, cls: str) -> JsonObject:
    """Those that the class has; other tools write more."""
    given = raw.get("attributes")
    if not isinstance(given, dict):
        return {}
    own = next((item for item in field.items("classes") if item.get("name") == cls), {})
    known = own.get("attributes")
    names = {one.get("name") for one in known if isinstance(one, dict)} if isinstance(known, list) else set()
    return {name: value for name, value in given.items() if name in names}


def _not_held(raw: JsonObject, field: Field) -> str:
    segmentation = raw.get("segmentation")
    if isinstance(segmentation, list) and len(segmentation) > 1:
        return f"has {len(segmentation)} parts: field {field.name!r} takes one outline"
    has = "run lengths" if isinstance(segmentation, dict) else "an outline" if segmentation else "none"
    return f"is {has}: field {field.name!r} is of type {field.type} and cannot hold that"


def _key(raw: Any, name: str) -> Any:
    """A number or text by which the file names something; None for anything else."""
    value = raw.get(name) if isinstance(raw, dict) else None
    return (
        value if isinstance(value, str) or (isinstance(value, int) and not isinstance(value, bool)) else None
    )


def _id(raw: Any) -> int | str | None:
    found: int | str | None = _key(raw, "id")
    return found


def _is_list(value: object) -> bool:
    return isinstance(value, list)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
