"""CSV export, read back by pandas and by our own reader."""

from __future__ import annotations

import io
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from formats.incoming import FormatError
from formats.outgoing import ExportItem, Final
from formats.writers.table import escape_formula
from tests.formats.world import TEXT, context, export, message, read_file


def table(content: bytes, delimiter: str = ",") -> pd.DataFrame:
    return pd.read_csv(io.BytesIO(content), sep=delimiter, dtype=str, keep_default_na=False)


def test_it_works() -> None:
    items = [
        message("m1", 'Line 1\nLine 2, "quoted" 😀', [("person", 0, 4)], tone="good", meta={"k": [1]}),
        message("m2", "x", [], note="-5"),
    ]
    content, summary = export("csv", items, context(TEXT))
    frame = table(content)
    assert list(frame) == [
        "id",
        "state",
        "data.text",
        "names",
        "tone",
        "note",
        "probability",
        "source",
        "rest",
    ]
    assert frame["data.text"][0] == 'Line 1\nLine 2, "quoted" 😀'
    assert frame["tone"].tolist() == ["good", ""]
    assert frame["names"][0] == '[{"id":"s0","class":"person","start":0,"end":4}]'
    assert frame["rest"].tolist() == ['{"meta":{"k":[1]}}', ""]
    assert frame["probability"][0] == "0.97"
    assert summary.losses == {}


def test_all_answers() -> None:
    content, summary = export("csv", [message("m1", "x", [], tone="bad")], context(TEXT, answers="all"))
    row = table(content).iloc[0]
    assert (row["person"], row["time"], row["seconds"], row["ontology"]) == (
        "person-1",
        "2026-11-21T12:30:15Z",
        "12.5",
        "3",
    )
    assert summary.losses == {"review of an annotation": 1}


@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_delimiters(delimiter: str) -> None:
    content, _ = export("csv", [message("m1", "a;b\tc|d", [])], context(TEXT, delimiter=delimiter))
    assert table(content, delimiter)["data.text"][0] == "a;b\tc|d"


def test_a_delimiter_that_is_none() -> None:
    for delimiter in ('"', "", "ab", "\n"):
        with pytest.raises(FormatError):
            export("csv", [], context(TEXT, delimiter=delimiter))


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        ("=HYPERLINK(1)", "'=HYPERLINK(1)"),
        ("+1+1", "'+1+1"),
        ("-2+3+cmd|' /C calc'!A0", "'-2+3+cmd|' /C calc'!A0"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        ("-5", "-5"),
        ("-5.25e-3", "-5.25e-3"),
        ("+7", "+7"),
        ("-٣", "'-٣"),
        ("a=b", "a=b"),
        ("", ""),
    ],
)
def test_formulas(cell: str, shown: str) -> None:
    assert escape_formula(cell) == shown


def test_formulas_are_escaped_only_when_asked() -> None:
    item = message("=id", "=1+1", [], note="@x", tone="good")
    plain, _ = export("csv", [item], context(TEXT))
    safe, _ = export("csv", [item], context(TEXT, spreadsheet=True))
    assert table(plain)["data.text"][0] == "=1+1"
    assert safe.startswith(b"\xef\xbb\xbf")
    row = table(safe).iloc[0]
    assert (row["id"], row["data.text"], row["note"]) == ("'=id", "'=1+1", "'@x")


TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=15)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=4), st.sampled_from(",;\t"))
def test_texts_come_back(tmp_path: Path, rows: list[tuple[str, str]], delimiter: str) -> None:
    items = [
        ExportItem(name, {"text": text}, {}, "done", Final({"note": text}, None, "review"))
        for name, text in rows
    ]
    content, _ = export("csv", items, context(TEXT, delimiter=delimiter))
    path = tmp_path / "file.csv"
    path.write_bytes(content)
    good, bad = read_file(path, delimiter=delimiter)
    assert not bad
    assert [(one.external_id, one.data["text"], one.data["note"]) for one in good] == [
        (n, t, t) for n, t in rows
    ]
