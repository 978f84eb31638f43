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
from config.pack_js import LOADER
from config.packs import Packs
from config.sheets import SHEETS
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
# Of the page when it can be used, media aside: what is asked for, and what comes.
REQUESTS_BUDGET, BYTES_BUDGET = 10, 160_000
FOR_EVER = "max-age=315360000, public, immutable"
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

# What modules ask for while they run: with what others have made, once, and what is not there.
LATER = """async () => {
  const { later } = touchstone['js/core/later.js'];
  const named = async (...from) => Object.keys(await later(...from)).join();
  const [plot, dialog] = [
    ['js/ui/plots.js', './plot.js'], ['js/pages/label/news.js', './contest-dialog.js'],
  ];
  const [one, two] = await Promise.all([later(...plot), later(...plot)]);
  const wrong = await later('js/ui/plots.js', './x.js').catch((error) => error.message.split(':')[0]);
  return [await named(...plot), await named(...dialog), one === two, wrong];
}"""


@dataclass(frozen=True)
class Collected:
    """The folder of collected files (under plain names: the sources), the name of each, and the packs."""

    folder: Path
    names: dict[str, str]
    needs: dict[str, list[str]]
    moved: dict[str, str]

    def packs_for(self, *entries: str) -> list[str]:
        """What a browser fetches for these modules."""
        seen: dict[str, None] = {}
        waiting = list(entries)
        while waiting:
            name = waiting.pop()
            name = self.moved.get(name, name)
            if name not in seen:
                seen[name] = None
                waiting += self.needs[name]
        return list(seen)

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
    manifest, packs = (json.loads((folder / name).read_text()) for name in ("staticfiles.json", "packs.json"))
    return Collected(folder, manifest["paths"], packs["needs"], packs["moved"])


