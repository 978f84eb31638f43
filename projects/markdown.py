"""Markdown of guidelines to HTML that is safe to show: hostile until proven otherwise."""

import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from functools import lru_cache

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
TAGS = {
    *("p", "br", "hr", *HEADINGS, "em", "strong", "s", "code", "pre", "blockquote"),
    *("ul", "ol", "li", "a", "img", "table", "thead", "tbody", "tr", "th", "td", "div"),
}
ATTRIBUTES = {
    "a": {"href", "title"},
    "img": {"src", "alt", "title"},
    "ol": {"start"},
    "div": {"class"},
    "p": {"class"},
    **{heading: {"id"} for heading in HEADINGS},
}
CLASSES = {
    "div": {"example-good", "example-bad", "change-added", "change-removed"},
    "p": {"example-title", "change-title"},
}
MEDIA_PREFIX = "/media/"
ANCHOR = "guideline-"
EXAMPLE = re.compile(r"\[!(good|bad)\][ \t]*([^\n]*)\n?")
EXAMPLE_TITLES = {"good": "Good example", "bad": "Bad example"}


@lru_cache(maxsize=256)
def render_markdown(body: str) -> SafeString:
    """Return sanitized HTML. Pictures only from our own checked media route, links only http(s) and mailto.

    A block quote whose first line is ``[!good]`` or ``[!bad]``, perhaps with a title behind it, becomes an
    example of that kind. Headings get an anchor ``guideline-<words>``.
    """
    return _sanitize("".join(_blocks(body)))


@lru_cache(maxsize=256)
def render_remark(body: str) -> SafeString:
    """The same for one of several short texts on a page: headings get no anchors, which could clash."""
    return _sanitize("".join(_blocks(body, anchors=False)))


@lru_cache(maxsize=64)
def render_changes(old: str, new: str, *, anchors: bool = True) -> SafeString:
    """The new text, sanitized, with what was added marked and what was removed still shown, by block.

    Without ``anchors`` it can stand beside the text itself.
    """
    before, after = list(_blocks(old, anchors=anchors)), list(_blocks(new, anchors=anchors))
    parts: list[str] = []
    for kind, i1, i2, j1, j2 in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind == "equal":
            parts += after[j1:j2]
            continue
        parts += _marked("removed", before[i1:i2])
        parts += _marked("added", after[j1:j2])
    return _sanitize("".join(parts))


def _marked(kind: str, blocks: list[str]) -> list[str]:
    if not blocks:
        return []
    return [f'<div class="change-{kind}"><p class="change-title">{kind.title()}</p>', *blocks, "</div>"]


def _parser(*, anchors: bool) -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "linkify": False}).enable(["table", "strikethrough"])
    parser.core.ruler.after("block", "examples", _mark_examples)
    if anchors:
        parser.core.ruler.push("anchors", _mark_headings)
    return parser


def _blocks(body: str, *, anchors: bool = True) -> Iterator[str]:
    """The HTML of each block of the text, not yet sanitized."""
    parser = _parser(anchors=anchors)
    env: dict[str, object] = {}
    block: list[Token] = []
    for token in parser.parse(body, env):
        block.append(token)
        if token.level == 0 and token.nesting <= 0:
            yield parser.renderer.render(block, parser.options, env)
            block = []


def _mark_examples(state: StateCore) -> None:
    """Turn block quotes that start with a mark into boxes with a title, before their text is parsed."""
    tokens: list[Token] = []
    boxes: list[int] = []
    for index, token in enumerate(state.tokens):
        following = state.tokens[index + 2] if index + 2 < len(state.tokens) else None
        mark = EXAMPLE.match(following.content) if following and following.type == "inline" else None
        tokens.append(token)
        if token.type == "blockquote_open" and mark and following:
            kind, title = mark.group(1), mark.group(2).strip()
            token.tag = "div"
            token.attrSet("class", f"example-{kind}")
            boxes.append(token.level)
            following.content = following.content[mark.end() :]
            tokens += _title(title or EXAMPLE_TITLES[kind], token.level + 1)
        elif token.type == "blockquote_close" and boxes and boxes[-1] == token.level:
            token.tag = "div"
            boxes.pop()
    state.tokens = tokens


def _title(text: str, level: int) -> list[Token]:
    opening = Token("paragraph_open", "p", 1, level=level, block=True, attrs={"class": "example-title"})
    words = Token("inline", "", 0, level=level + 1, content=text, children=[], block=True)
    return [opening, words, Token("paragraph_close", "p", -1, level=level, block=True)]


def _mark_headings(state: StateCore) -> None:
    for token, words in zip(state.tokens, state.tokens[1:], strict=False):
        if token.type == "heading_open":
            slug = "-".join(re.findall(r"\w+", words.content.lower()))
            token.attrSet("id", f"{ANCHOR}{slug[:80]}")


def _sanitize(html: str) -> SafeString:
    clean = nh3.clean(
        html,
        tags=TAGS,
        attributes=ATTRIBUTES,
        attribute_filter=_filter,
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer nofollow",
    )
    return mark_safe(clean)  # noqa: S308 - nh3 has just taken out everything that is not in the lists above


def _filter(tag: str, name: str, value: str) -> str | None:
    if tag == "img" and name == "src":
        return value if value.startswith(MEDIA_PREFIX) and ".." not in value else None
    if name == "class":
        return value if value in CLASSES.get(tag, set()) else None
    if name == "id":
        return value if value.startswith(ANCHOR) else None
    return value
