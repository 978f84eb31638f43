"""Test databases: each run and each worker has its own, copied from one migrated template."""

import contextlib
import hashlib
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, connection, connections, transaction
from django.test import TransactionTestCase
from psycopg2 import errors, sql

# What migrating puts into tables, and no test changes.
KEPT = frozenset({"auth_permission", "django_content_type"})
# Larger tables get new files, or what tests delete would slow those that come later.
PAGES = 16
flush = TransactionTestCase._fixture_teardown


def database_name(worker: str) -> str:
    """Return a name that no other run and no other worker uses."""
    return f"test_{os.environ['TOUCHSTONE_TEST_RUN']}_{worker}"


def template_name() -> str:
    """Return the template's name: it follows from every migration file, so a change makes a new one."""
    digest = hashlib.sha256()
    for config in sorted(apps.get_app_configs(), key=lambda config: config.label):
        for file in sorted(Path(config.path).glob("migrations/*.py")):
            digest.update(file.read_bytes())
    return f"template_{digest.hexdigest()[:16]}"


def create(worker: str) -> str:
    """Make this worker's database and let Django's connection use it."""
    with maintenance() as run:
        run("SELECT pg_advisory_lock(20261121)")
        template = ensure_template(run)
        name = database_name(worker)
        run(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template)))
        run("SELECT pg_advisory_unlock(20261121)")
    use(name)
    return name


def ensure_template(run) -> str:  # type: ignore[no-untyped-def]  # a plain callable of this file
    """Return the template, migrated; a half-made one of a broken run is made again."""
    name = template_name()
    if run("SELECT 1 FROM pg_database WHERE datname = %s", [name]):
        return name
    unfinished = f"{name}_unfinished"
    run(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(unfinished)))
    run(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(unfinished)))
    use(unfinished)
    call_command("migrate", verbosity=0, interactive=False)
    connections.close_all()
    run(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(unfinished), sql.Identifier(name)))
    return name


def empty(case: TransactionTestCase) -> None:
    """What a test leaves in tables is gone, in place of Django's way: that makes new files for all of them.

    Most tests leave a few rows in a few tables: these are deleted, references are looked at when all are.
    """
    with connection.cursor() as cursor:
        cursor.execute(sizes_of_used_tables())
        sizes = dict(cursor.fetchall())
    if any(size > PAGES * 8192 for size in sizes.values()):
        return flush(case)
    delete = sql.SQL("; ").join(sql.SQL("DELETE FROM {}").format(sql.Identifier(name)) for name in sizes)
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            if sizes:
                cursor.execute(delete)
    except DatabaseError:  # somebody still writes: locks on all tables end that
        flush(case)


@cache
def sizes_of_used_tables() -> sql.Composed:
    """The question for names and bytes of the tables that have rows, without those that are kept."""
    names = set(connection.introspection.django_table_names(only_existing=True)) - KEPT
    one = sql.SQL("SELECT {}, pg_relation_size({}) WHERE EXISTS (SELECT FROM {})")
    return sql.SQL(" UNION ALL ").join(
        one.format(sql.Literal(name), sql.Literal(name), sql.Identifier(name)) for name in sorted(names)
    )


def drop(name: str) -> None:
    """Remove a database together with whoever is still connected.

    By hand, as FORCE is refused while the server vacuums there; without it the server stops that by itself.
    """
    connections.close_all()
    with maintenance() as run, contextlib.suppress(errors.InvalidCatalogName):
        ours = "FROM pg_stat_activity WHERE datname = %s AND usename = user"
        run(f"SELECT pg_terminate_backend(pid) {ours}", [name])
        run(sql.SQL("DROP DATABASE {}").format(sql.Identifier(name)))


def use(name: str) -> None:
    """Point Django's connection (and the settings that children are started with) to a database."""
    connections.close_all()
    settings.DATABASES["default"]["NAME"] = name
    connection.settings_dict["NAME"] = name


@contextlib.contextmanager
def maintenance() -> Iterator:  # type: ignore[type-arg]  # yields one callable
    """Open a connection to the servers' first database, outside of any transaction."""
    import psycopg2

    link = psycopg2.connect(os.environ["DATABASE_URL"])
    link.autocommit = True

    def run(statement, values=None):  # type: ignore[no-untyped-def]  # small and local
        with link.cursor() as cursor:
            cursor.execute(statement, values)
            return cursor.fetchall() if cursor.description else []

    with contextlib.closing(link):
        yield run
