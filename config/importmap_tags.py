"""Template tags: `importmap`, `modulepreload`, `module` and `stylesheets`."""

import json
from typing import Any

from django import template
from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.template import Context
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from config.importmap import import_map, later_packs, ordered_packs, static_graph
from config.sheets import SHEETS

register = template.Library()
# What could end the script element or start a comment in it, as JSON escapes.
ESCAPES = {ord("<"): "\\u003c", ord(">"): "\\u003e", ord("&"): "\\u0026"}


@register.simple_tag(takes_context=True)
def importmap(context: Context) -> SafeString:
    """Render where modules are that none of the page's scripts brings; it must stand before the first."""
    if settings.STATIC_HASHED:
        return format_html(
            '<script type="application/json" id="later-packs">{}</script>', _json(later_packs())
        )
    return format_html(
        '<script type="importmap" nonce="{}">{}</script>', _nonce(context), _json(import_map())
    )


@register.simple_tag(takes_context=True)
def modulepreload(context: Context, *entries: str | list[str]) -> SafeString:
    """Render what has the browser fetch these modules, and all that they import, at once.

    Packs run in the order in which they are asked for: a module's before that of one that may ask for it.
    """
    names = [name for entry in entries for name in ([entry] if isinstance(entry, str) else entry)]
    if settings.STATIC_HASHED:
        return _scripts(context, names)
    addresses = ((staticfiles_storage.url(name),) for name in static_graph(*names))
    return format_html_join("\n", '<link rel="modulepreload" href="{}">', addresses)


@register.simple_tag(takes_context=True)
def module(context: Context, name: str) -> SafeString:
    """Render what runs a module when the page has been read."""
    if settings.STATIC_HASHED:
        return _scripts(context, [name])
    address = staticfiles_storage.url(name)
    return format_html('<script type="module" src="{}" nonce="{}"></script>', address, _nonce(context))


def _scripts(context: Context, names: list[str]) -> SafeString:
    """The packs of these modules, without those that the page has asked for already."""
    rendered: Any = context.render_context  # of one page: a dictionary, whatever its stubs say
    asked = rendered.setdefault("packs", set())
    new = [name for name in ordered_packs(*names) if name not in asked]
    asked.update(new)
    nonce = _nonce(context)
    addresses = ((staticfiles_storage.url(name), nonce) for name in new)
    return format_html_join("\n", '<script defer src="{}" nonce="{}"></script>', addresses)


def _nonce(context: Context) -> str:
    return getattr(context.get("request"), "csp_nonce", "")


def _json(value: object) -> SafeString:
    return SafeString(json.dumps(value, separators=(",", ":")).translate(ESCAPES))


@register.simple_tag
def stylesheets(name: str, ahead: object = False) -> SafeString:
    """Render the link to sheets that travel together, or in development those to each.

    ``ahead`` has them fetched only: scripts wait for a sheet that is asked for before them.
    """
    names = [name] if settings.STATIC_HASHED else SHEETS[name]
    addresses = ((staticfiles_storage.url(one),) for one in names)
    link = '<link rel="preload" href="{}" as="style">' if ahead else '<link rel="stylesheet" href="{}">'
    return format_html_join("\n", link, addresses)
