"""What goes over the wire: collected files as a browser gets them, whole and within their budgets."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Request

from annotate.models import Annotation
from annotate.pages.label import ENTRY, modules_for
from annotate.services.queue import add_to_queue
from config.importmap import static_graph, vendor_names
from labeltypes.ontology import parse_ontology
from projects.models import Project, Task, TaskSummary
from projects.services.media import add_image
from tests.browser.label_desk import Desk
from tests.browser.signed_in import sign_in
from tests.browser.walks import draw_box, photo
from tests.processes import child_environment, serving
from tests.ui.test_static import CSS_BUDGET
from tests.world import World, make_project, make_tasks, make_world
from tools.node import environment as node_environment

ROOT = Path(__file__).resolve().parents[2]
JS_BUDGET = 100_000
CHOICE = {
    "name": "spam",
    "type": "choice",
    "options": [{"name": "yes", "hotkey": "y"}, "no"],
    "required": True,
}
ANYWHERE = [CHOICE, {"name": "stars", "type": "rating"}, {"name": "count", "type": "number"}]
ANYWHERE += [{"name": "remark", "type": "text"}]
TEXT: dict[str, Any] = {
    "media": [{"name": "text", "kind": "text", "source": "text"}],
    "fields": [{"name": "names", "type": "span", "on": "text", "classes": ["person"]}, *ANYWHERE],
}
IMAGE: dict[str, Any] = {
    "media": [{"name": "photo", "kind": "image", "source": "image"}],
    "fields": [{"name": "objects", "type": "box", "on": "photo", "classes": ["car", "person"]}, *ANYWHERE],
}
# Values with custom properties keep the text they were written with: there blanks and zeros differ.
RULES = r"""(text) => {
  const plain = (value) => value
    .replace(/\s*([,/])\s*|(?<=\()\s+|\s+(?=\))/g, '$1')
    .replace(/(^|[^\w.])0(?=\.\d)/g, '$1')
    .replace(/\.[0-9a-f]{12}(?=\.)/g, ''); // the hashes of fonts
  const head = (rule) => rule.selectorText ?? rule.conditionText ?? rule.keyText ?? rule.name ?? '';
  const body = (rule) => rule.style?.cssText ?? (rule.cssRules ? '' : rule.cssText);
  const lines = (rules) => [...rules].flatMap((rule) => [
    `${rule.constructor.name} ${head(rule)} { ${plain(body(rule))} }`, ...lines(rule.cssRules ?? []),
  ]);
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(text);
  return lines(sheet.cssRules);
}"""


@dataclass(frozen=True)
class Collected:
    """The folder of collected files (under plain names: the sources), and the hashed name of each."""

    folder: Path
    names: dict[str, str]

    def served(self, name: str) -> Path:
        """The file that is sent for this name, compressed if that is worth it."""
        file = self.folder / self.names[name]
        small = file.with_name(f"{file.name}.br")
        return small if small.exists() else file

    def weight(self, *names: str) -> int:
        """The bytes that are sent for these files, each compressed by itself."""
        return sum(self.served(name).stat().st_size for name in names)


@pytest.fixture(scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory) -> Collected:
    folder = tmp_path_factory.mktemp("collected")
    command = [sys.executable, "manage.py", "collectstatic", "--noinput", "-v0"]
    subprocess.run(command, cwd=ROOT, env={**os.environ, "STATIC_DIR": str(folder)}, check=True)
    return Collected(folder, json.loads((folder / "staticfiles.json").read_text())["paths"])


def same_modules(pairs: dict[str, list[str]]) -> dict[str, Any]:
    """Compare sources with what is served in Node; see same_modules.js."""
    done = subprocess.run(
        ["node", "--experimental-vm-modules", "--no-warnings", ROOT / "tests/ui/same_modules.js"],
        input=json.dumps({"pairs": pairs, "bare": vendor_names()}),
        env=node_environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    return dict(json.loads(done.stdout))


def test_it_works(collected: Collected) -> None:
    """V8 reads every module as it is served, and it differs from its source in blanks and comments only."""
    names = [name for name in collected.names if name.endswith(".js") and name != "js/vendor/htmx.min.js"]
    pairs = {name: [str(collected.folder / file) for file in (name, collected.names[name])] for name in names}
    assert len(pairs) > 200
    found = same_modules(pairs)
    assert found["problems"] == []
    assert found["exports"] > 300
    ours = [name for name in names if "/vendor/" not in name]
    assert [name for name in ours if b"/**" in (collected.folder / collected.names[name]).read_bytes()] == []


def test_the_comparison_finds_what_differs(tmp_path: Path) -> None:
    source, served = tmp_path / "a.js", tmp_path / "b.js"
    source.write_text("export const a = `${1} b`;\n")
    for spoiled in (
        "export const a = `${1}b`;",
        "\nexport const a = `${1} b`;",
        "export const a = `${1} b`; a",
    ):
        served.write_text(spoiled)
        assert len(same_modules({"js/a.js": [str(source), str(served)]})["problems"]) == 1
    served.write_text("export const a = `${1} b")
    assert "SyntaxError" in same_modules({"js/a.js": [str(source), str(served)]})["problems"][0]


def test_vendored_files_go_out_as_published(collected: Collected) -> None:
    vendored = [name for name in collected.names if name.startswith(("js/vendor/", "fonts/"))]
    assert len(vendored) > 5
    for name in vendored:
        assert (collected.folder / collected.names[name]).read_bytes() == (
            ROOT / "static" / name
        ).read_bytes()


def test_style_sheets_stay_within_budget(collected: Collected) -> None:
    sheets = [name for name in collected.names if name.startswith("css/")]
    assert len(sheets) > 20
    assert collected.weight(*sheets) <= CSS_BUDGET, {name: collected.weight(name) for name in sheets}


@pytest.mark.browser
def test_style_sheets_say_the_same(collected: Collected, page: Page) -> None:
    """What the browser reads from each: rules, conditions and declarations in their order."""
    sheets = [name for name in collected.names if name.startswith("css/")]
    read = 0
    for name in sheets:
        source = page.evaluate(RULES, (collected.folder / name).read_text())
        assert page.evaluate(RULES, (collected.folder / collected.names[name]).read_text()) == source, name
        read += len(source)
    assert read > 800


@pytest.mark.parametrize("ontology", [TEXT, IMAGE], ids=["text", "image"])
def test_modules_of_the_labeling_page_stay_within_budget(collected: Collected, ontology: Any) -> None:
    names = static_graph(ENTRY, *modules_for(parse_ontology(ontology)))
    assert len(names) > 80
    assert collected.weight(*names) <= JS_BUDGET, {name: collected.weight(name) for name in names}


@pytest.fixture
def web(collected: Collected, transactional_db: None, tmp_path: Path) -> Iterator[str]:
    """A server of the collected files, as in production; its address."""
    with serving(tmp_path, child_environment() | {"STATIC_DIR": str(collected.folder)}) as web:
        yield web.url


def requests_of(page: Page) -> list[Request]:
    """A list that fills with what the page has fetched."""
    fetched: list[Request] = []

    def note(request: Request) -> None:
        fetched.append(request)

    page.on("requestfinished", note)
    return fetched


def image_tasks(project: Project, world: World) -> None:
    for number in range(2):
        media = add_image(project=project, name=f"{number}.jpg", content=BytesIO(photo(number)), by=world.max)
        task = Task.objects.create(project=project, data={"image": media.key})
        TaskSummary.objects.create(task=task, project=project)
        add_to_queue(project=project, task_ids=[task.pk])


@pytest.mark.browser
@pytest.mark.parametrize("ontology", [TEXT, IMAGE], ids=["text", "image"])
def test_the_labeling_page_works_on_them(page: Page, web: str, collected: Collected, ontology: Any) -> None:
    world = make_world()
    project = make_project(world.organization, world.max, ontology, members={world.ann: "annotator"})
    if ontology is TEXT:
        make_tasks(project, 2)
    else:
        image_tasks(project, world)
    asked = requests_of(page)
    sign_in(page, web, world.ann)
    desk = Desk(page, web, project).open()
    page.wait_for_load_state("networkidle")
    scripts = {one for one in asked if one.resource_type == "script"}

    addresses = {
        f"{web}/static/{collected.names[name]}"
        for name in static_graph(ENTRY, *modules_for(parse_ontology(ontology)))
    }
    assert {one.url for one in scripts} == addresses
    assert sum(one.sizes()["responseBodySize"] for one in scripts) <= JS_BUDGET
    files = [one.response() for one in asked if one.resource_type in ("script", "stylesheet")]
    assert {file.header_value("content-encoding") for file in files if file} == {"br"}

    if ontology is IMAGE:
        page.keyboard.press("1")
        draw_box(page, page.locator(".lb-stage canvas").first)
    desk.keys("Escape", "2", "y", "Enter")
    desk.state("saved")
    answer = desk.wait_for(Annotation.objects.filter(task__project=project).first)
    assert answer.value["spam"] == "yes"
    assert desk.errors == []
