"""People as an export calls them."""

import hmac
from collections.abc import Iterable
from hashlib import sha256

from django.conf import settings

from accounts.models import User
from projects.models import Project


class Names:
    """By a pseudonym that is theirs in this project, or by name. ``known``: those met so far, by id."""

    def __init__(self, project: Project, *, real: bool) -> None:
        self.project_id, self.real = project.pk, real
        self.known: dict[int, str] = {}

    def learn(self, users: Iterable[int]) -> None:
        """The same for the same person in every export of the project; nobody can compute it backwards."""
        new = set(users).difference(self.known)
        if not new:
            return
        if self.real:
            people = User.objects.filter(pk__in=new).values_list("pk", "name", "email")
            self.known |= {user: name or email for user, name, email in people}
        else:
            self.known |= {user: self._pseudonym(user) for user in new}

    def _pseudonym(self, user_id: int) -> str:
        text = f"pseudonym:{self.project_id}:{user_id}".encode()
        return f"p-{hmac.new(settings.SECRET_KEY.encode(), text, sha256).hexdigest()[:12]}"
