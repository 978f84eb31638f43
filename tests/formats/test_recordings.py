"""Label tracks and RTTM: what is written can be read back, and what is lost is said."""

import io
import zipfile

from formats.outgoing import WriteOptions
from formats.registry import writers
from tests.formats.world import SOUND, VISION, call, context, export

TURNS = [("agent", 0.25, 4.0), ("on hold", 3.5, 7.125), ("agent", 8.0, 9.001)]


def test_a_label_track_gives_the_segments_back() -> None:
    items = [call("a.wav", TURNS), call("b.wav", []), call("sub/a.wav", TURNS[:1]), call("a.mp3", TURNS[1:])]
    content, summary = export("audacity", items, context(SOUND))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        read = {
            name: [line.split("\t") for line in archive.read(name).decode().splitlines()]
            for name in archive.namelist()
        }
    assert list(read) == ["a.txt", "b.txt", "sub/a.txt", "a-00000004.txt"]
    assert [(name, float(start), float(end)) for start, end, name in read["a.txt"]] == TURNS
    assert read["b.txt"] == []
    assert summary.losses["name of a recording used twice (a number was added)"] == 1
    assert summary.losses['answer of field "note"'] == 4


def test_rttm_gives_the_segments_back() -> None:
    items = [call("my call.wav", TURNS, region={"attributes": {"tone": "calm"}}), call("b.wav", [])]
    content, summary = export("rttm", items, context(SOUND))
    rows = [line.split(" ") for line in content.decode().splitlines()]
    assert {len(row) for row in rows} == {10}
    assert [(row[7], float(row[3]), round(float(row[3]) + float(row[4]), 3)) for row in rows] == [
        (name.replace(" ", "_"), start, end) for name, start, end in TURNS
    ]
    assert {(row[0], row[1], row[2]) for row in rows} == {("SPEAKER", "my_call", "1")}
    assert summary.losses["attribute of a region"] == 3
    assert summary.losses["recording without segments"] == 1


def test_without_segments_there_is_nothing_to_write() -> None:
    for name in ("audacity", "rttm"):
        assert writers()[name].refusal(SOUND, WriteOptions()) == ""
        assert "no field of segments" in writers()[name].refusal(VISION, WriteOptions())
        assert any("attributes of class" in line for line in writers()[name].losses(SOUND))
