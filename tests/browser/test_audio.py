"""Recordings and segments of time: by mouse, by finger, by keys alone; what is seen and what is stored."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from annotate.models import Annotation, Review
from projects.services.derivatives import make_waiting
from tests.browser.label_desk import Desk
from tests.browser.review_desk import ReviewDesk, answered, waits
from tests.browser.signed_in import sign_in
from tests.browser.sound_desk import SECONDS, draw, sound_world, times_on
from tests.browser.watching import axe_violations
from tests.processes import LiveWeb
from tests.world import World

pytestmark = pytest.mark.browser
PLAYING = "() => !document.querySelector('.au audio').paused"
NOW = "() => document.querySelector('.au audio').currentTime"


def desk_of(page: Page, live_web: LiveWeb, world: World) -> Desk:
    """Ann at the first recording, as soon as it can be played."""
    sign_in(page, live_web.url, world.ann)
    desk = Desk(page, live_web.url, world.project).open()
    page.wait_for_function("() => document.querySelector('.au audio')?.readyState >= 1")
    times_on(page)
    return desk


def listed(page: Page, *wanted: str) -> None:
    """The list beside the recording has these rows."""
    expect(page.locator(".lb-region")).to_have_text([f"{row}✕" for row in wanted])


def stored(desk: Desk, world: World) -> dict[str, Any]:
    """The answer that Ann has just sent."""
    value: dict[str, Any] = desk.wait_for(
        lambda: (
            Annotation.objects.filter(project=world.project, user=world.ann)
            .values_list("value", flat=True)
            .first()
        )
    )
    return value


def ends(value: dict[str, Any], field: str = "sounds") -> list[tuple[str, float, float]]:
    return [(each["class"], each["start"], each["end"]) for each in value[field]]


def has_wave(page: Page) -> bool:
    """Whether the canvas has more than a flat line."""
    return bool(
        page.evaluate(
            """() => {
                const canvas = document.querySelector('.au-wave canvas');
                const { width, height } = canvas;
                const { data } = canvas.getContext('2d').getImageData(0, 0, width, height);
                const rows = new Set();
                for (let i = 3; i < data.length; i += 4) if (data[i]) rows.add(Math.floor((i / 4) / width));
                return rows.size > height / 4;
            }"""
        )
    )


def test_the_story_by_mouse(page: Page, live_web: LiveWeb) -> None:
    """Drawn, an end moved, undone and moved again, another class, one deleted, sent."""
    world = sound_world("sound-segments")
    desk = desk_of(page, live_web, world)
    assert has_wave(page)
    expect(page.locator(".au-note")).to_be_hidden()
    page.get_by_role("button", name="Speech").click()
    draw(page, 0.3, 1.9)
    draw(page, 3.0, 4.0)
    page.get_by_role("button", name="Noise").click()
    draw(page, 1.5, 2.5)
    expect(page.locator(".lb-count")).to_have_text("3 marked")
    lanes = {mark.get_attribute("aria-label"): mark.bounding_box() for mark in page.locator(".au-mark").all()}
    tops = [round(box["y"]) for box in lanes.values() if box]
    assert len(set(tops)) == 2, "only what overlaps has a lane of its own"

    at = times_on(page)
    page.locator(".au-mark").first.click()
    handle = page.locator(".au-handle[data-edge=end]")
    box = handle.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(at(1.4)[0], box["y"] + 5, steps=3)
    page.mouse.up()
    first = page.locator(".lb-region").first
    expect(first).to_contain_text("– 0:01.40")
    desk.keys("Control+z")
    expect(first).to_contain_text("– 0:01.90")
    desk.keys("Control+Shift+z")
    expect(first).to_contain_text("– 0:01.40")
    assert axe_violations(page) == []

    page.locator(".lb-region").nth(2).click()
    desk.keys("2")
    expect(page.locator(".lb-region").nth(2)).to_contain_text("Music")
    page.locator(".lb-region").nth(1).click()
    desk.keys("Delete")
    expect(page.locator(".lb-count")).to_have_text("2 marked")
    desk.keys("Escape", "Enter")
    expect(page.locator(".lb-region")).to_have_count(0)
    found = ends(stored(desk, world))
    assert [name for name, *_ in found] == ["speech", "music"]
    for (_, start, end), wanted in zip(found, [(0.3, 1.4), (3.0, 4.0)], strict=True):
        assert (start, end) == pytest.approx(wanted, abs=0.03)
    assert desk.errors == []


def test_the_story_by_keys_alone(page: Page, live_web: LiveWeb) -> None:
    """In and out at the playhead, the class after, exact steps, the next one, sent."""
    world = sound_world("sound-segments")
    desk = desk_of(page, live_web, world)
    desk.keys("ArrowRight", "i", "ArrowRight", "ArrowRight", "o")
    expect(page.locator(".lb-notice")).to_have_text("Which class? Press its key")
    desk.keys("Enter")
    expect(page.locator(".lb-notice")).to_contain_text("has no class yet")
    desk.keys("2")
    listed(page, "Music0:01.00 – 0:03.00")
    desk.keys("Home", "Tab")
    expect(page.locator(".au-mark.is-selected")).to_have_count(1)
    desk.keys("Control+ArrowRight", "Control+Shift+ArrowRight", "Control+Alt+ArrowLeft")
    listed(page, "Music0:00.99 – 0:03.11")
    page.locator(".au-handle[data-edge=start]").focus()
    desk.keys("ArrowRight", "Shift+ArrowRight")
    listed(page, "Music0:01.10 – 0:03.11")
    page.keyboard.press("Shift+Tab")
    desk.keys("Escape", "End", "i", "ArrowLeft", "1", "o")
    listed(page, "Music0:01.10 – 0:03.11", "Speech0:05.00 – 0:06.00")
    desk.keys("Enter")
    assert ends(stored(desk, world)) == [("music", 1.1, 3.11), ("speech", 5.0, 6.0)]
    assert desk.errors == []


def test_exact_times_are_typed(page: Page, live_web: LiveWeb) -> None:
    world = sound_world("sound-segments")
    desk = desk_of(page, live_web, world)
    desk.keys("1")
    draw(page, 1, 2)
    page.locator(".lb-region").click()
    page.get_by_label("Start", exact=True).fill("0:01.234")
    page.get_by_label("Start", exact=True).press("Enter")
    page.get_by_label("End", exact=True).fill("2,5")
    page.get_by_label("End", exact=True).press("Tab")
    expect(page.locator(".seg-length")).to_have_text("1.266 s")
    page.get_by_label("End", exact=True).fill("soon")
    page.get_by_label("End", exact=True).press("Tab")
    expect(page.locator(".lb-notice")).to_have_text("A time is like 7.25 or 0:07.250")
    expect(page.get_by_label("End", exact=True)).to_have_value("0:02.500")
    desk.keys("Escape", "Escape", "Enter")
    assert ends(stored(desk, world)) == [("speech", 1.234, 2.5)]


def test_what_the_field_forbids_is_refused_with_the_reason(page: Page, live_web: LiveWeb) -> None:
    world = sound_world("sound-segments", overlap="never", min_seconds=0.5)
    desk = desk_of(page, live_web, world)
    desk.keys("1")
    draw(page, 1, 3)
    desk.keys("2")
    draw(page, 2, 4)
    expect(page.locator(".lb-notice")).to_contain_text("Would lie over Speech 0:01.0")
    draw(page, 4, 4.3)
    expect(page.locator(".lb-notice")).to_have_text("A segment here is at least 0.5 s long")
    expect(page.locator(".lb-region")).to_have_count(1)


def test_neighbors_touch_exactly(page: Page, live_web: LiveWeb) -> None:
    """Drawn a few pixels off, an end takes the place of its neighbor's."""
    world = sound_world("sound-segments", overlap="never")
    desk = desk_of(page, live_web, world)
    desk.keys("1")
    draw(page, 1, 3)
    desk.keys("2")
    draw(page, 5, 3.02)
    desk.keys("Enter")
    (_, _, end), (_, start, _) = ends(stored(desk, world))
    assert start == end


