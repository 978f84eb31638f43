"""Template tags for the parts of the interface: icons, badges, intervals, meters, plots, form fields.

Each renders a partial of ``templates/partials/``; docs/contributing/ui.md shows them all with their markup.
Nothing here writes a ``style`` attribute, which the policy (CSP) forbids: lengths are SVG attributes.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Any

from django import template
from django.forms import BoundField
from django.template import Context
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from accounts.icons import icon_shapes

register = template.Library()

THEMES = ("light", "dark", "auto")
TONES = {
    "neutral": "circle",
    "good": "circle-check",
    "warn": "triangle-alert",
    "bad": "circle-x",
}
SMALL_SAMPLE = 20
CLASS_COLORS = 20
APPLE = re.compile("Mac|iPhone|iPad")
QUOTED = re.compile("(?<=“)([^”]*)(?=”)")


@register.filter
def theme(request: object) -> str:
    """The page's ``data-theme``: this browser's cookie, else the person's setting, else ``auto``."""
    wishes = (
        getattr(request, "COOKIES", {}).get("theme"),
        getattr(getattr(request, "user", None), "theme", None),
    )
    return next((str(wish) for wish in wishes if wish in THEMES), "auto")


@register.filter
def initials(name: object) -> str:
    """One or two letters for an avatar: ``Maria Anna Huber`` is ``MH``; an e-mail gives its first letter."""
    words = str(name).partition("@")[0].replace(".", " ").replace("_", " ").split()
    ends = words[:1] + words[1:][-1:]
    return "".join(word[0] for word in ends).upper() or "?"


@register.filter
def avatar_color(name: object) -> int:
    """A stable index 0..19 of a class color for a name; the same in every process."""
    return sum(position * ord(sign) for position, sign in enumerate(str(name), start=1)) % CLASS_COLORS


@register.simple_tag
@lru_cache(maxsize=1024)  # a page of a list shows the same few a hundred times
def icon(name: str, label: str = "", size: str = "") -> SafeString:
    """A Lucide icon; decorative unless it has a ``label``. ``size="lg"`` is 24 px. Unknown: KeyError."""
    classes = f"icon icon-{size}" if size else "icon"
    if not label:
        markup = '<svg class="{}" viewBox="0 0 24 24" aria-hidden="true">{}</svg>'
        return format_html(markup, classes, icon_shapes()[name])
    markup = '<svg class="{}" viewBox="0 0 24 24" role="img" aria-label="{}">{}</svg>'
    return format_html(markup, classes, label, icon_shapes()[name])


@register.simple_tag(takes_context=True)
def kbd(context: Context, combo: str) -> SafeString:
    """A key combination such as ``Mod+K`` or ``G``; ``Mod`` is ⌘ in browsers on Apple machines."""
    agent = getattr(context.get("request"), "META", {}).get("HTTP_USER_AGENT", "")
    return key_caps(combo, "⌘" if APPLE.search(agent) else "Ctrl")


@lru_cache(maxsize=1024)
def key_caps(combo: str, mod: str) -> SafeString:
    """The caps of a combination; screen readers get it from ``aria-keyshortcuts``."""
    keys = ["+"] if combo == "+" else combo.split("+")
    caps = format_html_join("", "<kbd>{}</kbd>", ((mod if key == "Mod" else key,) for key in keys))
    return format_html('<span class="keys" aria-hidden="true">{}</span>', caps)


@register.simple_tag
@lru_cache(maxsize=1024)
def badge(tone: str, text: object) -> SafeString:
    """A status: ``neutral``, ``good``, ``warn`` or ``bad``, always with a shape and words."""
    return format_html('<span class="badge {}">{}{}</span>', tone, icon(TONES[tone]), text)


@register.inclusion_tag("partials/swatch.html")
def swatch(color: object) -> dict[str, object]:
    """A class color: ``#1f77b4`` as set by the manager, or the index of the class."""
    own = isinstance(color, str) and color.startswith("#")
    return {
        "color": color if own else "",
        "index": None if own else int(str(color)) % CLASS_COLORS,
    }


@register.inclusion_tag("partials/avatar.html")
def avatar(name: object, *, image: str = "") -> dict[str, object]:
    """A person's initials on a color that stays the same, or a picture by its URL."""
    return {"name": name, "image": image}


@register.inclusion_tag("partials/relative_time.html")
def relative_time(moment: datetime | None, empty: str = "never") -> dict[str, object]:
    """ "3 minutes ago" kept up to date by the browser; the exact time is in the tooltip."""
    return {"moment": moment, "empty": empty}


@register.inclusion_tag("partials/meter.html")
def meter(done: float, total: float, label: str = "", *, tone: str = "") -> dict[str, object]:
    """A bar with its numbers, "128 of 1,000". An empty total draws an empty bar."""
    return {
        "done": done,
        "total": total,
        "bar": max(total, 1),
        "label": label,
        "tone": tone,
    }


