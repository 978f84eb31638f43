"""Drawing, moving and resizing boxes with the mouse: what counts is the value that comes out."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.image_surface import ONTOLOGY, Board, box, item, serving

pytestmark = pytest.mark.browser

A = box("a", 100, 100, 200, 150)
B = box("b", 400, 300, 120, 90, "bike")


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with serving() as url:
        yield url


@pytest.fixture(scope="module")
def shared(browser: Browser, address: str) -> Iterator[Page]:
    """One page for all tests of a module: mounting anew leaves nothing of the component before."""
    page = browser.new_page(viewport={"width": 1200, "height": 700})
    page.goto(f"{address}/pages/image.html")
    page.locator("html[data-loaded]").wait_for()
    yield page
    page.close()


@pytest.fixture
def board(shared: Page) -> Iterator[Board]:
    errors: list[str] = []

    def note(error: object) -> None:
        errors.append(str(error))

    shared.on("pageerror", note)
    yield Board(shared)
    shared.mouse.up()
    shared.remove_listener("pageerror", note)
    assert errors == []


def near(found: list[float], wanted: list[float], tolerance: float = 1.0) -> bool:
    """Whether coordinates agree: the mouse has whole CSS pixels, the image its own."""
    return all(abs(a - b) <= tolerance for a, b in zip(found, wanted, strict=True))


def field(**changes: object) -> dict[str, object]:
    """The ontology with settings of its one field changed."""
    return {**ONTOLOGY, "fields": [{**ONTOLOGY["fields"][0], **changes}]}


def test_it_works(board: Board) -> None:
    board.mount()
    board.drag((100, 120), (300, 220))
    [region] = board.value
    assert region["class"] == "car"
    assert near(region["box"], [100, 120, 200, 100])
    assert board.selected == [region["id"]]


def test_the_tools_are_seen_at_once(board: Board) -> None:
    board.mount()
    tools = board.page.locator(".image-tool")
    assert [tools.nth(i).get_attribute("aria-pressed") for i in range(tools.count())] == ["false", "true"]
    assert tools.first.is_visible()
    tools.first.click()
    assert tools.first.get_attribute("aria-pressed") == "true"


def test_click_and_click_draws_too(board: Board) -> None:
    board.mount()
    board.click(300, 220)
    board.move(200, 200)
    board.click(100, 120)
    assert near(board.boxes[0], [100, 120, 200, 100])


def test_a_double_click_is_no_box(board: Board) -> None:
    board.mount()
    board.page.mouse.dblclick(*board.at(300, 220))
    assert board.value == []


def test_drawing_stops_at_the_edge_of_the_image(board: Board) -> None:
    board.mount()
    board.drag((700, 500), (812, 612))
    assert near(board.boxes[0], [700, 500, 100, 100])
    x, y, width, height = board.boxes[0]
    assert x + width <= 800.001
    assert y + height <= 600.001


def test_escape_while_drawing_leaves_nothing_behind(board: Board) -> None:
    board.mount(value={"objects": [A]})
    board.press(500, 100)
    board.move(600, 200)
    board.keys("Escape")
    board.page.mouse.up()
    assert board.value == [A]
    assert board.page.evaluate("() => window.labeling.undo()") is False


def test_escape_leaves_the_tool_then_deselects(board: Board) -> None:
    board.mount()
    board.drag((100, 120), (300, 220))
    board.keys("Escape")
    assert len(board.selected) == 1
    board.keys("Escape")
    assert board.selected == []


def test_too_small_a_box_is_refused_with_a_message(board: Board) -> None:
    board.mount(ontology=field(min_size=50))
    board.drag((100, 100), (130, 300))
    assert board.value == []
    assert "at least 50" in board.page.locator("[role=status]").all_inner_texts()[0]


def test_no_more_than_max_count(board: Board) -> None:
    board.mount(ontology=field(max_count=1), value={"objects": [A]})
    board.drag((500, 100), (600, 200))
    assert board.value == [A]
    assert "At most 1" in " ".join(board.page.locator("[role=status]").all_inner_texts())


def test_move_and_undo_are_exact(board: Board) -> None:
    board.mount(value={"objects": [A, B]})
    board.keys("v")
    board.drag((150, 150), (190, 170))
    assert near(board.boxes[0], [140, 120, 200, 150])
    assert board.value[1] == B
    board.keys("Control+z")
    assert board.value == [A, B]
    board.keys("Control+Shift+z")
    assert near(board.boxes[0], [140, 120, 200, 150])


def test_escape_in_the_middle_of_a_move_returns_exactly(board: Board) -> None:
    board.mount(value={"objects": [A]})
    board.keys("v")
    board.press(150, 150)
    board.move(400, 300)
    board.keys("Escape")
    board.page.mouse.up()
    assert board.value == [A]


@pytest.mark.parametrize(
    ("handle", "to", "wanted"),
    [
        ((300, 250), (350, 280), [100, 100, 250, 180]),
        ((100, 100), (60, 80), [60, 80, 240, 170]),
        ((200, 100), (200, 60), [100, 60, 200, 190]),
        ((300, 175), (360, 175), [100, 100, 260, 150]),
        ((300, 250), (50, 60), [50, 60, 50, 40]),
    ],
)
def test_resize(board: Board, handle: tuple[int, int], to: tuple[int, int], wanted: list[float]) -> None:
    board.mount(value={"objects": [A]})
    board.keys("v")
    board.click(150, 150)
    board.drag(handle, to)
    assert near(board.boxes[0], wanted)


def test_handles_work_while_drawing(board: Board) -> None:
    board.mount()
    board.drag((100, 100), (300, 250))
    board.drag((300, 250), (350, 280))
    assert len(board.value) == 1
    assert near(board.boxes[0], [100, 100, 250, 180])


def test_the_smallest_is_picked_and_clicks_cycle(board: Board) -> None:
    small = box("small", 180, 150, 40, 40)
    board.mount(value={"objects": [small, A]})
    board.keys("v")
    board.click(200, 170)
    assert board.selected == ["small"]
    board.click(200, 170)
    assert board.selected == ["a"]
    board.click(200, 170)
    assert board.selected == ["small"]


def test_shift_click_and_marquee_select_several(board: Board) -> None:
    board.mount(value={"objects": [A, B]})
    board.keys("v")
    board.click(150, 150)
    board.click(450, 350, shift=True)
    assert sorted(board.selected) == ["a", "b"]
    board.keys("Escape")
    board.drag((50, 50), (600, 500))
    assert sorted(board.selected) == ["a", "b"]


def test_several_move_together_and_stop_together(board: Board) -> None:
    board.mount(value={"objects": [A, B]})
    board.keys("v", "Control+a")
    board.drag((150, 150), (-50, 150))
    assert near(board.boxes[0], [0, 100, 200, 150])
    assert near(board.boxes[1], [300, 300, 120, 90])


def test_wheel_zooms_at_the_cursor(board: Board) -> None:
    board.mount()
    before = board.at(600, 200)
    scale = board.view["scale"]
    board.wheel(600, 200, -600)
    assert board.view["scale"] > scale * 1.5
    assert near(list(board.at(600, 200)), list(before), 1.5)


def test_middle_button_and_space_pan(board: Board) -> None:
    board.mount()
    start = board.view
    board.press(400, 300, button="middle")
    board.page.mouse.move(*[part + 40 for part in board.at(400, 300)])
    board.page.mouse.up(button="middle")
    assert near([board.view["x"], board.view["y"]], [start["x"] + 40, start["y"] + 40], 2)
    board.page.keyboard.down(" ")
    x, y = board.at(400, 300)
    board.page.mouse.move(x, y)
    board.page.mouse.down()
    board.page.mouse.move(x - 40, y - 40)
    board.page.mouse.up()
    board.page.keyboard.up(" ")
    assert near([board.view["x"], board.view["y"]], [start["x"], start["y"]], 2)
    assert board.value == []


def test_drawing_is_right_when_zoomed_in(board: Board) -> None:
    board.mount()
    for _ in range(6):
        board.keys("+")
    board.settle()
    board.drag((390, 290), (410, 310))
    assert near(board.boxes[0], [390, 290, 20, 20], 0.5)


def test_a_smaller_derivative_has_full_size_coordinates(board: Board) -> None:
    board.mount(item=item(7300, 5480, sent=(1460, 1096)))
    board.drag((1000, 1000), (3000, 2000))
    assert near(board.boxes[0], [1000, 1000, 2000, 1000], 10)
    assert board.pixel("image-pixels", 7200, 100)[3] == 255


def test_a_picture_that_cannot_be_loaded_says_so(board: Board) -> None:
    broken = item()
    broken["media"]["photo"]["url"] = "/picture/none.jpg"
    board.mount(item=broken)
    assert "404" in board.page.locator(".image-message").inner_text()


def test_the_next_item_keeps_nothing_of_the_last(board: Board) -> None:
    board.mount(value={"objects": [A]})
    board.press(500, 100)
    board.move(600, 200)
    board.page.evaluate("(item) => window.labeling.setItem({item, value: {}})", item(400, 900))
    board.page.mouse.up()
    board.settle()
    assert board.value == []
    board.drag((100, 100), (200, 300))
    assert near(board.boxes[0], [100, 100, 100, 200], 2)


def test_boxes_are_drawn_where_they_are(board: Board) -> None:
    board.mount(value={"objects": [A]})
    assert board.pixel("image-shapes", 100, 175)[3] > 200
    assert board.pixel("image-shapes", 200, 175)[3] == 0
    board.keys("v", "h")
    board.settle()
    assert board.pixel("image-shapes", 100, 175)[3] == 0


def test_outlines_come_back_after_a_gesture(board: Board) -> None:
    many = [box(f"n{i}", i % 40 * 20, i // 40 * 20, 12, 12) for i in range(1000)]
    board.mount(value={"objects": many})
    before = board.pixel("image-shapes", 406, 299)
    board.wheel(400, 300, -1500)
    board.page.evaluate("() => window.surface().fit()")
    board.settle()
    assert before[3] > 0
    assert board.pixel("image-shapes", 406, 299) == before
