"""Pictures: by content, bounded, upright, and never passed on as they came."""

from __future__ import annotations

import contextlib
import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image, PngImagePlugin

from formats.images import ImageProblem, inspect_image, render_derivative
from formats.limits import Limits

SMALL = Limits(image_pixels=10_000, image_frames=5, image_bytes=200_000)


def encode(picture: Image.Image, format: str, **options: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, format=format, **options)
    return out.getvalue()


def gradient(width: int = 60, height: int = 40) -> Image.Image:
    ramp = np.linspace(0, 255, width, dtype=np.uint8)
    return Image.fromarray(np.dstack([np.tile(ramp, (height, 1))] * 3))


def refusal(content: bytes, limits: Limits = SMALL) -> str:
    with pytest.raises(ImageProblem) as caught:
        inspect_image(io.BytesIO(content), limits)
    return str(caught.value)


def png_header(width: int, height: int) -> bytes:
    body = b"IHDR" + struct.pack(">LLBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + struct.pack(">L", 13)
        + body
        + struct.pack(">L", zlib.crc32(body))
        + b"\0\0\0\x08IDAT"
        + b"\0" * 12
    )


@pytest.mark.parametrize("format", ["PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF"])
def test_it_works(format: str) -> None:
    content = encode(gradient(), format)
    info = inspect_image(io.BytesIO(content), SMALL)
    assert (info.format, info.width, info.height, info.frames) == (format, 60, 40, 1)
    assert info.media_type == f"image/{format.lower()}"
    shown = Image.open(io.BytesIO(render_derivative(io.BytesIO(content), 30)))
    assert shown.format == "WEBP"
    assert shown.size == (30, 20)


@pytest.mark.parametrize(("orientation", "corner"), [(1, "left"), (3, "right"), (6, "top"), (8, "bottom")])
def test_rotation_is_applied(orientation: int, corner: str) -> None:
    picture = gradient()
    picture.paste((255, 0, 0), (0, 0, 10, 40))
    exif = Image.Exif()
    exif[0x0112] = orientation
    content = encode(picture, "JPEG", exif=exif, quality=95)
    info = inspect_image(io.BytesIO(content), SMALL)
    assert (info.width, info.height) == ((60, 40) if orientation in (1, 3) else (40, 60))
    shown = Image.open(io.BytesIO(render_derivative(io.BytesIO(content), 60, format="JPEG")))
    assert shown.size == (info.width, info.height)
    width, height = shown.size
    places = {"left": (3, height // 2), "right": (width - 4, height // 2)}
    places |= {"top": (width // 2, 3), "bottom": (width // 2, height - 4)}
    red, green, _ = shown.getpixel(places[corner])
    assert red > 180
    assert green < 80


def test_metadata_does_not_survive() -> None:
    exif = Image.Exif()
    exif[0x010E] = "secret place"
    notes = PngImagePlugin.PngInfo()
    notes.add_text("comment", "secret place")
    for content in (
        encode(gradient(), "JPEG", exif=exif, comment=b"secret place"),
        encode(gradient(), "PNG", pnginfo=notes, exif=exif),
    ):
        assert b"secret place" in content
        for format in ("WEBP", "JPEG"):
            shown = render_derivative(io.BytesIO(content), 60, format=format)
            assert b"secret" not in shown
            assert not Image.open(io.BytesIO(shown)).getexif()


def test_polyglots_lose_their_second_life() -> None:
    content = encode(gradient(), "GIF") + b"<script>alert(1)</script>"
    assert b"script" not in render_derivative(io.BytesIO(content), 60)


@pytest.mark.parametrize("size", [(200, 100), (14_000, 14_000), (65_000, 65_000), (1, 1_000_000_000)])
def test_pixel_bombs_are_refused_by_their_header(size: tuple[int, int]) -> None:
    assert "pixels" in refusal(png_header(*size))


def test_the_default_limit_has_no_gray_zone() -> None:
    """M18: Pillow warns from 89 to 179 megapixels; we refuse from 100."""
    assert "pixels" in refusal(png_header(13_000, 13_000), Limits())
    assert "truncated" in refusal(png_header(3_000, 3_000), Limits())


@pytest.mark.parametrize("format", ["PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF"])
def test_truncated(format: str) -> None:
    noise = Image.fromarray(np.random.default_rng(1).integers(0, 255, (60, 80, 3), dtype=np.uint8))
    content = encode(noise, format)
    words = refusal(content[: len(content) // 2])
    assert "truncated" in words or "not an image" in words


def test_too_many_frames() -> None:
    frames = [Image.new("RGB", (8, 8), (number * 30, 0, 0)) for number in range(8)]
    for format in ("GIF", "PNG", "TIFF"):
        content = encode(frames[0], format, save_all=True, append_images=frames[1:])
        assert "frames" in refusal(content)
        assert inspect_image(io.BytesIO(content), Limits()).frames == 8


@pytest.mark.parametrize(
    "content",
    [
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"\xef\xbb\xbf  <?xml version='1.0'?><svg/>",
        b"<!DOCTYPE html><script>alert(1)</script>",
        b"<HTML>",
    ],
)
def test_markup(content: bytes) -> None:
    assert "markup" in refusal(content)


def test_other_content() -> None:
    assert "empty" in refusal(b"")
    assert "not an image" in refusal(b"%PDF-1.7 ...")
    assert "not an image" in refusal(b"%!PS-Adobe-3.0 EPSF-3.0\n")
    assert "larger than" in refusal(b"\x89PNG" + b"\0" * 300_000)


def test_deep_gray_keeps_its_shades() -> None:
    ramp = np.tile(np.linspace(0, 65535, 60).astype(np.uint16), (40, 1))
    content = encode(Image.fromarray(ramp), "PNG")
    shown = np.asarray(Image.open(io.BytesIO(render_derivative(io.BytesIO(content), 60))).convert("L"))
    assert shown[20, 2] < 30
    assert 100 < shown[20, 30] < 160
    assert shown[20, 57] > 225


def test_transparency() -> None:
    content = encode(Image.new("RGBA", (20, 20), (255, 0, 0, 0)), "PNG")
    assert Image.open(io.BytesIO(render_derivative(io.BytesIO(content), 20))).mode == "RGBA"
    flat = Image.open(io.BytesIO(render_derivative(io.BytesIO(content), 20, format="JPEG")))
    assert flat.getpixel((5, 5)) == (255, 255, 255)


def test_mutated_pictures_raise_only_our_problem() -> None:
    random = np.random.default_rng(7)
    originals = [encode(gradient(), format) for format in ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF")]
    for round_ in range(120):
        raw = bytearray(originals[round_ % len(originals)])
        for _ in range(int(random.integers(1, 8))):
            raw[int(random.integers(0, len(raw)))] = int(random.integers(0, 256))
        for job in (
            lambda raw=raw: inspect_image(io.BytesIO(raw), SMALL),
            lambda raw=raw: render_derivative(io.BytesIO(raw), 30),
        ):
            with contextlib.suppress(ImageProblem):
                job()
