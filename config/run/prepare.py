"""What must be done before the web starts: the database's migrations, and the static files' hashed copies."""

import hashlib
import os
from pathlib import Path

import django


def prepare() -> None:
    """Migrate if something waits; collect static files if one of them changed since the last time."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from django.conf import settings

    migrate_if_needed()
    if not settings.STATIC_LIVE:
        collect_if_changed(Path(settings.STATIC_ROOT))


def migrate_if_needed() -> None:
    """Bring the database up to the code."""
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        call_command("migrate", interactive=False, verbosity=1)


def collect_if_changed(target: Path) -> None:
    """Hash and compress the static files into the target folder, unless they are there as they are now."""
    from django.core.management import call_command

    stamp = target / "collected.txt"
    now = state_of_static_files()
    if not stamp.is_file() or stamp.read_text() != now:
        call_command("collectstatic", interactive=False, verbosity=0, clear=True)
        stamp.write_text(now)


def state_of_static_files() -> str:
    """Return a digest of all static files' names, sizes and times, and of what makes the copies from them."""
    from django.contrib.staticfiles.finders import get_finders

    from config import minify_css, minify_js, pack_js, packs, sheets, static

    digest = hashlib.sha256()
    for module in (static, packs, pack_js, sheets, minify_css, minify_js):
        digest.update(Path(str(module.__file__)).read_bytes())
    for finder in get_finders():
        for name, storage in finder.list([]):
            facts = Path(storage.path(name)).stat()
            digest.update(f"{name}\0{facts.st_size}\0{facts.st_mtime_ns}\n".encode())
    return digest.hexdigest()


if __name__ == "__main__":
    prepare()
