"""Trying again what Postgres ended because two transactions waited for each other."""

import functools
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from django.db import OperationalError, connection
from psycopg2 import errors

P = ParamSpec("P")
R = TypeVar("R")

MOST_TRIES = 3


def again_on_deadlock(function: Callable[P, R]) -> Callable[P, R]:
    """Run the function's whole transaction again after a deadlock, up to three times in all.

    Inside a caller's transaction nothing can be tried again, and the error goes up.
    """

    @functools.wraps(function)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> R:
        for attempt in range(1, MOST_TRIES + 1):
            try:
                return function(*args, **kwargs)
            except OperationalError as error:
                is_deadlock = isinstance(error.__cause__, errors.DeadlockDetected)
                if not is_deadlock or connection.in_atomic_block or attempt == MOST_TRIES:
                    raise
        raise AssertionError("unreachable")

    return wrapper
