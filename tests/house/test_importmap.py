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
from config.pack_js import LOADER, PackError


@pytest.fixture
def modules(tmp_path: Path, settings: Any) -> Path:
    folder = tmp_path / "static"
    files = {
        "js/pages/a.js": (
            'import { b } from "../core/b.js";\nimport "../core/side.js";\nexport * from "../core/c.js"\n'
            'const later = () => import("../core/wanted.js");\n'
            '/** @typedef {import("../core/types.js").T} T */\n// import "../core/comment.js";\n'
            "const text = 'import \"../core/text.js\"';\n"
        ),
        "js/core/b.js": 'import {\n  c,\n  d as e,\n} from "./c.js";\nimport "uplot";\n',
        "js/core/c.js": 'import { a } from "../pages/a.js"; // a cycle\n',
        "js/core/side.js": "",
        "js/core/wanted.js": 'import uPlot from "uplot";\nexport const wanted = uPlot;\n',
        LOADER: "export const later = (from, name) => import(name);\n",
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
    importmap.later_packs.cache_clear()
    importmap._packs.cache_clear()
    staticfiles_storage.known.clear()  # type: ignore[attr-defined]  # ours


GRAPH = ["js/pages/a.js", "js/core/b.js", "js/core/side.js", "js/core/c.js", "js/vendor/uPlot.esm.js"]


def test_it_works(modules: Path) -> None:
    assert importmap.static_graph("js/pages/a.js") == GRAPH
    assert importmap.import_map() == {"imports": {"uplot": "/static/js/vendor/uPlot.esm.js"}}


def test_a_changed_module_is_read_again(modules: Path) -> None:
    importmap.static_graph("js/pages/a.js")
    (modules / "js/core/side.js").write_text('import "./wanted.js";\n\n')
    assert "js/core/wanted.js" in importmap.static_graph("js/pages/a.js")


def test_an_unknown_module_is_an_error(modules: Path) -> None:
    with pytest.raises(FileNotFoundError, match="nothing"):
        importmap.static_graph("js/nothing.js")


@pytest.fixture
def collected(modules: Path, tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The modules as production serves them, without what cannot be packed."""
    b = modules / "js/core/b.js"
    b.write_text(b.read_text().replace('import "uplot";', "export const b = 1;"))
    (modules / "js/core/c.js").write_text("export const c = 1;\nexport const d = 2;\n")
    a = modules / "js/pages/a.js"
    a.write_text(a.read_text().replace("export * ", "export { c } "))
    settings.STATIC_ROOT = tmp_path / "collected"
    call_command("collectstatic", interactive=False, verbosity=0)
    settings.STATIC_HASHED = True
    monkeypatch.setattr(staticfiles_storage, "hashed_files", staticfiles_storage.load_manifest()[0])
    return tmp_path / "collected"


def test_packs_are_asked_for_by_their_hashes(modules: Path, collected: Path) -> None:
    request = RequestFactory().get("/")
    request.csp_nonce = "abc"
    page = Template(
        "{% load importmap %}{% importmap %}{% modulepreload \"js/pages/a.js\" %}{% module 'js/pages/a.js' %}"
    ).render(Context({"request": request}))
    table, *scripts = re.findall(r"<script ([^>]*)>(.*?)</script>", page)
    assert table[0] == 'type="application/json" id="later-packs"'
    later = json.loads(table[1])
    vendored, wanted = "js/vendor/uPlot.esm.js", "js/core/wanted.js"
    assert later["needs"] == {wanted: ["uplot", wanted]}
    assert [re.sub(r"\.[0-9a-f]{12}\.", ".", file) for file in later["files"].values()] == [
        f"/static/{wanted}",
        f"/static/{vendored}",
    ]
    asked = [re.fullmatch(r'defer src="/static/(.*?)" nonce="abc"', one) for one, _ in scripts]
    names = [one[1] for one in asked if one]
    assert len(names) == len(scripts)
    assert [re.sub(r"\.[0-9a-f]{12}\.", ".", name) for name in names][-1] == "js/pages/a.js"
    assert len(set(names)) == len(names)
    pack = collected / names[-1]
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
