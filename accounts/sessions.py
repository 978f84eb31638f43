"""Who asks, found with two planned statements: every request begins with them."""

import json
from functools import lru_cache
from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.conf import settings
from django.contrib.sessions.backends import db

from accounts.models import User
from accounts.rows import Columns
from accounts.statements import Prepared

USER = Columns(User, "u")
FIND_USER = Prepared(
    "find_user",
    f"SELECT {USER.sql} FROM accounts_user u WHERE u.id = %(user)s",  # noqa: S608 - columns of the model
    user="bigint",
)
FIND_SESSION = Prepared(
    "find_session",
    "SELECT session_data FROM django_session WHERE session_key = %(key)s AND expire_date > now()",
    key="text",
)


class _Empty(Exception):
    """Nothing is in a session, or it was not signed by us, which Django's store has logged."""


@lru_cache(maxsize=1000)
def _contents(session_data: bytes | str, _key: str) -> str:
    if found := db.SessionStore().decode(session_data):
        return json.dumps(found)
    raise _Empty  # is not remembered: it is logged each time


class SessionStore(db.SessionStore):
    """Sessions in the database, as Django's."""

    def decode(self, session_data: bytes | str) -> dict[str, Any]:
        """The contents of a stored session; empty if we did not sign it.

        The row is read at every request. What its text means, and that it is signed, stays true of that text.
        """
        try:
            return dict(json.loads(_contents(session_data, settings.SECRET_KEY)))
        except _Empty:
            return {}

    def load(self) -> dict[str, Any]:
        """The session's contents; empty, and the key forgotten, if there is none or it has run out."""
        rows = FIND_SESSION.rows({"key": self.session_key})
        if not rows:
            self._session_key = None
            return {}
        return dict(self.decode(rows[0][0]))


class Backend(AuthenticationBackend):
    """Signing in as in allauth."""

    def get_user(self, user_id: int) -> User | None:
        """The user of a session; None for one who is gone or may not sign in any more."""
        rows = FIND_USER.rows({"user": user_id})
        user = USER.read(rows[0], 0) if rows else None
        return user if user is not None and self.user_can_authenticate(user) else None
