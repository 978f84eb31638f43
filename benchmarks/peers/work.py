"""The work, made by seed and known to no product: texts, photographs, answers, rectangles."""

import functools
import io
import random
from dataclasses import dataclass

import numpy as np
from PIL import Image

CHOICES = ("positive", "negative", "neutral", "mixed", "spam")
CLASSES = ("car", "person", "bicycle", "sign", "animal")
MARK = "zebra"  # in every tenth text: what the list is searched for
WIDTH, HEIGHT = 1920, 1280
LENGTH = 200
COLUMNS = 40
SYLLABLES = ("ba", "re", "ti", "no", "lu", "ska", "mor", "fen", "dal", "pi", "gro", "ven", "zu", "hal", "em")


@dataclass(frozen=True)
class Rectangle:
    """A box in shares of the picture's width and height."""

    left: float
    top: float
    width: float
    height: float
    kind: str


def texts(count: int, seed: int = 1) -> list[str]:
    """So many different texts of about 200 characters."""
    dice = random.Random(seed)
    words = _words()
    made = []
    for number in range(count):
        text = f"#{number}" + (f" {MARK}" if number % 10 == 3 else "")
        while len(text) < LENGTH:
            text += f" {dice.choice(words)}"
        made.append(text)
    return made


@functools.cache
def _words() -> tuple[str, ...]:
    dice = random.Random(7)
    return tuple("".join(dice.choices(SYLLABLES, k=dice.randint(1, 4))) for _ in range(3000))


def answers(number: int) -> list[str]:
    """One to three answers to the text of this number."""
    return [CHOICES[(number * 7 + turn * 3) % len(CHOICES)] for turn in range(1 + number % 3)]


def photo(seed: int) -> bytes:
    """A smooth picture of some hundred kilobytes, like a photograph out of focus."""
    small = np.random.default_rng(seed).integers(0, 255, (HEIGHT // 40, WIDTH // 40, 3), dtype="uint8")
    file = io.BytesIO()
    Image.fromarray(small).resize((WIDTH, HEIGHT), Image.Resampling.BICUBIC).save(file, "JPEG", quality=85)
    return file.getvalue()


def rectangles(count: int) -> list[Rectangle]:
    """A grid of boxes over the whole picture."""
    rows = -(-count // COLUMNS)
    return [
        Rectangle(
            (number % COLUMNS + 0.1) / COLUMNS,
            (number // COLUMNS + 0.1) / rows,
            0.8 / COLUMNS,
            0.8 / rows,
            CLASSES[number % len(CLASSES)],
        )
        for number in range(count)
    ]
