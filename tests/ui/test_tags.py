"""Template tags: what they show, and that no content gets out of its place."""

from datetime import UTC, datetime

import pytest
from django.template import Context, Template
from django.test import RequestFactory

from accounts.templatetags.ui import avatar_color, initials, theme


def render(source: str, **context: object) -> str:
    return Template("{% load ui %}" + source).render(Context(context))


def test_it_works():
    assert render('{% icon "check" %}') == (
        '<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d="M20 6 9 17l-5-5"/></svg>'
    )
    assert 'class="icon icon-lg"' in render('{% icon "check" size="lg" %}')
    assert 'role="img" aria-label="&lt;done&gt;"' in render('{% icon "check" label=name %}', name="<done>")


def test_a_badge_has_a_shape_and_words():
    html = render('{% badge "bad" text %}', text="<b>blocked</b>")
    assert render('{% icon "circle-x" %}') in html
    assert "&lt;b&gt;blocked" in html


@pytest.mark.parametrize(
    ("agent", "mod"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0", "Ctrl"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Safari/605.1.15", "⌘"),
        ("", "Ctrl"),
    ],
)
def test_a_key_has_the_name_that_it_has_on_the_machine_of_the_browser(agent: str, mod: str):
    request = RequestFactory(headers={"user-agent": agent}).get("/")
    caps = f'<span class="keys" aria-hidden="true"><kbd>{mod}</kbd><kbd>K</kbd></span>'
    assert render('{% kbd "Mod+K" %}', request=request) == caps


def test_keys_without_a_request_are_escaped_caps_too():
    assert render('{% kbd "Mod+<" %}') == (
        '<span class="keys" aria-hidden="true"><kbd>Ctrl</kbd><kbd>&lt;</kbd></span>'
    )
    assert "<kbd>+</kbd>" in render('{% kbd "+" %}')


def test_an_unknown_tone_is_refused():
    with pytest.raises(KeyError):
        render('{% badge "purple" "x" %}')


def test_an_interval_is_drawn_in_percent():
    html = render("{% interval 0.91 0.87 0.94 n=212 %}")
    assert 'x="87" y="3" width="7"' in html
    assert "0.91" in html
    assert "small-sample" not in html


def test_a_small_sample_is_gray_and_says_so():
    html = render("{% interval 0.6 0.31 0.83 n=9 %}")
    assert "small-sample" in html
    assert "small sample" in html


def test_an_undefined_number_is_a_dash_and_zero_is_a_number():
    assert "–" in render("{% interval None %}")
    assert "0.00" in render("{% interval 0.0 0.0 0.1 n=30 %}")


def test_values_beyond_the_axis_stay_in_the_picture():
    html = render("{% interval -0.2 -0.5 1.5 n=30 %}")
    assert 'x="0" y="3" width="100"' in html
    assert "-0.20" in html


def test_numbers_in_attributes_have_no_thousands_separator():
    html = render("{% meter 12480 100000 %}")
    assert 'value="12480" max="100000"' in html
    assert "12,480" in html


def test_an_empty_total_is_an_empty_bar():
    assert 'value="0" max="1"' in render("{% meter 0 0 %}")


def test_a_sparkline_without_values_says_so():
    assert "no data" in render("{% sparkline values 'Answers' %}", values=[])
    assert "last 3" in render("{% sparkline values 'Answers' %}", values=[1, 2, 3])
    assert 'points="2.0,18.0"' in render("{% sparkline values %}", values=[0])


@pytest.mark.parametrize(
    ("name", "letters"),
    [("Maria Anna Huber", "MH"), ("jo.doe@example.org", "JD"), ("李", "李"), ("", "?"), ("  ", "?")],
)
def test_initials(name: str, letters: str):
    assert initials(name) == letters


def test_a_person_keeps_their_color():
    assert avatar_color("Maria Huber") == avatar_color("Maria Huber")
    assert all(0 <= avatar_color(name) < 20 for name in ("", "a", "Ünal", "😀"))


def test_a_class_color_is_the_managers_or_that_of_the_index():
    assert 'fill="#1f77b4"' in render('{% swatch "#1f77b4" %}')
    assert 'data-class="2"' in render("{% swatch 22 %}")


def test_a_moment_has_its_exact_time_and_none_a_word():
    html = render("{% relative_time moment %}", moment=datetime(2026, 11, 21, 1, 2, tzinfo=UTC))
    assert 'datetime="2026-11-21T01:02:00+00:00"' in html
    assert "never" in render("{% relative_time None %}")


def test_plot_data_cannot_end_its_script_block():
    data = {
        "title": "</script><script>alert(1)</script>",
        "row_label": "a",
        "column_label": "b",
        "rows": ["</script>"],
        "columns": ["x"],
        "cells": [[3]],
    }
    html = render('{% matrix_plot "m" data %}', data=data)
    assert "<script>alert" not in html
    assert html.count("</script>") == 1


def test_series_of_unequal_length_are_refused():
    data = {"title": "t", "x": {"label": "x", "values": [1, 2]}, "y": {"label": "y"}}
    with pytest.raises(ValueError, match="shorter"):
        render('{% series_plot "s" data %}', data=data | {"series": [{"label": "l", "values": [1]}]})


def test_the_theme_is_one_of_three_words():
    request = RequestFactory().get("/")
    assert theme(request) == "auto"
    request.COOKIES["theme"] = "dark"
    assert theme(request) == "dark"
    request.COOKIES["theme"] = 'x" onload="'
    assert theme(request) == "auto"
    assert theme("") == "auto"


def test_the_browsers_choice_stands_above_the_persons_setting():
    request = RequestFactory().get("/")
    request.user = type("Person", (), {"theme": "dark"})()  # type: ignore[assignment]  # only its theme is read
    assert theme(request) == "dark"
    request.COOKIES["theme"] = "auto"
    assert theme(request) == "auto"


def test_quoted_names_are_set_apart() -> None:
    assert render("{{ text|names_apart }}", text="6 “نعم” and “<a>”, not 7") == (
        "6 “<bdi>نعم</bdi>” and “<bdi>&lt;a&gt;</bdi>”, not 7"
    )
    assert render("{{ text|names_apart }}", text="no name") == "no name"
