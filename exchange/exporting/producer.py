"""Writes an export into a temporary file on a thread of its own, with a database connection of its own.

So a slow client never holds the snapshot: it reads from the file, at its own pace, while or after it grows.
The thread reads from the replica, where there is one. When that fails on the way, the file is begun anew from
the primary, unless somebody has read from it already.
"""

import os
import tempfile
import threading
from collections.abc import Iterator
from types import TracebackType
from typing import BinaryIO

from django.db import DEFAULT_DB_ALIAS, InterfaceError, OperationalError, connections
from django.db.models import Max
from django.utils import timezone

from accounts.replica import EXPORT_PATIENCE, database_at, may_try_primary, position, reading_from
from exchange.exporting.items import Items, snapshot
from exchange.exporting.request import ExportRequest
from formats.outgoing import ExportContext, ExportItem, Summary
from labeltypes.ontology import Ontology
from projects.models import Project, TaskSummary

CHUNK = 64 * 1024
PATIENCE = 0.2


class Stopped(Exception):
    """Raised inside the thread when nobody wants the export any more."""


class Producer:
    """One export being written. Use it in ``with``: at the end the thread is over and the file is gone.

    ``done``: items so far. ``summary``, ``context`` and ``items`` are complete when ``is_over``.
    """

    def __init__(self, project: Project, wanted: ExportRequest, ontology: Ontology, version: int) -> None:
        self.wanted = wanted
        self.items = Items(project, wanted, ontology)
        self.context = ExportContext(
            project=project.name,
            ontology=ontology,
            ontology_version=version,
            exported_at=timezone.now(),
            options=wanted.options,
            open_media=self.items.open_media if wanted.images else None,
            changed_at=TaskSummary.objects.filter(project=project).aggregate(last=Max("updated_at"))["last"],
        )
        self.done = 0
        self.summary: Summary | None = None
        self.failure: BaseException | None = None
        # Without a name: however this process ends, nothing is left behind.
        self.file: BinaryIO = tempfile.TemporaryFile()  # noqa: SIM115
        self._grown = threading.Condition()
        self._size = 0
        self._was_read = False
        self._stop = False
        self._position = position()  # the moment of the question: what was answered by now is in it
        self._thread = threading.Thread(target=self._run, name="export", daemon=True)

    def __enter__(self) -> "Producer":
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Stop writing, and delete the file."""
        self._stop = True
        self._thread.join()
        self.file.close()

    @property
    def is_over(self) -> bool:
        """Whether the thread has written all there was, or failed."""
        return not self._thread.is_alive()

    def wait(self, seconds: float) -> bool:
        """Wait until it is over, at most this long; whether it is."""
        self._thread.join(seconds)
        return self.is_over

    def raise_if_failed(self) -> None:
        """Hand on what went wrong in the thread."""
        if self.failure is not None:
            raise self.failure

    def chunks(self) -> Iterator[bytes]:
        """The file as it grows, to its end; raises what went wrong, so that half a file never looks whole."""
        position = 0
        while True:
            over = self.is_over
            with self._grown:
                if self._size == position and not over:
                    self._grown.wait(PATIENCE)
                available = self._size - position
                self._was_read = self._was_read or available > 0
            if available:
                chunk = os.pread(self.file.fileno(), min(available, CHUNK), position)
                position += len(chunk)
                yield chunk
            elif over:
                self.raise_if_failed()
                return

    def write(self, data: bytes) -> None:
        """Called by the format's writer, on the thread."""
        view = memoryview(data)
        while view:
            view = view[os.write(self.file.fileno(), view) :]
        with self._grown:
            self._size += len(data)
            self._grown.notify()

    def _run(self) -> None:
        alias = database_at(self._position, patience=EXPORT_PATIENCE)
        try:
            try:
                self._write(alias)
            except (OperationalError, InterfaceError) as problem:
                if alias == DEFAULT_DB_ALIAS or not may_try_primary(problem) or not self._begin_anew():
                    raise
                self._write(DEFAULT_DB_ALIAS)
        except BaseException as failure:
            self.failure = failure
        finally:
            connections.close_all()

    def _write(self, alias: str) -> None:
        with reading_from(alias), snapshot():
            self.summary = self.wanted.writer.write(self._counted(), self.context, self)

    def _begin_anew(self) -> bool:
        """Empty the file, unless a reader has begun; whether that was done."""
        with self._grown:
            if self._was_read:
                return False
            os.truncate(self.file.fileno(), 0)
            os.lseek(self.file.fileno(), 0, os.SEEK_SET)
            self._size = self.done = 0
            self.items.guidelines.clear()
            return True

    def _counted(self) -> Iterator[ExportItem]:
        for item in self.items:
            if self._stop:
                raise Stopped
            self.done += 1
            yield item
