"""Uploaded pictures: looked at by content, bounded, and re-encoded before a browser sees them."""

from __future__ import annotations

import io
from contextlib import suppress
from dataclasses import dataclass
from typing import BinaryIO, Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from formats.limits import DEFAULT_LIMITS, Limits

FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF")
MEDIA_TYPES = {
    "JPEG": "image/jpeg",
    "PNG": "image/png",
    "WEBP": "image/webp",
    "GIF": "image/gif",
    "BMP": "image/bmp",
    "TIFF": "image/tiff",
}
WAVEFORM_SIZE, WAVEFORM_GRAY = (128, 64), 128
_ORIENTATION = 0x0112
_SIDEWAYS = (5, 6, 7, 8)
_MARKUP = (b"<svg", b"<?xml", b"<!doctype", b"<html", b"<script", b"<head", b"<body", b"<!--")

# Pillow only warns between this number and twice it; our own check below has no such gray zone.
Image.MAX_IMAGE_PIXELS = DEFAULT_LIMITS.image_pixels


class ImageProblem(ValueError):
    """A picture that cannot be taken, with the reason for people."""


@dataclass(frozen=True)
class ImageInfo:
    """`width`, `height`: pixels as people see it, after EXIF rotation. `frames` > 1: animated or several
    pages."""

    format: str
    media_type: str
    width: int
    height: int
    frames: int
    mode: str


def inspect_image(stream: BinaryIO, limits: Limits = DEFAULT_LIMITS) -> ImageInfo:
    """Check a picture through to its last pixel. Raises ImageProblem; the stream may be any that seeks or
    not."""
    content = _content(stream, limits)
    picture = _open(content, limits)
    mode, kind = picture.mode, picture.format or ""
    width, height = _upright_size(picture)
    frames = _frames(picture, limits)
    _decode(_open(content, limits))
    return ImageInfo(kind, MEDIA_TYPES[kind], width, height, frames, mode)


def render_derivative(
    stream: BinaryIO,
    max_side: int,
    *,
    format: Literal["WEBP", "JPEG"] = "WEBP",
    quality: int = 85,
    limits: Limits = DEFAULT_LIMITS,
) -> bytes:
    """The first frame, upright, at most `max_side` pixels long, re-encoded without any metadata.

    Nothing of the original's bytes survives, so nothing hidden in them does. Raises ImageProblem.
    """
    clean = _upright(_open(_content(stream, limits), limits), max_side, flatten=format == "JPEG")
    return _encode(clean, format, quality)


def render_two(content: bytes, large_side: int, small_side: int) -> tuple[bytes, bytes]:
    """Two derivatives as `render_derivative` makes them, for the price of one decoding.

    A photograph (JPEG) stays one in large: a browser decodes it two to three times as fast as WEBP, which all
    the others become. A picture that is no larger than the small one is encoded once. Raises ImageProblem.
    """
    picture = _open(content, DEFAULT_LIMITS)
    is_photograph = picture.format == "JPEG"
    clean = _upright(picture, large_side)
    large = _encode(clean, "JPEG" if is_photograph else "WEBP")
    if max(clean.size) <= small_side:
        return large, large
    clean.thumbnail((small_side, small_side), Image.Resampling.LANCZOS, reducing_gap=2.0)
    return large, _encode(clean)


def media_type_of(start: bytes) -> str:
    """The media type of a derivative, by how it begins."""
    return MEDIA_TYPES["JPEG" if start.startswith(b"\xff\xd8") else "WEBP"]


def blank() -> bytes:
    """A gray picture, for what cannot be shown."""
    return _encode(Image.new("RGB", (64, 64), (128, 128, 128)))


def waveform_picture(peaks: NDArray[np.int8]) -> bytes:
    """Lowest and highest of every stretch (n, 2) drawn in gray, as a thumbnail that fits both themes."""
    width, height = WAVEFORM_SIZE
    edges = np.linspace(0, len(peaks), width + 1).astype(int)
    drawn = np.zeros((height, width, 4), dtype=np.uint8)
    drawn[..., :3] = WAVEFORM_GRAY
    middle = (height - 1) / 2
    for column, (start, stop) in enumerate(zip(edges, np.maximum(edges[1:], edges[:-1] + 1), strict=False)):
        part = peaks[start:stop] if start < len(peaks) else np.zeros((1, 2), dtype=np.int8)
        top, bottom = (middle * (1 - extreme / 127) for extreme in (int(part.max()), int(part.min())))
        drawn[int(top) : int(np.ceil(bottom)) + 1, column, 3] = 255
    return _encode(Image.fromarray(drawn))


