"""Make the sample recording: `python -m tools.sounds` writes static/samples/call.wav.

Two voices, a bell and a melody, all from sines: nobody's recording, so nobody's rights.
"""

import io
import wave
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

RATE = 8000
TARGET = Path(__file__).parents[1] / "static" / "samples" / "call.wav"

Wave = NDArray[np.float64]


def main() -> None:
    """Write the file anew."""
    TARGET.write_bytes(sample_call())


def sample_call() -> bytes:
    """Six seconds as a WAV file of one channel and 8 bits."""
    samples = np.zeros(6 * RATE)
    for start, sound in (
        (0.3, voice(120, 1.6)),
        (2.1, bell(0.7)),
        (2.9, voice(210, 1.3)),
        (4.1, melody(1.7)),
    ):
        first = int(start * RATE)
        samples[first : first + sound.size] += sound
    return as_wav(samples, RATE)


def as_wav(samples: Wave, rate: int) -> bytes:
    """Samples between -1 and 1 of one channel as a WAV file of 8 bits."""
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(1)
        file.setframerate(rate)
        file.writeframes((samples.clip(-1, 1) * 127 + 128).round().astype(np.uint8).tobytes())
    return out.getvalue()


def voice(pitch: float, seconds: float) -> Wave:
    """A buzz in syllables."""
    time = np.arange(int(seconds * RATE)) / RATE
    glide = pitch * (1 + 0.04 * np.sin(2 * np.pi * 0.8 * time))
    phase = 2 * np.pi * np.cumsum(glide) / RATE
    buzz = sum(np.sin(n * phase) / n for n in range(1, 9))
    syllables = np.sin(np.pi * 4 * time) ** 2 * (0.6 + 0.4 * np.sin(2 * np.pi * 0.7 * time + 1))
    return np.asarray(0.4 * buzz * syllables)


def bell(seconds: float) -> Wave:
    """A stroke that fades."""
    time = np.arange(int(seconds * RATE)) / RATE
    strokes = sum(np.sin(2 * np.pi * pitch * time) for pitch in (880, 1318, 2217))
    return np.asarray(0.25 * strokes * np.exp(-6 * time))


def melody(seconds: float) -> Wave:
    """Four notes."""
    time = np.arange(int(seconds * RATE)) / RATE
    note = np.array([262, 330, 392, 523])[np.minimum(3, (time / seconds * 4).astype(int))]
    return np.asarray(0.3 * np.sin(2 * np.pi * note * time) * (1 - (time / seconds * 4 % 1) * 0.6))


if __name__ == "__main__":
    main()
