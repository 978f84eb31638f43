"""A name that may run from right to left moves none of our words around it."""

import re
from pathlib import Path

from django.conf import settings

# An element whose direction follows its text, and the text up to the next element.
AUTO = re.compile(r'<\w+(?:[^>{]|\{\{.*?\}\}|\{%.*?%\})*?dir="auto"(?:[^>{]|\{\{.*?\}\}|\{%.*?%\})*>([^<]*)')
PARTS = re.compile(r"\{\{.*?\}\}|\{%.*?%\}")


def led_by_a_name(template: str) -> list[str]:
    """Texts that begin with somebody's words, go on with ours, and take their direction from the first."""
    texts = [found[1].strip() for found in AUTO.finditer(template)]
    return [
        text for text in texts if text.startswith("{{") and re.search(r"[A-Za-z]{2}", PARTS.sub("", text))
    ]


def test_names_stand_apart_in_sentences() -> None:
    """``<bdi>`` around the name does it; ``dir="auto"`` around both turns the sentence with the name."""
    folder = Path(settings.BASE_DIR) / "templates"
    found = {
        str(path.relative_to(folder)): texts
        for path in folder.rglob("*.html")
        if (texts := led_by_a_name(path.read_text(encoding="utf-8")))
    }
    assert found == {}


def test_the_rule_sees_what_it_must() -> None:
    assert led_by_a_name('<h1 id="{{ a }}" dir="auto">{{ field }}: answered “{{ answer }}”</h1>')
    assert not led_by_a_name('<h1 dir="auto">{{ name }}</h1><p>differs</p>')
    assert not led_by_a_name('<h1><bdi>{{ name }}</bdi> differs</h1><td dir="auto">{{ a }} {{ b }}</td>')
