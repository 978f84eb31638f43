"""Take uploaded files in: originals are kept as they came, browsers get derivatives of images."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from typing import BinaryIO

from django.core.files.base import ContentFile, File

from accounts.errors import DomainError, FieldError
from accounts.models import User
from formats.audio import ENDINGS, WAV, AudioProblem, check_audio, media_type_of, read_wav
from formats.images import ImageProblem, inspect_image
from projects.models import Media, Project
from projects.models.media import new_media_key
from projects.services.derivatives import make_derivatives

LARGEST = 200 * 1024 * 1024


@dataclass(frozen=True)
class Found:
    """What a file turned out to be. ``seconds`` of a recording are known once a worker has read it."""

    kind: str
    media_type: str
    width: int | None = None
    height: int | None = None
    seconds: float | None = None


def add_image(*, project: Project, name: str, content: BinaryIO, by: User | None) -> Media:
    """As ``add_file``, for images alone."""
    return _add(project, name, read_content(name, content), by, _image)


def add_file(*, project: Project, name: str, content: BinaryIO, by: User | None) -> Media:
    """Check an image through to its last pixel, or how a recording begins, and store it.

    What browsers will see of an image is made at once, a waveform by a worker. The same bytes twice in a
    project give the same media. Raises DomainError with the reason for anything that is neither; nothing is
    stored then.
    """
    return _add(project, name, read_content(name, content), by, partial(check_file, deep=False))


def _add(
    project: Project, name: str, data: bytes, by: User | None, check: Callable[[str, bytes], Found]
) -> Media:
    digest = digest_of(data)
    known = Media.objects.filter(project=project, sha256=digest).first()
    if known is not None:
        return known
    media = keep_file(project=project, name=name, data=data, digest=digest, found=check(name, data), by=by)
    media.save()
    if media.kind == "image":
        make_derivatives(media, data)
    return media


def read_content(name: str, content: BinaryIO) -> bytes:
    """All bytes of a file. Raises DomainError when they are too many."""
    data = content.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise _refuse(name, f"larger than {LARGEST // 2**20} MiB")
    return data


def digest_of(data: bytes) -> str:
    """By which the same content is found again."""
    return hashlib.sha256(data).hexdigest()


def check_file(name: str, data: bytes, *, deep: bool) -> Found:
    """A recording, by its first bytes, or else an image, decoded to its last pixel.

    What is named like a recording and is none is refused as one. ``deep``, for workers: also the header of a
    WAV file is read. Raises DomainError with the reason.
    """
    try:
        if media_type_of(data[:16]) is None and not name.lower().endswith(ENDINGS):
            return _image(name, data)
        media_type = check_audio(data)
        seconds = read_wav(BytesIO(data)).seconds if deep and media_type == WAV else None
    except AudioProblem as problem:
        raise _refuse(name, str(problem)) from problem
    return Found("audio", media_type, seconds=seconds)


def _image(name: str, data: bytes) -> Found:
    try:
        info = inspect_image(BytesIO(data))
    except ImageProblem as problem:
        raise _refuse(name, str(problem)) from problem
    return Found("image", info.media_type, info.width, info.height)


def keep_file(
    *, project: Project, name: str, data: bytes, digest: str, found: Found, by: User | None
) -> Media:
    """Store the original of a checked file; return its media, which the caller saves.

    Files first, then the row: a crash leaves a file nobody knows, never a row without its file. What browsers
    see is made later, by a worker or, of an image, when somebody looks.
    """
    key = new_media_key()
    media = Media(
        project=project,
        key=key,
        kind=found.kind,
        name=name[-300:],
        content_type=found.media_type,
        size=len(data),
        sha256=digest,
        width=found.width,
        height=found.height,
        seconds=found.seconds,
        created_by=by,
    )
    folder = f"media/{project.organization_id}/{project.pk}/{key[:2]}/{key}"
    media.original.save(f"{folder}/original", ContentFile(data), save=False)
    return media


def _refuse(name: str, why: str) -> DomainError:
    return DomainError("This file cannot be taken.", fields=[FieldError("file", f"{name}: {why}")])


def read_file(media: Media, which: str) -> "File[bytes]":
    """Open the original, the view or the thumbnail for reading; what is not made yet of an image is made now.

    Raises FileNotFoundError for what a worker has not made of a recording yet.
    """
    if which != "original" and not media.view:
        if media.kind != "image":
            raise FileNotFoundError(f"{which} of {media.key}")
        make_derivatives(media)
    field = {"original": media.original, "view": media.view, "thumbnail": media.thumbnail}[which]
    return field.open("rb")
