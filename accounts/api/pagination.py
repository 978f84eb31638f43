"""Keyset pages: page one million costs what page one does."""

from typing import Any

from rest_framework import pagination
from rest_framework.response import Response


class CursorPagination(pagination.CursorPagination):
    """``{"results", "next", "previous"}``; ``limit`` chooses the size, 1 to 1,000."""

    page_size = 50
    page_size_query_param = "limit"
    max_page_size = 1000
    ordering = "-id"

    def get_paginated_response(self, data: Any) -> Response:
        """The page with links to its neighbors."""
        return Response(
            {
                "results": data,
                "next": self.get_next_link(),
                "previous": self.get_previous_link(),
            }
        )
