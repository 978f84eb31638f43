"""Markdown of guidelines to HTML that is safe to show: hostile until proven otherwise."""

from functools import lru_cache

import nh3
from markdown_it import MarkdownIt

TAGS = {
    *("p", "br", "hr", "h1", "h2", "h3", "h4", "h5", "h6", "em", "strong", "s", "code", "pre", "blockquote"),
    *("ul", "ol", "li", "a", "img", "table", "thead", "tbody", "tr", "th", "td", "div", "span"),
}
ATTRIBUTES = {"a": {"href", "title"}, "img": {"src", "alt", "title"}, "ol": {"start"}, "div": {"class"}}
CLASSES = {"div": {"example-good", "example-bad"}}
MEDIA_PREFIX = "/media/"


def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False, "linkify": False}).enable(["table", "strikethrough"])


@lru_cache(maxsize=256)
def render_markdown(body: str) -> str:
    """Return sanitized HTML. Pictures only from our own checked media route, links only http(s) and mailto.

    A block quote whose first line is ``[!good]`` or ``[!bad]`` becomes an example of that kind.
    """
    html = _parser().render(body)
    for kind in ("good", "bad"):
        html = html.replace(
            f"<blockquote>\n<p>[!{kind}]", f'<blockquote>\n<div class="example-{kind}"></div>\n<p>'
        )
    return nh3.clean(
        html,
        tags=TAGS,
        attributes=ATTRIBUTES,
        allowed_classes=None,
        attribute_filter=_filter,
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer nofollow",
    )


def _filter(tag: str, name: str, value: str) -> str | None:
    if tag == "img" and name == "src":
        return value if value.startswith(MEDIA_PREFIX) and ".." not in value else None
    if name == "class":
        return value if value in CLASSES.get(tag, set()) else None
    return value
