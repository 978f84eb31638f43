"""Uploaded files: originals as they came, and the derivative that a browser may show."""

import secrets
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q


def new_media_key() -> str:
    """A name nobody can guess: 192 random bits."""
    return secrets.token_urlsafe(24)


class Media(models.Model):
    """``width`` and ``height`` are those of the full-size image after EXIF rotation, in pixels.

    ``view`` and ``thumbnail`` are empty until a worker or the first look has made them. Of a recording the
    view is its waveform (``formats.audio.pack_peaks``), an empty file where there is none, and made by a
    worker alone; ``seconds`` is its length, null where nobody but a browser can tell.
    """

    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE, related_name="media")
    key = models.CharField(max_length=40, unique=True, default=new_media_key)
    kind = models.CharField(max_length=20)
    name = models.CharField(max_length=300)
    content_type = models.CharField(max_length=100)
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    width = models.PositiveIntegerField(null=True, blank=True)
    height = models.PositiveIntegerField(null=True, blank=True)
    seconds = models.FloatField(null=True, blank=True)
    original = models.FileField(max_length=300)
    view = models.FileField(max_length=300, blank=True)
    thumbnail = models.FileField(max_length=300, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["project", "sha256"], name="media_by_content"),
            models.Index(fields=["id"], condition=Q(view=""), name="media_without_view"),
        ]

    def __str__(self) -> str:
        return self.name

    def shown(self) -> dict[str, Any]:
        """What a browser needs to show it; one that is not stored has a null ``url``."""
        if self.kind == "audio":
            return {
                "url": f"/media/{self.key}/sound/" if self.pk else None,
                "peaks": f"/media/{self.key}/peaks/" if self.pk else None,
                "seconds": self.seconds,
                "thumbnail": f"/media/{self.key}/thumbnail/" if self.thumbnail else None,
            }
        url = f"/media/{self.key}/view/" if self.pk else None
        return {"url": url, "width": self.width, "height": self.height}
