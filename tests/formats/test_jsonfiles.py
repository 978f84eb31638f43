"""JSON and JSON Lines, good and hostile."""

from __future__ import annotations

import contextlib
import json
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from formats.incoming import ColumnMapping, Imported, ReadOptions, Refused, Target
from formats.limits import Limits
from formats.readers.jsonstream import ItemSplitter, StreamProblem
from formats.reading import preview, read, read_items, sniff
from tests.formats.world import read_file

ITEM = {
    "id": "a",
    "data": {"text": "x"},
    "meta": {"m": 1},
    "gold": {"tone": "good"},
    "gold_accepted": [{"tone": "bad"}],
    "predictions": [{"model": "m", "version": "1", "value": {"tone": "good"}, "score": 0.5}],
}


def put(tmp_path: Path, content: bytes, name: str = "file.json") -> Path:
    path = tmp_path / name
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("shape", ["array", "object", "lines", "bom", "utf-16"])
def test_it_works(tmp_path: Path, shape: str) -> None:
    body = json.dumps([ITEM, ITEM], indent=2).encode()
    path = {
        "array": lambda: put(tmp_path, body),
        "object": lambda: put(tmp_path, b' {"items" :' + body + b"}\n"),
        "lines": lambda: put(tmp_path, (json.dumps(ITEM) + "\n\n" + json.dumps(ITEM)).encode(), "x.jsonl"),
        "bom": lambda: put(tmp_path, b"\xef\xbb\xbf" + body),
        "utf-16": lambda: put(tmp_path, body.decode().encode("utf-16")),
    }[shape]()
    good, bad = read_file(path)
    assert not bad
    assert [one.row for one in good] == [1, 2]
    assert good[0].external_id == "a"
    assert good[0].data == {"text": "x"}
    assert good[0].meta == {"m": 1}
    assert good[0].gold == {"tone": "good"}
    assert good[0].gold_accepted == ({"tone": "bad"},)
    assert good[0].predictions[0]["score"] == 0.5
    assert preview(path, ReadOptions()).native


def test_flat_objects_are_mapped(tmp_path: Path) -> None:
    path = put(tmp_path, b'[{"nr": 7, "body": "x", "extra": [1]}, {"nr": 8, "body": "y"}]')
    mapping = ColumnMapping(
        {"nr": Target("id"), "body": Target("data", "text"), "extra": Target("meta", "e")}
    )
    good, bad = read_file(path, mapping)
    assert not bad
    assert good[0].external_id == "7"
    assert good[0].data == {"text": "x"}
    assert good[0].meta == {"e": [1]}
    assert good[1].meta == {}


@pytest.mark.parametrize(
    ("item", "path"),
    [
        ('{"data": {"a": 1}, "golden": 1}', "golden"),
        ('{"data": {}}', "data"),
        ('{"data": {"a": 1}, "meta": 3}', "meta"),
        ('{"data": {"a": 1}, "gold": "x"}', "gold"),
        ('{"data": {"a": 1}, "gold_accepted": [1]}', "gold_accepted[0]"),
        ('{"data": {"a": 1}, "id": [1]}', "id"),
        ('{"data": {"a": 1}, "id": "' + "x" * 600 + '"}', "id"),
        ('{"data": {"a": 1}, "predictions": {}}', "predictions"),
        ('{"data": {"a": 1}, "predictions": [{"value": 1}]}', "predictions[0].value"),
        ('{"data": {"a": 1}, "predictions": [{"value": {}, "score": 2}]}', "predictions[0].score"),
        ('{"data": {"a": 1}, "predictions": [{"value": {}, "who": 2}]}', "predictions[0].who"),
        ('{"data": {"a": 1}, "final": 1}', "final.value"),
        ('{"data": {"a": 1, "a": 2}}', "data.a"),
        ('{"data": {"a": "\\u0000"}}', "data.a"),
        ('{"data": {"a": 99999999999999999999}}', "data.a"),
        ('{"data": {"a": NaN}}', ""),
        ('{"data": {"a": "\\ud800"}}', ""),
        ('{"data": {"a": 1}', ""),
        ("[1]", ""),
    ],
)
def test_a_bad_line_is_refused_and_the_next_is_read(tmp_path: Path, item: str, path: str) -> None:
    file = put(tmp_path, f'{{"data": {{"a": 0}}}}\n{item}\n{{"data": {{"a": 2}}}}\n'.encode(), "x.jsonl")
    good, bad = read_file(file)
    assert [one.data["a"] for one in good] == [0, 2]
    assert [(one.row, one.path) for one in bad] == [(2, path)]


