"""What people do on their way through the whole product, in words."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from typing import Any

from PIL import Image, ImageDraw
from playwright.sync_api import Locator, Page, expect

from accounts.models import User
from tests.world import PASSWORD

PATIENCE = 60_000  # milliseconds for what a worker does, on a machine that does other things as well


def sign_in_by_form(page: Page, url: str, user: User) -> None:
    """Through the sign-in page, with the password."""
    page.goto(f"{url}/accounts/login/")
    page.get_by_label("Email").fill(user.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{url}/")


def archive_of_photos(count: int, *, broken: str) -> bytes:
    """A ZIP of photographs in which something bright stands on dark ground, and one cut off in the middle."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for number in range(count):
            archive.writestr(f"street/{number:03}.jpg", photo(number))
        archive.writestr(broken, photo(count)[:400])
    return file.getvalue()


def photo(number: int, ground: str = "#203040") -> bytes:
    """A JPEG of 640 × 480 pixels with a rectangle whose place depends on the number."""
    image = Image.new("RGB", (640, 480), ground)
    left = 40 + number * 37 % 400
    ImageDraw.Draw(image).rectangle((left, 160, left + 120, 320), fill="#e0c040")
    file = io.BytesIO()
    image.save(file, "JPEG")
    return file.getvalue()


def draw_box(page: Page, stage: Locator) -> None:
    """With the mouse, around the middle of the picture."""
    area = until(page, stage.bounding_box)  # none while the picture is being put in place
    across, down = area["x"] + area["width"] / 2, area["y"] + area["height"] / 2
    page.mouse.move(across - 60, down - 40)
    page.mouse.down()
    page.mouse.move(across + 50, down + 40, steps=6)
    page.mouse.up()


def drag_text(page: Page, word: str) -> None:
    """Mark a word of the item with the mouse."""
    box = page.evaluate(
        """(word) => {
          const walker = document.createTreeWalker(document.querySelector('.lb-stage'), NodeFilter.SHOW_TEXT);
          for (let node = walker.nextNode(); node; node = walker.nextNode()) {
            const at = node.data.indexOf(word);
            if (at < 0) continue;
            const range = document.createRange();
            range.setStart(node, at);
            range.setEnd(node, at + word.length);
            const box = range.getBoundingClientRect();
            return {x: box.x, y: box.y + box.height / 2, right: box.right};
          }
        }""",
        word,
    )
    page.mouse.move(box["x"] + 1, box["y"])
    page.mouse.down()
    page.mouse.move(box["right"] - 1, box["y"], steps=4)
    page.mouse.up()


def until(page: Page, check: Callable[[], Any]) -> Any:
    """Wait until the check, of the database say, gives something true."""
    for _ in range(PATIENCE // 100):
        if found := check():
            return found
        page.wait_for_timeout(100)
    raise AssertionError("this did not come about")


def done_job(page: Page) -> None:
    """Wait until the job whose page this is has done its work."""
    expect(page.locator("#job")).to_have_attribute("data-state", "done", timeout=PATIENCE)
