"""What becomes of modules in packs, which modules travel together, and what is refused."""

import re

import pytest

from config.pack_js import PackError, make_pack, read_module, source_map
from config.packs import Packs
from tests.ui.test_static import ROOT, STATIC

B = "js/core/b.js"
IMPORTS = [
    ('import { a } from "../core/b.js";', "const{a}=$$0;"),
    ('import {\n  a,\n  b as c,\n} from "../core/b.js"\nc', "const{\na,\nb:c,\n}=$$0;\nc"),
    ('import * as all from "../core/b.js";', "const all=$$0;"),
    ('import one from "../core/b.js";', "const{default:one}=$$0;"),
    ('import "../core/b.js";', ";"),
    ('const a = await import("../core/b.js");', 'const a=await import("../core/b.js");'),
    ("x.import(1); import.meta.url;", 'x.import(1);{url:new URL("./a.js",import.meta.url).href}.url;'),
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
]


def packed(source: str) -> str:
    """The module in a pack, between its first line and its end."""
    pack = make_pack(
        "js/pages/a.js", [read_module("js/pages/a.js", source)], {B: B, "js/pages/a.js": "js/pages/a.js"}, ()
    )
    return pack.text


@pytest.mark.parametrize(("source", "body"), IMPORTS)
def test_it_works(source: str, body: str) -> None:
    text = packed(source)
    start = "await(async function(){" if "await" in source else "(function(){"
    assert f"={start}{body}\nreturn{{}}}})();" in text
    outside = "" if "import(" in source or "meta" in source else f'import{{"{B}" as $$0}}from"../core/b.js";'
    assert text.startswith(f"{outside}\nconst ")


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
    }
    packs = Packs(sources)
    assert packs.homes == {
        "js/pages/a.js": "js/pages/a.js",
        "js/core/c.js": "js/core/c.js",
        "js/core/d.js": "js/core/c.js",
        B: B,  # both need it
    }
    assert packs.needs()["js/core/c.js"] == [B]


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
        for name in re.findall(r"static '(js/[^']+)'", file.read_text())
        if "/vendor/" not in name
    }
    asked |= {file.relative_to(STATIC).as_posix() for file in (STATIC / "js").glob("labeltypes/*/index.js")}
    asked |= {file.relative_to(STATIC).as_posix() for file in (STATIC / "js").glob("surfaces/*/index.js")}
    assert len(asked) > 15
    with_component = {name for name in asked if packs.homes[name] == "js/label/component.js"}
    kinds = {name.split("/")[-2] for name in with_component}
    assert kinds == {"choice", "number", "rating", "text"}
    assert {packs.homes[name] for name in asked - with_component} == asked - with_component


def test_no_module_waits_at_its_top_level() -> None:
    """One that waited for a module of another pack, which needs this one, would wait for ever."""
    sources = {path.relative_to(STATIC).as_posix(): path.read_text() for path in STATIC.glob("js/**/*.js")}
    assert len(sources) > 50
    assert [name for name, source in sources.items() if read_module(name, source).waits] == []
