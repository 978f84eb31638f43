"""Bringing a scene of the stage onto a browser's page."""

from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser.scenes import Scene
from tests.browser.stage import Stage
from tests.browser.watching import Watch, settle

WIDE = 1440
NARROW = 390
HEIGHT = 900


def context_of(browser: Browser, stage: Stage, role: str, theme: str = "light") -> BrowserContext:
    """A browser of somebody who is signed in (or a visitor), with the theme they chose."""
    context = browser.new_context(
        viewport={"width": WIDE, "height": HEIGHT}, reduced_motion="reduce", base_url=stage.url
    )
    cookies = {"theme": theme}
    if role in stage.sessions:
        cookies[stage.cookie] = stage.sessions[role]
    context.add_cookies([{"name": name, "value": value, "url": stage.url} for name, value in cookies.items()])
    return context


def show(page: Page, stage: Stage, scene: Scene, watch: Watch) -> None:
    """Open the scene and bring it into its state; a status that is not the scene's is a complaint."""
    answer = page.goto(scene.path.format(**stage.ids), wait_until="domcontentloaded")
    if answer is not None and answer.status != scene.status:
        watch.complaints.append(f"status {answer.status} in place of {scene.status}")
    settle(page)
    if scene.act is not None:
        scene.act(page)
        settle(page)
