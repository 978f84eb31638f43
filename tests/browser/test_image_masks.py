"""Masks in the labeling component, by mouse, finger and keys; on the whole page, down to the database."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from annotate.models import Annotation
from stats.arrays import Bools
from stats.regions.run_lengths import counts_of, parse_counts, runs_of
from tests.browser.image_surface import ONTOLOGY, Board
from tests.browser.label_desk import Desk
from tests.browser.picture_desk import photo_world, places_on
from tests.browser.signed_in import sign_in
from tests.browser.test_image_gestures import address, board, shared
from tests.browser.watching import axe_violations
from tests.processes import LiveWeb
from tests.world import World

__all__ = ["address", "board", "shared"]
pytestmark = pytest.mark.browser

MASKS = {
    "media": ONTOLOGY["media"],
    "fields": [
        {"name": "objects", "type": "mask", "on": "photo", "classes": ONTOLOGY["fields"][0]["classes"]}
    ],
}


def pixels(region: dict[str, Any]) -> Bools:
    """The pixels of a region of an answer."""
    height, width = region["mask"]["size"]
    return parse_counts(region["mask"]["counts"], height, width).dense()


def way(points: list[tuple[float, float]], radius: float, size: tuple[int, int] = (600, 800)) -> Bools:
    """The pixels within a radius of lines from point to point, computed otherwise than in the browser."""
    y, x = np.mgrid[0 : size[0], 0 : size[1]] + 0.5
    found = np.zeros(size, dtype=np.bool_)
    for (x1, y1), (x2, y2) in pairwise(points):
        length = (x2 - x1) ** 2 + (y2 - y1) ** 2
        along = np.clip(((x - x1) * (x2 - x1) + (y - y1) * (y2 - y1)) / length, 0, 1)
        found |= (x - x1 - along * (x2 - x1)) ** 2 + (y - y1 - along * (y2 - y1)) ** 2 <= radius**2
    return found


def iou(a: Bools, b: Bools) -> float:
    """Of pixels."""
    return float((a & b).sum() / (a | b).sum())


def ring(board: Board) -> float:
    """The radius of the brush that is seen, in pixels of the image."""
    return float(board.page.locator(".image-ring").get_attribute("r") or 0) / float(board.view["scale"])


def said(board: Board) -> str:
    """What was announced last."""
    return " ".join(board.page.locator("[role=status]").all_inner_texts())


def test_a_mask_by_mouse(board: Board) -> None:
    """Painted, erased in the middle, filled, each a step; a second one; what is wiped off is gone."""
    board.mount(ontology=MASKS)
    board.keys("]", "]", "[")
    board.drag((100, 100), (300, 100))
    radius = ring(board)
    assert radius > 14
    [region] = board.value
    line = way([(100, 100), (300, 100)], radius)
    assert region["class"] == "car"
    assert board.selected == [region["id"]]
    assert iou(pixels(region), line) > 0.96
    board.drag((300, 100), (300, 300))
    bent = line | way([(300, 100), (300, 300)], radius)
    assert iou(pixels(board.value[0]), bent) > 0.96
    for _ in range(4):
        board.keys("[")
    board.page.keyboard.down("Shift")
    board.drag((160, 100), (200, 100))
    board.page.keyboard.up("Shift")
    hole = pixels(board.value[0])
    assert not hole[100, 180]
    assert hole[100, 120]
    board.keys("o")
    assert iou(pixels(board.value[0]), bent) > 0.96
    board.keys("Control+z")
    assert (pixels(board.value[0]) == hole).all()
    board.keys("n", "Alt+2")
    board.drag((500, 400), (600, 400))
    assert [each["class"] for each in board.value] == ["car", "bike"]
    assert (pixels(board.value[0]) == hole).all()
    board.keys("e", *["]"] * 6)
    board.drag((480, 400), (620, 400))
    assert [each["class"] for each in board.value] == ["car"]
    assert "deleted" in said(board)
    board.keys("Control+z", "Control+z", "Control+z", "Control+z", "Control+z")
    assert board.value == []


def test_a_mask_by_keys(board: Board) -> None:
    """Dots at the crosshair; erased, moved by pixels, called otherwise, deleted."""
    board.mount(ontology=MASKS)
    board.keys("b", "Enter", "ArrowRight", "Enter")
    [region] = board.value
    before = pixels(region)
    board.keys("e", "ArrowRight", "ArrowRight", "Enter")
    after = pixels(board.value[0])
    assert 0 < after.sum() < before.sum()
    board.keys("Escape", "Escape", "Tab", "2", "Shift+ArrowUp", "ArrowLeft")
    [region] = board.value
    assert region["class"] == "bike"
    assert (pixels(region)[:-10, :-1] == after[10:, 1:]).all()
    board.keys("Delete")
    assert board.value == []


def test_the_right_button_erases(board: Board) -> None:
    """And paints while the left one erases; a menu comes while one selects, none while one paints."""
    board.mount(ontology=MASKS)
    board.drag((100, 100), (300, 100))
    before = pixels(board.value[0])
    board.drag((200, 60), (200, 140), button="right")
    after = pixels(board.value[0])
    assert not after[100, 200]
    assert after[100, 120]
    board.keys("e")
    board.drag((200, 60), (200, 140), button="right")
    assert pixels(board.value[0])[100, 200]
    board.keys("Control+z")
    assert (pixels(board.value[0]) == after).all()
    board.keys("Control+z")
    assert (pixels(board.value[0]) == before).all()
    menu = """() => {
        const event = new MouseEvent('contextmenu', {bubbles: true, cancelable: true});
        document.querySelector('.image-port').dispatchEvent(event);
        return event.defaultPrevented;
    }"""
    assert board.page.evaluate(menu)
    board.keys("v")
    assert not board.page.evaluate(menu)
    board.drag((100, 100), (200, 200), button="right")
    assert (pixels(board.value[0]) == before).all()


def test_a_lasso(board: Board) -> None:
    """All inside the line, with the mouse and by keys; with the right button it is taken away."""
    board.mount(ontology=MASKS)
    board.keys("t")
    assert "Lasso" in said(board)
    board.press(100, 100)
    for at in ((300, 100), (300, 300), (100, 300)):
        board.move(*at)
    board.page.mouse.up()
    square = np.zeros((600, 800), dtype=np.bool_)
    square[100:300, 100:300] = True
    assert iou(pixels(board.value[0]), square) > 0.97
    board.press(150, 150, button="right")
    for at in ((250, 150), (250, 250), (150, 250)):
        board.move(*at)
    board.page.mouse.up(button="right")
    ring = square.copy()
    ring[150:250, 150:250] = False
    assert iou(pixels(board.value[0]), ring) > 0.95
    board.keys("Control+z")
    assert iou(pixels(board.value[0]), square) > 0.97
    board.keys("t", "Control+z", "b", "t", "Enter")
    board.keys(*["ArrowRight"] * 5, *["ArrowDown"] * 5, *["ArrowLeft"] * 5, "Enter")
    step = 40 / float(board.view["scale"])
    assert pixels(board.value[0]).sum() == pytest.approx(step * step, rel=0.08)


def test_strokes_by_keys(board: Board) -> None:
    """Space puts the pen down: held, or pressed once more at the end; Escape and undo drop the stroke."""
    board.mount(ontology=MASKS)
    board.keys("b")
    radius = ring(board)
    board.page.keyboard.down("Space")
    board.keys("ArrowRight", "ArrowRight", "ArrowRight")
    assert board.value == []
    board.page.keyboard.up("Space")
    [region] = board.value
    step = 8 / float(board.view["scale"])
    line = pixels(region)
    height, width = np.ptp(np.nonzero(line), axis=1) + 1
    assert width == pytest.approx(3 * step + 2 * radius, abs=2)
    assert height == pytest.approx(2 * radius, abs=2)
    board.keys("Space", "ArrowDown", "ArrowDown")
    board.keys("Control+Enter")
    assert "pen is down" in said(board)
    assert board.page.evaluate("() => window.submitted.length") == 0
    board.keys("Space")
    bent = pixels(board.value[0])
    assert bent.sum() > line.sum()
    for drop in ("Escape", "Control+z"):
        board.keys("Space", "ArrowLeft", "ArrowLeft", drop)
        assert (pixels(board.value[0]) == bent).all()
    board.keys("e", "Space", "ArrowUp", "Enter")
    assert pixels(board.value[0]).sum() < bent.sum()
    board.keys("Control+z", "Control+z")
    assert (pixels(board.value[0]) == line).all()


def test_fingers_paint_and_pinch(board: Board) -> None:
    """One paints, two move the picture and leave no stroke."""
    board.mount(ontology=MASKS)
    board.page.evaluate(
        """() => {
            const port = document.querySelector('.image-port');
            port.setPointerCapture = () => {};
            const frame = port.getBoundingClientRect();
            const send = (type, id, x, y) => port.dispatchEvent(new PointerEvent(type, {
                pointerId: id, pointerType: 'touch', button: 0, bubbles: true,
                clientX: frame.left + x, clientY: frame.top + y,
            }));
            send('pointerdown', 1, 200, 200); send('pointermove', 1, 300, 200);
            send('pointerup', 1, 300, 200);
            send('pointerdown', 1, 300, 300); send('pointermove', 1, 320, 300);
            send('pointerdown', 2, 400, 300);
            send('pointermove', 2, 420, 300); send('pointerup', 1, 300, 300); send('pointerup', 2, 420, 300);
        }"""
    )
    [region] = board.value
    height, width = np.ptp(np.nonzero(pixels(region)), axis=1)
    assert height < width / 3
    board.page.get_by_role("button", name="Erase").click()
    board.page.get_by_role("button", name="Larger brush").click()
    assert "Brush of" in said(board)


def test_review_and_reading(board: Board) -> None:
    """Others' masks by what differs; whoever only looks paints nothing; a locked one stays."""
    mine = np.zeros((600, 800), dtype=np.bool_)
    mine[100:300, 100:300] = True

    def region(name: str, cls: str, mask: Bools) -> dict[str, Any]:
        return {"id": name, "class": cls, "mask": {"size": [600, 800], "counts": counts_of(runs_of(mask))}}

    own = [region("a", "car", mine)]
    theirs = [region("x", "bike", mine), region("y", "car", np.roll(mine, 250, axis=(0, 1)))]
    others = [{"name": "Rita", "color": "#00aa00", "value": {"objects": theirs}}]
    board.mount(ontology=MASKS, value={"objects": own}, mode="review", others=others)
    legend = board.page.locator(".image-legend").inner_text()
    assert "missing here 1" in legend
    assert "other class 1" in legend
    board.mount(ontology=MASKS, value={"objects": own}, readOnly=True)
    board.drag((200, 200), (500, 500))
    board.keys("Delete", "e", "ArrowRight")
    assert board.value == own
    board.mount(ontology=MASKS, value={"objects": own})
    board.keys("Tab", "l")
    board.drag((200, 200), (500, 500))
    assert "locked" in said(board)
    assert board.value == own


