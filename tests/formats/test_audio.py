"""Recordings: told by content, hostile headers refused, waveforms by hand."""

import io
import struct
import wave

import numpy as np
import pytest

from formats.audio import (
    MOST_PEAKS,
    AudioProblem,
    Wav,
    check_audio,
    pack_peaks,
    peaks_of,
    read_wav,
    samples_per_peak,
)


def wav_of(samples: np.ndarray, rate: int = 8000, width: int = 2) -> bytes:
    """Samples (frames, channels) between -1 and 1 as the standard library writes them."""
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(samples.shape[1])
        file.setsampwidth(width)
        file.setframerate(rate)
        if width == 1:
            raw = (samples * 127 + 128).astype(np.uint8).tobytes()
        elif width == 3:
            raw = np.ascontiguousarray(
                (samples * (2**31 - 1)).astype("<i4")[..., None].view(np.uint8).reshape(-1, 4)[:, 1:]
            ).tobytes()
        else:
            raw = (samples * (2 ** (8 * width - 1) - 1)).astype(f"<i{width}").tobytes()
        file.writeframes(raw)
    return out.getvalue()


def header(
    kind: int = 1, channels: int = 1, rate: int = 8000, bits: int = 16, frame: int | None = None
) -> bytes:
    """The part of a WAV file that says what its samples are."""
    size = channels * bits // 8 if frame is None else frame
    return b"fmt " + struct.pack("<IHHIIHH", 16, kind, channels, rate, 0, size, bits)


def riff(*parts: bytes) -> bytes:
    return b"RIFF" + struct.pack("<I", 4 + sum(map(len, parts))) + b"WAVE" + b"".join(parts)


def data(length: int, content: bytes = b"") -> bytes:
    return b"data" + struct.pack("<I", length) + content


SILENCE = b"\0" * 4
NOT_READ = "has samples of a kind that is not read"
STEPS = np.array([[0.0, 0.5], [-0.25, 1.0], [-1.0, 0.0], [0.1, 0.1]])


@pytest.mark.parametrize("width", [1, 2, 3, 4])
def test_peaks_by_hand(width: int) -> None:
    """200 peaks of 40 samples a second: the lowest and highest of both channels."""
    samples = np.repeat(STEPS, 40, axis=0)
    stream = io.BytesIO(wav_of(samples, width=width))
    wav = read_wav(stream)
    assert (wav.rate, wav.channels, wav.frames, wav.seconds) == (8000, 2, 160, 0.02)
    peaks = peaks_of(stream, wav)
    wanted = np.array([[0, 63.5], [-31.75, 127], [-127, 0], [12.7, 12.7]])
    assert peaks == pytest.approx(wanted, abs=2.01)
    packed = pack_peaks(peaks, wav)
    assert struct.unpack("<4sIdd", packed[:24]) == (b"TSP1", 4, 200.0, 0.02)
    assert np.frombuffer(packed[24:], dtype=np.int8).reshape(-1, 2).tolist() == peaks.tolist()


def test_floats_that_are_no_numbers_are_silence() -> None:
    samples = np.array([0.5, np.nan, np.inf, -7.0], dtype="<f4")
    stream = io.BytesIO(riff(header(3, bits=32), data(16, samples.tobytes())))
    wav = read_wav(stream)
    assert peaks_of(stream, wav).tolist() == [[-127, 127]]


def test_long_recordings_have_fewer_peaks_a_second() -> None:
    long = Wav(rate=8000, channels=1, bits=8, is_float=False, offset=0, frames=8000 * 3600 * 20)
    assert samples_per_peak(long) == 40 * 16
    assert long.frames / samples_per_peak(long) <= MOST_PEAKS


def test_a_length_that_is_not_there_does_not_count() -> None:
    for promised in (0xFFFFFFFF, 1000):
        wav = read_wav(io.BytesIO(riff(header(), data(promised, b"\0" * 321))))
        assert wav.frames == 160


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"RIFF", "is not a WAV file"),
        (riff(), "is truncated: its header is not complete"),
        (riff(b"fmt " + struct.pack("<I", 16) + b"\1\0"), "is truncated: its header is not complete"),
        (riff(header()), "has no samples"),
        (riff(header(), data(0)), "has no samples"),
        (riff(data(4, SILENCE), header()), "has samples before it says of what kind they are"),
        (riff(header(rate=0), data(4, SILENCE)), "has 0 samples a second; 1,000 to 768,000 are read"),
        (riff(header(channels=0), data(4, SILENCE)), "has 0 channels; 1 to 64 are read"),
        (riff(header(channels=65), data(4, SILENCE)), "has 65 channels; 1 to 64 are read"),
        (riff(header(bits=0), data(4, SILENCE)), NOT_READ + " (format 1, 0 bits)"),
        (riff(header(kind=85), data(4, SILENCE)), NOT_READ + " (format 85, 16 bits)"),
        (riff(header(frame=7), data(4, SILENCE)), "contradicts itself about the size of its samples"),
        (
            riff(header(rate=1000, bits=8), data(90_000_000, b"\0" * 90_000_000)),
            "is longer than 24 hours",
        ),
        (riff(*[b"LIST" + struct.pack("<I", 0)] * 1200), "has more than 1,000 parts before its samples"),
    ],
)  # fmt: skip
def test_hostile_headers_are_refused(content: bytes, message: str) -> None:
    with pytest.raises(AudioProblem) as caught:
        read_wav(io.BytesIO(content))
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("start", "wanted"),
    [
        (riff(header()), "audio/wav"),
        (b"ID3\x04" + b"\0" * 12, "audio/mpeg"),
        (b"\xff\xfb\x90\x64" + b"\0" * 12, "audio/mpeg"),
        (b"OggS" + b"\0" * 12, "audio/ogg"),
        (b"fLaC" + b"\0" * 12, "audio/flac"),
        (b"\0\0\0\x20ftypM4A " + b"\0" * 4, "audio/mp4"),
    ],
)
def test_told_by_how_it_begins(start: bytes, wanted: str) -> None:
    assert check_audio(start) == wanted


@pytest.mark.parametrize("start", [b"\xff\xd8\xff\xe0", b"<svg>", b"\xff\xf1", b"RIFF\0\0\0\0WEBP", b"MZ"])
def test_what_is_no_recording_is_refused(start: bytes) -> None:
    with pytest.raises(AudioProblem, match="is not a recording of a known format"):
        check_audio(start)


def test_nothing_is_refused() -> None:
    with pytest.raises(AudioProblem, match="is empty"):
        check_audio(b"")
