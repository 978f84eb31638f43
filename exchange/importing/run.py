"""The import job: reads in batches, each of which is one transaction that also moves the cursor.

A killed worker loses at most the batch it was at; the next attempt passes over what was read before.
"""

from collections.abc import Iterator
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import Any

from django.db import DataError, IntegrityError, connection, transaction

from accounts.errors import DomainError
from exchange.importing.batches import Batch, batches, count_rows, read_ahead
from exchange.importing.plan import ITEMS, Plan
from exchange.importing.rows import Checker, Ready
from exchange.importing.staging import Stage
from exchange.importing.tasks import known_ids, write_tasks
from exchange.services.uploads import drop_upload, forget_media, local_copy
from formats.incoming import FormatError, Imported, Refused
from formats.reading import read, read_items
from formats.strictjson import JsonProblem, loads
from projects.jobs import JobContext, job_handler
from projects.models import Job, Media

COUNTS = ("created", "existing", "repeated", "refused", "gold", "predictions", "same_content")
EXAMPLES = 20


@job_handler("import")
def run_import(context: JobContext) -> dict[str, Any]:
    """Read the upload of a job into its project; the upload is deleted when that is over, however it ends."""
    path = context.params["upload"]["path"]
    run = Import(context)
    try:
        with local_copy(path) as file:
            result = run.go(file)
    except Exception:  # not when the process ends: then the next attempt needs the file
        run.clean_up()
        drop_upload(path)
        raise
    drop_upload(path)
    return result


