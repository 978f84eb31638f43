"""Refuse patterns that have no place in Touchstone, with the reason. `python -m tools.forbidden`

An exception stands below with its file and its reason; there is no comment that switches a rule off.
"""

import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OURS = re.compile(
    r"^(accounts|annotate|config|exchange|formats|labeltypes|projects|quality|stats|static|templates)/"
)
THIRD_PARTY = re.compile(r"^static/(js/vendor|fonts)/")


@dataclass(frozen=True)
class Rule:
    """A pattern, the files it is about (by ending), why not, and the files that may."""

    pattern: str
    endings: tuple[str, ...]
    reason: str
    except_in: tuple[str, ...] = ()

    def applies_to(self, path: str) -> bool:
        """Return whether a file must obey."""
        return path.endswith(self.endings) and path not in self.except_in

    def lines(self, text: str) -> Iterator[tuple[int, str]]:
        """Yield the number and text of each line that breaks the rule."""
        expression = re.compile(self.pattern)
        for number, line in enumerate(text.splitlines(), start=1):
            if expression.search(line):
                yield number, line.strip()


JS, PY, HTML = (".js",), (".py",), (".html",)
RULES = (
    Rule(
        r"\.(inner|outer)HTML\b|insertAdjacentHTML|document\.write\b|createContextualFragment",
        JS,
        "markup from text is script injection: build nodes",
    ),
    Rule(r"\beval\(|new Function\(|setTimeout\(\s*[\"']", JS + PY, "text that becomes code"),
    Rule(
        r"Math\.random\(",
        JS,
        "ids must not collide nor be guessable: crypto.randomUUID(), or a seeded generator",
        ("static/js/pages/label/outbox.js",),  # spreads retries in time
    ),
    Rule(r"\b(window|globalThis)\.\w+\s*=[^=]", JS, "no globals", ("static/js/ui/htmx-setup.js",)),
    Rule(r"localStorage\.(clear)\(", JS, "other parts keep drafts there"),
    Rule(r"\|\s*safe(seq)?\b|\{%\s*autoescape\s+off", HTML, "unescaped text in a page"),
    Rule(r"\son\w+\s*=\s*[\"']", HTML, "inline handlers are refused by our CSP"),
    Rule(r"\sstyle\s*=\s*[\"']", HTML, "inline styles are refused by our CSP"),
    Rule(r"<style\b|javascript:", HTML, "refused by our CSP"),
    Rule(r"<script(?![^>]*\bnonce=)", HTML, "every script element carries the nonce"),
    Rule(r"https?://(?!www\.w3\.org/)[^\s\"']+\.(js|css|woff2?)\b", HTML, "nothing is loaded from elsewhere"),
    Rule(
        r"\bmark_safe\b|\bSafeString\(|\bSafeText\(",
        PY,
        "unescaped text in a page: format_html",
        ("accounts/icons.py", "config/importmap_tags.py", "projects/markdown.py"),
    ),
    Rule(
        r"^\s*(import|from)\s+(pickle|cPickle|dill|cloudpickle|shelve|marshal)\b|allow_pickle\s*=\s*True",
        PY,
        "reading a pickle runs code",
    ),
    Rule(r"\bjoblib\.(load|dump)\b", PY, "reading it runs code: keep numbers"),
    Rule(r"\byaml\.(load|unsafe_load)\(", PY, "safe_load only"),
    Rule(r"\bextractall\(", PY, "archives are read member by member, with counted bytes"),
    Rule(r"\bos\.system\(|shell\s*=\s*True", PY, "no shell"),
    Rule(r"^\s*(import|from)\s+(requests|httpx|aiohttp|urllib3)\b", PY, "one outgoing client only"),
    Rule(r"\bcsrf_exempt\b", PY, "every unsafe session route checks CSRF"),
    Rule(
        r"\bselect_for_update\((?!.*\bno_key=True)",
        PY,
        "locks out whoever points at the row: no_key=True (docs/contributing/architecture.md, Locks)",
        (
            "accounts/services/organizations.py",  # an owner's membership is deleted under it
            "annotate/outbox.py",  # events are deleted
            "projects/services/projects.py",  # new settings wait for tasks that come in under the old ones
        ),
    ),
    Rule(
        r"\.extra\(|RawSQL\(\s*f[\"']",
        PY,
        "SQL by hand only through cursor.execute with parameters",
        ("annotate/task_list/rows.py",),
    ),  # names of columns from a table in that file
    Rule(
        r"\.raw\(\s*f[\"']|execute\(\s*f[\"']",
        PY,
        "values never go into SQL text",
        (),
    ),
    Rule(r"fields\s*=\s*[\"']__all__[\"']", PY, "a new column must not appear in the API by itself"),
    Rule(r"except\s+Exception\s*:\s*pass", PY, "errors are not swallowed"),
    Rule(r"\bTODO\b|\bFIXME\b|\bXXX\b|raise NotImplementedError", JS + PY + HTML, "unfinished"),
)


def tracked_files() -> list[str]:
    """Return our own source files that git knows or would add."""
    command = ["git", "-C", str(ROOT), "ls-files", "--cached", "--others", "--exclude-standard"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return [path for path in done.stdout.splitlines() if OURS.match(path) and not THIRD_PARTY.match(path)]


def problems() -> Iterator[str]:
    """Yield one line for each broken rule."""
    for path in tracked_files():
        file = ROOT / path
        rules = [rule for rule in RULES if rule.applies_to(path)]
        if not rules or not file.is_file():
            continue
        text = file.read_text(encoding="utf-8")
        for rule in rules:
            for number, line in rule.lines(text):
                yield f"{path}:{number}: {rule.reason}: {line[:100]}"


if __name__ == "__main__":
    found = list(problems())
    print("\n".join(found) or f"forbidden patterns: none in {len(tracked_files())} files")
    sys.exit(bool(found))
