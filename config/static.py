"""Static files: minified, packed, under hashed names; packs find each other by names."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile, File
from whitenoise.storage import CompressedManifestStaticFilesStorage

from config.minify_css import minify_css
from config.packs import Packs
from config.sheets import SHEETS, joined

# Which file each module is in, and which files that one imports, for whoever wants to fetch them with it.
NEEDS_FILE = "packs.json"


class ManifestStorage(CompressedManifestStaticFilesStorage):
    """Minifies, packs, hashes and compresses on collectstatic; before that, files go out as the sources are.

    Django's own rewriting of imports is not used: it breaks on JSDoc. The copies under plain names stay as
    the sources are, for whoever wants to read them; source maps lead there.
    """

    support_js_module_import_aggregation = False
    manifest_strict = True

    def __init__(self, *arguments: Any, **options: Any) -> None:
        """Collected by whoever builds, read by whoever serves: in the image these are two users."""
        super().__init__(*arguments, file_permissions_mode=0o644, directory_permissions_mode=0o755, **options)
        self.known: dict[str, str] = {}  # of files that templates name: they stay while a server runs

    def url(self, name: str | None, force: bool = False) -> str:
        """Return the hashed address, or the plain one where nothing was collected."""
        if not settings.STATIC_HASHED:
            return f"{settings.STATIC_URL}{name}"
        if force or name is None:
            return str(super().url(name, force))
        if name not in self.known:
            self.known[name] = str(super().url(name))
        return self.known[name]

    def post_process(self, paths: dict[str, Any], **options: Any) -> Iterator[tuple[str, Any, Any]]:
        """Hash and compress what pages ask for; raises PackError for modules that cannot be packed."""
        sources = {
            name: storage.open(path).read().decode()
            for name, (storage, path) in paths.items()
            if is_module(name) or is_sheet(name) or is_vendored_sheet(name)
        }
        packs = Packs({name: text for name, text in sorted(sources.items()) if is_module(name)})
        made = dict(generated(packs, sources))
        files = {name: place for name, place in paths.items() if not is_module(name)}
        files |= {name: (Made(text), name) for name, text in made.items()}
        if not options.get("dry_run"):
            found = {"needs": packs.needs(), "moved": packs.moved(), "later": packs.later()}
            self.put(NEEDS_FILE, json.dumps(found, sort_keys=True))
            for name in made.keys() - paths.keys():
                self.put(name, made[name])
        yield from super().post_process(files, **options)

    def put(self, name: str, text: str) -> None:
        """Write a file that has no source under its plain name, in place of what is there."""
        self.delete(name)
        self.save(name, ContentFile(text.encode()))

    def read_packs(self) -> dict[str, Any]:
        """What the last collectstatic wrote: ``needs`` of each file, where modules have ``moved`` to, and
        which files are asked for ``later``."""
        with self.open(NEEDS_FILE) as file:
            return dict(json.loads(file.read()))


def is_module(name: str) -> bool:
    """Whether this is a module of ours: vendored files are served as published."""
    return name.startswith("js/") and name.endswith(".js") and "/vendor/" not in name


def is_sheet(name: str) -> bool:
    """Whether this is a style sheet of ours."""
    return name.startswith("css/") and name.endswith(".css")


def is_vendored_sheet(name: str) -> bool:
    """Whether this is one of others, that ours may import."""
    return name.endswith(".css") and "/vendor/" in name


def generated(packs: Packs, sources: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield name and content of every file that differs from its source."""
    for name, text, source_map in packs.files():
        yield name, text
        yield f"{name}.map", source_map
    for name, text in sources.items():
        if is_sheet(name):
            yield name, minify_css(text)
    for name, sheets in SHEETS.items():
        if sources.keys() >= set(sheets):
            yield name, minify_css(joined(name, sources.__getitem__))


class Made:
    """A storage with one file, which stands nowhere else."""

    def __init__(self, text: str) -> None:
        self.text = text

    def open(self, _path: str) -> "File[bytes]":
        """Return the file."""
        return ContentFile(self.text.encode())
