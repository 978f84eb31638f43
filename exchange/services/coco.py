"""COCO files as pre-labels or gold of images that are here: matched by name, stored where all is right."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from django.db import transaction

from accounts.errors import DomainError, FieldError
from accounts.models import User
from annotate.items import resolve_all
from annotate.services.predictions import PredictionInput, store_predictions
from annotate.versions import ontology_of
from formats.readers.coco import CocoImage, CocoProblem, read_coco
from formats.strictjson import Json
from labeltypes.base import Invalid, ItemMedia, JsonObject
from labeltypes.ontology import Ontology
from projects.models import Project, Task
from quality.services.gold import MOST_AT_ONCE, GoldInput, make_many

TakenAs = Literal["prediction", "gold"]
MOST_IMAGES = 10_000
# What is said of a value: the field, the region in it, and what is in that.
IN_REGION = re.compile(r"value\.(?P<field>[^.\[]+)\[(?P<index>\d+)\]\.?(?P<rest>.*)", re.DOTALL)


@dataclass(frozen=True)
class CocoTaken:
    """How many images the file has, of how many of them the answer is stored, and what is wrong."""

    images: int
    stored: int
    errors: list[CocoProblem]


@transaction.atomic
def take_coco(
    *, project: Project, by: User, document: Json, taken_as: TakenAs, model: str, version: str
) -> CocoTaken:
    """Store the answers of a COCO document for the tasks whose external ids are its images' names.

    An image is stored whole or not at all. Raises DomainError for a project without ontology, and for a file
    with too many images.
    """
    if project.ontology_id is None:
        raise DomainError(
            "The project has no ontology yet.", fields=[FieldError("project", "has no ontology")]
        )
    ontology = ontology_of(project.ontology_id).ontology
    images, problems = read_coco(document, ontology)
    if len(images) > MOST_IMAGES:
        raise DomainError(
            "The file is too large.", fields=[FieldError("file", f"has more than {MOST_IMAGES:,} images")]
        )
    stored = 0
    for start in range(0, len(images), MOST_AT_ONCE):
        some = images[start : start + MOST_AT_ONCE]
        known = list(_known(project, some, ontology))
        whole = [(image, task) for image, task in known if not image.problems]
        stored += _store(project, by, whole, taken_as, model, version)
    problems += [problem for image in images for problem in image.problems]
    return CocoTaken(len(images), stored, problems)


def _known(
    project: Project, images: Sequence[CocoImage], ontology: Ontology
) -> Iterator[tuple[CocoImage, int]]:
    """Those that a task has the name of, in the pixels of its own image; what is wrong is noted."""
    rows = Task.objects.filter(project=project, external_id__in=[image.name for image in images])
    tasks = {task.external_id: task for task in rows}
    pairs = [(image, tasks[image.name]) for image in images if image.name in tasks]
    for image in images:
        if image.name not in tasks:
            where = f"{image.path}.file_name"
            image.problems.append(CocoProblem(None, where, f"no item has the external id {image.name!r}"))
    shown = resolve_all((task, project.ontology_id or 0) for _, task in pairs)
    on = {field.name: field.on for field in ontology.fields}
    for (image, task), item in zip(pairs, shown, strict=True):
        for name in image.value:
            _check_size(image, item.media.get(on.get(name) or ""))
        yield image, task.pk


def _check_size(image: CocoImage, medium: ItemMedia | None) -> None:
    """Coordinates in the pixels of a smaller copy would all be wrong, and none would be refused."""
    if medium is None or image.size is None or image.problems:
        return
    own = (medium.width, medium.height)
    if image.size != own:
        is_now = f"{own[0]} × {own[1]} pixels"
        message = f"is of {image.size[0]:g} × {image.size[1]:g} pixels, the image that is here has {is_now}"
        image.problems.append(CocoProblem(None, f"{image.path}.width", message))


def _store(
    project: Project,
    by: User,
    pairs: Sequence[tuple[CocoImage, int]],
    taken_as: TakenAs,
    model: str,
    version: str,
) -> int:
    """Write what holds; the rest is noted at its image. Returns how many were written."""
    if not pairs:
        return 0
    if taken_as == "gold":
        gold = [GoldInput(task, [_value(image)]) for image, task in pairs]
        refused = make_many(project=project, items=gold, by=by)
        for index, problem in refused:
            _note(pairs[index][0], _told(problem))
        return len(pairs) - len(refused)
    items = [PredictionInput(_value(image), _score(image), task) for image, task in pairs]
    stored, found = store_predictions(project=project, model=model, version=version, items=items)
    for each in found:
        _note(pairs[each.row - 1][0], [(each.path, each.message)])
    return stored


def _told(problem: Invalid | DomainError) -> list[tuple[str, str]]:
    if isinstance(problem, Invalid):
        return [(each.path, each.message) for each in problem.problems]
    return [(each.path, each.message) for each in problem.fields] or [("", problem.message)]


def _note(image: CocoImage, problems: Sequence[tuple[str, str]]) -> None:
    """Say it of the annotation that made the region, if it is about one."""
    for path, message in problems:
        found = IN_REGION.fullmatch(path)
        origins = image.origins.get(found["field"], []) if found else []
        if found and int(found["index"]) < len(origins):
            annotation, where = origins[int(found["index"])]
            rest = f".{found['rest']}" if found["rest"] else ""
            image.problems.append(CocoProblem(annotation, f"{where}{rest}", message))
        else:
            about = path.removeprefix("value.")
            image.problems.append(CocoProblem(None, image.path, f"{about}: {message}" if about else message))


def _value(image: CocoImage) -> JsonObject:
    return {name: list[Json](regions) for name, regions in image.value.items()}


def _score(image: CocoImage) -> float | None:
    """Of the answer: the mean of its annotations' scores."""
    if not image.scores:
        return None
    return min(max(sum(image.scores) / len(image.scores), 0.0), 1.0)