def test_it_plays(page: Page, live_web: LiveWeb) -> None:
    """Space, speed, seeking by click, the selected segment once and again and again; zoom and scrolling."""
    world = sound_world("sound-segments")
    desk = desk_of(page, live_web, world)
    desk.keys("Space")
    page.wait_for_function(f"() => ({PLAYING})() && ({NOW})() > 0.05")
    desk.keys("Space")
    page.wait_for_function(f"() => !({PLAYING})()")
    desk.keys("ArrowUp", "ArrowUp")
    expect(page.get_by_label("Speed")).to_have_value("1.5")
    at = times_on(page)
    page.mouse.click(*at(4))
    assert page.evaluate(NOW) == pytest.approx(4, abs=0.02)
    desk.keys("1")
    draw(page, 1, 1.4)
    page.locator(".lb-region").click()
    assert page.evaluate(NOW) == pytest.approx(1, abs=0.02)
    desk.keys("Shift+Space")
    page.wait_for_function(f"() => !({PLAYING})() && ({NOW})() > 1.3")
    assert page.evaluate(NOW) == pytest.approx(1.4, abs=0.02)
    page.evaluate(
        "() => { window.jumps = 0; let last = 0;"
        " const sound = document.querySelector('.au audio');"
        " sound.addEventListener('seeked', () => { if (sound.currentTime < 1.2) window.jumps += 1; }); }"
    )
    page.get_by_role("button", name="Repeat the selected segment").click()
    page.wait_for_function("() => window.jumps >= 2")
    page.get_by_role("button", name="Repeat the selected segment").click()
    desk.keys("Space")
    for _ in range(4):
        desk.keys("+")
    expect(page.locator(".au-window")).to_be_visible()
    assert 0 < page.locator(".au-mark").count() <= 1
    desk.keys("End")
    expect(page.locator(".au-mark")).to_have_count(0)
    desk.keys("f")
    expect(page.locator(".au-window")).to_be_hidden()
    expect(page.locator(".au-mark")).to_have_count(1)


