"""Whatever people can use is documented, and the documentation names nothing that is not there."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from exchange.importing.plan import LIMITS
from formats.registry import readers, writers
from labeltypes.registry import get_type, kinds
from projects.models import Task
from tools import api_reference
from tools import docs as links

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
BY_KEYS_OF_THE_FIELD = {"title", "description"}


def test_it_works() -> None:
    assert list(links.problems()) == []


def test_a_dead_link_is_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# Here\n[good](page.md#here) [bad](gone.md)", encoding="utf-8")
    assert links.leads_somewhere(page, "page.md#here")
    assert not links.leads_somewhere(page, "page.md#there")
    assert not links.leads_somewhere(page, "gone.md")


def test_every_page_is_in_the_index() -> None:
    index = set(links.LINK.findall((DOCS / "README.md").read_text(encoding="utf-8")))
    pages = {str(page.relative_to(DOCS)) for page in DOCS.rglob("*.md")} - {"README.md"}
    assert {page for page in pages if not page.startswith("adr/")} - index == set()


def test_every_decision_is_in_its_index_and_numbered_without_a_gap() -> None:
    records = sorted(page.name for page in (DOCS / "adr").glob("[0-9]*.md"))
    assert [int(name[:4]) for name in records] == list(range(1, len(records) + 1))
    assert links.LINK.findall((DOCS / "adr/README.md").read_text(encoding="utf-8")) == records


def test_the_api_page_is_what_the_schema_says() -> None:
    page = api_reference.PAGE.read_text(encoding="utf-8")
    assert page == api_reference.reference(), "run: python -m tools.api_reference"


@pytest.mark.parametrize("kind", sorted(kinds()))
def test_a_label_type_has_its_page_with_all_settings(kind: str) -> None:
    page = (DOCS / f"label-types/{kind}.md").read_text(encoding="utf-8")
    names = set(re.findall(r"`([a-z_]+)`", page))
    properties = get_type(kind).settings_schema()["properties"]
    assert isinstance(properties, dict)
    assert set(properties) - names - BY_KEYS_OF_THE_FIELD == set()


@pytest.mark.parametrize("name", sorted({*readers(), *writers()}))
def test_a_format_has_its_page_and_its_line(name: str) -> None:
    assert (DOCS / f"formats/{name}.md").is_file()
    assert f"[{name}]({name}.md)" in (DOCS / "formats/README.md").read_text(encoding="utf-8")


def test_every_runtime_dependency_has_a_reason_and_a_license() -> None:
    text = (ROOT / "requirements.in").read_text(encoding="utf-8")
    wanted = re.findall(r"^([a-z0-9-]+)", text, re.M)
    table = (DOCS / "adr/0007-dependencies.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| ([a-z0-9-]+)(?:\[\w+\])? \| (.+) \| (.+) \|$", table, re.M)
    assert [name for name, _, _ in rows[2:]] == wanted  # after the head of the table
    assert all(reason.strip() and terms.strip() for _, reason, terms in rows)


def test_the_picture_of_the_readme_is_there_and_small() -> None:
    pictures = re.findall(r"!\[.+\]\((.+?)\)", (ROOT / "README.md").read_text(encoding="utf-8"))
    assert pictures
    assert all((ROOT / picture).stat().st_size <= 200_000 for picture in pictures)


def test_the_documented_length_of_an_id_is_what_the_database_takes() -> None:
    page = (DOCS / "formats/jsonl.md").read_text(encoding="utf-8")
    found = re.search(r"external id, up to (\d+) characters", page)
    assert found is not None
    assert int(found[1]) == Task._meta.get_field("external_id").max_length == LIMITS.id_chars


def test_every_missed_bar_is_explained() -> None:
    page = (DOCS / "contributing/misses.md").read_text(encoding="utf-8")
    parts = dict(re.findall(r"^## (\S+)\n(.*?)(?=^## |\Z)", page, re.DOTALL | re.MULTILINE))
    found = json.loads((ROOT / "benchmarks/results.json").read_text(encoding="utf-8"))
    missed = {(title, row["what"]) for title, one in found.items() for row in one["rows"] if _is_missed(row)}
    unexplained = {(title, what) for title, what in missed if f"*{what}*" not in parts.get(title, "")}
    assert unexplained == set()
    assert set(parts) == {title for title, _ in missed}, "what is met needs no excuse"


def _is_missed(row: dict[str, Any]) -> bool:
    return row.get("verdict") == "MISSED"
