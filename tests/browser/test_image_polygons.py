"""Outlines in the labeling component, by mouse, finger and keys; on the whole page, down to the database."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from annotate.models import Annotation
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

OUTLINES = {
    "media": ONTOLOGY["media"],
    "fields": [
        {"name": "objects", "type": "polygon", "on": "photo", "classes": ONTOLOGY["fields"][0]["classes"]}
    ],
}
SQUARE = {"id": "a", "class": "car", "polygon": [[100, 100], [300, 100], [300, 300], [100, 300]]}


def outlines(board: Board) -> list[list[list[float]]]:
    """The points of the answer."""
    return [region["polygon"] for region in board.value]


def near(found: list[list[float]], wanted: list[tuple[float, float]]) -> bool:
    """Whether points agree: the mouse has whole CSS pixels, the image its own."""
    return len(found) == len(wanted) and all(
        abs(x - a) <= 1 and abs(y - b) <= 1 for (x, y), (a, b) in zip(found, wanted, strict=True)
    )


def said(board: Board) -> str:
    """What was announced last."""
    return " ".join(board.page.locator("[role=status]").all_inner_texts())


def looks(board: Board) -> list[str]:
    """The looks of the grips that are seen."""
    return list(
        board.page.evaluate(
            """async () => {
                await new Promise(requestAnimationFrame);
                await new Promise(requestAnimationFrame);
                return [...document.querySelectorAll('.image-grip')]
                    .filter((grip) => grip.style.display !== 'none').map((grip) => grip.dataset.look);
            }"""
        )
    )


def test_an_outline_by_mouse(board: Board) -> None:
    """Points, back and again, zoom meanwhile, closed on the first point; nothing is sent half done."""
    board.mount(ontology=OUTLINES)
    for at in ((100, 100), (300, 120), (280, 300)):
        board.click(*at)
    board.move(180, 200)
    assert looks(board) == ["chosen", "point", "point"]
    board.keys("Backspace", "Control+z", "Control+Shift+z")
    assert looks(board) == ["point", "point"]
    board.wheel(250, 200, -200)
    board.click(280, 300)
    board.keys("f")
    board.click(120, 280)
    board.keys("Control+Enter")
    assert "not closed" in said(board)
    assert board.page.evaluate("() => window.submitted.length") == 0
    board.move(102, 103)
    assert looks(board) == ["closing", "point", "point", "point"]
    assert board.value == []
    board.click(102, 103)
    [region] = board.value
    assert region["class"] == "car"
    assert near(region["polygon"], [(100, 100), (300, 120), (280, 300), (120, 280)])
    assert board.selected == [region["id"]]
    board.keys("Control+z")
    assert board.value == []


def test_what_crosses_itself_is_refused(board: Board) -> None:
    """At closing the points stay, to be taken back; Escape leaves nothing of them."""
    board.mount(ontology=OUTLINES)
    board.page.mouse.dblclick(*board.at(100, 100))
    board.keys("Enter")
    assert "at least 3 points" in said(board)
    for at in ((300, 300), (300, 100), (100, 300)):
        board.click(*at)
    board.keys("Enter")
    assert "must not cross itself" in said(board)
    assert board.value == []
    board.keys("Backspace")
    board.page.mouse.dblclick(*board.at(200, 90))
    assert near(outlines(board)[0], [(100, 100), (300, 300), (300, 100), (200, 90)])
    before = board.value
    for at in ((500, 100), (600, 120), (580, 300)):
        board.click(*at)
    board.keys("Escape")
    assert looks(board) == []
    assert board.value == before


def test_corners_are_corrected_by_mouse(board: Board) -> None:
    """Dragged, put in, taken out, the whole moved; a crossing goes back; each is a step of its own."""
    board.mount(ontology=OUTLINES, value={"objects": [SQUARE]})
    board.keys("v")
    board.click(200, 200)
    assert sorted(looks(board)) == ["middle"] * 4 + ["point"] * 4
    board.drag((300, 300), (320, 330))
    assert near(outlines(board)[0], [(100, 100), (300, 100), (320, 330), (100, 300)])
    board.drag((300, 100), (50, 250))
    assert "must not cross itself" in said(board)
    assert near(outlines(board)[0], [(100, 100), (300, 100), (320, 330), (100, 300)])
    board.drag((200, 100), (200, 60))
    board.click(100, 200)
    assert near(outlines(board)[0], [(100, 100), (200, 60), (300, 100), (320, 330), (100, 300), (100, 200)])
    board.page.keyboard.down("Alt")
    board.click(200, 60)
    board.page.keyboard.up("Alt")
    board.click(100, 200)
    assert "chosen" in looks(board)
    board.keys("Delete")
    assert near(outlines(board)[0], [(100, 100), (300, 100), (320, 330), (100, 300)])
    board.drag((200, 250), (250, 250))
    assert near(outlines(board)[0], [(150, 100), (350, 100), (370, 330), (150, 300)])
    for _ in range(6):
        board.keys("Control+z")
    assert board.value == [SQUARE]
    board.keys("Delete")
    assert board.value == []


def test_an_outline_by_keys(board: Board) -> None:
    """Steered and closed by Enter; then its points one by one, never below three."""
    board.mount(ontology=OUTLINES)
    board.keys("2", "p", "Enter", *["ArrowRight"] * 5, "Enter", *["ArrowDown"] * 5, "Enter", "Enter")
    [region] = board.value
    assert region["class"] == "bike"
    (x, y), second, third = region["polygon"]
    step = 40 / board.view["scale"]
    assert second == pytest.approx([x + step, y], abs=0.02)
    assert third == pytest.approx([x + step, y + step], abs=0.02)
    board.keys(".", "ArrowLeft", "Shift+ArrowUp")
    assert outlines(board)[0][0] == pytest.approx([x - 1, y - 10])
    assert "Point 1 of 3" in said(board)
    board.keys("i", "ArrowUp", "Delete", ",", "Delete")
    assert len(outlines(board)[0]) == 3
    assert "at least 3 points" in said(board)
    board.keys("Escape", "Tab", "ArrowRight")
    assert outlines(board)[0][1] == pytest.approx([x + step + 1, y], abs=0.02)
    board.keys("Delete")
    assert board.value == []


def test_fingers_draw_and_pinch_between(board: Board) -> None:
    """A finger's point is where it is lifted; two fingers move the picture and leave the points."""
    board.mount(ontology=OUTLINES)
    board.page.evaluate(
        """() => {
            const port = document.querySelector('.image-port');
            port.setPointerCapture = () => {};
            const frame = port.getBoundingClientRect();
            const send = (type, id, x, y) => port.dispatchEvent(new PointerEvent(type, {
                pointerId: id, pointerType: 'touch', button: 0, bubbles: true,
                clientX: frame.left + x, clientY: frame.top + y,
            }));
            const tap = (x, y) => {
                send("pointerdown", 1, x - 30, y - 30);
                send("pointermove", 1, x, y);
                send("pointerup", 1, x, y);
            };
            tap(200, 200); tap(400, 200);
            send('pointerdown', 1, 300, 300); send('pointerdown', 2, 400, 300);
            send('pointermove', 2, 420, 300); send('pointerup', 1, 300, 300); send('pointerup', 2, 420, 300);
            tap(400, 400);
        }"""
    )
    assert looks(board) == ["chosen", "point", "point"]
    board.page.get_by_role("button", name="Take the last point back").click()
    board.page.get_by_role("button", name="Close the outline").click()
    assert "at least 3 points" in said(board)
    board.click(300, 500)
    board.page.get_by_role("button", name="Close the outline").click()
    assert len(outlines(board)[0]) == 3


