"""The one JSON parser of the API: strict about what databases and browsers choke on."""

from collections.abc import Mapping
from typing import IO, Any

from django.conf import settings
from django.http import UnreadablePostError
from rest_framework import exceptions, parsers

from formats.strictjson import JsonProblem, loads


class StrictJSONParser(parsers.BaseParser):
    """Refuses NaN, lone surrogates, NUL, duplicate keys, deep nesting and oversized bodies by name."""

    media_type = "application/json"

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        """Return the parsed body; 400 names the place that is wrong, 413 a body that is too long.

        408 if it broke off or came too slowly (config/slow_clients.py).
        """
        limit = settings.API_BODY_LIMIT
        try:
            body = stream.read(limit + 1)
        except UnreadablePostError as broken:
            raise Unfinished("The body did not arrive, or too slowly.") from broken
        if len(body) > limit:
            raise TooLarge(f"The body is over {limit} bytes: upload a file instead.")
        if not body:
            return {}
        try:
            return loads(body)
        except JsonProblem as problem:
            where = f" at {problem.path}" if problem.path else ""
            raise exceptions.ParseError(f"Not valid JSON{where}: {problem.message}") from problem


class Unfinished(exceptions.APIException):
    """Seldom read by anybody: the connection has broken, or is about to be closed."""

    status_code = 408
    default_code = "unfinished"


class TooLarge(exceptions.APIException):
    status_code = 413
    default_code = "too_large"
