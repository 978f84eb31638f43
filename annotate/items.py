"""What the browser is shown of a task, and what checks need to know of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from annotate.versions import ontology_of
from labeltypes.base import ItemMedia
from labeltypes.ontology import Ontology
from projects.models import Media, Task


@dataclass(frozen=True)
class Resolved:
    """An item with its media found: the payload for the browser, and the media for ``clean_answer``."""

    payload: dict[str, Any]
    media: Mapping[str, ItemMedia]


def resolve(task: Task, ontology_id: int) -> Resolved:
    """One item; see ``resolve_all``."""
    return resolve_all([(task, ontology_id)])[0]


def resolve_all(wanted: Iterable[tuple[Task, int]]) -> list[Resolved]:
    """Items under these ontology versions, with one query for all uploaded files in them.

    A medium that is not there (any more) has an empty text, or a null ``url``: the item can be skipped.
    """
    pairs = [(task, ontology_of(ontology_id).ontology) for task, ontology_id in wanted]
    files = _files(pairs)
    return [_resolve(task, ontology, files) for task, ontology in pairs]


def _files(pairs: list[tuple[Task, Ontology]]) -> dict[tuple[int, str], Media]:
    keys = {
        source
        for task, ontology in pairs
        for spec in ontology.media
        if spec.kind != "text" and isinstance(source := task.data.get(spec.source), str)
    }
    if not keys:
        return {}
    projects = {task.project_id for task, _ in pairs}
    found = Media.objects.filter(key__in=keys, project_id__in=projects)
    return {(media.project_id, media.key): media for media in found}


def _resolve(task: Task, ontology: Ontology, files: dict[tuple[int, str], Media]) -> Resolved:
    shown: dict[str, Any] = {}
    media: dict[str, ItemMedia] = {}
    for spec in ontology.media:
        source = task.data.get(spec.source)
        if spec.kind == "text":
            text = source if isinstance(source, str) else "" if source is None else str(source)
            shown[spec.name] = {"kind": "text", "text": text}
            media[spec.name] = ItemMedia(kind="text", text=text)
        else:
            file = files.get((task.project_id, str(source)))
            if file is None or file.kind != spec.kind:
                file = Media(kind=spec.kind)
            shown[spec.name] = {"kind": spec.kind, **file.shown()}
            media[spec.name] = ItemMedia(
                kind=spec.kind, width=file.width, height=file.height, seconds=file.seconds
            )
    return Resolved({"data": task.data, "meta": task.meta, "media": shown}, media)
