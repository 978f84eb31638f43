"""Where the browser finds JavaScript: the modules themselves in development, their packs once collected.

Modules import each other by relative paths, which need no map, and what others have made by bare names, which
do. Packs (config/packs.py) are scripts: a page asks for them, each after those that it needs, and has a table
of those that modules may ask for later.
"""

import posixpath
import re
import tomllib
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

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
    """Return the map for modules as they are: where those are that have bare names."""
    return {"imports": {name: staticfiles_storage.url(file) for name, file in vendor_names().items()}}


@lru_cache(maxsize=1)
def later_packs() -> dict[str, dict[str, Any]]:
    """Return the table for packs: what each that may be asked for ``needs``, itself last, and ``files``."""
    needs = {name: ordered_packs(name) for name in _packs()["later"]}
    vendors = vendor_names()
    names = {one for those in needs.values() for one in those}
    return {
        "needs": needs,
        "files": {name: staticfiles_storage.url(vendors.get(name, name)) for name in sorted(names)},
    }


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


def ordered_packs(*entries: str) -> list[str]:
    """Return the packs that have these modules and what they need, each once and after its needs.

    Vendored modules are among them by their bare names.
    """
    needs, moved = _packs()["needs"], _packs()["moved"]
    done: dict[str, None] = {}

    def visit(name: str) -> None:
        if name not in done:
            for needed in needs.get(name, ()):
                visit(needed)
            done[name] = None

    for entry in entries:
        visit(moved.get(entry, entry))
    return list(done)


@lru_cache(maxsize=1)
def _packs() -> dict[str, Any]:
    return dict(staticfiles_storage.read_packs())  # type: ignore[attr-defined]  # ours


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
