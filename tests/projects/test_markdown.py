"""Guidelines as HTML: what is shown, and what hostile text comes to."""

import pytest

from projects.markdown import render_changes, render_markdown


def test_it_works() -> None:
    html = render_markdown("# Größe & Art\n\nSay **what** it is.\n\n- one\n- two")

    assert '<h1 id="guideline-größe-art">Größe &amp; Art</h1>' in html
    assert "<strong>what</strong>" in html
    assert html.count("<li>") == 2


@pytest.mark.parametrize(
    ("quote", "kind", "title"),
    [
        ("> [!good]\n> Maria", "good", "Good example"),
        ("> [!bad]\n> Maria", "bad", "Bad example"),
        ("> [!bad] Too long\n> Maria", "bad", "Too long"),
        ("> [!good] **Bold**\n> Maria", "good", "<strong>Bold</strong>"),
    ],
)
def test_examples_are_boxes_with_a_title(quote: str, kind: str, title: str) -> None:
    html = render_markdown(f"{quote}\n>\n> - a list\n\nafter")

    assert html.startswith(f'<div class="example-{kind}">\n<p class="example-title">{title}</p>')
    assert "<p>Maria</p>" in html
    assert html.index("</ul>") < html.index("</div>") < html.index("after")
    assert "[!" not in html


def test_other_quotes_stay_quotes_also_inside_examples() -> None:
    html = render_markdown("> [!good]\n> > said\n\n> plain")
    assert html.count("<blockquote>") == html.count("</blockquote>") == 2
    assert html.count("<div") == html.count("</div>") == 1


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[a](javascript:alert(1))",
        "[a](data:text/html;base64,PHNjcmlwdD4=)",
        "![a](https://elsewhere.example/pixel.png)",
        "![a](/media/../accounts/logout/)",
        "![a](//elsewhere.example/x.png)",
        '> [!good] "><script>alert(1)</script>\n> x',
        "# <svg onload=alert(1)>",
        '[a](https://a.example "onmouseover=alert(1)")\n\n<div class="change-added" onclick="x">',
    ],
)
def test_hostile_text_is_only_text(hostile: str) -> None:
    for html in (render_markdown(hostile), render_changes("old", hostile), render_changes(hostile, "new")):
        assert "<script" not in html
        assert "<svg" not in html
        assert 'src="http' not in html
        assert 'src="//' not in html
        assert "/media/.." not in html
        assert 'href="javascript' not in html
        assert 'href="data' not in html
        assert " onclick=" not in html.replace("&lt;", "<").split("<p>")[0]


def test_pictures_of_our_own_are_shown() -> None:
    assert '<img src="/media/abc/view/" alt="A cat">' in render_markdown("![A cat](/media/abc/view/)")


def test_changes_are_marked_by_block() -> None:
    html = render_changes(
        "# Title\n\nold words\n\nstays", "# Title\n\nnew words\n\nstays\n\n> [!good]\n> added"
    )

    assert '<div class="change-removed"><p class="change-title">Removed</p><p>old words</p>' in html
    assert '<div class="change-added"><p class="change-title">Added</p><p>new words</p>' in html
    assert (
        '<p>stays</p>\n<div class="change-added"><p class="change-title">Added</p><div class="example-good">'
        in html
    )
    assert "change" not in render_changes("same\n\ntext", "same\n\ntext")
