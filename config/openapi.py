"""What drf-spectacular cannot see by itself: how callers prove who they are."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension


class BearerToken(OpenApiAuthenticationExtension):
    """The API token of a person, in the Authorization header."""

    target_class = "accounts.api.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        """Return OpenAPI's description of a bearer token."""
        return {"type": "http", "scheme": "bearer"}


class Session(OpenApiAuthenticationExtension):
    """The session of the browser, with the CSRF token on every unsafe call."""

    target_class = "accounts.api.authentication.SessionAuthentication"
    name = "session"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        """Return OpenAPI's description of a session cookie."""
        return {"type": "apiKey", "in": "cookie", "name": "session"}
