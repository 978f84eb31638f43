"""Recordings at the labeling page: a project made from a template, and where seconds are on the screen."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any

from playwright.sync_api import Page, expect

from projects.gallery import TEMPLATES
from projects.services.derivatives import make_waveform
from projects.services.media import add_file
from projects.services.ontologies import add_ontology
from tests.world import World, make_tasks, make_world
from tools.sounds import RATE, as_wav, sample_call, voice

SECONDS = 6.0


def sound_world(key: str, *, made: bool = True, people: int = 1, **settings: Any) -> World:
    """A live project with the ontology of this template and two recordings of six seconds.

    ``made``: a worker has made their waveforms. ``people`` answer each. ``settings`` go into the first field.
    """
    world = make_world(overlap=people)
    template = next(each for each in TEMPLATES if each.key == key)
    first: Any = template.fields[0]
    definition: Any = {"media": template.media, "fields": [{**first, **settings}, *template.fields[1:]]}
    add_ontology(project=world.project, definition=definition, by=world.max)
    world.project.refresh_from_db()
    for number, task in enumerate(make_tasks(world.project, 2)):
        content = sample_call() if number == 0 else as_wav(voice(150, SECONDS), RATE)
        media = add_file(project=world.project, name=f"{number}.wav", content=BytesIO(content), by=world.max)
        if made:
            make_waveform(media)
        task.data = {"audio": media.key}
        task.save()
    return world


def times_on(page: Page) -> Callable[[float, float], tuple[float, float]]:
    """Where on the screen a second of the whole recording is, at a share of the wave's height."""
    expect(page.locator(".au-time")).to_contain_text("/ 0:06.00")
    frame = page.locator(".au-wave").bounding_box()
    assert frame is not None
    left, top, width, height = frame["x"], frame["y"], frame["width"], frame["height"]
    return lambda time, share=0.5: (left + time / SECONDS * width, top + share * height)


def draw(page: Page, start: float, end: float) -> None:
    """Draw from a second to another with the mouse."""
    at = times_on(page)
    page.mouse.move(*at(start, 0.5))
    page.mouse.down()
    page.mouse.move(*at((start + end) / 2, 0.4))
    page.mouse.move(*at(end, 0.5))
    page.mouse.up()
