"""ZIP archives, good and hostile. Each attack names its member; nothing is written anywhere."""

from __future__ import annotations

import contextlib
import io
import stat
import struct
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from formats.incoming import ColumnMapping, MemberProblem, Target
from formats.limits import Limits
from tests.formats.world import read_file


def build(tmp_path: Path, members: dict[str, bytes], packing: int = zipfile.ZIP_DEFLATED) -> Path:
    path = tmp_path / "file.zip"
    with zipfile.ZipFile(path, "w", packing) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name) if "\\" in name else name, content)
    return path


def refusals(path: Path, **limits: int) -> dict[str, str]:
    _, bad = read_file(path, limits=Limits(**limits))
    return {one.path: one.message for one in bad}


def test_it_works(tmp_path: Path) -> None:
    path = build(
        tmp_path,
        {
            "a/": b"",
            "a/1.txt": "é😀".encode(),
            "__MACOSX/._1.txt": b"x",
            "a/.DS_Store": b"x",
            "b.PNG": b"pixels",
        },
    )
    good, bad = read_file(path)
    assert not bad
    assert [(one.row, one.external_id) for one in good] == [(1, "a/1.txt"), (2, "b.PNG")]
    assert good[0].data == {"text": "é😀"}
    member = good[1].files[0]
    assert (member.key, member.name, member.size) == ("image", "b.PNG", 6)
    with member.open() as stream:
        assert stream.read() == b"pixels"


def test_members_can_be_opened_after_the_end(tmp_path: Path) -> None:
    good, _ = read_file(build(tmp_path, {f"{number}.png": b"%d" % number for number in range(50)}))
    assert [one.files[0].open().read() for one in good] == [b"%d" % number for number in range(50)]


def test_the_key_follows_the_mapping(tmp_path: Path) -> None:
    path = build(tmp_path, {"a.png": b"x"})
    good, _ = read_file(path, ColumnMapping({"image": Target("data", "photo"), "id": Target("id")}))
    assert good[0].data == {"photo": "a.png"}
    assert good[0].files[0].key == "photo"
    good, _ = read_file(path, image_key="picture")
    assert good[0].data == {"picture": "a.png"}
    assert good[0].files[0].key == "picture"


@pytest.mark.parametrize(
    "name",
    [
        "../a.txt",
        "a/../../b.txt",
        "/etc/a.txt",
        "C:/a.txt",
        "c:a.txt",
        "a\\b.txt",
        "..\\a.txt",
        "a//b.txt",
        "./a.txt",
    ],
)
def test_path_tricks(tmp_path: Path, name: str) -> None:
    path = build(tmp_path, {name: b"x", "good.txt": b"fine"})
    good, bad = read_file(path)
    assert [one.external_id for one in good] == ["good.txt"]
    assert len(bad) == 1
    assert bad[0].path == name
    assert "name" in bad[0].message
    assert [one.name for one in tmp_path.iterdir()] == ["file.zip"]


@pytest.mark.parametrize(
    "name", ["a\nb.txt", "x" * 300 + ".txt", "/".join(["deep"] * 400) + ".txt", "a\x7f.txt"]
)
def test_odd_names(tmp_path: Path, name: str) -> None:
    good, bad = read_file(build(tmp_path, {name: b"x"}))
    assert not good
    assert "name" in bad[0].message
    assert len(bad[0].path) <= 201


def test_nul_in_a_name(tmp_path: Path) -> None:
    path = build(tmp_path, {"aXb.txt": b"x"})
    path.write_bytes(path.read_bytes().replace(b"aXb.txt", b"a\0b.txt"))
    good, bad = read_file(path)
    assert not good
    assert bad


def test_links_and_devices(tmp_path: Path) -> None:
    path = tmp_path / "file.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, kind in (
            ("link.txt", stat.S_IFLNK),
            ("pipe.txt", stat.S_IFIFO),
            ("block.txt", stat.S_IFBLK),
        ):
            info = zipfile.ZipInfo(name)
            info.create_system, info.external_attr = 3, (kind | 0o777) << 16
            archive.writestr(info, "/etc/passwd")
    assert set(refusals(path).values()) == {"is a link or a device, not a file"}


def test_duplicate_names(tmp_path: Path) -> None:
    path = tmp_path / "file.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.txt", "1")
        with pytest.warns(UserWarning, match="Duplicate name"):
            archive.writestr("a.txt", "2")
    good, bad = read_file(path)
    assert good[0].data == {"text": "1"}
    assert bad[0].message == "a second file of this name"


def test_a_member_without_a_name(tmp_path: Path) -> None:
    path = build(tmp_path, {"X.txt": b"x"})
    path.write_bytes(path.read_bytes().replace(b"X.txt", b"\0.txt"))
    assert "control character" in next(iter(refusals(path).values()))


