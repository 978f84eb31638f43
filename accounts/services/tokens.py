"""Make, find and revoke API tokens."""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import timedelta

from django.db.models import F
from django.utils import timezone

from accounts.errors import DomainError, FieldError
from accounts.models import ApiToken, Organization, Scope, User

PREFIX = "tst_"
LONGEST_DAYS = 366


def hash_secret(secret: str) -> str:
    """SHA-256 in hex: enough for secrets of 256 random bits, and fast enough for every request."""
    return hashlib.sha256(secret.encode()).hexdigest()


def create_token(
    *,
    user: User,
    organization: Organization,
    name: str,
    scopes: Sequence[str],
    days: int = 90,
) -> tuple[ApiToken, str]:
    """Return the saved token and its secret, which is shown this once and never again.

    Raises DomainError for an unknown scope, no scope, or a life outside 1 to 366 days.
    """
    unknown = [scope for scope in scopes if scope not in Scope.values]
    if unknown or not scopes:
        raise DomainError(
            "A token needs at least one scope.",
            fields=[FieldError("scopes", f"choose from {', '.join(Scope.values)}")],
        )
    if not 1 <= days <= LONGEST_DAYS:
        raise DomainError("A token cannot live that long.", fields=[FieldError("days", "1 to 366")])
    secret = PREFIX + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        user=user,
        organization=organization,
        name=name,
        prefix=secret[: len(PREFIX) + 6],
        secret_hash=hash_secret(secret),
        scopes=sorted(set(scopes)),
        expires_at=timezone.now() + timedelta(days=days),
    )
    return token, secret


def find_token(secret: str) -> ApiToken | None:
    """The living token of this secret, with user and organization, or None."""
    now = timezone.now()
    token = (
        ApiToken.objects.select_related("user", "organization")
        .filter(
            secret_hash=hash_secret(secret),
            expires_at__gt=now,
            revoked_at__isnull=True,
            user__is_active=True,
            organization__memberships__user=F("user"),  # leaving ends it
        )
        .first()
    )
    if token and (token.last_used_at is None or now - token.last_used_at > timedelta(minutes=5)):
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
    return token


def revoke_token(*, token: ApiToken) -> None:
    """End a token at once; revoking twice changes nothing."""
    ApiToken.objects.filter(pk=token.pk, revoked_at__isnull=True).update(revoked_at=timezone.now())
