"""Models from hand-written statements: for the few places where the ORM costs more than the database.

``next``, ``submit`` and the door before them run thousands of times an hour; what is measured there is in
docs/adr/0006-queue.md. Everything else uses the ORM.
"""

from collections.abc import Sequence
from typing import Any, Generic, TypeVar

from django.db import connection, models
from django.db.models.base import ModelState

M = TypeVar("M", bound=models.Model)


class Columns(Generic[M]):
    """All columns of a model under an alias: ``sql`` for the statement, ``read`` for its rows.

    Fields ``without`` which it is read are fetched when somebody asks for them, as with ``defer``.

    ``read`` sets the attributes without the model's constructor, which would go through all fields once more
    and send two signals. So a model that does anything there is refused.
    """

    def __init__(self, model: type[M], alias: str, *, without: Sequence[str] = ()) -> None:
        if model.__init__ is not models.Model.__init__:
            raise TypeError(f"{model.__name__} is made in a way of its own")
        fields = [field for field in model._meta.concrete_fields if field.name not in without]
        self.sql = ", ".join(f'{alias}."{field.column}"' for field in fields)
        self._model = model
        self._names = [field.attname for field in fields]
        self._converted: list[tuple[str, Any]] = [
            (field.attname, field) for field in fields if hasattr(field, "from_db_value")
        ]
        self._key = next(place for place, field in enumerate(fields) if field.primary_key)

    def __len__(self) -> int:
        return len(self._names)

    def read(self, row: Sequence[Any], at: int) -> M | None:
        """The instance whose columns begin at this place; None where an outer join found nothing."""
        if row[at + self._key] is None:
            return None
        values = dict(zip(self._names, row[at : at + len(self._names)], strict=True))
        for name, field in self._converted:
            values[name] = field.from_db_value(values[name], None, connection)
        instance = self._model.__new__(self._model)
        instance.__dict__.update(values)
        instance._state = state = ModelState()
        state.adding, state.db = False, connection.alias
        return instance
