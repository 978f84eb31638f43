"""ZIP of images, of recordings or of text files: one member, one item."""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path

from formats.audio import ENDINGS as AUDIO_ENDINGS
from formats.incoming import FileMember, MemberProblem, ReadOptions, Record, Refused
from formats.readers.encodings import EncodingProblem, decode
from formats.readers.zipguard import ArchiveProblem, Budget, open_archive, open_member, refuse_member

IMAGE_ENDINGS = (".jpg", ".jpeg", ".png", ".gif", ".webp", ".bmp", ".tif", ".tiff")
TEXT_ENDINGS = (".txt", ".text", ".md")
_LITTER = ("thumbs.db", "desktop.ini")


class ZipReader:
    """Members become items: an image fills `image_key` with a file, a recording `audio_key`; a text file
    fills `text_key` with its text."""

    name = "zip"
    title = "ZIP of images, recordings or text files"
    extensions: tuple[str, ...] = (".zip",)

    def sniff(self, name: str, head: bytes) -> bool:
        """By content: what begins like a ZIP archive is one, whatever its name."""
        return head.startswith((b"PK\x03\x04", b"PK\x05\x06"))

    def dialect(self, path: Path, options: ReadOptions) -> Mapping[str, str]:
        """Nothing to choose but the encoding of text members."""
        return {"encoding": options.encoding or "utf-8"}

    def records(self, path: Path, options: ReadOptions) -> Iterator[Record | Refused]:
        """Members in the archive's order. The archive stays open as long as a FileMember of it is referred
        to."""
        try:
            archive = open_archive(path, options.limits)
        except ArchiveProblem as problem:
            yield Refused(0, "", str(problem), fatal=True)
            return
        budget, seen, row = Budget(options.limits), set[str](), 0
        for info in archive.infolist():
            if info.filename.endswith("/") or _is_litter(info.filename):
                continue
            row += 1
            reason = refuse_member(info, options.limits)
            if reason is None and info.filename in seen:
                reason = "a second file of this name"
            seen.add(info.filename)
            if reason is not None:
                yield Refused(row, _shown(info.orig_filename), reason)
            else:
                yield _member(archive, info, budget, row, options)
        if not row:
            yield Refused(0, "", "the archive holds no files", fatal=True)


def _member(
    archive: zipfile.ZipFile, info: zipfile.ZipInfo, budget: Budget, row: int, options: ReadOptions
) -> Record | Refused:
    name, limits = info.filename, options.limits
    for endings, key, most in (
        (IMAGE_ENDINGS, options.image_key, limits.image_bytes),
        (AUDIO_ENDINGS, options.audio_key, limits.audio_bytes),
    ):
        if name.lower().endswith(endings):
            if info.file_size > most:
                return Refused(row, name, f"larger than {most:,} bytes")
            member = FileMember(key, name, info.file_size, partial(open_member, archive, info, budget, most))
            return Record(row, {key: name, "id": name}, files=(member,))
    if not name.lower().endswith(TEXT_ENDINGS):
        reason = "is neither an image, a recording nor a text file, going by its ending"
        return Refused(row, _shown(name), reason)
    try:
        with open_member(archive, info, budget, limits.text_member_bytes) as stream:
            text = decode(stream.read(), options.encoding)
    except (MemberProblem, EncodingProblem) as problem:
        return Refused(row, name, str(problem))
    if "\0" in text:
        return Refused(row, name, "contains a NUL character")
    return Record(row, {options.text_key: text, "id": name}, bytes=info.file_size)


def _is_litter(name: str) -> bool:
    """What file managers leave in archives without being asked."""
    base = posixpath.basename(name).lower()
    return name.startswith("__MACOSX/") or base.startswith("._") or base == ".ds_store" or base in _LITTER


def _shown(name: str) -> str:
    clean = "".join(char if char.isprintable() else "?" for char in name)
    return clean if len(clean) <= 200 else clean[:200] + "…"