class Import:
    """One attempt at an import job."""

    def __init__(self, context: JobContext) -> None:
        self.context, self.job, self.project = context, context.job, context.project
        self.plan = Plan.from_params(context.params["plan"])
        self.whole = self.plan.on_error == "roll_back"
        self.stage = Stage(self.job, self.project, self.plan.origin)
        self.checker = Checker(self.project, context.params["ontology"], self.job.created_by)
        self.counts: dict[str, Any] = dict.fromkeys(COUNTS, 0) | {"existing_ids": []}
        self.counts |= context.cursor.get("counts", {})
        self.seen = int(context.cursor.get("seen", 0))
        self.staged = int(context.cursor.get("staged", 0))
        self.stopped = ""

    def go(self, file: Path) -> dict[str, Any]:
        """Read everything, then say what became of it. Raises DomainError if nothing came in."""
        if self.whole and self.stage.count() != self.staged:
            self._begin_again()
        if not self.context.cursor.get("published"):
            self._read(file)
            if self.whole:
                self._publish_all()
        if not self.counts["created"] and self.counts["refused"]:
            raise DomainError(self.stopped or f"No row could be taken: {self.counts['refused']:,} refused.")
        return {**self.counts, **({"stopped": self.stopped} if self.stopped else {})}

    def _begin_again(self) -> None:
        """The staged rows went with a crash of the database, or belong to no saved batch: start over."""
        self.stage.empty()
        self.job.errors.all().delete()
        Job.objects.filter(pk=self.job.pk).update(error_count=0)
        self.context.cursor, self.seen, self.staged = {}, 0, 0
        self.counts |= dict.fromkeys(COUNTS, 0) | {"existing_ids": []}

    def _read(self, file: Path) -> None:
        total = self.context.params.get("total") or count_rows(file, self.plan.format)
        self.context.progress(self.seen, total)
        try:
            read = batches(islice(self._rows(file), self.seen, None))
            # Members of an archive are opened while they are stored: nothing is left to read ahead.
            with closing(read if self.plan.format == "zip" else read_ahead(read)) as ready:
                for batch in ready:
                    self._do(batch)
        except FormatError as error:
            raise DomainError(str(error)) from error
        self.context.progress(self.seen, self.seen)

    def _rows(self, file: Path) -> Iterator[Imported | Refused]:
        if self.plan.format == ITEMS:
            return read_items(_lines(file), self.plan.read_options)
        return read(file, self.plan.columns, self.plan.read_options)

    def _do(self, batch: Batch) -> None:
        """One batch: check, store, count, report and move on, all in one transaction."""
        with transaction.atomic():
            commit_later()
            fresh = self._without_known(batch)
            good, bad = self.checker.check(fresh)
            bad += batch.refused
            self._count(good)
            if self.whole and (bad or self.counts["refused"]):
                good = []
            bad += self._store(good)
            self._forget_unused(good, bad)
            self.seen += batch.size
            self.counts["refused"] += len({refusal.row for refusal in bad})
            self.stopped = next((one.message for one in bad if one.fatal), self.stopped)
            self.context.errors([self.context.refused(one.row, one.message, one.path) for one in bad])
            self._save()

        self.checker.pictures.stored = {}

    def _forget_unused(self, good: list[Ready], bad: list[Refused]) -> None:
        """Delete new files of rows that were refused for something else."""
        failed = {refusal.row for refusal in bad}
        used = {key for row in good if row.row not in failed for key in row.media}
        for key in set(self.checker.pictures.stored) - used:
            forget_media(self.checker.pictures.stored.pop(key))

    def _save(self, **more: Any) -> None:
        """Result and cursor, in the transaction of the batch; raises JobCancelled on request."""
        Job.objects.filter(pk=self.job.pk).update(result=self.counts)
        self.context.progress(self.seen, counts=self.counts, seen=self.seen, staged=self.staged, **more)

    def _without_known(self, batch: Batch) -> list[Imported]:
        """Items whose external id is new; the others are counted, and left as they are."""
        ids = [item.external_id for item in batch.items if item.external_id is not None]
        known = known_ids(self.project.pk, ids)
        fresh: list[Imported] = []
        for item in batch.items:
            if item.external_id is None or item.external_id not in known:
                fresh.append(item)
            else:
                self._note_known(item.external_id, ours=known[item.external_id] == self.job.pk)
            if item.external_id is not None:
                known.setdefault(item.external_id, self.job.pk)
        return fresh

    def _note_known(self, external_id: str, *, ours: bool) -> None:
        self.counts["repeated" if ours else "existing"] += 1
        if len(self.counts["existing_ids"]) < EXAMPLES:
            self.counts["existing_ids"] = [*self.counts["existing_ids"], external_id]

    def _count(self, good: list[Ready]) -> None:
        self.counts["gold"] += sum(row.gold is not None for row in good)
        self.counts["predictions"] += sum(len(row.predictions or ()) for row in good)
        self.counts["same_content"] += sum(row.same for row in good)

    def _store(self, rows: list[Ready]) -> list[Refused]:
        """Store rows; when the database refuses one for its content, find it and store the others."""
        if not rows:
            return []
        try:
            with transaction.atomic():
                self._write(rows)
        except IntegrityError:
            free = self._still_free(rows)
            if len(free) == len(rows):
                raise
            self.counts["existing"] += len(rows) - len(free)
            return self._store(free)
        except DataError as error:
            if len(rows) == 1:
                return [Refused(rows[0].row, "", f"cannot be stored: {str(error).splitlines()[0]}")]
            half = len(rows) // 2
            return self._store(rows[:half]) + self._store(rows[half:])
        return []

    def _write(self, rows: list[Ready]) -> None:
        if self.whole:
            self.stage.fill(rows)
            self.staged += len(rows)
            return
        self.project.refresh_from_db(fields=["overlap", "gold_share"])
        write_tasks(self.job, self.project, self.plan.origin, rows)
        self.counts["created"] += len(rows)

    def _still_free(self, rows: list[Ready]) -> list[Ready]:
        """Rows whose external id nobody else has taken since we looked."""
        known = known_ids(self.project.pk, [row.external_id for row in rows if row.external_id is not None])
        return [row for row in rows if row.external_id is None or row.external_id not in known]

    def _publish_all(self) -> None:
        """All staged rows become tasks in one transaction; it locks the job's row against other workers."""
        if self.counts["refused"]:
            raise DomainError(f"Nothing was imported: {self.counts['refused']:,} of its rows were refused.")
        with transaction.atomic():
            Job.objects.select_for_update().get(pk=self.job.pk)
            created = sum(self.stage.publish())
            self.counts["created"] = created
            self.counts["existing"] += self.staged - created
            self.stage.empty()
            self._save(published=True)

    def clean_up(self) -> None:
        """Leave no file of a batch that did not come in, and nothing of an import that is all or nothing."""
        for media in self.checker.pictures.stored.values():
            forget_media(media)
        if not self.whole:
            return
        keys = self.stage.media()
        for media in Media.objects.filter(project=self.project, key__in=keys):
            forget_media(media)
        self.stage.empty()


def commit_later() -> None:
    """Let this transaction not wait for the disk: a crash takes its rows together with the place reached.

    What the job says at the end is waited for, and all before it with it.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit TO off")


def _lines(file: Path) -> Iterator[Any]:
    """The items of a REST call as they were stored; a damaged line is refused as no object."""
    with file.open("rb") as lines:
        for line in lines:
            try:
                yield loads(line)
            except JsonProblem:
                yield None
