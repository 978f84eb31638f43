"""CSV and TSV, good and hostile."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from formats.incoming import ColumnMapping, FormatError, ReadOptions, Target
from formats.limits import Limits
from formats.readers.delimited import guess_delimiter
from formats.reading import preview, read
from tests.formats.world import read_file

MAPPING = ColumnMapping(
    {
        "nr": Target("id"),
        "text": Target("data", "text"),
        "lang": Target("meta", "language"),
        "spam": Target("gold", "kind"),
        "tags": Target("gold", "tags", json=True),
    }
)


def put(tmp_path: Path, content: bytes, name: str = "file.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(content)
    return path


def test_it_works(tmp_path: Path) -> None:
    path = put(
        tmp_path,
        b'nr,text,lang,spam,tags\r\n1,"Hello, ""you""\r\nthere",en,ham,"[""a"", ""b""]"\r\n'
        b"2,\xf0\x9f\x98\x80,,,\r\n",
    )
    good, bad = read_file(path, MAPPING)
    assert not bad
    assert [one.external_id for one in good] == ["1", "2"]
    assert good[0].data == {"text": 'Hello, "you"\r\nthere'}
    assert good[0].meta == {"language": "en"}
    assert good[0].gold == {"kind": "ham", "tags": ["a", "b"]}
    assert good[1].data == {"text": "😀"}
    assert good[1].gold is None
    assert [one.row for one in good] == [1, 2]


def test_preview_suggests_a_mapping(tmp_path: Path) -> None:
    seen = preview(put(tmp_path, b"id;text;meta.a;gold.tone\n1;x;2;good\n"), ReadOptions())
    assert seen.columns == ("id", "text", "meta.a", "gold.tone")
    assert seen.rows == (("1", "x", "2", "good"),)
    assert seen.dialect == {"encoding": "utf-8", "delimiter": ";", "header": "yes"}
    assert not seen.native
    assert seen.suggested is not None
    assert [one.kind for one in seen.suggested.columns.values()] == ["id", "data", "meta", "gold"]


def test_tsv_keeps_commas(tmp_path: Path) -> None:
    good, bad = read_file(put(tmp_path, b"text\tid\na,b\t1\n", "x.tsv"))
    assert good[0].data == {"text": "a,b"}
    assert not bad


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_byte_order_marks(tmp_path: Path, encoding: str) -> None:
    text = "id,text\n1,é😀漢\n"
    bom = {"utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}.get(encoding, b"")
    good, bad = read_file(put(tmp_path, bom + text.encode(encoding)))
    assert not bad
    assert good[0].data == {"text": "é😀漢"}
    assert good[0].external_id == "1"


def test_bad_byte_costs_one_row_and_is_named(tmp_path: Path) -> None:
    good, bad = read_file(put(tmp_path, b"id,text\n1,caf\xe9\n2,fine\n"))
    assert [one.data["text"] for one in good] == ["fine"]
    assert bad[0].row == 1
    assert "byte 13" in bad[0].message
    assert "line 2" in bad[0].message


def test_latin_1_when_chosen(tmp_path: Path) -> None:
    good, bad = read_file(put(tmp_path, b"id,text\n1,caf\xe9\n"), encoding="latin-1")
    assert good[0].data == {"text": "café"}
    assert not bad


def test_broken_utf_16_names_the_byte(tmp_path: Path) -> None:
    content = b"\xff\xfe" + "id,text\n1,x".encode("utf-16-le") + b"\x00\xd8" + "\n2,y\n".encode("utf-16-le")
    _, bad = read_file(put(tmp_path, content))
    assert bad[-1].fatal
    assert "byte 24" in bad[-1].message


def test_unknown_encoding_and_delimiter_are_the_callers_mistake(tmp_path: Path) -> None:
    path = put(tmp_path, b"text\nx\n")
    for options in (ReadOptions(encoding="klingon"), ReadOptions(delimiter="ab"), ReadOptions(format="xls")):
        with pytest.raises(FormatError):
            read(path, None, options)


def test_nul_character(tmp_path: Path) -> None:
    good, bad = read_file(put(tmp_path, b"id,text\n1,a\x00b\n2,c\n"))
    assert [one.external_id for one in good] == ["2"]
    assert bad[0].row == 1
    assert "NUL" in bad[0].message


def test_ragged_rows_are_refused_one_by_one(tmp_path: Path) -> None:
    good, bad = read_file(put(tmp_path, b"id,text\n1,a\n2\n3,b,c\n4,d\n"))
    assert [one.external_id for one in good] == ["1", "4"]
    assert [(one.row, one.message) for one in bad] == [
        (2, "line 3: has 1 cells, the first row has 2"),
        (3, "line 4: has 3 cells, the first row has 2"),
    ]


def test_text_after_a_closing_quote(tmp_path: Path) -> None:
    good, bad = read_file(put(tmp_path, b'id,text\n1,"a" b\n2,c\n'))
    assert [one.external_id for one in good] == ["2"]
    assert bad[0].row == 1
    assert "closing quote" in bad[0].message


def test_a_quote_that_is_never_closed(tmp_path: Path) -> None:
    good, bad = read_file(put(tmp_path, b'id,text\n1,a\n2,"b\n3,c\n'))
    assert [one.external_id for one in good] == ["1"]
    assert bad[0].row == 2
    assert "never closed" in bad[0].message


def test_duplicate_header(tmp_path: Path) -> None:
    good, bad = read_file(put(tmp_path, b"text,id,text\na,1,b\n"))
    assert not good
    assert bad[0].fatal
    assert bad[0].message == 'columns 1 and 3 are both called "text"'


def test_broken_header_is_fatal(tmp_path: Path) -> None:
    good, bad = read_file(put(tmp_path, b"te\xffxt\na\nb\n"))
    assert not good
    assert len(bad) == 1
    assert bad[0].fatal


def test_no_header(tmp_path: Path) -> None:
    mapping = ColumnMapping({"column_2": Target("data", "text")})
    good, _ = read_file(put(tmp_path, b"ham\thello\nspam\tbuy\n", "x.tsv"), mapping, header=False)
    assert [one.data["text"] for one in good] == ["hello", "buy"]
    assert [one.row for one in good] == [1, 2]


def test_empty_files(tmp_path: Path) -> None:
    assert read_file(put(tmp_path, b""))[1][0].message == "the file is empty"
    assert read_file(put(tmp_path, b"id,text\n")) == ([], [])


def test_a_row_without_data(tmp_path: Path) -> None:
    good, bad = read_file(put(tmp_path, b"id,text\n1,\n"))
    assert not good
    assert bad[0].message == "no data: every data column is empty"


def test_a_line_beyond_the_limit_costs_one_row(tmp_path: Path) -> None:
    content = b"id,text\n1," + b"x" * 5000 + b"\n2,y\n"
    good, bad = read_file(put(tmp_path, content), limits=Limits(item_bytes=1000))
    assert [one.external_id for one in good] == ["2"]
    assert bad[0].row == 1
    assert "longer than 1,000 bytes" in bad[0].message


def test_a_quoted_cell_without_end_stops_at_the_limit(tmp_path: Path) -> None:
    content = b'id,text\n1,"' + b"line\n" * 1000 + b"2,y\n"
    good, bad = read_file(put(tmp_path, content), limits=Limits(item_bytes=1000))
    assert not good
    assert bad[-1].fatal
    assert "never closed" in bad[-1].message


def test_too_many_columns(tmp_path: Path) -> None:
    _, bad = read_file(put(tmp_path, b"," * 3000 + b"\n"))
    assert "3,001 columns" in bad[0].message


def test_wrong_mappings(tmp_path: Path) -> None:
    path = put(tmp_path, b"id,text\n1,a\n")
    _, bad = read_file(path, ColumnMapping({"txet": Target("data", "text")}))
    assert bad[0].fatal
    assert bad[0].path == "txet"
    for columns in (
        {"id": Target("id")},
        {"id": Target("data", "a"), "text": Target("data", "a")},
        {"text": Target("data")},
    ):
        with pytest.raises(FormatError):
            read(path, ColumnMapping(columns), ReadOptions())


def test_a_json_cell_that_is_none(tmp_path: Path) -> None:
    mapping = ColumnMapping({"text": Target("data", "text"), "g": Target("gold", "g", json=True)})
    _, bad = read_file(put(tmp_path, b"text,g\na,[1\n"), mapping)
    assert bad[0].row == 1
    assert bad[0].path == "g"


def test_old_line_ends(tmp_path: Path) -> None:
    good, bad = read_file(put(tmp_path, b"id,text\r1,a\r2,b\r"))
    assert [one.data["text"] for one in good] == ["a", "b"]
    assert not bad


@pytest.mark.parametrize(
    ("text", "delimiter"), [("a;b\n1,5;2\n", ";"), ("a\n1\n", ","), ("a|b|c\n1|2|3\n", "|")]
)
def test_guessing(text: str, delimiter: str) -> None:
    assert guess_delimiter(text) == delimiter


CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(st.lists(st.tuples(CELLS, CELLS.filter(bool)), max_size=5), st.sampled_from(",;\t|"))
def test_cells_of_any_kind_come_back(tmp_path: Path, rows: list[tuple[str, str]], delimiter: str) -> None:
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=delimiter, lineterminator="\r\n", quoting=csv.QUOTE_ALL)
    writer.writerows([("note", "text"), *rows])
    path = put(tmp_path, buffer.getvalue().encode())
    good, bad = read_file(path, delimiter=delimiter)
    assert not bad
    assert [(one.data["note"], one.data["text"]) for one in good] == rows


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(st.binary(max_size=200))
def test_bytes_of_any_kind_never_raise(tmp_path: Path, content: bytes) -> None:
    path = put(tmp_path, content)
    read_file(path, format="csv")
    preview(path, ReadOptions(format="tsv"))
