"""What becomes of modules in packs, which modules travel together, and what is refused."""

import re

import pytest

from config.pack_js import LOADER, PackError, make_pack, read_module, source_map
from config.packs import Packs
from tests.ui.test_static import ROOT, STATIC

B = "js/core/b.js"
IMPORTS = [
    ('import { a } from "../core/b.js";', "const{a}=$$0;"),
    ('import {\n  a,\n  b as c,\n} from "../core/b.js"\nc', "const{\na,\nb:c,\n}=$$0;\nc"),
    ('import * as all from "../core/b.js";', "const all=$$0;"),
    ('import one from "../core/b.js";', "const{default:one}=$$0;"),
    ('import "../core/b.js";', ";"),
    ('const a = () => import("../core/b.js");', 'const a=()=>$$0.later("js/pages/a.js","../core/b.js");'),
    ("const a = import(`./${b}`), c;", 'const a=$$0.later("js/pages/a.js",`./${b}`),c;'),
    ("x.import(1);", "x.import(1);"),
]
EXPORTS = [
    ("export const a = { b: [1, 2] };", "const a={b:[1,2]};", "{a}"),
    ("/** b */\nexport async function b() {}", "\nasync function b(){}", "{b}"),
    ("export class C {}\nclass D {}\nexport {\n  D as E,\n};", "class C{}\nclass D{}\n\n;", "{C,E:D}"),
    ("export default { a: 1 };", "const $$value={a:1};", "{default:$$value}"),
    ('export { b as c } from "../core/b.js";', "const{b:$$b}=$$0;", "{c:$$b}"),
]
REFUSED = [
    "export let a = 1;",
    "export var a = 1;",
    "export const a = 1, b = 2;",
    "export const { a } = b;",
    'export * from "../core/b.js";',
    "export default function () {}",
    "export default class A {}",
    "export function* a() {}",
    'import a, { b } from "../core/b.js";',
    "const $$0 = 1;",
    "import.meta.url;",
    "await a;",
]


def packed(source: str) -> str:
    """The file of a pack with this module alone."""
    return make_pack("js/pages/a.js", [read_module("js/pages/a.js", source)], ()).text


@pytest.mark.parametrize(("source", "body"), IMPORTS)
def test_it_works(source: str, body: str) -> None:
    text = packed(source)
    taken = LOADER if ".later(" in body else B
    start = '(function($$){"use strict";if("js/pages/a.js"in $$)return;'
    start += f'const{{"{taken}":$$0}}=$$;' if "$$0" in body or source.startswith("import ") else ""
    number = "$$1" if "const{" in start else "$$0"
    end = f'Object.assign($$,{{"js/pages/a.js":{number}}})}})(globalThis.touchstone??={{}});'
    assert text == f"{start}\nconst {number}=(function(){{{body}\nreturn{{}}}})();\n{end}"


@pytest.mark.parametrize(("source", "body", "given"), EXPORTS)
def test_what_a_module_gives_is_returned(source: str, body: str, given: str) -> None:
    assert f"{body}\nreturn{given}}})();" in packed(source)


@pytest.mark.parametrize("source", REFUSED)
def test_what_would_not_be_the_same_is_refused(source: str) -> None:
    with pytest.raises(PackError, match=r"js/pages/a\.js"):
        read_module("js/pages/a.js", source)


def test_a_module_fetched_later_has_a_file_of_its_own() -> None:
    sources = {
        "js/pages/a.js": 'import "../core/b.js"; export const a = () => import("../core/c.js");',
        B: "export const b = 1;",
        "js/core/c.js": 'import { b } from "./b.js"; import { d } from "./d.js"; export const c = [b, d];',
        "js/core/d.js": "export const d = 1;",
        LOADER: "export const later = (from, name) => import(name);",
    }
    packs = Packs(sources)
    assert packs.homes == {
        LOADER: "js/pages/a.js",
        "js/pages/a.js": "js/pages/a.js",
        "js/core/c.js": "js/core/c.js",
        "js/core/d.js": "js/core/c.js",
        B: B,  # both need it
    }
    assert packs.needs()["js/core/c.js"] == [B]
    assert packs.later() == ["js/core/c.js"]


def test_a_missing_module_is_an_error() -> None:
    with pytest.raises(PackError, match=r"a\.js imports js/core/b\.js"):
        Packs({"js/pages/a.js": 'import "../core/b.js";'})


def test_a_source_map_leads_each_line_to_its_source() -> None:
    """Checked by hand with the published table of base-64 VLQ: 0 is A, 1 is C, -1 is D, 16 is gB."""
    lines = [None, ("js/b.js", 0), ("js/b.js", 1), None, ("js/c/a.js", 16), ("js/b.js", 15)]
    assert source_map("js/c/a.js", lines) == (
        '{"version": 3, "sources": ["../b.js", "a.js"], "names": [], "mappings": ";AAAA;AACA;;ACeA;ADDA"}'
    )


def test_all_that_pages_ask_for_is_there() -> None:
    """Scripts of templates, and what the labeling component fetches by kind."""
    files = [file for file in (STATIC / "js").rglob("*.js") if "vendor" not in file.parts]
    packs = Packs({file.relative_to(STATIC).as_posix(): file.read_text() for file in files})
    asked = {
        name
        for file in (ROOT / "templates").rglob("*.html")
        for name in re.findall(r"{% module '(js/[^']+)'", file.read_text())
    }
    asked |= {file.relative_to(STATIC).as_posix() for file in (STATIC / "js").glob("labeltypes/*/index.js")}
    asked |= {file.relative_to(STATIC).as_posix() for file in (STATIC / "js").glob("surfaces/*/index.js")}
    assert len(asked) > 15
    with_component = {name for name in asked if packs.homes[name] == "js/label/component.js"}
    kinds = {name.split("/")[-2] for name in with_component}
    assert kinds == {"choice", "number", "rating", "text"}
    assert {packs.homes[name] for name in asked - with_component} == asked - with_component
    assert set(packs.later()) == {
        "js/labeltypes/box/index.js",
        "js/labeltypes/mask/index.js",
        "js/labeltypes/polygon/index.js",
        "js/labeltypes/ranking/index.js",
        "js/labeltypes/segment/index.js",
        "js/labeltypes/span/index.js",
        "js/pages/course/page.js",
        "js/pages/label/contest-dialog.js",
        "js/pages/label/keys-dialog.js",
        "js/pages/label/miss-dialog.js",
        "js/surfaces/audio/index.js",
        "js/surfaces/image/index.js",
        "js/ui/intervals.js",
        "js/ui/matrix.js",
        "js/ui/plot.js",
    }
    # What others have made as modules comes with what is asked for later: scripts of a page run before.
    needs = packs.needs()
    graph = list(asked)
    for name in graph:
        graph += [needed for needed in needs.get(packs.homes[name], ()) if needed not in graph]
        assert "/vendor/" not in name
