"""Every page, in both themes: axe finds nothing serious, nothing complains, nothing is wider than a phone."""

from collections.abc import Iterator

import pytest
from django.urls import URLPattern, URLResolver, get_resolver
from playwright.sync_api import Browser, BrowserContext

from projects.access import RULES
from tests.browser.scenes import SCENES, Scene
from tests.browser.showing import HEIGHT, NARROW, WIDE, context_of, show
from tests.browser.stage import Stage, shared_stage
from tests.browser.watching import axe_violations, settle, too_wide, watched

# Routes that are asked by scripts or give files, so there is no page to look at.
NO_PAGES = {
    "audit-csv",
    "guideline-changes",
    "healthz",
    "job-errors",
    "job-file",
    "job-manifest",
    "label-answer",
    "label-news",
    "label-ontology",
    "media-original",
    "media-peaks",
    "media-sound",
    "media-thumbnail",
    "media-view",
    "metrics",
    "people-classes",
    "progress-panel",
    "quality-summary",
    "task-why",
    "readyz",
    "schema",
}

Contexts = dict[str, BrowserContext]
# What the button for it does (static/js/ui/theme.js), without its cookie: the next page is light again.
DARKEN = """() => {
  document.documentElement.dataset.theme = 'dark';
  document.dispatchEvent(new CustomEvent('ts:theme'));
}"""
SPOIL = """() => {
  const image = Object.assign(document.createElement('img'), {src: 'https://example.org/picture.png'});
  const text = Object.assign(document.createElement('p'), {textContent: 'hardly to be read'});
  const wide = document.createElement('div');
  Object.assign(text.style, {color: '#eee', background: '#fff'});
  Object.assign(wide.style, {height: '9px', width: '5000px'});
  document.querySelector('main').append(image, wide);
  document.body.prepend(text);
}"""


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory, worker_name: str) -> Iterator[Stage]:
    own = tmp_path_factory.getbasetemp()
    with shared_stage(own if worker_name == "main" else own.parent) as stage:
        yield stage


@pytest.fixture(scope="module")
def contexts(browser: Browser, stage: Stage) -> Iterator[Contexts]:
    roles = {scene.role for scene in SCENES}
    found = {role: context_of(browser, stage, role) for role in roles}
    yield found
    for context in found.values():
        context.close()


def test_every_page_has_a_scene() -> None:
    pages = {name for name, methods in RULES.items() if "GET" in methods and not name.startswith("api-")}
    shown = {scene.route for scene in SCENES}
    assert pages - shown - NO_PAGES == set(), "add them to tests/browser/scenes.py"
    assert shown & NO_PAGES == set()


def test_every_scene_names_a_route() -> None:
    def names(patterns: list[URLPattern | URLResolver]) -> Iterator[str]:
        for pattern in patterns:
            if isinstance(pattern, URLResolver):
                yield from names(pattern.url_patterns)
            else:
                yield str(pattern.name)

    assert {scene.route for scene in SCENES} - set(names(get_resolver().url_patterns)) == {"403", "404"}


@pytest.mark.browser
def test_the_watch_sees_what_is_wrong(contexts: Contexts, stage: Stage) -> None:
    page = contexts["visitor"].new_page()
    with watched(page) as watch:
        show(page, stage, Scene("gone", "404", "/nowhere/", "visitor", 404), watch)
        with page.expect_console_message(lambda message: message.type == "error"):
            page.evaluate(SPOIL)
    assert any("Content Security Policy" in line for line in watch.complaints)
    assert any(line.startswith("image-alt") for line in axe_violations(page))
    assert any(line.startswith("color-contrast") for line in axe_violations(page, only="color-contrast"))
    assert too_wide(page)
    page.close()


@pytest.mark.browser
@pytest.mark.parametrize("scene", SCENES, ids=[scene.name for scene in SCENES])
def test_page(scene: Scene, stage: Stage, contexts: Contexts) -> None:
    found: dict[str, list[str]] = {}
    page = contexts[scene.role].new_page()
    with watched(page, scene.status) as watch:
        show(page, stage, scene, watch)
        page.set_viewport_size({"width": NARROW, "height": HEIGHT})
        settle(page)
        found["phone"] = too_wide(page)
        page.set_viewport_size({"width": WIDE, "height": HEIGHT})
        found["light"] = axe_violations(page)
        page.evaluate(DARKEN)
        settle(page)
        found["dark"] = axe_violations(page, only="color-contrast")
    found["complaints"] = watch.complaints
    page.close()
    assert {key: lines for key, lines in found.items() if lines} == {}
