"""JavaScript without comments, indentation and needless spaces; every token stays, on the line it stands on.

So nothing a program can see changes, and an error names the line of the source. A slash begins a regular
expression or divides, by what stands before it; where that alone cannot tell, the source is left as it is.
The grammar of tokens is ECMA-262, chapter 12, for modules (which have no HTML-like comments).
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

TEMPLATE = r"(?:\\(?:\r\n|.)|\$(?!\{)|[^\\`$])*(?:`|\$\{)"
TOKEN = re.compile(
    rf"""(?P<blank>\s+|\ufeff)
    | (?P<comment>//[^\n\r\u2028\u2029]*|/\*.*?\*/)
    | (?P<string>"(?:\\(?:\r\n|.)|[^"\\\n\r])*"|'(?:\\(?:\r\n|.)|[^'\\\n\r])*')
    | (?P<template>`{TEMPLATE})
    | (?P<number>0[xXbBoO][\da-fA-F_]+n?|(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][+-]?\d[\d_]*)?n?)
    | (?P<name>\#?(?:[\w$\u200c\u200d]|\\u[\da-fA-F]{{4}}|\\u\{{[\da-fA-F]+\}})+)
    | (?P<sign>\.\.\.|\+\+|--|[-+*/%=<>!&|^~?:;,.()\[\]{{}}@])""",
    re.S | re.X,
)
TEMPLATE_REST = re.compile(rf"\}}{TEMPLATE}", re.S)
REGEX = re.compile(r"/(?:\\.|\[(?:\\.|[^\]\\\n\r])*\]|[^/\\\[\n\r])+/[\w$]*")
LINE_END = re.compile(r"\r\n|[\n\r\u2028\u2029]")
LICENSE = re.compile(r"^/[/*]!|@(?:license|licence|preserve|copyright)\b", re.I)

# Words after which an expression begins, and those whose parentheses a statement follows.
OPENING = re.compile(
    "await|case|default|delete|do|else|extends|in|instanceof|new|return|throw|typeof|void|yield"
)
HEADED = frozenset(["if", "while", "for", "with"])
# What would become another token, or a comment, without the space between.
APART = frozenset(["++", "--", "//", "/*", "</", "*/", "?.", "<!", "->", ".."])


class UnclearError(ValueError):
    """A place that cannot be read without parsing all before it; the message says which."""


class Token(NamedTuple):
    """One token, and the blanks before it: none, one space, or as many line ends as there were."""

    kind: str
    text: str
    gap: str


START = Token("sign", ";", "")


def minify_js(source: str) -> str:
    """Return the module without comments (but those about licenses), indentation and needless spaces.

    A source with a place that cannot be read safely comes back as it is.
    """
    try:
        return join(tokens(source))
    except UnclearError:
        return source


def join(found: Iterable[Token]) -> str:
    """Return the text of tokens, with what must stay between them."""
    return "".join(_pieces(found))


def _pieces(found: Iterable[Token]) -> Iterator[str]:
    before = START
    for token in found:
        if token.kind == "comment":
            yield token.gap
        else:
            yield token.gap if token.gap != " " or parted(before, token) else ""
            before = token
        yield token.text


def parted(before: Token, token: Token) -> bool:
    """Whether two tokens would be read as something else without a space between them."""
    end, start = before.text[-1], token.text[0]
    if is_word(start) and (is_word(end) or before.kind == "regex"):
        return True
    number = (before.kind == "number" and start == ".") or (end == "." and start.isdigit())
    return number or end + start in APART


def is_word(char: str) -> bool:
    """Whether a character can be part of a name or number."""
    return char.isalnum() or char in "_$#\\" or char > "\x7f"


def tokens(source: str) -> Iterator[Token]:
    """Yield the source's tokens, and of the comments those about licenses; raises UnclearError."""
    reader, place, gap = Reader(), 0, ""
    while place < len(source):
        kind, text = next_token(source, place, reader)
        place += len(text)
        if kind == "blank" or (kind == "comment" and not LICENSE.search(text)):
            lines = "\n" * len(LINE_END.findall(text))
            gap = gap.strip(" ") + lines or " "
            continue
        token = Token(kind, text, gap)
        if kind != "comment":
            reader.note(token)
        yield token
        gap = ""
    if reader.braces:
        raise UnclearError("A brace is not closed")


def next_token(source: str, place: int, reader: "Reader") -> tuple[str, str]:
    """Return the kind and text of the token that begins here; raises UnclearError if none does."""
    if source[place] == "}" and reader.braces and reader.braces[-1]:
        kind, match = "template", TEMPLATE_REST.match(source, place)
    else:
        match = TOKEN.match(source, place)
        kind = match.lastgroup or "" if match else ""
        if kind == "sign" and source[place] == "/" and reader.regex_follows():
            kind, match = "regex", REGEX.match(source, place)
    if match is None:
        raise UnclearError(f"No token begins at {source[place : place + 20]!r}")
    return kind, match[0]


@dataclass(slots=True)
class Reader:
    """The brackets that are open, and the last two tokens: what a slash or brace means hangs on them."""

    last: Token = START
    earlier: Token = START
    braces: list[bool] = field(default_factory=list)  # True: of a template's ${
    heads: list[bool] = field(default_factory=list)  # True: of if (…), while (…), for (…)
    after_head: bool = False

    def note(self, token: Token) -> None:
        """Take the next token into account."""
        kind, text = token.kind, token.text
        if text == "}" or (kind == "template" and text[0] == "}"):
            self.close_brace()
        if text == "{" or (kind == "template" and text[-1] == "{"):
            self.braces.append(kind == "template")
        if text == "(":
            self.heads.append(self.is_head())
        self.after_head = text == ")" and bool(self.heads) and self.heads.pop()
        self.earlier, self.last = self.last, token

    def close_brace(self) -> None:
        """Forget the innermost brace; raises UnclearError if none is open."""
        if not self.braces:
            raise UnclearError("A brace is closed that was not opened")
        self.braces.pop()

    def is_head(self) -> bool:
        """Whether the last word makes the parenthesis that follows the head of a statement."""
        word, earlier = self.last.text, self.earlier.text
        return (word in HEADED and earlier != ".") or (word == "await" and earlier == "for")

    def regex_follows(self) -> bool:
        """Whether a slash begins a regular expression here; raises UnclearError where one cannot know."""
        kind, text = self.last.kind, self.last.text
        if text in ("}", "of"):
            raise UnclearError(f"A slash after {text}")
        if kind == "name":
            return bool(OPENING.fullmatch(text)) and self.earlier.text != "."
        if kind == "sign":
            return self.after_head if text == ")" else text not in ("]", "++", "--")
        return kind == "template" and text[-1] == "{"