def test_review_draws_what_differs(board: Board) -> None:
    theirs = [
        {"id": "x", "class": "bike", "polygon": SQUARE["polygon"]},
        {"id": "y", "class": "car", "polygon": [[500, 400], [600, 400], [550, 500]]},
    ]
    others = [{"name": "Rita", "color": "#00aa00", "value": {"objects": theirs}}]
    board.mount(ontology=OUTLINES, value={"objects": [SQUARE]}, mode="review", others=others)
    legend = board.page.locator(".image-legend").inner_text()
    assert "missing here 1" in legend
    assert "other class 1" in legend
    assert board.page.locator(".image-findings .image-object").count() == 2
    board.mount(ontology=OUTLINES, value={"objects": [SQUARE]}, readOnly=True)
    board.click(200, 200)
    assert looks(board) == []
    board.keys("Delete", ".", "ArrowRight")
    assert board.value == [SQUARE]


@pytest.fixture
def world(transactional_db: None) -> World:
    return photo_world("outlines")


@pytest.mark.django_db(transaction=True)
def test_the_story_of_an_annotator(page: Page, live_web: LiveWeb, world: World) -> None:
    """Drawn with the mouse, a point corrected, undone, corrected again, sent; what the database holds."""
    sign_in(page, live_web.url, world.ann)
    desk = Desk(page, live_web.url, world.project)
    desk.open()
    at, _ = places_on(page)

    desk.keys("2")
    for point in ((40, 160), (160, 160), (160, 320), (40, 320)):
        page.mouse.click(*at(*point))
    page.mouse.click(*at(41, 161))
    row = page.locator(".image-object-main")
    expect(row).to_have_accessible_name("1: Person 120 × 160 at 40, 160")
    for wanted in ("140 × 180", "120 × 160", "140 × 180"):
        if wanted == "120 × 160":
            desk.keys("Control+z")
        else:
            page.mouse.move(*at(160, 320))
            page.mouse.down()
            page.mouse.move(*at(180, 340), steps=4)
            page.mouse.up()
        expect(row).to_contain_text(wanted)
    assert axe_violations(page) == []
    desk.keys("?")
    keys = page.get_by_role("dialog", name="Keys of this page")
    expect(keys).to_contain_text("Next point")
    expect(keys).not_to_contain_text("at 40, 160")  # objects have no keys
    desk.keys("Escape", "Enter")
    expect(row).to_have_count(0)
    desk.state("saved")
    [region] = Annotation.objects.get().value["objects"]
    assert region["class"] == "person"
    assert near(region["polygon"], [(40, 160), (160, 160), (180, 340), (40, 320)])
    assert desk.errors == []


