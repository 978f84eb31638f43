"""Who is asking: an API token, or the browser's session with CSRF."""

from typing import TYPE_CHECKING

from rest_framework import authentication, exceptions
from rest_framework.request import Request

from accounts.services.tokens import find_token

if TYPE_CHECKING:
    from accounts.models import ApiToken, User


class TokenAuthentication(authentication.BaseAuthentication):
    """``Authorization: Bearer …``; ``request.auth`` is the token, whose scopes the access table checks."""

    def authenticate(self, request: Request) -> "tuple[User, ApiToken] | None":
        """Return user and token; None without the header; 401 for a token that does not work."""
        scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        token = find_token(secret.strip())
        if token is None:
            raise exceptions.AuthenticationFailed("This token is unknown, expired or revoked.")
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        """What a 401 says about how to come back."""
        return 'Bearer realm="touchstone"'


class SessionAuthentication(authentication.SessionAuthentication):
    """The browser: unsafe methods need the CSRF token."""
