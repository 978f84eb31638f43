"""Template tags: `{% importmap %}`, `{% modulepreload "js/a.js" %}`, `{% stylesheets "css/shell.css" %}`."""

import json

from django import template
from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.template import Context
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from config.importmap import files_for, import_map
from config.sheets import SHEETS

register = template.Library()
# What could end the script element or start a comment in it, as JSON escapes.
ESCAPES = {ord("<"): "\\u003c", ord(">"): "\\u003e", ord("&"): "\\u0026"}


@register.simple_tag(takes_context=True)
def importmap(context: Context) -> SafeString:
    """Render the import map; it must stand before the first module script."""
    text = json.dumps(import_map(), separators=(",", ":")).translate(ESCAPES)
    nonce = getattr(context.get("request"), "csp_nonce", "")
    return format_html('<script type="importmap" nonce="{}">{}</script>', nonce, SafeString(text))


@register.simple_tag
def modulepreload(*entries: str | list[str]) -> SafeString:
    """Render links that let the browser fetch all that a page's modules import at once."""
    names = [name for entry in entries for name in ([entry] if isinstance(entry, str) else entry)]
    addresses = ((staticfiles_storage.url(name),) for name in files_for(*names))
    return format_html_join("\n", '<link rel="modulepreload" href="{}">', addresses)


@register.simple_tag
def stylesheets(name: str) -> SafeString:
    """Render the link to sheets that travel together, or in development those to each."""
    names = [name] if settings.STATIC_HASHED else SHEETS[name]
    addresses = ((staticfiles_storage.url(one),) for one in names)
    return format_html_join("\n", '<link rel="stylesheet" href="{}">', addresses)
