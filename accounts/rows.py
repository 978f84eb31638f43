"""Models from hand-written statements: for the few places where the ORM costs more than the database.

``next``, ``submit`` and the door before them run thousands of times an hour; what is measured there is in
docs/adr/0006-queue.md. Everything else uses the ORM.
"""

from collections.abc import Sequence
from typing import Any, Generic, TypeVar

from django.db import connection, models

M = TypeVar("M", bound=models.Model)


class Columns(Generic[M]):
    """All columns of a model under an alias: ``sql`` for the statement, ``read`` for its rows."""

    def __init__(self, model: type[M], alias: str) -> None:
        fields = model._meta.concrete_fields
        self.sql = ", ".join(f'{alias}."{field.column}"' for field in fields)
        self._model = model
        self._names = [field.attname for field in fields]
        self._converted: list[tuple[int, Any]] = [
            (place, field) for place, field in enumerate(fields) if hasattr(field, "from_db_value")
        ]
        self._key = next(place for place, field in enumerate(fields) if field.primary_key)

    def __len__(self) -> int:
        return len(self._names)

    def read(self, row: Sequence[Any], at: int) -> M | None:
        """The instance whose columns begin at this place; None where an outer join found nothing."""
        if row[at + self._key] is None:
            return None
        values = list(row[at : at + len(self._names)])
        for place, field in self._converted:
            values[place] = field.from_db_value(values[place], None, connection)
        return self._model.from_db(connection.alias, self._names, values)