def test_a_bad_item_in_an_array_costs_itself_only(tmp_path: Path) -> None:
    good, bad = read_file(put(tmp_path, b'[{"a": 1}, {"a": NaN}, {"a": "\xff"}, 5, {"a": 2}]'))
    assert [one.row for one in good] == [1, 5]
    assert [one.row for one in bad] == [2, 3, 4]
    assert "byte 7" in bad[1].message


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"3", "neither"),
        (b'[{"a": 1}', "ends"),
        (b'[{"a": "x', "ends inside"),
        (b'[{"a": 1},]', "comma"),
        (b'[,{"a": 1}]', "comma"),
        (b'[{"a": 1}]x', "follows"),
        (b'{"rows": []}', '"items"'),
        (b'{"items": [], "more": 1}', "outer object"),
        (b"[}]", "never opened"),
    ],
)
def test_a_broken_frame_is_said_once(tmp_path: Path, content: bytes, words: str) -> None:
    _, bad = read_file(put(tmp_path, content))
    assert len(bad) == 1
    assert bad[0].fatal
    assert words in bad[0].message


def test_items_beyond_the_limit_are_skipped(tmp_path: Path) -> None:
    big = json.dumps({"a": 'x\\"' * 2000})
    for name, content in {
        "x.json": f'[{{"a":1}},{big},{{"a":2}}]',
        "x.jsonl": f'{{"a":1}}\n{big}\n{{"a":2}}',
    }.items():
        good, bad = read_file(put(tmp_path, content.encode(), name), limits=Limits(item_bytes=500))
        assert [one.data["a"] for one in good] == [1, 2]
        assert [(one.row, one.message) for one in bad] == [(2, "longer than 500 bytes")]


def test_deep_items(tmp_path: Path) -> None:
    deep = "[" * 100_000 + "]" * 100_000
    good, bad = read_file(put(tmp_path, f'[{{"a": {deep}}}, {{"a": 1}}]'.encode()))
    assert len(good) == 1
    assert "nested too deeply" in bad[0].message


def test_the_final_answer_of_an_export(tmp_path: Path) -> None:
    line = b'{"id":"a","data":{"t":1},"final":{"value":{"x":1},"probability":1,"source":"review"}}'
    path = put(tmp_path, line, "x.jsonl")
    assert read_file(path)[0][0].gold is None
    assert read_file(path, final_as="gold")[0][0].gold == {"x": 1}
    assert read_file(path, final_as="prediction")[0][0].predictions[0]["value"] == {"x": 1}


def test_items_of_a_request() -> None:
    found = list(read_items([{"data": {"a": 1}}, 3, {"id": "x"}]))
    assert [type(one).__name__ for one in found] == ["Imported", "Refused", "Refused"]
    assert [one.row for one in found] == [1, 2, 3]


@pytest.mark.parametrize(
    ("name", "head", "format"),
    [
        ("a.csv", b"a,b", "csv"),
        ("a.TSV", b"a\tb", "tsv"),
        ("a.json", b"[", "json"),
        ("a.jsonl", b"{", "jsonl"),
        ("upload", b"  [", "json"),
        ("upload", b"{", "jsonl"),
        ("a.csv", b"PK\x03\x04", "zip"),
        ("a.exe", b"MZ", None),
    ],
)
def test_sniffing(name: str, head: bytes, format: str | None) -> None:
    found = sniff(name, head)
    assert (found.name if found else None) == format


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-99, 99) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)


@given(st.lists(VALUES, max_size=6), st.sampled_from([1, 2, 7, 1000]), st.booleans())
def test_the_splitter_agrees_with_json(values: list[object], size: int, wrapped: bool) -> None:
    document: object = {"items": values} if wrapped else values
    content = json.dumps(document, ensure_ascii=False).encode(errors="replace")
    pieces = (content[start : start + size] for start in range(0, len(content), size))
    found = list(ItemSplitter(pieces, 10_000).items())
    parsed = json.loads(content)
    assert [json.loads(one or b"") for one in found] == (parsed["items"] if wrapped else parsed)


@given(st.binary(max_size=80), st.sampled_from([1, 3, 200]))
def test_the_splitter_raises_only_its_own_problem(content: bytes, size: int) -> None:
    pieces = ((b"[" + content)[start : start + size] for start in range(0, len(content) + 1, size))
    with contextlib.suppress(StreamProblem):
        list(ItemSplitter(pieces, 50).items())


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(st.binary(max_size=200))
def test_bytes_of_any_kind_never_raise(tmp_path: Path, content: bytes) -> None:
    path = put(tmp_path, content)
    read_file(path, format="json")
    read_file(path, format="jsonl")


def test_memory_of_the_reader_is_that_of_one_item(tmp_path: Path) -> None:
    """A field of 48 MB, then 20,000 items, with items of at most 1 MB: the peak stays far below either."""
    path = tmp_path / "file.json"
    with path.open("wb") as out:
        out.write(b'[{"data": {"text": "')
        for _ in range(48):
            out.write(b"x" * 1024 * 1024)
        out.write(b'"}}')
        for number in range(20_000):
            out.write(b',{"data": {"text": "%d"}}' % number)
        out.write(b"]")
    tracemalloc.start()
    good = bad = 0
    for one in read(path, None, ReadOptions(limits=Limits(item_bytes=1024 * 1024))):
        good, bad = good + isinstance(one, Imported), bad + isinstance(one, Refused)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (good, bad) == (20_000, 1)
    assert peak < 6 * 1024 * 1024
