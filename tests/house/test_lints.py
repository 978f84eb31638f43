"""The lints of our own find what they are for."""

from pathlib import Path

import pytest

from tools import docs, forbidden, sizes

BAD = [
    ("static/js/a.js", "element.innerHTML = text;"),
    ("static/js/a.js", "const id = Math.random().toString(36);"),
    ("static/js/a.js", "eval(text);"),
    ("static/js/a.js", "window.state = {};"),
    ("templates/a.html", "{{ text|safe }}"),
    ("templates/a.html", '<p style="color: red">'),
    ("templates/a.html", '<button onclick="go()">'),
    ("templates/a.html", '<script src="/x.js"></script>'),
    ("accounts/a.py", "return mark_safe(text)"),
    ("accounts/a.py", "import pickle"),
    ("accounts/a.py", "np.load(file, allow_pickle=True)"),
    ("accounts/a.py", "archive.extractall(folder)"),
    ("accounts/a.py", "@csrf_exempt"),
    ("accounts/a.py", 'cursor.execute(f"SELECT {name}")'),
    ("accounts/a.py", 'fields = "__all__"'),
    ("accounts/a.py", 'User.objects.select_for_update(of=("self",)).get(pk=pk)'),
]
GOOD = [
    ("static/js/a.js", "element.textContent = text; const id = crypto.randomUUID();"),
    ("templates/a.html", '<script src="/x.js" nonce="{{ CSP_NONCE }}"></script>{{ text }}'),
    ("accounts/a.py", 'cursor.execute("SELECT %s", [name])'),
    ("accounts/a.py", 'User.objects.select_for_update(of=("self",), no_key=True).get(pk=pk)'),
]


def broken(path: str, text: str) -> list[str]:
    return [rule.reason for rule in forbidden.RULES if rule.applies_to(path) and list(rule.lines(text))]


@pytest.mark.parametrize(("path", "text"), BAD)
def test_it_works(path: str, text: str) -> None:
    assert broken(path, text)


@pytest.mark.parametrize(("path", "text"), GOOD)
def test_what_is_allowed_passes(path: str, text: str) -> None:
    assert not broken(path, text)


def test_long_functions_are_found() -> None:
    body = "\n".join("    x = 1" for _ in range(sizes.MAX_FUNCTION))
    assert list(sizes.long_functions("a.py", f"def long():\n{body}\n"))
    assert not list(sizes.long_functions("a.py", "def short():\n    return 1\n"))


def test_dead_links_are_found(tmp_path: Path) -> None:
    page = tmp_path / "a.md"
    page.write_text("# The `first` heading\n")
    assert docs.leads_somewhere(page, "#the-first-heading")
    assert not docs.leads_somewhere(page, "#another")
    assert not docs.leads_somewhere(page, "b.md")
