"""Take uploaded files in: the original is kept as it came, browsers get a derivative that we made."""

import hashlib
from io import BytesIO
from typing import BinaryIO

from django.core.files.base import ContentFile, File

from accounts.errors import DomainError, FieldError
from accounts.models import User
from formats.images import ImageInfo, ImageProblem, inspect_image
from projects.models import Media, Project
from projects.models.media import new_media_key
from projects.services.derivatives import make_derivatives

LARGEST = 200 * 1024 * 1024


def add_image(*, project: Project, name: str, content: BinaryIO, by: User | None) -> Media:
    """Check an image through to its last pixel, make what browsers will see, and store all three.

    The same bytes twice in a project give the same media. Raises DomainError with the reason for anything
    that is not a sound image; nothing is stored then.
    """
    data = read_content(name, content)
    digest = digest_of(data)
    known = Media.objects.filter(project=project, sha256=digest).first()
    if known is not None:
        return known
    info = check_image(name, data)
    media = keep_image(project=project, name=name, data=data, digest=digest, info=info, by=by)
    media.save()
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


def check_image(name: str, data: bytes) -> ImageInfo:
    """Decode an image to its last pixel. Raises DomainError with the reason if it is not a sound one."""
    try:
        return inspect_image(BytesIO(data))
    except ImageProblem as problem:
        raise _refuse(name, str(problem)) from problem


def keep_image(
    *, project: Project, name: str, data: bytes, digest: str, info: ImageInfo, by: User | None
) -> Media:
    """Store the original of a checked image; return its media, which the caller saves.

    Files first, then the row: a crash leaves a file nobody knows, never a row without its file. What browsers
    see is made later, by a worker or when somebody looks.
    """
    key = new_media_key()
    media = Media(
        project=project,
        key=key,
        kind="image",
        name=name[-300:],
        content_type=info.media_type,
        size=len(data),
        sha256=digest,
        width=info.width,
        height=info.height,
        created_by=by,
    )
    folder = f"media/{project.organization_id}/{project.pk}/{key[:2]}/{key}"
    media.original.save(f"{folder}/original", ContentFile(data), save=False)
    return media


def _refuse(name: str, why: str) -> DomainError:
    return DomainError("This file cannot be taken.", fields=[FieldError("file", f"{name}: {why}")])


def read_file(media: Media, which: str) -> "File[bytes]":
    """Open the original, the view or the thumbnail for reading; what is not made yet is made now."""
    if which != "original" and not media.view:
        make_derivatives(media)
    field = {"original": media.original, "view": media.view, "thumbnail": media.thumbnail}[which]
    return field.open("rb")
