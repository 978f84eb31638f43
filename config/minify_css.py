"""Style sheets without comments and needless white space; what a browser reads from them stays the same.

Follows the tokens of CSS Syntax Level 3. Strings and url(…) stay as they are, and so does white space that
means something: between selectors, before a colon, before a parenthesis, around + - and *.
"""

import re
from collections.abc import Iterator

PIECE = re.compile(
    r"""(?P<comment>/\*.*?\*/)
    | (?P<space>\s+)
    | (?P<kept>"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|url\(\s*[^"'\s](?:\\.|[^)\\])*\))
    | (?P<sign>[{};,:()<>=~!/])
    | (?P<rest>(?:\\.|[^\s"'{};,:()<>=~!/\\])+)
    | (?P<odd>.)""",
    re.S | re.X | re.I,
)
NO_SPACE_AFTER, NO_SPACE_BEFORE = frozenset("{};,:(<>=~/"), frozenset("{};,)<>=~!/")
ZERO = re.compile(r"^([-+]?)0+(?=\.\d)")


def minify_css(source: str) -> str:
    """Return the sheet without comments (but `/*!`), needless white space, last semicolons, leading zeros."""
    return "".join(pieces(source))


def pieces(source: str) -> Iterator[str]:
    """Yield what stays. A semicolon waits until something follows that must be kept apart."""
    last, gap, waiting = "{", "", ""
    for match in PIECE.finditer(source):
        kind, text = match.lastgroup, match[0]
        if kind == "space":
            gap = " "
        elif kind == "comment" and text.startswith("/*!"):
            yield waiting + gap + text
            gap = waiting = ""
        elif kind == "comment":
            gap = gap or "/**/"
        else:
            yield between(last, gap, text) if text in "};" else waiting + between(last, gap, text)
            waiting = ";" if text == ";" else ""
            if text != ";":
                yield ZERO.sub(r"\1", text)
            last, gap = text, ""
    yield waiting


def between(last: str, gap: str, text: str) -> str:
    """Return what must stay of the gap between two pieces."""
    end, start = last[-1], text[0]
    if end == ":" and start in ";}":
        return gap  # An empty custom property.
    return "" if end in NO_SPACE_AFTER or start in NO_SPACE_BEFORE else gap