@pytest.fixture
def world(transactional_db: None) -> World:
    return photo_world("masks")


@pytest.mark.django_db(transaction=True)
def test_the_story_of_an_annotator(page: Page, live_web: LiveWeb, world: World) -> None:
    """Painted with the mouse, erased, undone, sent; the database holds what was painted."""
    sign_in(page, live_web.url, world.ann)
    desk = Desk(page, live_web.url, world.project)
    desk.open()
    at, scale = places_on(page)

    def stroke(*points: tuple[float, float]) -> None:
        for place, (x, y) in enumerate(points):
            page.mouse.move(*at(x, y), steps=4)
            if place == 0:
                page.mouse.down()
        page.mouse.up()

    desk.keys("2")
    stroke((100, 200), (300, 200))
    radius = float(page.locator(".image-ring").get_attribute("r") or 0) / scale
    row = page.locator(".image-object-main")
    tall, wide = round(2 * radius), round(200 + 2 * radius)
    expect(row).to_contain_text("Person")
    shown = row.locator(".image-object-size")
    width, height = map(int, shown.inner_text().split(" × "))
    assert abs(width - wide) <= 2
    assert abs(height - tall) <= 2
    first = shown.inner_text()
    stroke((300, 200), (300, 400))
    expect(shown).not_to_have_text(first)
    desk.keys("e")
    stroke((300, 280), (300, 420))
    desk.keys("Control+z")
    desk.keys("Control+z")
    expect(shown).to_have_text(first)
    desk.keys("Control+Shift+z")
    expect(shown).not_to_have_text(first)
    assert axe_violations(page) == []
    desk.keys("Enter")
    expect(row).to_have_count(0)
    desk.state("saved")
    [region] = Annotation.objects.get().value["objects"]
    assert region["class"] == "person"
    wanted = way([(100, 200), (300, 200), (300, 400)], radius, (480, 640))
    assert iou(pixels(region), wanted) > 0.95
    assert desk.errors == []
