"""Uploaded recordings: told by how they begin, and waveforms of those that we read ourselves (WAV).

All other formats are decoded by browsers alone, which keep such parsers in a sandbox: see docs/adr/0032.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from formats.limits import DEFAULT_LIMITS, Limits

WAV = "audio/wav"
ENDINGS = (".wav", ".wave", ".mp3", ".ogg", ".oga", ".opus", ".flac", ".m4a")
KNOWN = "WAV, MP3, OGG, FLAC, M4A"
MPEG_BRANDS = (b"M4A ", b"M4B ", b"mp42", b"mp41", b"isom", b"iso2", b"dash")
MAGIC = b"TSP1"
# Peaks a second, and how many at most: of a longer recording each stands for more.
FINE, MOST_PEAKS = 200, 2**20
BLOCK = 2**20
FORMAT_PCM, FORMAT_FLOAT, FORMAT_EXTENSIBLE = 1, 3, 0xFFFE
PCM_BITS, FLOAT_BITS = (8, 16, 24, 32), (32, 64)
SHORTEST_FORMAT, LONGEST_FORMAT = 16, 1024

Int8s = NDArray[np.int8]


class AudioProblem(ValueError):
    """A recording that cannot be taken or read, with the reason for people."""


@dataclass(frozen=True)
class Wav:
    """Where the samples of a WAV file lie, and how. ``frames``: samples per channel that are really there."""

    rate: int
    channels: int
    bits: int
    is_float: bool
    offset: int
    frames: int

    @property
    def frame_bytes(self) -> int:
        """Bytes of one sample of all channels."""
        return self.channels * self.bits // 8

    @property
    def seconds(self) -> float:
        """How long it plays."""
        return self.frames / self.rate


def media_type_of(start: bytes) -> str | None:
    """The media type of a recording by its first bytes; None for what is none that browsers play."""
    if start[:4] == b"RIFF" and start[8:12] == b"WAVE":
        return WAV
    if start[:4] == b"fLaC":
        return "audio/flac"
    if start[:4] == b"OggS":
        return "audio/ogg"
    if start[4:8] == b"ftyp" and start[8:12] in MPEG_BRANDS:
        return "audio/mp4"
    # A frame of MPEG audio begins with eleven ones; its layer is never 0, which is what other files have.
    is_frame = len(start) > 1 and start[0] == 0xFF and start[1] & 0xE0 == 0xE0 and start[1] & 0x06
    return "audio/mpeg" if start[:3] == b"ID3" or is_frame else None


def check_audio(content: bytes) -> str:
    """The media type of a recording. Raises AudioProblem for what is none, by its first bytes."""
    found = media_type_of(content[:16])
    if not content:
        raise AudioProblem("is empty")
    if found is None:
        raise AudioProblem(f"is not a recording of a known format ({KNOWN})")
    return found


def read_wav(stream: BinaryIO, limits: Limits = DEFAULT_LIMITS) -> Wav:
    """The header of a WAV file, whose data chunk may say too much. Raises AudioProblem."""
    stream.seek(0, 2)
    size = stream.tell()
    stream.seek(0)
    head = stream.read(12)
    if len(head) < 12 or head[:4] != b"RIFF" or head[8:] != b"WAVE":
        raise AudioProblem("is not a WAV file")
    found: tuple[int, int, int, int, int] | None = None
    for name, at, length in _chunks(stream, size, limits):
        if name == b"fmt ":
            stream.seek(at)
            found = _format(stream.read(min(length, LONGEST_FORMAT)))
        elif name == b"data":
            if found is None:
                raise AudioProblem("has samples before it says of what kind they are")
            return _wav(found, at, min(length, size - at), limits)
    raise AudioProblem("has no samples" if found else "is truncated: its header is not complete")


def _chunks(stream: BinaryIO, size: int, limits: Limits) -> Iterator[tuple[bytes, int, int]]:
    """Name, place and length of every chunk, as it says itself."""
    at = 12
    for _ in range(limits.audio_chunks):
        stream.seek(at)
        head = stream.read(8)
        if len(head) < 8:
            return
        (length,) = struct.unpack("<I", head[4:])
        at += 8
        yield head[:4], at, length
        at += length + length % 2
        if at >= size:
            return
    raise AudioProblem(f"has more than {limits.audio_chunks:,} parts before its samples")


def _format(raw: bytes) -> tuple[int, int, int, int, int]:
    """Kind of samples, channels, rate, bytes of a frame, bits."""
    if len(raw) < SHORTEST_FORMAT:
        raise AudioProblem("is truncated: its header is not complete")
    kind, channels, rate, _, frame, bits = struct.unpack("<HHIIHH", raw[:16])
    if kind == FORMAT_EXTENSIBLE and len(raw) >= 26:
        (kind,) = struct.unpack("<H", raw[24:26])
    return kind, channels, rate, frame, bits


def _wav(found: tuple[int, int, int, int, int], offset: int, length: int, limits: Limits) -> Wav:
    kind, channels, rate, frame, bits = found
    if (kind, bits) not in {*((FORMAT_PCM, n) for n in PCM_BITS), *((FORMAT_FLOAT, n) for n in FLOAT_BITS)}:
        raise AudioProblem(f"has samples of a kind that is not read (format {kind}, {bits} bits)")
    if not 1 <= channels <= limits.audio_channels:
        raise AudioProblem(f"has {channels:,} channels; 1 to {limits.audio_channels} are read")
    if not limits.audio_least_rate <= rate <= limits.audio_most_rate:
        least, most = limits.audio_least_rate, limits.audio_most_rate
        raise AudioProblem(f"has {rate:,} samples a second; {least:,} to {most:,} are read")
    if frame != channels * bits // 8:
        raise AudioProblem("contradicts itself about the size of its samples")
    wav = Wav(rate, channels, bits, kind == FORMAT_FLOAT, offset, max(0, length) // frame)
    if not wav.frames:
        raise AudioProblem("has no samples")
    if wav.seconds > limits.audio_seconds:
        raise AudioProblem(f"is longer than {limits.audio_seconds // 3600:,} hours")
    return wav


def peaks_of(stream: BinaryIO, wav: Wav) -> Int8s:
    """Lowest and highest sample (n, 2) of every stretch, over all channels, -127 to 127 of full scale.

    A block at a time, whatever the length of the file.
    """
    per_peak = samples_per_peak(wav)
    per_block = max(1, BLOCK // (per_peak * wav.frame_bytes)) * per_peak
    stream.seek(wav.offset)
    parts: list[Int8s] = []
    for start in range(0, wav.frames, per_block):
        wanted = min(per_block, wav.frames - start) * wav.frame_bytes
        raw = stream.read(wanted)
        parts.append(_extremes(_samples(raw[: len(raw) // wav.frame_bytes * wav.frame_bytes], wav), per_peak))
        if len(raw) < wanted:
            break
    return np.concatenate(parts)


def samples_per_peak(wav: Wav) -> int:
    """So many samples, that there are 200 peaks a second but never more than a million."""
    count = max(1, wav.rate // FINE)
    while -(-wav.frames // count) > MOST_PEAKS:
        count *= 2
    return count


def _samples(raw: bytes, wav: Wav) -> NDArray[np.float32]:
    """Samples (frames, channels) between -1 and 1; what is no number is silence."""
    if wav.is_float:
        values = np.frombuffer(raw, dtype=f"<f{wav.bits // 8}").astype(np.float32)
        np.nan_to_num(values, copy=False, posinf=1.0, neginf=-1.0)
    elif wav.bits == 8:
        values = (np.frombuffer(raw, dtype=np.uint8).astype(np.float32) - np.float32(128)) / np.float32(128)
    elif wav.bits == 24:
        packed = np.frombuffer(raw, dtype=np.uint8).reshape(-1, 3)
        whole = np.zeros((len(packed), 4), dtype=np.uint8)
        whole[:, 1:] = packed
        values = whole.view("<i4").reshape(-1).astype(np.float32) / np.float32(2**31)
    else:
        values = np.frombuffer(raw, dtype=f"<i{wav.bits // 8}").astype(np.float32) / np.float32(
            2 ** (wav.bits - 1)
        )
    return values.reshape(-1, wav.channels).clip(-1, 1)


def _extremes(samples: NDArray[np.float32], per_peak: int) -> Int8s:
    if not len(samples):
        return np.zeros((0, 2), dtype=np.int8)
    starts = np.arange(0, len(samples), per_peak)
    low = np.minimum.reduceat(samples.min(axis=1), starts)
    high = np.maximum.reduceat(samples.max(axis=1), starts)
    return np.stack([np.floor(low * 127), np.ceil(high * 127)], axis=1).clip(-127, 127).astype(np.int8)


def pack_peaks(peaks: Int8s, wav: Wav) -> bytes:
    """What the browser gets, little-endian: magic, count (uint32), peaks a second and seconds (float64),
    then lowest and highest of each in turn (int8)."""
    head = struct.pack("<4sIdd", MAGIC, len(peaks), wav.rate / samples_per_peak(wav), wav.seconds)
    return head + peaks.tobytes()
