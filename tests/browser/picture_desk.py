"""Pictures at the labeling page: a project made from a template of the gallery, and where its pixels are."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any

from playwright.sync_api import Page

from projects.gallery import TEMPLATES
from projects.services.media import add_image
from projects.services.ontologies import add_ontology
from tests.browser.walks import photo
from tests.world import World, make_tasks, make_world

WIDTH, HEIGHT = 640, 480
MARGIN = 32  # that a picture leaves free in its port, of both sides together


def photo_world(key: str) -> World:
    """A live project with the ontology of this template and two photographs."""
    world = make_world()
    template = next(each for each in TEMPLATES if each.key == key)
    definition: Any = {"media": template.media, "fields": template.fields}
    add_ontology(project=world.project, definition=definition, by=world.max)
    world.project.refresh_from_db()
    for number, task in enumerate(make_tasks(world.project, 2)):
        picture = add_image(
            project=world.project, name=f"{number}.jpg", content=BytesIO(photo(number)), by=world.max
        )
        task.data = {"image": picture.key}
        task.save()
    return world


def places_on(page: Page) -> tuple[Callable[[float, float], tuple[float, float]], float]:
    """Where on the screen a pixel of the picture is, and how many pixels of the screen one of it takes."""
    frame = page.locator(".image-port").bounding_box()
    assert frame is not None
    scale = min((frame["width"] - MARGIN) / WIDTH, (frame["height"] - MARGIN) / HEIGHT)
    left = frame["x"] + (frame["width"] - WIDTH * scale) / 2
    top = frame["y"] + (frame["height"] - HEIGHT * scale) / 2
    return lambda x, y: (left + x * scale, top + y * scale), scale
