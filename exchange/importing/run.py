"""The import job: reads in batches, each of which is one transaction that also moves the cursor.

A killed worker loses at most the two batches it was at; the next attempt passes over what was read before.
"""

from collections.abc import Iterator, Sequence
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import Any

from django.db import DataError, IntegrityError, transaction

from accounts.errors import DomainError
from annotate.services.queue import open_queue
from exchange.importing.batches import Batch, batches, count_rows, read_ahead, rows_of_a_batch
from exchange.importing.hands import Hands, Turn
from exchange.importing.plan import ITEMS, Plan
from exchange.importing.rows import Checker, Ready
from exchange.importing.staging import Stage
from exchange.importing.tally import Tally
from exchange.importing.tasks import known_ids, look_at_project, order_words, write_tasks
from exchange.services.uploads import drop_upload, forget_media, local_copy
from formats.incoming import FormatError, Imported, Refused
from formats.reading import read, read_items
from formats.strictjson import stored
from projects.jobs import JobContext, job_handler
from projects.models import Job, Media


@job_handler("import")
def run_import(context: JobContext) -> dict[str, Any]:
    """Read the upload of a job into its project; the upload is deleted when that is over, however it ends.

    Lost are at most the deletion, which `purge_uploads` makes good, and the words' order.
    """
    path = context.params["upload"]["path"]
    run = Import(context)
    try:
        with local_copy(path) as file:
            result = run.go(file)
    except Exception:  # not when the process ends: then the next attempt needs the file
        run.clean_up()
        drop_upload(path)
        raise
    context.afterwards = lambda: _tidy_up(path)
    return result


def _tidy_up(path: str) -> None:
    """When the end of the job is on the disk, and nobody waits any more."""
    drop_upload(path)
    order_words()


