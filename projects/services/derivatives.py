"""What browsers see of an upload: of an image a view and a thumbnail, of a recording its waveform.

Imports leave them to a worker, so that a hundred thousand images are in the queue long before they are all
encoded. Whoever looks earlier has them made at once: no page waits for the others.
"""

import time
from typing import Any

import structlog
from django.core.files.base import ContentFile

from formats.audio import WAV, AudioProblem, pack_peaks, peaks_of, read_wav
from formats.images import ImageProblem, blank, media_type_of, render_two, waveform_picture
from projects.models import Media

VIEW_SIDE = 4096
THUMBNAIL_SIDE = 256
ENDINGS = {"image/jpeg": "jpg", "image/webp": "webp"}
BATCH = 20

log = structlog.get_logger(__name__)


def make_derivatives(media: Media, data: bytes | None = None) -> None:
    """Make and store both; done twice at once, the second keeps those of the first.

    An image that was found sound and cannot be encoded all the same becomes a gray one, not an error.
    """
    try:
        large, small = render_two(_content(media) if data is None else data, VIEW_SIDE, THUMBNAIL_SIDE)
    except ImageProblem as problem:
        log.warning("image_not_shown", media=media.pk, error=str(problem))
        large = small = blank()
    folder = str(media.original.name).rpartition("/")[0]
    media.view.save(f"{folder}/view.{ENDINGS[media_type_of(large)]}", ContentFile(large), save=False)
    if small is large:
        media.thumbnail.name = media.view.name
    else:
        media.thumbnail.save(f"{folder}/thumbnail.webp", ContentFile(small), save=False)
    names = {"view": str(media.view.name), "thumbnail": str(media.thumbnail.name)}
    if not Media.objects.filter(pk=media.pk, view="").update(**names):
        for name in set(names.values()):
            media.view.storage.delete(name)
        media.refresh_from_db(fields=["view", "thumbnail"])


def make_waveform(media: Media) -> None:
    """Make and store the waveform of a recording, its picture, and its length; of what we do not read, an
    empty one. Done twice at once, the second keeps those of the first.
    """
    peaks, picture, seconds = b"", b"", media.seconds
    try:
        if media.content_type == WAV:
            file: Any  # Django's File is a binary one in all but name
            with media.original.open("rb") as file:
                wav = read_wav(file)
                found = peaks_of(file, wav)
            peaks, picture, seconds = pack_peaks(found, wav), waveform_picture(found), wav.seconds
    except AudioProblem as problem:
        log.warning("recording_not_read", media=media.pk, error=str(problem))
    folder = str(media.original.name).rpartition("/")[0]
    media.view.save(f"{folder}/peaks.bin", ContentFile(peaks), save=False)
    if picture:
        media.thumbnail.save(f"{folder}/thumbnail.webp", ContentFile(picture), save=False)
    names = {"view": str(media.view.name), "thumbnail": str(media.thumbnail.name or "")}
    if not Media.objects.filter(pk=media.pk, view="").update(**names, seconds=seconds):
        for name in filter(None, names.values()):
            media.view.storage.delete(name)
        media.refresh_from_db(fields=["view", "thumbnail", "seconds"])
    else:
        media.seconds = seconds


MAKERS = {"image": make_derivatives, "audio": make_waveform}


def make_waiting(seconds: float) -> int:
    """Make those that nobody has looked at yet, oldest first, for about so long; return how many.

    Nothing is locked meanwhile: whoever looks at one of them makes it and waits for nobody.
    """
    until, count = time.monotonic() + seconds, 0
    while batch := list(Media.objects.filter(view="").order_by("pk")[:BATCH]):
        for media in batch:
            if time.monotonic() >= until:
                return count
            MAKERS[media.kind](media)
            count += 1
    return count


def _content(media: Media) -> bytes:
    with media.original.open("rb") as file:
        return bytes(file.read())
