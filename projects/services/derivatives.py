"""What browsers see of an uploaded image: a view and a thumbnail that we encoded.

Imports leave them to a worker, so that a hundred thousand images are in the queue long before they are all
encoded. Whoever looks earlier has them made at once: no page waits for the others.
"""

import time

import structlog
from django.core.files.base import ContentFile

from formats.images import ImageProblem, blank, media_type_of, render_two
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


def make_waiting(seconds: float) -> int:
    """Make those that nobody has looked at yet, oldest first, for about so long; return how many.

    Nothing is locked meanwhile: whoever looks at one of them makes it and waits for nobody.
    """
    until, count = time.monotonic() + seconds, 0
    while batch := list(Media.objects.filter(view="", kind="image").order_by("pk")[:BATCH]):
        for media in batch:
            if time.monotonic() >= until:
                return count
            make_derivatives(media)
            count += 1
    return count


def _content(media: Media) -> bytes:
    with media.original.open("rb") as file:
        return bytes(file.read())
