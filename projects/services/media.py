"""Take uploaded files in: the original is kept as it came, browsers get a derivative that we made."""

import hashlib
from io import BytesIO
from typing import BinaryIO

from django.core.files.base import ContentFile, File
from django.db import transaction

from accounts.errors import DomainError, FieldError
from accounts.models import User
from formats.images import ImageProblem, inspect_image, render_derivative
from projects.models import Media, Project
from projects.models.media import new_media_key

VIEW_SIDE = 4096
THUMBNAIL_SIDE = 256
LARGEST = 200 * 1024 * 1024
VIEW_TYPE = "image/webp"


def add_image(*, project: Project, name: str, content: BinaryIO, by: User | None) -> Media:
    """Check an image through to its last pixel, make what browsers will see, and store all three.

    The same bytes twice in a project give the same media. Raises DomainError with the reason for anything
    that is not a sound image; nothing is stored then.
    """
    data = content.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise _refuse(name, f"larger than {LARGEST // 2**20} MiB")
    digest = hashlib.sha256(data).hexdigest()
    known = Media.objects.filter(project=project, sha256=digest).first()
    if known is not None:
        return known
    try:
        info = inspect_image(BytesIO(data))
        view = render_derivative(BytesIO(data), VIEW_SIDE)
        thumbnail = render_derivative(BytesIO(data), THUMBNAIL_SIDE)
    except ImageProblem as problem:
        raise _refuse(name, str(problem)) from problem
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
    _store(media, folder, data, view, thumbnail)
    return media


def _store(media: Media, folder: str, data: bytes, view: bytes, thumbnail: bytes) -> None:
    """Files first, then the row: a crash leaves a file nobody knows, never a row without its file."""
    media.original.save(f"{folder}/original", ContentFile(data), save=False)
    media.view.save(f"{folder}/view.webp", ContentFile(view), save=False)
    media.thumbnail.save(f"{folder}/thumbnail.webp", ContentFile(thumbnail), save=False)
    with transaction.atomic():
        media.save()


def _refuse(name: str, why: str) -> DomainError:
    return DomainError("This file cannot be taken.", fields=[FieldError("file", f"{name}: {why}")])


def read_file(media: Media, which: str) -> "File[bytes]":
    """Open the original, the view or the thumbnail for reading."""
    field = {"original": media.original, "view": media.view, "thumbnail": media.thumbnail}[which]
    return field.open("rb")
