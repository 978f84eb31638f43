"""Items of an export from one consistent snapshot, with flat memory: a server-side cursor, in batches."""

import hmac
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from typing import Any, BinaryIO

from django.conf import settings
from django.db import transaction
from django.db.models import F

from accounts.replica import reading
from annotate.models import Annotation, AnnotationVersion, Review
from annotate.versions import guideline_number, ontology_of
from exchange.exporting.request import ExportRequest, selected
from formats.outgoing import (
    ExportAnnotation,
    ExportItem,
    ExportMedia,
    ExportReview,
    Final,
)
from labeltypes.ontology import Ontology
from projects.models import Media, Project, TaskSummary
from projects.services.media import read_file

BATCH = 1_000


class Names:
    """People as an export calls them: by a pseudonym that is theirs in this project, or by name."""

    def __init__(self, project: Project, *, real: bool) -> None:
        self.project_id, self.real = project.pk, real
        self.known: dict[int, str] = {}

    def of(self, user_id: int, name: str, email: str) -> str:
        """The same for the same person in every export of the project; nobody can compute it backwards."""
        if user_id not in self.known:
            self.known[user_id] = (name or email) if self.real else self._pseudonym(user_id)
        return self.known[user_id]

    def _pseudonym(self, user_id: int) -> str:
        text = f"pseudonym:{self.project_id}:{user_id}".encode()
        return f"p-{hmac.new(settings.SECRET_KEY.encode(), text, sha256).hexdigest()[:12]}"


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
        self.names = Names(project, real=wanted.names)
        self.guidelines: set[int] = set()
        self.images = [spec for spec in ontology.media if spec.kind != "text"]

    def __iter__(self) -> Iterator[ExportItem]:
        rows = selected(self.project, self.wanted).select_related("task").iterator(chunk_size=BATCH)
        batch: list[TaskSummary] = []
        for row in rows:
            batch.append(row)
            if len(batch) == BATCH:
                yield from self._items(batch)
                batch = []
        yield from self._items(batch)

    def open_media(self, item: ExportItem, medium: ExportMedia) -> BinaryIO:
        """The original of an image as it was uploaded."""
        source = next(spec.source for spec in self.images if spec.name == medium.name)
        media = Media.objects.get(project=self.project, key=str(item.data.get(source)))
        return read_file(media, "original")  # type: ignore[return-value]  # Django's File is one in all but name

    def _items(self, batch: Sequence[TaskSummary]) -> Iterator[ExportItem]:
        if not batch:
            return
        files = self._files(batch)
        answers = self._answers([row.task_id for row in batch]) if self.wanted.answers == "all" else {}
        for row in batch:
            yield ExportItem(
                external_id=row.task.external_id,
                data=row.task.data,
                meta=row.task.meta,
                state=row.state,
                final=Final(row.value, row.probability, row.source) if row.value is not None else None,
                media=self._media(row.task.data, files),
                annotations=tuple(answers.get(row.task_id, ())),
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

    def _files(self, batch: Sequence[TaskSummary]) -> dict[str, Media]:
        keys = {
            value
            for row in batch
            for spec in self.images
            if isinstance(value := row.task.data.get(spec.source), str)
        }
        if not keys:
            return {}
        return {media.key: media for media in Media.objects.filter(project=self.project, key__in=keys)}

    def _answers(self, tasks: Sequence[int]) -> dict[int, list[ExportAnnotation]]:
        heads = Annotation.objects.filter(task__in=tasks, discarded_at__isnull=True).select_related("user")
        newest = AnnotationVersion.objects.filter(
            annotation__task__in=tasks, version=F("annotation__version")
        ).values_list("annotation_id", "ontology_id", "guideline_id")
        made_under = {head: (ontology, guideline) for head, ontology, guideline in newest}
        reviews = self._reviews(tasks)
        found: dict[int, list[ExportAnnotation]] = {}
        for head in heads.order_by("task_id", "id"):
            ontology, guideline = made_under[head.pk]
            number = guideline_number(guideline)
            self.guidelines.update([number] if number is not None else [])
            found.setdefault(head.task_id, []).append(
                ExportAnnotation(
                    person=self.names.of(head.user_id, head.user.name, head.user.email),
                    value=head.value,
                    time=head.updated_at,
                    seconds=head.seconds,
                    ontology=ontology_of(ontology).version,
                    guideline=number,
                    version=head.version,
                    reviews=tuple(reviews.get(head.pk, ())),
                )
            )
        return found

    def _reviews(self, tasks: Sequence[int]) -> dict[int, list[ExportReview]]:
        rows = Review.objects.filter(annotation__task__in=tasks, undone_at__isnull=True)
        found: dict[int, list[ExportReview]] = {}
        for review in rows.select_related("reviewer", "fix").order_by("id"):
            person = review.reviewer
            found.setdefault(review.annotation_id, []).append(
                ExportReview(
                    reviewer=self.names.of(person.pk, person.name, person.email),
                    verdict=review.verdict,
                    time=review.created_at,
                    code=review.code or None,
                    comment=review.comment or None,
                    value=review.fix.value if review.fix else None,
                )
            )
        return found