def test_encrypted_members(tmp_path: Path) -> None:
    path = build(tmp_path, {"a.txt": b"secret"})
    raw = bytearray(path.read_bytes())
    raw[6] |= 1
    raw[raw.find(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(raw)
    assert refusals(path) == {"a.txt": "is encrypted"}


def test_nested_archives_and_foreign_files(tmp_path: Path) -> None:
    found = refusals(build(tmp_path, {"a.zip": b"PK", "b.tar.gz": b"x", "c.svg": b"<svg/>", "d.html": b"x"}))
    assert found["a.zip"] == found["b.tar.gz"] == "is an archive inside the archive"
    assert "neither" in found["c.svg"]
    assert "neither" in found["d.html"]


def test_packing_by_another_method(tmp_path: Path) -> None:
    path = build(tmp_path, {"a.txt": b"x" * 100}, zipfile.ZIP_LZMA)
    assert "deflate" in refusals(path)["a.txt"]


def test_ratio_bomb(tmp_path: Path) -> None:
    path = build(tmp_path, {"a.txt": b"\0" * 5_000_000, "b.png": b"\0" * 5_000_000})
    assert set(refusals(path).values()) == {"unpacks to more than 100 times its packed size"}


def test_a_bomb_that_lies_about_its_size(tmp_path: Path) -> None:
    """The directory says 10 bytes; what comes out is counted, and the checksum over the first 10 is wrong."""
    path = build(tmp_path, {"a.txt": b"a" * 5_000_000})
    raw = path.read_bytes().replace(struct.pack("<L", 5_000_000), struct.pack("<L", 10))
    path.write_bytes(raw)
    assert refusals(path) == {"a.txt": "is damaged: its checksum does not match"}


def test_sizes_are_counted_while_reading(tmp_path: Path) -> None:
    noise = bytes(range(256)) * 8
    path = build(tmp_path, {"a.txt": b"x" * 2000, "b.png": noise, "c.png": noise})
    assert refusals(path, text_member_bytes=1000) == {"a.txt": "unpacks to more than 1,000 bytes"}
    assert set(refusals(path, image_bytes=1000)) == {"b.png", "c.png"}
    good, _ = read_file(path, limits=Limits(archive_bytes=5000))
    assert len(good) == 3
    good[1].files[0].open().read()
    with pytest.raises(MemberProblem, match="archive unpacks to more than 5,000"):
        good[2].files[0].open().read()


def test_ratio_is_counted_while_reading(tmp_path: Path) -> None:
    path = build(tmp_path, {"a.png": b"\0" * 200_000})
    good, _ = read_file(path, limits=Limits(ratio_floor=300_000))
    assert good[0].files[0].open().read()
    from formats.readers.zipguard import Budget, open_archive, open_member

    limits = Limits(ratio_floor=1000)
    archive = open_archive(path, limits)
    with pytest.raises(MemberProblem, match="100 times"):
        open_member(archive, archive.infolist()[0], Budget(limits), 10**9).read()


def test_too_many_members_are_noticed_before_the_directory_is_loaded(tmp_path: Path) -> None:
    path = build(tmp_path, {f"{number}.txt": b"" for number in range(300)})
    assert "more than 200 files" in refusals(path, member_count=200)[""]
    raw = path.read_bytes()
    at = raw.rfind(b"PK\x05\x06")
    path.write_bytes(raw[: at + 8] + struct.pack("<HH", 1, 1) + raw[at + 12 :])
    assert "more than 200 files" in refusals(path, member_count=200)[""]


def test_damaged_members_and_archives(tmp_path: Path) -> None:
    path = build(tmp_path, {"a.txt": b"hello world, hello", "b.txt": b"fine"}, zipfile.ZIP_STORED)
    path.write_bytes(path.read_bytes().replace(b"hello world", b"jello world"))
    good, bad = read_file(path)
    assert [one.external_id for one in good] == ["b.txt"]
    assert "checksum" in bad[0].message
    for content in (b"", b"PK\x03\x04", b"no archive", path.read_bytes()[:60]):
        path.write_bytes(content)
        _, bad = read_file(path, format="zip")
        assert len(bad) == 1
        assert bad[0].fatal


def test_text_members_in_other_encodings(tmp_path: Path) -> None:
    path = build(tmp_path, {"a.txt": b"caf\xe9", "b.txt": "é".encode("utf-16"), "c.txt": b"a\0b"})
    good, bad = read_file(path)
    assert [one.data["text"] for one in good] == ["é"]
    assert "byte 3" in bad[0].message
    assert "NUL" in bad[1].message
    assert read_file(path, encoding="latin-1")[0][0].data["text"] == "café"


def test_an_archive_of_nothing(tmp_path: Path) -> None:
    assert refusals(build(tmp_path, {"a/": b""})) == {"": "the archive holds no files"}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
@given(st.lists(st.tuples(st.integers(0, 400), st.integers(0, 255)), min_size=1, max_size=6))
def test_flipped_bytes_never_raise(tmp_path: Path, flips: list[tuple[int, int]]) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.txt", "hello " * 20)
        archive.writestr("b.png", b"pixels" * 20)
    raw = bytearray(buffer.getvalue())
    for position, value in flips:
        raw[position % len(raw)] = value
    path = tmp_path / "file.zip"
    path.write_bytes(raw)
    good, _ = read_file(path, format="zip")
    for member in (member for one in good for member in one.files):
        with contextlib.suppress(MemberProblem):
            member.open().read()
