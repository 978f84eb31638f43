"""The import map and the preloads, from the checkout and from collected files."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as project_settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.management import call_command
from django.template import Context, Template
from django.test import RequestFactory

from config import importmap
from config.pack_js import PackError


@pytest.fixture
def modules(tmp_path: Path, settings: Any) -> Path:
    folder = tmp_path / "static"
    files = {
        "js/pages/a.js": (
            'import { b } from "../core/b.js";\nimport "../core/side.js";\nexport * from "../core/c.js"\n'
            "const later = () => import(`../core/later.js`);\n"
            '/** @typedef {import("../core/types.js").T} T */\n// import "../core/comment.js";\n'
            "const text = 'import \"../core/text.js\"';\n"
        ),
        "js/core/b.js": 'import {\n  c,\n  d as e,\n} from "./c.js";\nimport uPlot from "uplot";\n',
        "js/core/c.js": 'import { a } from "../pages/a.js"; // a cycle\n',
        "js/core/side.js": "",
        "js/core/later.js": "",
        "js/vendor/uPlot.esm.js": "",
        "js/vendor/vendor.toml": '[[file]]\npackage = "uplot"\npath = "static/js/vendor/uPlot.esm.js"\n',
    }
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    settings.STATICFILES_DIRS = [folder]
    settings.STATIC_HASHED = False
    forget()
    yield folder
    forget()


def forget() -> None:
    importmap._hashed_map.cache_clear()
    importmap._packs.cache_clear()
    staticfiles_storage.known.clear()  # type: ignore[attr-defined]  # ours


GRAPH = ["js/pages/a.js", "js/core/b.js", "js/core/side.js", "js/core/c.js", "js/vendor/uPlot.esm.js"]


def test_it_works(modules: Path) -> None:
    assert importmap.static_graph("js/pages/a.js") == GRAPH
    assert importmap.import_map() == {"imports": {"uplot": "/static/js/vendor/uPlot.esm.js"}}


def test_a_changed_module_is_read_again(modules: Path) -> None:
    importmap.static_graph("js/pages/a.js")
    (modules / "js/core/side.js").write_text('import "./later.js";\n\n')
    assert "js/core/later.js" in importmap.static_graph("js/pages/a.js")


def test_an_unknown_module_is_an_error(modules: Path) -> None:
    with pytest.raises(FileNotFoundError, match="nothing"):
        importmap.static_graph("js/nothing.js")


@pytest.fixture
def collected(modules: Path, tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The modules as production serves them, without what cannot be packed."""
    (modules / "js/core/c.js").write_text("export const c = 1;\nexport const d = 2;\n")
    a = modules / "js/pages/a.js"
    a.write_text(a.read_text().replace("export * ", "export { c } "))
    settings.STATIC_ROOT = tmp_path / "collected"
    call_command("collectstatic", interactive=False, verbosity=0)
    settings.STATIC_HASHED = True
    monkeypatch.setattr(staticfiles_storage, "hashed_files", staticfiles_storage.load_manifest()[0])
    return tmp_path / "collected"


def test_packs_are_mapped_to_their_hashes(modules: Path, collected: Path) -> None:
    found = importmap.import_map()["imports"]
    vendored = "/static/js/vendor/uPlot.esm.js"
    assert found.keys() == {"/static/js/pages/a.js", "/static/js/core/later.js", vendored, "uplot"}
    assert re.fullmatch(r"/static/js/pages/a\.[0-9a-f]{12}\.js", found["/static/js/pages/a.js"])
    assert found["uplot"] == found[vendored]
    assert importmap.files_for("js/pages/a.js") == ["js/pages/a.js", "js/vendor/uPlot.esm.js"]
    pack = collected / found["/static/js/pages/a.js"].removeprefix("/static/")
    assert "/**" not in pack.read_text()
    assert pack.with_name(pack.name + ".gz").exists()
    assert (collected / "js/core/b.js").read_text() == (modules / "js/core/b.js").read_text()


def test_modules_that_import_in_a_circle_are_refused(modules: Path, tmp_path: Path, settings: Any) -> None:
    settings.STATIC_ROOT = tmp_path / "collected"
    (modules / "js/pages/a.js").write_text('import { b } from "../core/b.js";\nexport const a = 1;\n')
    with pytest.raises(PackError, match=r"circle: js/core/b\.js → js/core/c\.js"):
        call_command("collectstatic", interactive=False, verbosity=0)


def test_tags_carry_the_nonce_and_escape(modules: Path) -> None:
    request = RequestFactory().get("/")
    request.csp_nonce = "abc"
    page = Template('{% load importmap %}{% importmap %}{% modulepreload "js/pages/a.js" %}').render(
        Context({"request": request})
    )
    script = re.search(r'<script type="importmap" nonce="abc">(.*?)</script>', page)
    assert script is not None
    assert "<" not in script[1]
    assert json.loads(script[1]) == importmap.import_map()
    assert re.findall(r'<link rel="modulepreload" href="/static/(.*?)">', page) == GRAPH


def test_every_module_of_ours_can_be_found() -> None:
    for file in (project_settings.BASE_DIR / "static/js").rglob("*.js"):
        name = file.relative_to(project_settings.BASE_DIR / "static").as_posix()
        if not name.startswith("js/vendor/"):
            importmap.static_graph(name)
