"""Models from hand-written statements: for the few places where the ORM costs more than the database.

``next``, ``submit`` and the door before them run thousands of times an hour; what is measured there is in
docs/adr/0006-queue.md. Everything else uses the ORM.
"""

from collections.abc import Sequence
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection, models
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
        self._known = set(self._names)
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
        return self._made(values)

    def of(self, **values: Any) -> M:
        """The instance of a row that was just written: all its columns by the names of their attributes."""
        if values.keys() != self._known:
            raise TypeError(f"not the columns of {self._model.__name__}: {sorted(values)}")
        return self._made(values)

    def _made(self, values: dict[str, Any]) -> M:
        instance = self._model.__new__(self._model)
        instance.__dict__.update(values)
        instance._state = state = ModelState()
        state.adding, state.db = False, DEFAULT_DB_ALIAS
        return instance


def join(instance: models.Model, **related: models.Model | None) -> None:
    """Have these rows at hand as if selected as related. The columns of the instance must say the same."""
    instance._state.fields_cache.update(related)
