"""Several modules as one file: what a pack of modules looks like, and what must be known of each to make it.

Each module becomes a function that runs once, in the order in which the browser would have run them, and its
imports become constants of that function. Every other token stays, unchanged, on a line of its own order; a
source map leads each line back to the source. That is only the same where no import is a live binding and
nothing imports in a circle, so both are refused, as is every form of import and export that we do not use.

A pack is a script, not a module: browsers run scripts from the compiled code that they keep, and compile
modules anew with every visit. Packs find each other's modules in one table, ``touchstone``, by their names.
"""

import json
import posixpath
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import islice

from config.minify_js import Token, join, tokens

# What stands for another module, and for the function that fetches one later, in what was read.
MODULE, LATER = "module", "later"
# Has that function. It alone may import as the browser does.
LOADER = "js/core/later.js"
TABLE = "globalThis.touchstone??={}"
OURS = "$$"  # begins every name that a pack adds; no source may use it
VALUE = f"{OURS}value"
DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"


class PackError(ValueError):
    """Modules that cannot become one file; the message says which and why."""


@dataclass
class Module:
    """One module as read: its tokens without imports and exports, and what it takes and gives."""

    name: str
    tokens: list[Token] = field(default_factory=list)
    imports: dict[str, None] = field(default_factory=dict)  # as an ordered set
    later: dict[str, None] = field(default_factory=dict)
    exports: dict[str, str] = field(default_factory=dict)  # outer name: name inside


@dataclass(frozen=True)
class Packed:
    """A file: its text, and of each line which module's which line it is."""

    text: str
    lines: list[tuple[str, int] | None]


def read_module(name: str, source: str) -> Module:
    """Read one module; raises PackError, and UnclearError as minifying does."""
    return _Reader(name, source).read()


class _Reader:
    """Goes through the tokens of one module, and takes imports and exports apart."""

    def __init__(self, name: str, source: str) -> None:
        self.module = Module(name)
        self.left = deque(tokens(source))
        self.depth = 0

    def read(self) -> Module:
        while self.left:
            token = self.left.popleft()
            if OURS in token.text and token.kind == "name":
                raise self.refused(f"names beginning with {OURS} are those of packs")
            if token.kind == "name" and token.text == "import" and not self.after_dot():
                self.read_import(token)
            elif token.kind == "name" and token.text == "export" and self.depth == 0:
                self.read_export(token)
            else:
                self.keep(token)
        return self.module

    def refused(self, why: str) -> PackError:
        return PackError(f"{self.module.name}: {why}")

    def after_dot(self) -> bool:
        return bool(self.module.tokens) and self.module.tokens[-1].text in (".", "?.")

    def keep(self, token: Token) -> None:
        closes = token.text in (")", "]", "}") or (token.kind == "template" and token.text[0] == "}")
        opens = token.text in ("(", "[", "{") or (token.kind == "template" and token.text[-2:] == "${")
        self.depth += opens - closes
        if token.text == "await" and self.depth == 0 and not self.after_dot():
            raise self.refused("it waits at its top level")
        self.module.tokens.append(token)

    def add(self, text: str, gap: str = "", kind: str = "sign") -> None:
        self.module.tokens.append(Token(kind, text, gap))

    def target(self, token: Token) -> str:
        """The name of the module that a string names: ours by path, a vendor's by its bare name."""
        specifier = token.text[1:-1]
        if not specifier.startswith("."):
            return specifier
        return posixpath.normpath(posixpath.join(posixpath.dirname(self.module.name), specifier))

    def read_import(self, token: Token) -> None:
        following = self.left[0].text
        if following == ".":
            raise self.refused("import.meta")
        if following != "(":
            self.read_static_import(token)
        elif self.module.name == LOADER:
            self.keep(token)
        else:
            self.read_later(token)

    def read_later(self, token: Token) -> None:
        """``import(…)``: a call of the loader, which is told whose import it is; the rest stays."""
        self.module.imports[LOADER] = None
        self.add(LOADER, token.gap, LATER)
        self.keep(self.left.popleft())
        self.add(f"{json.dumps(self.module.name)},", kind="sign")
        if self.left[0].kind == "string" and self.left[1].text == ")":
            self.module.later[self.target(self.left[0])] = None

    def read_static_import(self, token: Token) -> None:
        clause = self.until_string()
        target = self.target(self.left.popleft())
        self.module.imports[target] = None
        if clause:
            self.add("const", token.gap, "name")
            self.bind(clause[:-1])
            self.add("=", clause[-1].gap)
            self.add(target, kind=MODULE)
        self.end_statement(token.gap if not clause else "")

    def bind(self, clause: list[Token]) -> None:
        """Constants for what is imported: `{a, b as c}`, `* as all` or a default."""
        if clause[0].text == "{":
            for token in clause:
                self.module.tokens.append(
                    token._replace(text=":", kind="sign") if token.text == "as" else token
                )
        elif clause[0].text == "*" and len(clause) == 3:
            self.add(clause[2].text, " ", "name")
        elif len(clause) == 1:
            self.add(f"{{default:{clause[0].text}}}")
        else:
            raise self.refused("a default and names in one import")

    def until_string(self) -> list[Token]:
        clause = []
        while self.left and self.left[0].kind != "string":
            clause.append(self.left.popleft())
        if not self.left or (clause and clause[-1].text != "from"):
            raise self.refused("an import of a form that is not known")
        return clause

    def end_statement(self, gap: str) -> None:
        if self.left and self.left[0].text == ";":
            gap += self.left.popleft().gap
        self.add(";", gap)

    def read_export(self, token: Token) -> None:
        words = [one.text for one in islice(self.left, 3)]
        if words[0] == "{":
            self.read_export_list(token)
        elif words[0] == "default" and words[1] not in ("function", "class", "async"):
            self.left.popleft()
            self.module.exports["default"] = VALUE
            self.add("const", token.gap, "name")
            self.add(VALUE, " ", "name")
            self.add("=")
        elif words[0] in ("function", "class", "const") and words[1][0] not in "{[*":
            self.read_declaration(token, words[1])
        elif words[:2] == ["async", "function"]:
            self.read_declaration(token, words[2])
        else:
            raise self.refused(f"export {' '.join(words)}")

    def read_declaration(self, token: Token, name: str) -> None:
        self.module.exports[name] = name
        first = self.left.popleft()
        if first.text == "const" and self.has_comma():
            raise self.refused("several names in one export const")
        self.keep(first._replace(gap=token.gap + first.gap.strip(" ")))

    def has_comma(self) -> bool:
        depth = 0
        for token in self.left:
            if token.text in ("(", "[", "{") or (token.kind == "template" and token.text[-2:] == "${"):
                depth += 1
            if token.text in (")", "]", "}") or (token.kind == "template" and token.text[0] == "}"):
                depth -= 1
            if depth == 0 and token.text in (";", ","):
                return token.text == ","
        return False

    def read_export_list(self, token: Token) -> None:
        listed, gap = [], token.gap
        while (one := self.left.popleft()).text != "}":
            gap += one.gap.strip(" ")
            if one.text not in ("{", ","):
                listed.append(one.text)
        pairs = []
        while listed:
            inner = listed.pop(0)
            outer = listed[1] if listed[:1] == ["as"] else inner
            del listed[: 2 if listed[:1] == ["as"] else 0]
            pairs.append((inner, outer))
        if self.left and self.left[0].text == "from":
            self.left.popleft()
            target = self.target(self.left.popleft())
            self.module.imports[target] = None
            names = {inner: f"{OURS}{inner}" for inner, _ in pairs}
            self.add("const", gap, "name")
            self.add("{" + ",".join(f"{inner}:{name}" for inner, name in names.items()) + "}=")
            self.add(target, kind=MODULE)
            self.module.exports |= {outer: names[inner] for inner, outer in pairs}
            gap = ""
        else:
            self.module.exports |= {outer: inner for inner, outer in pairs}
        self.end_statement(gap)