@pytest.mark.django_db(transaction=True)
def test_what_is_not_closed_yet_outlives_the_page(page: Page, live_web: LiveWeb, world: World) -> None:
    """After a reload and after another page the points are there again; taken back, and closed by keys."""
    sign_in(page, live_web.url, world.ann)
    desk = Desk(page, live_web.url, world.project)
    desk.open()
    at, _ = places_on(page)

    def points() -> Locator:
        return page.locator(".image-grip:visible")

    for point in ((40, 160), (160, 160), (160, 320), (40, 320)):
        page.mouse.click(*at(*point))
    desk.state("saved here")
    page.reload()
    desk.settled()
    expect(points()).to_have_count(4)
    expect(page.locator(".lb-notice")).to_contain_text("is here again")
    desk.keys("Control+z")
    expect(points()).to_have_count(3)
    desk.keys("Control+Shift+z", "Control+Enter")
    expect(points()).to_have_count(4)
    expect(page.locator(".lb-notice")).to_contain_text("not closed")
    page.goto(f"{live_web.url}/projects/{world.project.pk}/my-work/")
    desk.open()
    expect(points()).to_have_count(4)

    # By keys: the crosshair is at the last point; one point more, then Enter again closes.
    desk.keys(*["ArrowLeft"] * 2, "Enter", "Enter")
    row = page.locator(".image-object-main")
    expect(row).to_have_count(1)
    desk.state("saved")
    desk.keys("Control+Enter")
    expect(row).to_have_count(0)
    desk.wait_for(lambda: Annotation.objects.filter(user=world.ann).exists())
    [region] = Annotation.objects.get().value["objects"]
    assert near(region["polygon"][:4], [(40, 160), (160, 160), (160, 320), (40, 320)])
    assert len(region["polygon"]) == 5
    page.reload()
    desk.settled()
    expect(points()).to_have_count(0)
    assert desk.errors == []
