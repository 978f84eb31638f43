"""How much a file may ask of us. Every reader counts against these while it reads."""

from __future__ import annotations

from dataclasses import dataclass

MIB = 1024 * 1024


@dataclass(frozen=True)
class Limits:
    """Upper bounds for hostile or mistaken input. Sizes are bytes unless the name says otherwise.

    json_depth: nesting of arrays and objects. item_bytes: one row, line or array item.
    archive_bytes: all members, unpacked. ratio: unpacked / packed,
    looked at only for members larger than ratio_floor. image_pixels: width times height.
    audio_chunks: parts of a WAV file up to its samples; rates in samples a second.
    """

    json_depth: int = 64
    item_bytes: int = 16 * MIB
    columns: int = 2_000
    member_count: int = 100_000
    text_member_bytes: int = 10 * MIB
    archive_bytes: int = 20 * 1024 * MIB
    ratio: int = 100
    ratio_floor: int = MIB
    name_chars: int = 1_000
    id_chars: int = 500
    image_bytes: int = 100 * MIB
    image_pixels: int = 100_000_000
    image_side: int = 65_500
    image_frames: int = 1_000
    audio_bytes: int = 200 * MIB
    audio_chunks: int = 1_000
    audio_channels: int = 64
    audio_least_rate: int = 1_000
    audio_most_rate: int = 768_000
    audio_seconds: int = 24 * 3600


DEFAULT_LIMITS = Limits()
