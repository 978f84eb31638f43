"""Template tags `{% importmap %}` and `{% modulepreload "js/pages/label.js" %}`."""

import json

from django import template
from django.contrib.staticfiles.storage import staticfiles_storage
from django.template import Context
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from config.importmap import import_map, static_graph

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
    """Render links that let the browser fetch a page's whole static module graph at once."""
    names = [name for entry in entries for name in ([entry] if isinstance(entry, str) else entry)]
    addresses = ((staticfiles_storage.url(name),) for name in static_graph(*names))
    return format_html_join("\n", '<link rel="modulepreload" href="{}">', addresses)