class Import:
    """One attempt at an import job."""

    def __init__(self, context: JobContext) -> None:
        self.context, self.job, self.project = context, context.job, context.project
        self.plan = Plan.from_params(context.params["plan"])
        self.whole = self.plan.on_error == "roll_back"
        self.stage = Stage(self.job, self.project, self.plan.origin)
        self.checker = Checker(self.project, context.params["ontology"], self.job.created_by)
        self.so_far = Tally.from_cursor(context.cursor)

    def go(self, file: Path) -> dict[str, Any]:
        """Read everything, then say what became of it. Raises DomainError if nothing came in."""
        if self.whole and self.stage.count() != self.so_far.staged:
            self._begin_again()
        if not self.context.cursor.get("published"):
            self._read(file)
            if self.whole:
                self._publish_all()
        counts, stopped = self.so_far.counts, self.so_far.stopped
        if not counts["created"] and counts["refused"]:
            raise DomainError(stopped or f"No row could be taken: {counts['refused']:,} refused.")
        return {**self.so_far.result, **({"stopped": stopped} if stopped else {})}

    def _begin_again(self) -> None:
        """The staged rows went with a crash of the database, or belong to no saved batch: start over."""
        self.stage.empty()
        self.job.errors.all().delete()
        Job.objects.filter(pk=self.job.pk).update(error_count=0)
        self.context.cursor, self.so_far = {}, Tally()

    def _read(self, file: Path) -> None:
        total = self.context.params.get("total") or count_rows(file, self.plan.format)
        if (total, self.so_far.seen) != (self.job.total, self.job.done):
            self.context.progress(self.so_far.seen, total)
        try:
            read = batches(islice(self._rows(file), self.so_far.seen, None), total)
            # Members of an archive are opened while they are stored: nothing is left to read ahead.
            is_archive = self.plan.format == "zip"
            is_small = total is not None and total <= rows_of_a_batch(total)
            with (
                closing(read if is_archive else read_ahead(read)) as ready,
                Hands(self.job.pk, self._do, alone=is_archive or self.whole or is_small) as hands,
            ):
                for batch in ready:
                    hands.store(batch)
                    self.context.let_others()
        except FormatError as error:
            raise DomainError(str(error)) from error
        if total != self.so_far.seen:
            self.context.progress(self.so_far.seen, self.so_far.seen)

    def _rows(self, file: Path) -> Iterator[Imported | Refused]:
        if self.plan.format == ITEMS:
            return read_items(_items(file), self.plan.read_options)
        return read(file, self.plan.columns, self.plan.read_options)

    def _do(self, batch: Batch, turn: Turn) -> None:
        """Check, store, count, report and move on, all in one transaction, perhaps beside another."""
        part = Tally(seen=batch.size)
        with transaction.atomic():
            turn.begin()
            fresh = self._without_known(batch, part)
            good, bad = self.checker.check(fresh)
            bad += batch.refused
            part.note_good(good)
            if self.whole and (bad or self.so_far.counts["refused"]):
                good = []
            bad += self._store(good, turn.draw(len(good)), turn, part)
            self._forget_unused(good, bad)
            part.counts["refused"] = len({refusal.row for refusal in bad})
            part.stopped = next((one.message for one in bad if one.fatal), "")
            turn.come()
            if bad:
                self.context.errors([self.context.refused(one.row, one.message, one.path) for one in bad])
            so_far = self.so_far + part
            self._save(so_far)

        self.so_far = so_far
        self.checker.pictures.stored = {}

    def _forget_unused(self, good: list[Ready], bad: list[Refused]) -> None:
        """Delete new files of rows that were refused for something else."""
        failed = {refusal.row for refusal in bad}
        used = {key for row in good if row.row not in failed for key in row.media}
        for key in set(self.checker.pictures.stored) - used:
            forget_media(self.checker.pictures.stored.pop(key))

    def _save(self, tally: Tally, **more: Any) -> None:
        """Result and cursor, in the transaction of the batch; raises JobCancelled on request."""
        self.context.progress(tally.seen, result=tally.result, **tally.cursor, **more)

    def _without_known(self, batch: Batch, part: Tally) -> list[Imported]:
        """Items whose external id is new; the others are counted, and left as they are."""
        ids = [item.external_id for item in batch.items if item.external_id is not None]
        known = known_ids(self.project.pk, ids)
        fresh: list[Imported] = []
        for item in batch.items:
            if item.external_id is None or item.external_id not in known:
                fresh.append(item)
            else:
                part.note_known(item.external_id, ours=known[item.external_id] == self.job.pk)
            if item.external_id is not None:
                known.setdefault(item.external_id, self.job.pk)
        return fresh

    def _store(self, rows: Sequence[Ready], ids: Sequence[int], turn: Turn, part: Tally) -> list[Refused]:
        """Store rows and wait for their turn; when the database refuses one for its content, find it."""
        if not rows:
            return []
        try:
            with transaction.atomic():
                self._write(rows, ids, turn)
                turn.come()
        except IntegrityError:
            free = self._still_free(rows)
            if len(free) == len(rows):
                raise
            part.counts["existing"] += len(rows) - len(free)
            return self._store(free, ids[: len(free)], turn, part)
        except DataError as error:
            if len(rows) == 1:
                return [Refused(rows[0].row, "", f"cannot be stored: {str(error).splitlines()[0]}")]
            half = len(rows) // 2
            first = self._store(rows[:half], ids[:half], turn, part)
            return first + self._store(rows[half:], ids[half:], turn, part)
        part.staged += len(rows) if self.whole else 0
        part.counts["created"] += 0 if self.whole else len(rows)
        return []

    def _write(self, rows: Sequence[Ready], ids: Sequence[int], turn: Turn) -> None:
        if self.whole:
            self.stage.fill(rows, ids)
            return
        look_at_project(self.project)
        if turn.is_first:  # the others come in after it or not at all, and would wait for what it makes
            open_queue(self.project)
        write_tasks(self.job, self.project, self.plan.origin, rows, ids)

    def _still_free(self, rows: Sequence[Ready]) -> list[Ready]:
        """Rows whose external id nobody else has taken since we looked."""
        known = known_ids(self.project.pk, [row.external_id for row in rows if row.external_id is not None])
        return [row for row in rows if row.external_id is None or row.external_id not in known]

    def _publish_all(self) -> None:
        """All staged rows become tasks in one transaction; it locks the job's row against other workers."""
        if refused := self.so_far.counts["refused"]:
            raise DomainError(f"Nothing was imported: {refused:,} of its rows were refused.")
        with transaction.atomic():
            Job.objects.select_for_update(no_key=True).get(pk=self.job.pk)
            created = sum(self.stage.publish())
            self.so_far.counts["created"] = created
            self.so_far.counts["existing"] += self.so_far.staged - created
            self.stage.empty()
            self._save(self.so_far, published=True)

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


def _items(file: Path) -> Iterator[Any]:
    """The items of a REST call, which were checked before they were stored.

    Many a line, as one list. A version before kept one a line, and an upload may wait through an upgrade.
    """
    with file.open("rb") as lines:
        for line in lines:
            found = stored(line)
            if isinstance(found, list):
                yield from found
            else:
                yield found
