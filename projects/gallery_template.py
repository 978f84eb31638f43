"""What a starting point of a new project is made of."""

from dataclasses import dataclass, field
from typing import Any

from django.templatetags.static import static

from labeltypes.base import Json

PICTURE, SAMPLE_SIZE = "street.webp", (640, 400)
SOUND, SAMPLE_SECONDS = "call.wav", 6.0


@dataclass(frozen=True)
class Template:
    """``sample`` is the data of an item to try it on; our own picture and recording go by their names."""

    key: str
    title: str
    description: str
    media: list[Json]
    fields: list[Json]
    guideline: str
    sample: dict[str, str]
    seconds: int
    settings: dict[str, Any] = field(default_factory=dict)

    @property
    def picture(self) -> str:
        """The static file with the drawing for the gallery."""
        return f"pictures/{self.key}.svg"

    def to_json(self) -> dict[str, Any]:
        """What the page gets."""
        return {
            "key": self.key,
            "title": self.title,
            "description": self.description,
            "ontology": {"media": self.media, "fields": self.fields},
            "guideline": self.guideline,
            "item": sample_item(self.sample),
            "seconds": self.seconds,
            "settings": self.settings,
        }


def sample_item(data: dict[str, str]) -> dict[str, Any]:
    """An item as the browser gets it, with our own picture or recording where the data names it."""
    files = {
        value: sample_picture() if value == PICTURE else sample_sound()
        for value in data.values()
        if value in (PICTURE, SOUND)
    }
    return {"data": data, "meta": {}, "files": files}


def sample_picture() -> dict[str, Any]:
    """Our picture as the browser gets one."""
    width, height = SAMPLE_SIZE
    return {"url": static(f"samples/{PICTURE}"), "width": width, "height": height}


def sample_sound() -> dict[str, Any]:
    """Our recording as the browser gets one; it makes the waveform itself."""
    return {"url": static(f"samples/{SOUND}"), "peaks": None, "seconds": SAMPLE_SECONDS, "thumbnail": None}


def guideline_of(task: str, good: str, bad: str) -> str:
    return (
        f"# What to do\n\n{task}\n\n## When in doubt\n\nPress **Q** and ask; skip with **S** what cannot be"
        f" answered.\n\n## Examples\n\n> [!good]\n> {good}\n\n> [!bad]\n> {bad}\n"
    )
