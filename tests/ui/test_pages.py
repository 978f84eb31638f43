"""Pages that must render whatever happens: errors without any context, the gallery, what scripts rely on."""

import re
from pathlib import Path

import pytest
from django.contrib.auth.models import AnonymousUser
from django.template.loader import get_template, render_to_string
from django.test import RequestFactory

from accounts.ui_gallery import gallery

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"


def gallery_html() -> str:
    request = RequestFactory().get("/ui/")
    request.user = AnonymousUser()
    return gallery(request).content.decode()


def test_it_works():
    html = gallery_html()
    assert "<ts-series-plot" in html
    assert 'data-theme="auto"' in html
    assert 'name="csrf-token"' in html


@pytest.mark.parametrize("code", ["400", "403", "403_csrf", "404", "500"])
def test_an_error_page_needs_no_context(code: str):
    html = render_to_string(f"{code}.html")
    assert "<h1>" in html
    assert 'href="/"' in html


@pytest.mark.parametrize("path", sorted(TEMPLATES.rglob("*.html")), ids=lambda path: path.name)
def test_every_template_parses(path: Path):
    get_template(path.relative_to(TEMPLATES).as_posix())


def test_every_id_of_the_gallery_is_there_once_and_every_reference_leads_to_one():
    html = gallery_html()
    ids = re.findall(r'\sid="([^"]+)"', html)
    assert len(ids) == len(set(ids))
    attributes = (
        "for|aria-labelledby|aria-describedby|aria-controls|popovertarget|data-dialog|data-source|data-csv"
    )
    wanted = {name for hit in re.findall(rf'\s(?:{attributes})="([^"]+)"', html) for name in hit.split()}
    assert sorted(wanted - set(ids)) == []


def test_form_fields_tie_help_and_errors_to_the_control():
    html = gallery_html()
    assert 'aria-invalid="true"' in html
    assert 'aria-describedby="id_name-help id_name-error"' in html
