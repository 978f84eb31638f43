"""American spelling in code, templates and documentation, for the words that come up here."""

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# Written in two parts, so that this file does not find itself.
BRITISH = (
    "labelling",
    r"labelled(?!by)",
    "colour",
    "organisation",
    "organise",
    "behaviour",
    "normalise",
    "serialise",
    "optimise",
    "cancelled by",
    "centre ",
    "favour",
    "neighbour",
    "analyse",
    "grey ",
    "licence ",
)
WORD = re.compile("|".join(BRITISH), re.I)
SUFFIXES = {".py", ".html", ".js", ".css", ".md", ".txt"}
# What others wrote: vendored files, real data, names in others' interfaces.
FOREIGN = ("static/js/vendor/", "exchange/demo/data/", "package", "LICENSE", "tests/")


def british(text: str) -> list[str]:
    return [match.group() for match in WORD.finditer(text)]


def test_it_works() -> None:
    command = ["git", "-C", str(ROOT), "ls-files"]
    files = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    found = {
        path: words
        for path in files
        if Path(path).suffix in SUFFIXES and not path.startswith(FOREIGN) and (ROOT / path).is_file()
        if (words := british((ROOT / path).read_text(encoding="utf-8")))
    }
    assert found == {}


def test_a_british_word_is_found() -> None:
    assert british("The " + "Col" + "our of money") == ["Colour"]
