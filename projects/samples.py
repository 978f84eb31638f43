"""Items to try an ontology on: the first tasks of the project, or a text, a picture and a sound of ours."""

import json
from typing import Any

from projects.gallery_template import sample_picture, sample_sound
from projects.models import Media, Project

MOST_ITEMS = 8
MOST_BYTES = 400_000
SENTENCE = (
    "Maria Huber moved from Bad Ems to Paris in May. “Delivery took three weeks,” she wrote, "
    "“but the lamp is beautiful.”"
)


def sample_items(project: Project) -> list[dict[str, Any]]:
    """Data and meta of the first few tasks, and the uploaded files that the data name; two queries."""
    items: list[dict[str, Any]] = []
    room = MOST_BYTES
    for task in project.tasks.only("data", "meta", "project_id").order_by("pk")[:MOST_ITEMS]:
        room -= len(json.dumps(task.data))
        if items and room < 0:
            break
        items.append({"data": task.data, "meta": task.meta, "files": {}})
    files = _files(project, items)
    for item in items:
        item["files"] = {value: files[value] for value in item["data"].values() if _in(value, files)}
    return items


def sample_media() -> dict[str, Any]:
    """What stands in for a medium where there is no task yet."""
    return {"text": SENTENCE, "image": sample_picture(), "audio": sample_sound()}


def _files(project: Project, items: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    values = {value for item in items for value in item["data"].values() if isinstance(value, str)}
    keys = [value for value in values if len(value) <= 40]
    found = Media.objects.filter(project=project, key__in=keys) if keys else ()
    return {media.key: media.shown() for media in found}


def _in(value: object, files: dict[str, dict[str, Any]]) -> bool:
    return isinstance(value, str) and value in files
