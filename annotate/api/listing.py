"""A page of rows as a response."""

from collections.abc import Callable
from typing import Any, TypeVar

from django.db.models import Model, QuerySet
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.pagination import CursorPagination

Row = TypeVar("Row", bound=Model)


class OldestFirst(CursorPagination):
    ordering = "id"


def list_response(
    rows: QuerySet[Row],
    request: Request,
    show: Callable[[list[Row]], Any],
    *,
    pages: CursorPagination | None = None,
) -> Response:
    """One page of these rows, each page in the same number of queries, as ``show`` renders them."""
    pages = pages or CursorPagination()
    page: list[Row] = pages.paginate_queryset(rows, request) or []
    return pages.get_paginated_response(show(page))