def test_without_a_waveform_it_plays_and_labels(page: Page, live_web: LiveWeb) -> None:
    """The worker has not come to it: the page says so, goes on, and shows the wave once it is there."""
    world = sound_world("sound-segments", made=False)
    desk = desk_of(page, live_web, world)
    expect(page.locator(".au-note")).to_contain_text("still being made")
    assert not has_wave(page)
    desk.keys("1")
    draw(page, 1, 2)
    expect(page.locator(".lb-count")).to_have_text("1 marked")
    make_waiting(60.0)
    expect(page.locator(".au-note")).to_be_hidden()
    assert has_wave(page)
    expect(page.locator(".lb-count")).to_have_text("1 marked")
    assert desk.errors == []


def test_transcribing(page: Page, live_web: LiveWeb) -> None:
    """It is played and paused from inside the text, and goes on a second earlier."""
    world = sound_world("transcription")
    desk = desk_of(page, live_web, world)
    box = page.locator("textarea")
    box.click()
    at = times_on(page)
    page.mouse.click(*at(3))
    box.click()
    page.keyboard.type("Good ")
    desk.keys("F2")
    page.wait_for_function(f"() => ({PLAYING})() && ({NOW})() > 2 && ({NOW})() < 3")
    desk.keys("F2")
    page.wait_for_function(f"() => !({PLAYING})()")
    page.keyboard.type("morning")
    expect(box).to_have_value("Good morning")
    desk.keys("Escape", "1", "Enter")
    assert stored(desk, world) == {"transcript": "Good morning", "clear": "well"}


def test_by_finger_on_a_phone(page: Page, live_web: LiveWeb) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    world = sound_world("sound-segments")
    desk = desk_of(page, live_web, world)
    page.get_by_role("button", name="Music").click()
    at = times_on(page)
    client = page.context.new_cdp_session(page)
    for kind, time in (("touchStart", 1), ("touchMove", 2), ("touchMove", 3), ("touchEnd", None)):
        points = [] if time is None else [dict(zip("xy", at(time), strict=True))]
        client.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    expect(page.locator(".lb-count")).to_have_text("1 marked")
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 390
    page.locator("[data-do=submit]").click()
    assert ends(stored(desk, world))[0] == ("music", pytest.approx(1, abs=0.05), pytest.approx(3, abs=0.05))


def test_all_of_the_recording_is_in_sight_at_first(page: Page, live_web: LiveWeb) -> None:
    world = sound_world("sound-segments")
    desk_of(page, live_web, world)
    expect(page.locator(".au-tick").first).to_have_text("0:00.0")
    assert page.locator(".au-tick").count() >= SECONDS


def test_review_shows_both_and_what_differs(page: Page, live_web: LiveWeb) -> None:
    """Abe's segments beside Ann's, dashed where they differ; a difference leads there; Rita fixes one end."""
    world = sound_world("sound-segments", people=2)
    heads = [
        answered(world.project, person, {"sounds": [
            {"id": f"s{at}", "class": name, "start": start, "end": end}
            for at, (name, start, end) in enumerate(marked)
        ]})
        for person, marked in (
            (world.abe, [("speech", 0.3, 1.9), ("music", 4.1, 5.8), ("noise", 2.0, 2.8)]),
            (world.ann, [("speech", 0.32, 1.9), ("music", 4.9, 5.8), ("noise", 3.0, 3.4)]),
        )
    ]  # fmt: skip
    waits(heads[1])
    desk = ReviewDesk(page, live_web.url, world.project, world.rita).open()
    desk.shows(heads[1])
    marks = page.locator(".au-mark")
    expect(marks).to_have_count(6)
    looks = {str(one.get_attribute("aria-label")): one.get_attribute("data-look") for one in marks.all()}
    theirs = {label.split(": ", 1)[1]: look for label, look in looks.items() if look != "own"}
    assert theirs == {
        "Speech, 0:00.300 – 0:01.900": "same",
        "Music, 0:04.100 – 0:05.800": "different",
        "Noise, 0:02.000 – 0:02.800": "different",
    }
    findings = page.locator(".seg-finding")
    expect(findings).to_have_count(3)
    expect(findings.nth(0)).to_contain_text("Noise 0:02.00 – 0:02.80missing here")
    expect(findings.nth(1)).to_contain_text("Noise 0:03.00 – 0:03.40only here")
    expect(findings.nth(2)).to_contain_text("Music 0:04.10 – 0:05.80other ends, here 0:04.90 – 0:05.80")
    findings.nth(2).click()
    assert page.evaluate(NOW) == pytest.approx(4.1, abs=0.02)
    assert axe_violations(page) == []
    desk.press("e")
    page.locator(".lb-region").nth(2).click()
    start = page.get_by_label("Start", exact=True)
    start.fill("4.1")
    start.press("Enter")
    expect(findings).to_have_count(2)
    desk.press("Enter")
    reviews = Review.objects.filter(annotation=heads[1], verdict="fix", fix__isnull=False)
    made = Desk(page, live_web.url, world.project).wait_for(reviews.select_related("fix").first)
    assert ends(made.fix.value)[1] == ("music", 4.1, 5.8)
    assert desk.errors == []
