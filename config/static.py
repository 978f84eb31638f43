"""Static files: hashed names by the plain manifest; modules find each other through our import map."""

from django.conf import settings
from whitenoise.storage import CompressedManifestStaticFilesStorage


class ManifestStorage(CompressedManifestStaticFilesStorage):
    """Hashes and compresses on collectstatic; before that, files go out under their own names.

    JavaScript is never rewritten (Django's own rewriting of imports breaks on cycles and JSDoc).
    """

    support_js_module_import_aggregation = False
    manifest_strict = True

    def url(self, name: str | None, force: bool = False) -> str:
        """Return the hashed address, or the plain one where nothing was collected."""
        if not settings.STATIC_HASHED:
            return f"{settings.STATIC_URL}{name}"
        return str(super().url(name, force))
