"""What is served to browsers: vendored files as published, style sheets within budget, icons that exist."""

import hashlib
import re
import tomllib
from pathlib import Path

import brotli
import pytest

from config.minify_css import minify_css
from config.sheets import LABELING, SHELL, joined, with_imports

ROOT = Path(__file__).resolve().parents[2]
STATIC = ROOT / "static"
VENDOR = tomllib.loads((STATIC / "js/vendor/vendor.toml").read_text())["file"]
PERMISSIVE = {"0BSD", "MIT", "ISC", "OFL-1.1", "Apache-2.0", "BSD-3-Clause"}
CSS_BUDGET = 25_000


@pytest.mark.parametrize("entry", VENDOR, ids=lambda entry: entry["name"])
def test_it_works(entry: dict[str, str]):
    content = (ROOT / entry["path"]).read_bytes()
    assert hashlib.sha256(content).hexdigest() == entry["sha256"]
    assert entry["licence"] in PERMISSIVE


def test_every_vendored_file_is_listed():
    listed = {entry["path"] for entry in VENDOR}
    found = [
        path.relative_to(ROOT).as_posix()
        for folder in ("js/vendor", "fonts")
        for path in (STATIC / folder).iterdir()
        if not path.name.startswith("LICENSE") and path.name != "vendor.toml"
    ]
    assert sorted(set(found) - listed) == []


def test_style_sheets_stay_within_budget():
    """All of them, each once, as if every page had what all have in a file of its own."""
    sheets = {
        path.relative_to(STATIC).as_posix(): path.read_text() for path in (STATIC / "css").rglob("*.css")
    }
    shared = {"css/shell.css": SHELL, "css/labeling.css": LABELING}
    together = {name: joined(name, sheets.__getitem__) for name in shared}
    for name in [part for parts in shared.values() for part in parts]:
        del sheets[name]
    sheets = {
        name: with_imports(name, lambda name: (STATIC / name).read_text()) for name in sheets
    } | together
    sizes = {name: len(brotli.compress(minify_css(text).encode())) for name, text in sheets.items()}
    assert sum(sizes.values()) <= CSS_BUDGET, sizes


def test_raw_colors_stand_in_the_tokens_only():
    raw = re.compile(r"#[0-9a-f]{3,8}\b|\brgba?\(|\bhsla?\(", re.IGNORECASE)
    sheets = [path for path in (STATIC / "css").rglob("*.css") if path.name != "tokens.css"]
    assert {path.name: found for path in sheets if (found := raw.findall(path.read_text()))} == {}


def test_every_custom_property_that_is_used_is_defined():
    sheets = [path.read_text() for path in (STATIC / "css").rglob("*.css")]
    scripts = "".join(
        path.read_text() for path in (STATIC / "js").rglob("*.js") if "vendor" not in path.parts
    )
    text = "\n".join(sheets)
    defined = set(re.findall(r"(--[\w-]+)\s*:", text)) | set(
        re.findall(r"""setProperty\(\s*["'](--[\w-]+)""", scripts)
    )
    # With a fallback it may be left undefined.
    used = set(re.findall(r"var\((--[\w-]+)\)", text))
    assert sorted(used - defined) == []


def test_every_icon_that_is_named_is_in_the_sprite():
    names = set((STATIC / "icons/icons.txt").read_text().split())
    drawn = set(re.findall(r'<symbol id="([^"]+)"', (STATIC / "icons/sprite.svg").read_text()))
    templates = "".join(path.read_text() for path in (ROOT / "templates").rglob("*.html"))
    scripts = "".join(path.read_text() for path in (STATIC / "js/ui").rglob("*.js"))
    used = set(re.findall(r'{% icon "([^"]+)"', templates)) | set(
        re.findall(r"""\bicon\(["']([\w-]+)""", scripts)
    )
    assert drawn == names
    assert len(used) > 20
    assert sorted(used - drawn) == []


def test_no_template_has_inline_styles_or_handlers():
    forbidden = re.compile(r"\sstyle=|\son[a-z]+=|<style|javascript:|\|safe\b", re.IGNORECASE)
    found = {
        path.relative_to(ROOT).as_posix(): hits
        for path in (ROOT / "templates").rglob("*.html")
        if (hits := forbidden.findall(path.read_text()))
    }
    assert found == {}
