"""Refuse files over 400 lines and functions over 60. `python -m tools.sizes`"""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MAX_FILE = 400
MAX_FUNCTION = 60
ENDINGS = (".py", ".js", ".css", ".html")
SKIPPED = ("static/js/vendor/", "node_modules/")


def our_files() -> list[str]:
    """Return the source files that somebody reads: no vendor code, no migrations."""
    command = ["git", "-C", str(ROOT), "ls-files", "--cached", "--others", "--exclude-standard"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return [
        path
        for path in done.stdout.splitlines()
        if path.endswith(ENDINGS) and not path.startswith(SKIPPED) and "/migrations/" not in path
    ]


def long_functions(path: str, source: str) -> Iterator[str]:
    """Yield the Python functions that are too long."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > MAX_FUNCTION:
                yield f"{path}:{node.lineno}: {node.name} has {length} lines (at most {MAX_FUNCTION})"


def problems() -> Iterator[str]:
    """Yield one line for each file or function that is too long."""
    for path in our_files():
        file = ROOT / path
        if not file.is_file():
            continue
        source = file.read_text(encoding="utf-8")
        lines = source.count("\n")
        if lines > MAX_FILE:
            yield f"{path}: {lines} lines (at most {MAX_FILE})"
        if path.endswith(".py"):
            yield from long_functions(path, source)


if __name__ == "__main__":
    found = list(problems())
    print("\n".join(found) or f"sizes: {len(our_files())} files are short enough")
    sys.exit(bool(found))