def _upright(picture: Image.Image, max_side: int, *, flatten: bool = False) -> Image.Image:
    """The first frame as people see it, in eight bits, scaled down to the side."""
    width, height = picture.size
    scale = min(1.0, max_side / max(width, height))
    if scale < 1.0 and picture.format == "JPEG":
        picture.draft(None, (max(1, int(width * scale)), max(1, int(height * scale))))
    _decode(picture)
    clean = _eight_bit(ImageOps.exif_transpose(picture), flatten=flatten)
    clean.thumbnail((max_side, max_side), Image.Resampling.LANCZOS, reducing_gap=2.0)
    return clean


def _encode(picture: Image.Image, format: Literal["WEBP", "JPEG"] = "WEBP", quality: int = 85) -> bytes:
    out = io.BytesIO()
    bare = Image.new(picture.mode, picture.size)
    bare.paste(picture)
    bare.save(out, format=format, quality=quality, optimize=True)
    return out.getvalue()


def _content(stream: BinaryIO, limits: Limits) -> bytes:
    content = stream.read(limits.image_bytes + 1)
    if len(content) > limits.image_bytes:
        raise ImageProblem(f"is larger than {limits.image_bytes:,} bytes")
    if not content:
        raise ImageProblem("is empty")
    return content


def _open(content: bytes, limits: Limits) -> Image.Image:
    """Header only. Refuses what is no picture of a known format, and bombs, before any pixel is decoded."""
    start = content[:1024].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if start.startswith(_MARKUP):
        raise ImageProblem(
            "is markup (SVG, XML or HTML), which can carry scripts; only pixel formats are taken"
        )
    try:
        picture = Image.open(io.BytesIO(content), formats=FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise ImageProblem(f"has more than {limits.image_pixels:,} pixels") from None
    # Pillow's parsers raise nearly anything on hostile bytes (SyntaxError, struct.error, TypeError, ...).
    except Exception:
        raise ImageProblem(f"is not an image of a known format ({', '.join(FORMATS)})") from None
    width, height = picture.size
    if width * height > limits.image_pixels:
        raise ImageProblem(f"has {width:,} x {height:,} pixels, more than {limits.image_pixels:,}")
    if not width or not height or max(width, height) > limits.image_side:
        raise ImageProblem(f"has {width:,} x {height:,} pixels; a side may be 1 to {limits.image_side:,}")
    return picture


def _decode(picture: Image.Image) -> None:
    try:
        picture.load()
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise ImageProblem("has more pixels inside than it says") from None
    # The same as in `_open`: no list of exceptions would be complete.
    except Exception:
        raise ImageProblem("is truncated or damaged") from None


def _upright_size(picture: Image.Image) -> tuple[int, int]:
    orientation: object = 1
    # A broken EXIF block says nothing about the pixels; such a picture counts as upright.
    with suppress(Exception):
        orientation = picture.getexif().get(_ORIENTATION, 1)
    width, height = picture.size
    return (height, width) if orientation in _SIDEWAYS else (width, height)


def _frames(picture: Image.Image, limits: Limits) -> int:
    most = limits.image_frames
    try:
        count = (
            _gif_frames(picture, most) if picture.format == "GIF" else int(getattr(picture, "n_frames", 1))
        )
    except ImageProblem:
        raise
    # Frame directories are parsed by the same plug-ins as above.
    except Exception:
        raise ImageProblem("is truncated or damaged") from None
    if count > most:
        raise ImageProblem(f"has more than {most:,} frames")
    return count


def _gif_frames(picture: Image.Image, most: int) -> int:
    """Frames of a GIF, counted no further than one beyond `most`: counting decodes every frame."""
    count = 1
    with suppress(EOFError):
        while count <= most:
            picture.seek(count)
            count += 1
    return count


def _eight_bit(picture: Image.Image, *, flatten: bool) -> Image.Image:
    """RGB, or RGBA where there is transparency to keep; deep gray is scaled, not clipped."""
    if picture.mode in ("I", "F") or picture.mode.startswith("I;16"):
        picture = _scale_gray(picture)
    transparent = picture.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in picture.info
    if not transparent:
        return picture.convert("RGB")
    colors = picture.convert("RGBA")
    if not flatten:
        return colors
    white = Image.new("RGBA", colors.size, (255, 255, 255, 255))
    return Image.alpha_composite(white, colors).convert("RGB")


def _scale_gray(picture: Image.Image) -> Image.Image:
    values = np.nan_to_num(np.asarray(picture, dtype=np.float64))
    if picture.mode.startswith("I;16"):
        low, high = 0.0, 65535.0
    else:
        low, high = float(values.min()), float(values.max())
    span = high - low or 1.0
    return Image.fromarray(((values - low) / span * 255.0).round().astype(np.uint8))