def same_modules(sources: dict[str, Path], packs: dict[str, tuple[Path, Path]]) -> dict[str, Any]:
    """Compare sources with packs and their maps in Node; see same_modules.js."""
    files = {main: {"file": str(file), "map": str(lines)} for main, (file, lines) in packs.items()}
    given = {"sources": {name: str(file) for name, file in sources.items()}, "packs": files}
    done = subprocess.run(
        ["node", ROOT / "tests/ui/same_modules.js"],
        input=json.dumps(given),
        env=node_environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    return dict(json.loads(done.stdout))


def modules_of(folder: Path) -> dict[str, Path]:
    """The modules below a folder, those of others too, but not htmx, which is a script."""
    found = {file.relative_to(folder).as_posix(): file for file in sorted((folder / "js").rglob("*.js"))}
    return {name: file for name, file in found.items() if name != "js/vendor/htmx.min.js"}


def test_it_works(collected: Collected) -> None:
    """V8 reads every pack, and its modules differ from their sources in nothing that a program can see."""
    packs = {
        main: (collected.folder / collected.names[main], collected.folder / collected.names[f"{main}.map"])
        for main in collected.needs
    }
    sources = modules_of(ROOT / "static")
    found = same_modules(sources, packs)
    assert found["problems"] == []
    assert found["modules"] == len([name for name in sources if "/vendor/" not in name]) > 200
    assert found["entered"] > 60
    assert [main for main, (file, _) in packs.items() if b"/**" in file.read_bytes()] == []


A = (
    'import { b as c } from "./b.js";\n\n'
    "const url = c;\nexport const a = () => `${c} ${url}`;\n"
    'export default { later: () => import("./later.js") };\n'
)
B = "export const b = 1;\nfunction d() {}\nexport { d as e };\n"
SPOILED = [
    ("`${c} ${url}`", "`${c}${url}`"),
    ("\nconst url", " const url"),
    ("{b:c}=$$0", "{d:c}=$$0"),
    ("{b:c}=$$0", "{b:c}=$$1"),
    ('"js/a.js",', '"js/b.js",'),
    ('"use strict";', ""),
    ('{"js/a.js":$$2', '{"js/a.js":$$1'),
    ('"js/a.js":$$2', ""),
    ("e:d", "e:b"),
    ("./later.js", "./b.js"),
    ("default:$$value", "default:url"),
    ("function d(){}", "function d(){} d"),
]


def test_the_comparison_finds_what_differs(tmp_path: Path) -> None:
    sources = {"js/a.js": A, "js/b.js": B, "js/later.js": "export {};\n"}
    sources[LOADER] = "export const later = (from, name) => import(name);\n"
    for name, text in sources.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    files = {main: (text, lines) for main, text, lines in Packs(sources).files()}
    assert list(files) == ["js/a.js", "js/later.js"]

    def problems(old: str, new: str) -> list[str]:
        packs = {}
        for main, (text, lines) in files.items():
            packs[main] = (tmp_path / f"{main}.packed", tmp_path / f"{main}.map")
            assert main != "js/a.js" or old in text
            packs[main][0].write_text(text.replace(old, new))
            packs[main][1].write_text(lines)
        found = same_modules(modules_of(tmp_path) | vendored(), packs)
        return list(found["problems"])

    assert problems("", "") == []
    for old, new in SPOILED:
        assert len(problems(old, new)) >= 1, old
    assert "SyntaxError" in problems("return", "retur n")[0]


def vendored() -> dict[str, Path]:
    return {name: file for name, file in modules_of(ROOT / "static").items() if "/vendor/" in name}


def test_vendored_files_go_out_as_published(collected: Collected) -> None:
    vendored = [name for name in collected.names if name.startswith(("js/vendor/", "fonts/"))]
    assert len(vendored) > 5
    for name in vendored:
        assert (collected.folder / collected.names[name]).read_bytes() == (
            ROOT / "static" / name
        ).read_bytes()


def test_style_sheets_stay_within_budget(collected: Collected) -> None:
    """What one page gets is far below what all sheets together may have (tests/ui/test_static.py)."""
    for name in SHEETS.keys() - {"css/labeling.css"}:
        assert collected.weight(name) <= CSS_BUDGET * 0.6, name
    others = [name for name in collected.names if name.startswith("css/pages/")]
    assert len(others) > 5
    heaviest = max(collected.weight(name) for name in others)
    assert collected.weight("css/managing.css", "css/labeling.css") + heaviest <= CSS_BUDGET


@pytest.mark.browser
def test_style_sheets_say_the_same(collected: Collected, page: Page) -> None:
    """What the browser reads from each: rules, conditions and declarations in their order."""
    sheets = [name for name in collected.names if name.startswith("css/") and name not in SHEETS]
    rules = {}
    for name in sheets:
        source = page.evaluate(RULES, (collected.folder / name).read_text())
        assert page.evaluate(RULES, (collected.folder / collected.names[name]).read_text()) == source, name
        rules[name] = source
    assert sum(map(len, rules.values())) > 800
    uplot = (ROOT / "static/js/vendor/uPlot.min.css").read_text()
    # A browser does not read @import in a sheet made by a script: what plot.css imports is put first.
    rules["css/components/plot.css"] = [
        *page.evaluate(RULES, f"@layer base {{ {uplot} }}"),
        *rules["css/components/plot.css"],
    ]
    for name, parts in SHEETS.items():
        together = [rule for part in parts for rule in rules[part]]
        assert page.evaluate(RULES, (collected.folder / collected.names[name]).read_text()) == together


@pytest.mark.parametrize("ontology", [TEXT, IMAGE], ids=["text", "image"])
def test_modules_of_the_labeling_page_stay_within_budget(collected: Collected, ontology: Any) -> None:
    names = collected.packs_for(ENTRY, *modules_for(parse_ontology(ontology)))
    assert len(names) <= 5
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


def stays_within_budget(asked: list[Request]) -> None:
    """Few files, none twice; all but the page are kept for ever, and the page holds the first items."""
    urls = [one.url for one in asked]
    assert len(urls) <= REQUESTS_BUDGET, urls
    assert len(set(urls)) == len(urls)
    assert sum(one.sizes()["responseBodySize"] for one in asked) <= BYTES_BUDGET
    assert {one.method for one in asked} == {"GET"}
    (document,) = [one for one in asked if one.resource_type == "document"]
    body = document.response().text()  # type: ignore[union-attr]  # it has finished
    boot = json.loads(body.partition('id="label-boot" type="application/json">')[2].partition("</script>")[0])
    assert len(boot["drawing"]["assignments"]) == 2
    static = [one.response() for one in asked if one is not document]
    assert [one.url for one in static if one and "/static/" not in one.url] == []
    assert {one.header_value("cache-control") for one in static if one} == {FOR_EVER}


@pytest.mark.browser
@pytest.mark.parametrize("ontology", [TEXT, IMAGE], ids=["text", "image"])
def test_the_labeling_page_works_on_them(page: Page, web: str, collected: Collected, ontology: Any) -> None:
    world = make_world()
    project = make_project(world.organization, world.max, ontology, members={world.ann: "annotator"})
    if ontology is TEXT:
        make_tasks(project, 2)
    else:
        image_tasks(project, world)
    sign_in(page, web, world.ann)
    asked = requests_of(page)
    desk = Desk(page, web, project).open()
    page.wait_for_load_state("networkidle")
    stays_within_budget([one for one in asked if "/media/" not in one.url])
    scripts = {one for one in asked if one.resource_type == "script"}

    addresses = {
        f"{web}/static/{collected.names[name]}"
        for name in collected.packs_for(ENTRY, *modules_for(parse_ontology(ontology)))
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
    if ontology is TEXT:
        assert page.evaluate(LATER) == [
            "SeriesPlot,startSeriesPlot",
            "openContestDialog",
            True,
            "no such module",
        ]
        assert desk.errors == []