def make_pack(main: str, modules: Iterable[Module], wanted: Iterable[str]) -> Packed:
    """Put modules, in the order in which they run, into the file that stands at the address of ``main``.

    ``wanted`` says which of this file's modules others need.
    """
    return _Writer(main, list(modules)).write({main, *wanted})


class _Writer:
    """Writes one pack."""

    def __init__(self, main: str, modules: list[Module]) -> None:
        self.main, self.modules = main, modules
        self.numbers: dict[str, str] = {}
        self.parts: list[str] = []
        self.lines: list[tuple[str, int] | None] = [None]

    def write(self, wanted: Iterable[str]) -> Packed:
        inside = {module.name for module in self.modules}
        outside = dict.fromkeys(
            name for module in self.modules for name in module.imports if name not in inside
        )
        taken = self.listed(outside)
        # It may come as a script of the page and, before that has run, be asked for by the loader too.
        self.parts.append(f'(function({OURS}){{"use strict";if({json.dumps(self.main)}in {OURS})return;')
        self.parts.append(f"const{{{taken}}}={OURS};" if taken else "")
        for module in self.modules:
            self.put(module)
        self.parts.append(f"\nObject.assign({OURS},{{{self.listed(sorted(wanted))}}})}})({TABLE});")
        self.lines.append(None)
        return Packed("".join(self.parts), self.lines)

    def number(self, name: str) -> str:
        return self.numbers.setdefault(name, f"{OURS}{len(self.numbers)}")

    def listed(self, names: Iterable[str]) -> str:
        return ",".join(f"{json.dumps(name)}:{self.number(name)}" for name in names)

    def put(self, module: Module) -> None:
        body = [self.token(token) for token in module.tokens]
        given = ",".join(
            outer if outer == inner else f"{outer}:{inner}" for outer, inner in module.exports.items()
        )
        text = join(body)
        # As "function", not as an arrow: V8 takes a function in parentheses to be called at once, and
        # compiles it beside the main thread, with the file, in place of once more when it runs.
        self.parts.append(f"\nconst {self.number(module.name)}=(function(){{{text}\nreturn{{{given}}}}})();")
        self.lines += [(module.name, line) for line in range(text.count("\n") + 1)]
        self.lines.append(None)

    def token(self, token: Token) -> Token:
        if token.kind == MODULE:
            return token._replace(kind="name", text=self.number(token.text))
        if token.kind == LATER:
            return token._replace(kind="name", text=f"{self.number(token.text)}.later")
        return token


def source_map(main: str, lines: Iterable[tuple[str, int] | None]) -> str:
    """Return the source map (version 3): each line of the pack is one of a source, from its beginning."""
    sources: dict[str, int] = {}
    parts, source, line = [], 0, 0
    for place in lines:
        if place is None:
            parts.append("")
            continue
        name, at = place
        index = sources.setdefault(name, len(sources))
        parts.append("".join(map(_vlq, (0, index - source, at - line, 0))))
        source, line = index, at
    folder = posixpath.dirname(main)
    paths = [posixpath.relpath(name, folder) for name in sources]
    return json.dumps({"version": 3, "sources": paths, "names": [], "mappings": ";".join(parts)})


def _vlq(number: int) -> str:
    """A number in the base-64 digits of source maps, the sign in the last bit, five bits at a time."""
    left, text = (abs(number) << 1) | (number < 0), ""
    while True:
        left, digit = left >> 5, left & 31
        text += DIGITS[digit | (32 if left else 0)]
        if not left:
            return text
