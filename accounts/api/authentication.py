"""Who is asking: an API token, or the browser's session with CSRF."""

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from rest_framework import authentication, exceptions
from rest_framework.request import Request

from accounts.services.tokens import find_token

if TYPE_CHECKING:
    from accounts.models import ApiToken, User


def _no_response(_request: HttpRequest) -> HttpResponseBase:
    raise AssertionError("only its checks are called")


CHECK: Any = authentication.CSRFCheck(_no_response)


class TokenAuthentication(authentication.BaseAuthentication):
    """``Authorization: Bearer …``; ``request.auth`` is the token, whose scopes the access table checks."""

    def authenticate(self, request: Request) -> "tuple[User, ApiToken] | None":
        """Return user and token; None without the header; 401 for a token that does not work."""
        scheme, _, secret = str(request.META.get("HTTP_AUTHORIZATION", "")).partition(" ")
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

    def authenticate(self, request: Request) -> "tuple[User, None] | None":
        """Return the user, without the proxy that fetched them: much is asked of them from here on."""
        found = super().authenticate(request)
        return None if found is None else (getattr(found[0], "_wrapped", found[0]), None)

    def enforce_csrf(self, request: Request) -> None:
        """The framework's check, made once for all requests; 403 says what is wrong.

        Of JSON it looks at Django's request behind the framework's: it has no form to look for a token in.
        """
        is_json = request.content_type == "application/json"
        asked = request._request if is_json else request
        CHECK.process_request(asked)
        if reason := CHECK.process_view(asked, None, (), {}):
            raise exceptions.PermissionDenied(f"CSRF Failed: {reason}")
