"""Hand-written statements that the database plans once for each connection: for those that run all the time.

Planning took most of what they cost: the statement that draws tasks was planned in 1.9 ms and carried out in
0.14 ms, because the planner looks for the ends of an index that work keeps full of dead rows.
"""

import re
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any, ClassVar
from weakref import WeakKeyDictionary

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections

_PARAMETER = re.compile(r"%\((\w+)\)s")


class Prepared:
    """A statement with ``%(name)s`` parameters, whose types in SQL are the keyword arguments.

    With PREPARED_STATEMENTS off (a pooler that changes connections between transactions) it is sent whole.
    """

    known: ClassVar[dict[str, str]] = {}  # the statement by the name under which the database has it
    _made: ClassVar["list[Prepared]"] = []
    _there: ClassVar["WeakKeyDictionary[Any, set[str]]"] = WeakKeyDictionary()  # by connection

    def __init__(self, name: str, statement: str, **types: str) -> None:
        order = {parameter: f"${place}" for place, parameter in enumerate(types, start=1)}
        body = _PARAMETER.sub(lambda match: order[match[1]], statement).replace("%%", "%")
        self.name = f"{name}_{sha256(body.encode()).hexdigest()[:8]}"
        self.known[self.name] = statement
        listed = f"({', '.join(types.values())})" if types else ""
        self._whole = statement
        self._prepare = f"PREPARE {self.name} {listed} AS {body}"
        self._parameters = tuple(types)
        nothing = f"({', '.join(['NULL'] * len(types))})" if types else ""
        self._explain = f"EXPLAIN EXECUTE {self.name} {nothing}"
        self._made.append(self)

    def rows(
        self, values: Mapping[str, Any], *, after: "Prepared | None" = None, behind: "Sequence[Sent]" = ()
    ) -> list[tuple[Any, ...]]:
        """Run it and return its rows; ``after`` runs first, in the same message, and its rows are dropped.
        So do those that it stands ``behind``, in this order, with values of their own.

        What ``after`` waited for is seen: each statement of a message has a snapshot of its own.
        """
        database: Any = connections[DEFAULT_DB_ALIAS]
        sent = [*behind, (after, values), (self, values)] if after else [*behind, (self, values)]
        if database.queries_logged or database.execute_wrappers:
            with database.cursor() as cursor:  # first: a connection that broke is replaced here
                text, *values_beside = _message(database, cursor, sent)
                cursor.execute(text if isinstance(text, str) else text.decode(), *values_beside)
                return list(cursor.fetchall()) if cursor.description else []
        # What Django's cursor does around a statement when nobody watches: five layers, at each of a dozen
        # statements of a request. Where all is well none of them has anything to do.
        if not database.health_check_done or database.connection is None:
            database.close_if_health_check_failed()
            database.ensure_connection()
        if database.needs_rollback:
            database.validate_no_broken_transaction()
        try:
            with database.connection.cursor() as cursor:
                cursor.tzinfo_factory = database.tzinfo_factory
                cursor.execute(*_message(database, cursor, sent))
                return cursor.fetchall() if cursor.description else []
        except database.Database.Error:
            with database.wrap_database_errors:
                raise
        raise AssertionError("unreachable")

    @classmethod
    def plan_all(cls) -> None:
        """Have this thread's connection open, with a plan of every statement that was loaded so far.

        Nothing is run: a statement that is explained is planned, and the plan is kept. With
        PREPARED_STATEMENTS off it only connects. Raises what Django does if the database cannot be reached.
        """
        database: Any = connections[DEFAULT_DB_ALIAS]
        database.ensure_connection()
        if not settings.PREPARED_STATEMENTS:
            return
        there = cls._there.setdefault(database.connection, set())
        with database.cursor() as cursor:
            for statement in cls._made:
                statement._known(database, there)
                cursor.execute(statement._explain)

    def _known(self, database: Any, there: set[str]) -> str:
        if self.name not in there:
            with database.connection.cursor() as cursor:
                cursor.execute(self._prepare)
            there.add(self.name)
        return self.name

    def _execute(self, database: Any, there: set[str], cursor: Any, values: Mapping[str, Any]) -> str:
        name = self._known(database, there)
        if not self._parameters:
            return f"EXECUTE {name}"
        return f"EXECUTE {name} ({', '.join([_literal(cursor, values[each]) for each in self._parameters])})"


class Plain(Prepared):
    """A statement without values that there is no plan of."""

    def __init__(self, statement: str) -> None:
        self.name = self._whole = statement

    def _execute(self, database: Any, there: set[str], cursor: Any, values: Mapping[str, Any]) -> str:
        return self._whole


# A statement and what it is sent with.
Sent = tuple[Prepared, Mapping[str, Any]]


def _message(database: Any, cursor: Any, sent: Sequence[Sent]) -> tuple[Any, ...]:
    """The text of them all, with the values in it; those of a single one that is sent whole stand beside."""
    if settings.PREPARED_STATEMENTS:
        there = Prepared._there.setdefault(database.connection, set())
        texts = [statement._execute(database, there, cursor, values) for statement, values in sent]
        return (";\n".join(texts),)
    if len(sent) == 1:
        return sent[0][0]._whole, sent[0][1]
    return (b";\n".join([cursor.mogrify(statement._whole, values) for statement, values in sent]),)


def _literal(cursor: Any, value: Any) -> str:
    """As SQL; what is not plain is left to the driver, which takes ten times as long."""
    kind = type(value)
    if kind is int:
        return str(value)
    if kind is str and "'" not in value and "\0" not in value and ("\\" not in value or _is_plain(cursor)):
        return f"'{value}'"
    if value is None:
        return "NULL"
    text: str = cursor.mogrify("%s", (value,)).decode()
    return text


def _is_plain(cursor: Any) -> bool:
    """Whether a backslash in a literal is nothing but that, as the standard has it."""
    return bool(cursor.connection.get_parameter_status("standard_conforming_strings") == "on")
