"""Which requests that make something were already carried out."""

from typing import ClassVar

from django.conf import settings
from django.db import models


class RequestKey(models.Model):
    """An Idempotency-Key of a person, and the id of what the request with it has made.

    ``digest`` tells a repeat from another request with the same key.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=100)
    digest = models.CharField(max_length=64)
    made = models.BigIntegerField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["user", "key"], name="request_key_once")]
        indexes: ClassVar = [models.Index(fields=["created_at"], name="request_key_by_age")]

    def __str__(self) -> str:
        return f"{self.key} of {self.user_id} made {self.made}"
