"""The import map: where the browser finds each JavaScript module, under its hashed name.

Modules import each other by relative paths; the browser resolves those to the plain addresses, and the map
leads from there to the hashed files. These are fewer than the modules (config/packs.py): a change of one
module changes the address of the pack that it is in, and no other.
"""

import posixpath
import re
import tomllib
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage

VENDOR_FILE = "js/vendor/vendor.toml"
# Comments are dropped first: JSDoc holds `import("./x.js")` for types. Strings stay, whatever is in them.
COMMENT_OR_STRING = re.compile(
    r"""/\*.*?\*/
    | (?<![:\\])//[^\n]*
    | ("(?:\\.|[^"\\\n])*" | '(?:\\.|[^'\\\n])*' | `(?:\\.|[^`\\])*`)""",
    re.S | re.X,
)
STATIC_IMPORT = re.compile(r"""^\s*(?:import|export)\b(?:[^"'`;()]*?\bfrom)?\s*["']([^"']+)["']""", re.M)


def import_map() -> dict[str, dict[str, str]]:
    """Return the map for the page: every pack's plain address (and vendor name) to the address in use."""
    return _hashed_map() if settings.STATIC_HASHED else {"imports": _vendor_addresses()}


@lru_cache(maxsize=1)
def _hashed_map() -> dict[str, dict[str, str]]:
    modules = {
        f"{settings.STATIC_URL}{name}": f"{settings.STATIC_URL}{hashed}"
        for name, hashed in sorted(staticfiles_storage.hashed_files.items())  # type: ignore[attr-defined]  # a manifest storage
        if name.startswith("js/") and name.endswith(".js")
    }
    return {"imports": modules | _vendor_addresses()}


def _vendor_addresses() -> dict[str, str]:
    return {name: staticfiles_storage.url(file) for name, file in vendor_names().items()}


def vendor_names() -> dict[str, str]:
    """Return the bare names that modules may import, each with its file's path below static/."""
    found = finders.find(VENDOR_FILE)
    if found is None:
        return {}
    entries = tomllib.loads(Path(str(found)).read_text(encoding="utf-8")).get("file", [])
    scripts = (entry for entry in entries if entry["path"].endswith(".js"))
    return {entry["package"]: entry["path"].removeprefix("static/") for entry in scripts}


def static_graph(*entries: str) -> list[str]:
    """Return all modules that loading these needs, each once, the entries first.

    Dynamic imports do not count: they are what a page need not load at first.
    """
    seen: dict[str, None] = {}
    waiting = list(entries)
    while waiting:
        name = waiting.pop(0)
        if name not in seen:
            seen[name] = None
            waiting.extend(imports_of(name))
    return list(seen)


def files_for(*entries: str) -> list[str]:
    """Return the files that loading these modules needs, each once: packs, or in development the modules."""
    if not settings.STATIC_HASHED:
        return static_graph(*entries)
    packs = _packs()
    vendors, needs, moved = packs["vendors"], packs["needs"], packs["moved"]
    seen: dict[str, None] = {}
    waiting = list(entries)
    while waiting:
        name = waiting.pop(0)
        name = vendors.get(name, moved.get(name, name))
        if name not in seen:
            seen[name] = None
            waiting.extend(needs.get(name, ()))
    return list(seen)


@lru_cache(maxsize=1)
def _packs() -> dict[str, dict[str, Any]]:
    return {**staticfiles_storage.read_packs(), "vendors": vendor_names()}  # type: ignore[attr-defined]  # ours


def imports_of(name: str) -> tuple[str, ...]:
    """Return the modules that one module imports statically; raises FileNotFoundError for an unknown one."""
    found = finders.find(name)
    if found is None:
        raise FileNotFoundError(f"There is no static file {name}")
    file = Path(str(found))
    return _imports_of_file(name, file, file.stat().st_mtime_ns)


@lru_cache(maxsize=1024)
def _imports_of_file(name: str, file: Path, _changed: int) -> tuple[str, ...]:
    vendors = vendor_names()
    folder = posixpath.dirname(name)
    found = []
    for target in specifiers(file.read_text(encoding="utf-8")):
        if target.startswith("."):
            found.append(posixpath.normpath(posixpath.join(folder, target)))
        elif target in vendors:
            found.append(vendors[target])
    return tuple(found)


def specifiers(source: str) -> Iterator[str]:
    """Yield what a module's source names in static `import` and `export … from` statements."""
    bare = COMMENT_OR_STRING.sub(lambda match: match[1] or " ", source)
    for match in STATIC_IMPORT.finditer(bare):
        yield match[1]