@register.inclusion_tag("partials/interval.html")
def interval(
    value: float | None,
    lo: float | None = None,
    hi: float | None = None,
    *,
    n: int | None = None,
) -> dict[str, object]:
    """A share in [0, 1] with its interval as a thin bar; gray when ``n`` < 20; a dash when undefined."""
    left = _percent(lo if lo is not None else value)
    right = _percent(hi if hi is not None else value)
    # Written here, not by filters in the template: pages show hundreds of them.
    return {
        "value": _rounded(value, 2),
        "lo": _rounded(lo, 2),
        "hi": _rounded(hi, 2),
        "range": f"{_rounded(lo, 3)} to {_rounded(hi, 3)}" if lo is not None and hi is not None else "",
        "n": n,
        "small": n is not None and n < SMALL_SAMPLE,
        "left": _length(left),
        "width": _length(max(right - left, 0.0)),
        "at": _length(_percent(value)),
    }


def _rounded(share: float | None, places: int) -> str:
    """With so many digits behind the point, halves away from zero as people round; empty when undefined."""
    if share is None:
        return ""
    rounded = Decimal(repr(float(share))).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    return str(rounded + 0)  # no minus before a zero


def _length(percent: float) -> str:
    return f"{percent:.2f}".removesuffix(".00")


def _percent(share: float | None) -> float:
    return round(min(max(share or 0.0, 0.0), 1.0) * 100, 2)


@register.inclusion_tag("partials/sparkline.html")
def sparkline(values: Sequence[float], label: str = "") -> dict[str, object]:
    """Numbers over time as a line 100 x 20; the label says what they are, read aloud with the last."""
    top = max(values, default=0) or 1
    step = 96 / max(len(values) - 1, 1)
    points = [
        (round(2 + index * step, 2), round(18 - 16 * value / top, 2)) for index, value in enumerate(values)
    ]
    line = " ".join(f"{x},{y}" for x, y in points)
    return {
        "line": line,
        "last": points[-1] if points else None,
        "value": values[-1] if values else 0,
        "label": label,
    }


@register.inclusion_tag("partials/form_field.html")
def form_field(field: BoundField, *, hint: str = "") -> dict[str, object]:
    """A Django form field with label, help and errors tied to the control by ``aria-describedby``."""
    kind = getattr(field.field.widget, "input_type", "") or type(field.field.widget).__name__.lower()
    described = [f"{field.auto_id}-help"] if hint or field.help_text else []
    described += [f"{field.auto_id}-error"] if field.errors else []
    attributes: dict[str, str | bool] = {"aria-describedby": " ".join(described)} if described else {}
    attributes |= {"aria-invalid": "true"} if field.errors else {}
    return {
        "field": field,
        "control": field.as_widget(attrs=attributes),
        "hint": hint or field.help_text,
        "check": kind == "checkbox",
    }


@register.inclusion_tag("partials/series_plot.html")
def series_plot(name: str, data: Mapping[str, Any]) -> dict[str, object]:
    """Lines over a common axis, with a table and CSV behind them.

    ``data``: ``{"title", "x": {"label", "values", "time"?}, "y": {"label", "min"?, "max"?},
    "series": [{"label", "values", "lo"?, "hi"?}]}``; all lists are as long as ``x.values``; None is a gap.
    """
    lists = [line["values"] for line in data["series"]]
    labels = [line["label"] for line in data["series"]]
    rows = zip(data["x"]["values"], *lists, strict=True)
    told = [(row[0], list(zip(labels, row[1:], strict=True))) for row in rows]
    return {"name": name, "data": data, "rows": told}


@register.inclusion_tag("partials/matrix_plot.html")
def matrix_plot(name: str, data: Mapping[str, Any]) -> dict[str, object]:
    """A confusion matrix as a heat map; cells may be links, and the table is the fallback.

    ``data``: ``{"title", "row_label", "column_label", "rows": [names], "columns": [names],
    "cells": [[counts]], "links"?: [[url or ""]]}``. Shades are shares of the row.
    """
    rows = zip(data["rows"], data["cells"], strict=True)
    told = [(row, list(zip(data["columns"], counts, strict=True))) for row, counts in rows]
    return {"name": name, "data": data, "rows": told}


@register.inclusion_tag("partials/interval_plot.html")
def interval_plot(name: str, data: Mapping[str, Any]) -> dict[str, object]:
    """Estimates with their intervals under one another, on one axis.

    ``data``: ``{"title", "label", "min", "max", "reference"?,
    "rows": [{"name", "value", "lo", "hi", "n"?, "url"?}]}``.
    """
    return {"name": name, "data": data}


@register.filter
def diff_lines(lines: Sequence[tuple[str, str]]) -> list[dict[str, str]]:
    """Lines of a diff, each ``(" " | "+" | "-", text)``, as the diff partial wants them."""
    kinds = {"+": "added", "-": "removed"}
    return [{"text": text, "kind": kinds.get(sign, "same")} for sign, text in lines]


@register.filter
def names_apart(text: str) -> SafeString:
    """A sentence whose “quoted names” are set apart: one from right to left moves none of its words."""
    parts = enumerate(QUOTED.split(text))
    return format_html_join(
        "", "{}", ((format_html("<bdi>{}</bdi>", part) if at % 2 else part,) for at, part in parts)
    )
