"""docs/settings.md names every environment variable that the program reads, and no other."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
# Set by make itself, not by people.
NOT_SETTINGS = {"MAKELEVEL"}
READERS = {"text", "flag", "number", "items", "path", "get", "setdefault"}


def documented() -> set[str]:
    text = (ROOT / "docs/settings.md").read_text(encoding="utf-8")
    return set(re.findall(r"^\| `([A-Z_]+)` \|", text, re.M))


def read_by_program() -> set[str]:
    files = [*(ROOT / "config").rglob("*.py"), ROOT / "manage.py"]
    return {name for file in files for name in names_in(ast.parse(file.read_text(encoding="utf-8")))}


def names_in(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
            source = ast.unparse(node.func.value)
            name = node.args[0]
            if (
                node.func.attr in READERS
                and source in {"env", "os.environ"}
                and isinstance(name, ast.Constant)
                and isinstance(name.value, str)
            ):
                yield name.value


def test_it_works() -> None:
    assert read_by_program() - {"DJANGO_SETTINGS_MODULE"} - NOT_SETTINGS == documented()


def test_the_reader_of_the_program_sees_both_ways_of_reading() -> None:
    tree = ast.parse('a = env.flag("ONE", False)\nb = os.environ.get("TWO")\nc = other.get("THREE")')
    assert set(names_in(tree)) == {"ONE", "TWO"}


def test_few_enough_to_read() -> None:
    assert len(documented()) <= 45


def test_one_settings_file_that_can_be_read_at_a_sitting() -> None:
    assert (ROOT / "config/settings.py").read_text(encoding="utf-8").count("\n") < 250
