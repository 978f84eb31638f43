"""Uploaded files on their way in: kept in a private folder until their job is done with them."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, Any

from django.core import signing
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.utils import timezone
from django.utils.crypto import get_random_string

from accounts.errors import DomainError, FieldError
from exchange.models import StagedRow
from formats.reading import sniff
from projects.models import Media, Project

FOLDER = "imports"
SALT = "exchange.upload"
HEAD = 64 * 1024
KEEP = timedelta(hours=24)
LONGEST_NAME = 200


@dataclass(frozen=True)
class Upload:
    """A stored file: where it lies, its name, its size in bytes, and the format it seems to have."""

    path: str
    name: str
    size: int
    format: str | None

    def as_params(self) -> dict[str, Any]:
        """For a job's parameters."""
        return {"path": self.path, "name": self.name, "size": self.size, "format": self.format}


def keep_upload(*, project: Project, name: str, content: "File[Any]") -> Upload:
    """Store a file under a name nobody can guess; only its ending comes from the uploader's name."""
    shown = "".join(char for char in name if char.isprintable())[-LONGEST_NAME:] or "file"
    head = content.read(HEAD)
    content.seek(0)
    reader = sniff(shown, head if isinstance(head, bytes) else head.encode())
    ending = reader.extensions[0] if reader else ".bin"
    path = f"{FOLDER}/{project.organization_id}/{project.pk}/{get_random_string(32)}{ending}"
    stored = default_storage.save(path, content)
    return Upload(stored, shown, int(content.size), reader.name if reader else None)


def ticket_of(upload: Upload, project: Project) -> str:
    """A signed name of the upload, for the second request of a preview and an import."""
    return signing.dumps({**upload.as_params(), "project": project.pk}, salt=SALT, compress=True)


def read_ticket(ticket: str, project: Project) -> Upload:
    """The upload stored for this project. Raises DomainError for any other ticket, and for what is gone."""
    try:
        found = signing.loads(ticket, salt=SALT, max_age=KEEP)
    except signing.BadSignature:
        found = {}
    if found.get("project") != project.pk or not default_storage.exists(found["path"]):
        raise DomainError(
            "Upload the file again.", fields=[FieldError("upload", "is unknown or older than a day")]
        )
    return Upload(found["path"], found["name"], found["size"], found["format"])


@contextmanager
def local_copy(path: str) -> Iterator[Path]:
    """The file on the local disk: itself where files are local, else a copy that goes away after use."""
    if (local := _local_path(path)) is not None:
        yield local
        return
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / Path(path).name
        with default_storage.open(path) as source, target.open("wb") as copy:
            shutil.copyfileobj(source, copy)
        yield target


def _local_path(path: str) -> Path | None:
    try:
        return Path(default_storage.path(path))
    except NotImplementedError:
        return None


def drop_upload(path: str) -> None:
    """Delete a stored file; one that is gone already is no problem."""
    with suppress(FileNotFoundError):
        default_storage.delete(path)


def forget_media(media: Media) -> None:
    """Delete a medium that no task will show, with its files; also one whose row was rolled back."""
    for stored in (media.original, media.view, media.thumbnail):
        if stored.name:
            drop_upload(stored.name)
    Media.objects.filter(pk=media.pk).delete()


def purge_uploads() -> int:
    """Delete uploads of more than a day ago that no unfinished job needs; return how many.

    With them go rows that an import of all or nothing had staged before it was given up or cancelled.
    """
    from exchange.services.jobs import paths_in_use

    limit, used, count = timezone.now() - KEEP, paths_in_use(), 0
    _purge_staged(limit)
    for path in _walk(FOLDER):
        if path not in used and default_storage.get_modified_time(path) < limit:
            drop_upload(path)
            count += 1
    return count


def _purge_staged(limit: datetime) -> None:
    rows = StagedRow.objects.filter(job__finished_at__lt=limit)
    keys = {key for found in rows.values_list("media", flat=True) for key in found or ()}
    for media in Media.objects.filter(key__in=keys):
        forget_media(media)
    rows.delete()


def _walk(folder: str) -> Iterator[str]:
    try:
        folders, files = default_storage.listdir(folder)
    except FileNotFoundError:
        return
    yield from (f"{folder}/{name}" for name in files)
    for name in folders:
        yield from _walk(f"{folder}/{name}")


def spool_lines(lines: Iterator[bytes]) -> IO[bytes]:
    """A temporary file with these lines, at its start."""
    file = tempfile.SpooledTemporaryFile(max_size=HEAD)  # noqa: SIM115 - the caller closes it
    for line in lines:
        file.write(line + b"\n")
    file.seek(0)
    return file
