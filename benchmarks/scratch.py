"""A database of its own for each run of a benchmark."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from django.core.cache import cache

from annotate import versions
from config.celery import app
from tests import databases


@contextmanager
def scratch_database(name: str) -> Iterator[None]:
    """A migrated, empty database for this process and its children; dropped whole at the end.

    Deleting a million tasks takes longer than measuring them, and what is deleted stays behind in the tables.
    What was remembered of rows in the last one is forgotten: their numbers come again.
    """
    server = os.environ["DATABASE_URL"]
    made = databases.create(f"bench_{name}")
    os.environ["DATABASE_URL"] = urlsplit(server)._replace(path=f"/{made}").geturl()
    cache.clear()
    versions.ontology_of.cache_clear()
    versions.guideline_number.cache_clear()
    app.control.purge()
    try:
        yield
    finally:
        os.environ["DATABASE_URL"] = server
        databases.drop(made)
        databases.use(urlsplit(server).path.removeprefix("/"))
