"""Static files: minified, under hashed names from the manifest; modules find each other by our import map."""

from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile, File
from django.core.files.storage import Storage
from whitenoise.storage import CompressedManifestStaticFilesStorage

from config.minify_css import minify_css
from config.minify_js import minify_js


class ManifestStorage(CompressedManifestStaticFilesStorage):
    """Minifies, hashes and compresses on collectstatic; before that, files go out as they are in the sources.

    Imports are never rewritten (Django's own rewriting breaks on cycles and JSDoc). The copies under plain
    names stay as the sources are, for whoever wants to read them.
    """

    support_js_module_import_aggregation = False
    manifest_strict = True

    def __init__(self, *arguments: Any, **options: Any) -> None:
        """Collected by whoever builds, read by whoever serves: in the image these are two users."""
        super().__init__(*arguments, file_permissions_mode=0o644, directory_permissions_mode=0o755, **options)

    def url(self, name: str | None, force: bool = False) -> str:
        """Return the hashed address, or the plain one where nothing was collected."""
        if not settings.STATIC_HASHED:
            return f"{settings.STATIC_URL}{name}"
        return str(super().url(name, force))

    def post_process(self, paths: dict[str, Any], **options: Any) -> Iterator[tuple[str, Any, Any]]:
        """Hash and compress; what can be minified is read in that form."""
        minified = {
            name: (Minified(storage, path, minify), path) if (minify := minifier(name)) else (storage, path)
            for name, (storage, path) in paths.items()
        }
        yield from super().post_process(minified, **options)


def minifier(name: str) -> Callable[[str], str] | None:
    """Return what minifies this file: ours only, as vendored files are served as published."""
    if name.startswith("css/") and name.endswith(".css"):
        return minify_css
    if name.startswith("js/") and name.endswith(".js") and "/vendor/" not in name:
        return minify_js
    return None


class Minified:
    """A storage with one file, which is read in minified form."""

    def __init__(self, storage: Storage, path: str, minify: Callable[[str], str]) -> None:
        self.source, self.path, self.minify = storage, path, minify

    @cached_property
    def content(self) -> bytes:
        """The minified file, as Django reads it several times."""
        with self.source.open(self.path) as file:
            return self.minify(file.read().decode()).encode()

    def open(self, _path: str) -> "File[bytes]":
        """Return the minified file."""
        return ContentFile(self.content)
