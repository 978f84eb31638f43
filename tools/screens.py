"""Picture every page in every state, light and dark, wide and narrow. `make screens` (or `ONLY=label,review`)

Starts a scratch Touchstone of its own, filled by the services. Writes screens/sheet.png, and each picture
beside it in full size. Fails if a page complains in the console, breaks its content policy, answers 5xx or
another status than expected, or is wider than a phone.
"""

import os
import shutil
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont
from playwright.sync_api import Browser, Page, sync_playwright

from tests import services
from tests.browser.scenes import SCENES, Scene
from tests.browser.showing import HEIGHT, NARROW, WIDE, context_of, show
from tests.browser.stage import Stage, running_stage
from tests.browser.watching import settle, too_wide, watched
from tools.chromium import chromium, ensure_chromium

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "screens"
THEMES = ("light", "dark")
TALLEST = 1_800  # pixels of a page that a picture shows
SHEET_WIDE, SHEET_NARROW, SHEET_TALLEST, GAP, LABEL = 460, 150, 560, 12, 22
COLUMNS = 2


def main() -> int:
    """Take the pictures; return 1 if a page did what it must not."""
    ensure_chromium()
    services.prepare()
    wanted = [word for word in os.environ.get("ONLY", "").split(",") if word]
    scenes = [scene for scene in SCENES if not wanted or any(word in scene.name for word in wanted)]
    if not wanted:
        shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(exist_ok=True)
    with running_stage() as stage, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium(), args=["--no-sandbox", "--disable-gpu"]
        )
        complaints = [line for scene in scenes for line in picture(browser, stage, scene)]
        browser.close()
    sheet(scenes).save(FOLDER / "sheet.png")
    print("\n".join(complaints) or f"{len(scenes)} pages in {len(THEMES)} themes: {FOLDER / 'sheet.png'}")
    return int(bool(complaints))


def picture(browser: Browser, stage: Stage, scene: Scene) -> Iterator[str]:
    """Save four pictures of a scene; yield what the page complained of."""
    for theme in THEMES:
        context = context_of(browser, stage, scene.role, theme)
        page = context.new_page()
        with watched(page, scene.status) as watch:
            try:
                show(page, stage, scene, watch)
                save(page, scene, theme, WIDE)
                page.set_viewport_size({"width": NARROW, "height": HEIGHT})
                settle(page)
                watch.complaints += [f"too wide: {line}" for line in too_wide(page)]
                save(page, scene, theme, NARROW)
            except Exception as problem:  # one broken page must not hide the others
                watch.complaints.append(str(problem).partition("\n")[0])
        context.close()
        yield from (f"{scene.name} ({theme}): {line}" for line in watch.complaints)


def save(page: Page, scene: Scene, theme: str, width: int) -> None:
    """Keep the page down to `TALLEST`."""
    path = file_of(scene, theme, width)
    page.screenshot(path=path, full_page=True)
    with Image.open(path) as image:
        if image.height > TALLEST:
            image.crop((0, 0, image.width, TALLEST)).save(path)


def file_of(scene: Scene, theme: str, width: int) -> Path:
    """Where a picture lies."""
    return FOLDER / f"{scene.name}-{theme}-{width}.png"


def sheet(scenes: Sequence[Scene]) -> Image.Image:
    """Put all pictures on one: each scene with its name, light and dark, wide and narrow."""
    strips = [strip(scene) for scene in scenes]
    rows = [strips[start : start + COLUMNS] for start in range(0, len(strips), COLUMNS)]
    heights = [max(each.height for each in row) for row in rows]
    width = max((each.width for each in strips), default=1)
    result = Image.new("RGB", (COLUMNS * (width + GAP), sum(heights) + GAP * len(rows) or 1), "#888")
    top = 0
    for row, height in zip(rows, heights, strict=True):
        for column, each in enumerate(row):
            result.paste(each, (column * (width + GAP), top))
        top += height + GAP
    return result


def strip(scene: Scene) -> Image.Image:
    """The four pictures of a scene side by side, scaled, under its name."""
    sizes = [
        (theme, width, small)
        for width, small in ((WIDE, SHEET_WIDE), (NARROW, SHEET_NARROW))
        for theme in THEMES
    ]
    images = [scaled(file_of(scene, theme, width), small) for theme, width, small in sizes]
    total = sum(small + GAP for _, _, small in sizes)
    result = Image.new("RGB", (total, LABEL + max(image.height for image in images)), "#888")
    ImageDraw.Draw(result).text((4, 4), f"{scene.name} ({scene.role})", "#fff", ImageFont.load_default(14))
    left = 0
    for image, (_, _, small) in zip(images, sizes, strict=True):
        result.paste(image, (left, LABEL))
        left += small + GAP
    return result


def scaled(path: Path, width: int) -> Image.Image:
    """A picture at this width; a page that could not be pictured is a red field."""
    if not path.is_file():
        return Image.new("RGB", (width, LABEL), "#c00")
    with Image.open(path) as image:
        height = image.height * width // image.width
        small = image.convert("RGB").resize((width, height), Image.Resampling.LANCZOS)
    return small.crop((0, 0, width, min(height, SHEET_TALLEST)))


if __name__ == "__main__":
    sys.exit(main())
