"""Refusals that a person or a program can act upon; pages and the API show the same words."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class FieldError:
    """Where in the input (a path such as ``objects[3].box[2]``) and what is wrong there."""

    path: str
    message: str


QUERY_CANCELED = "57014"


class DomainError(Exception):
    """What a service raises when it does not do what was asked; nothing has been written then."""

    status = 400
    code = "invalid"

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        fields: Sequence[FieldError] = (),
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or type(self).code
        self.fields = tuple(fields)


class Conflict(DomainError):
    """Somebody else was first; ``current`` is what is there now, for the screen to show beside ours."""

    status = 409
    code = "conflict"

    def __init__(self, message: str, *, current: object = None, code: str | None = None) -> None:
        super().__init__(message, code=code)
        self.current = current


class Forbidden(DomainError):
    """The role lacks the right, inside a project that the person may know of."""

    status = 403
    code = "forbidden"


class Missing(DomainError):
    """Does not exist, or not for this person: the two must not differ by a byte."""

    status = 404
    code = "not_found"

    def __init__(self) -> None:
        super().__init__("There is nothing here, or nothing you may see.")


def took_too_long(failure: Exception) -> bool:
    """Whether the database broke a statement off because it ran over the statement timeout."""
    return getattr(failure.__cause__, "pgcode", None) == QUERY_CANCELED
