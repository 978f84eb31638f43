"""Items of an export from one consistent snapshot, with flat memory: a server-side cursor, in batches."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any, BinaryIO, NamedTuple

from django.db import transaction
from django.db.models import TextField
from django.db.models.functions import Cast

from accounts.replica import reading
from exchange.exporting.answers import Answers
from exchange.exporting.names import Names
from exchange.exporting.request import ExportRequest, selected
from formats.outgoing import ExportAnnotation, ExportItem, ExportMedia, Final
from formats.strictjson import stored
from labeltypes.ontology import Ontology
from projects.models import Media, Project
from projects.services.media import read_file
from quality.reports.soft_labels import SoftLabels

BATCH = 1_000


class Line(NamedTuple):
    """One selected task; JSON as text, which orjson reads faster than Django's own reader."""

    task: int
    external_id: str | None
    data: str
    meta: str
    state: str
    value: str | None
    probability: float | None
    source: str


@contextmanager
def snapshot() -> Iterator[None]:
    """One view of the database for all queries inside; within somebody's transaction it is theirs."""
    link = reading()
    nested = link.in_atomic_block
    with transaction.atomic(using=link.alias):
        if not nested:
            with link.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


class Items:
    """The items of one export. Iterate inside ``snapshot()``; ``guidelines`` is complete afterwards."""

    def __init__(self, project: Project, wanted: ExportRequest, ontology: Ontology) -> None:
        self.project, self.wanted, self.ontology = project, wanted, ontology
        self.answers = Answers(Names(project, real=wanted.names))
        self.soft = SoftLabels(project, wanted.options.soft, groups=wanted.options.groups)
        self.images = [spec for spec in ontology.media if spec.kind != "text"]

    @property
    def guidelines(self) -> set[int]:
        """Numbers of the guideline versions that answers were given under."""
        return self.answers.guidelines

    def __iter__(self) -> Iterator[ExportItem]:
        rows = self._rows()
        while batch := [Line(*row) for row in islice(rows, BATCH)]:
            yield from self._items(batch)

    def open_media(self, item: ExportItem, medium: ExportMedia) -> BinaryIO:
        """The original of an image as it was uploaded."""
        source = next(spec.source for spec in self.images if spec.name == medium.name)
        media = Media.objects.get(project=self.project, key=str(item.data.get(source)))
        return read_file(media, "original")  # type: ignore[return-value]  # Django's File is one in all but name

    def _rows(self) -> Iterator[tuple[Any, ...]]:
        """The task's own project is asked for too: so its index leads, whatever other projects hold."""
        rows = selected(self.project, self.wanted).filter(task__project=self.project)
        data, meta, value = (Cast(name, TextField()) for name in ("task__data", "task__meta", "value"))
        columns = ("task_id", "task__external_id", data, meta, "state", value, "probability", "source")
        return rows.values_list(*columns).iterator(chunk_size=BATCH)

    def _items(self, batch: Sequence[Line]) -> Iterator[ExportItem]:
        answers: dict[int, list[ExportAnnotation]] = {}
        if self.wanted.answers == "all":
            answers = self.answers.of([row.task for row in batch])
        soft = self.soft.of([row.task for row in batch]) if self.wanted.options.soft else None
        data: list[dict[str, Any]] = [stored(row.data) for row in batch]  # type: ignore[misc]  # always objects
        files = self._files(data)
        for row, own in zip(batch, data, strict=True):
            value: Any = None if row.value is None else stored(row.value)
            yield ExportItem(
                external_id=row.external_id,
                data=own,
                meta={} if row.meta == "{}" else stored(row.meta),  # type: ignore[arg-type]  # an object
                state=row.state,
                final=None if value is None else Final(value, row.probability, row.source),
                media=self._media(own, files),
                annotations=tuple(answers.get(row.task, ())),
                soft=None if soft is None else soft.get(row.task, {}),
            )

    def _media(self, data: dict[str, Any], files: dict[str, Media]) -> dict[str, ExportMedia]:
        found: dict[str, ExportMedia] = {}
        for spec in self.ontology.media:
            value = data.get(spec.source)
            if spec.kind == "text":
                found[spec.name] = ExportMedia(
                    spec.name, "text", text=value if isinstance(value, str) else None
                )
            elif isinstance(value, str) and value in files:
                file = files[value]
                found[spec.name] = ExportMedia(
                    spec.name, spec.kind, file_name=file.name, width=file.width, height=file.height
                )
        return found

    def _files(self, items: Sequence[dict[str, Any]]) -> dict[str, Media]:
        keys = {
            value for data in items for spec in self.images if isinstance(value := data.get(spec.source), str)
        }
        if not keys:
            return {}
        return {media.key: media for media in Media.objects.filter(project=self.project, key__in=keys)}
