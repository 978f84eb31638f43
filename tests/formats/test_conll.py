"""CoNLL export: tokens by the documented rule, tags as seqeval understands them."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st
from seqeval.metrics.sequence_labeling import get_entities
from seqeval.scheme import IOB2, Entities

from formats.incoming import FormatError
from formats.outgoing import ExportItem
from formats.writers.tokens import sentences
from tests.formats.world import TEXT, VISION, context, export, message


def parse(content: bytes, separator: str = "\t") -> list[list[tuple[str, str]]]:
    """Sentences as (token, tag)."""
    blocks = content.decode().split("\n\n")
    return [
        [tuple(line.split(separator)) for line in block.splitlines()] for block in blocks if block.strip()
    ]


def entities(content: bytes) -> list[tuple[str, str]]:
    """What seqeval finds, as (class, tokens joined by spaces)."""
    found = []
    for number, block in enumerate(parse(content)):
        tags = [tag for _, tag in block]
        strict = Entities([tags], IOB2).entities[0]
        words = [token for token, _ in block]
        found.extend((one.tag, " ".join(words[one.start : one.end])) for one in strict)
        assert len(get_entities(tags)) == len(strict), number
    return found


def write(text: str, spans: list[tuple[str, int, int]]) -> tuple[bytes, dict[str, int]]:
    content, summary = export("conll", [message("m", text, spans)], context(TEXT))
    return content, dict(summary.losses)


def test_it_works() -> None:
    content, losses = write(
        "Ann Lee saw Köln 😀.\nBob too", [("person", 0, 7), ("place", 12, 16), ("person", 20, 23)]
    )
    assert parse(content)[0][:4] == [
        ("Ann", "B-person"),
        ("Lee", "I-person"),
        ("saw", "O"),
        ("Köln", "B-place"),
    ]
    assert parse(content)[0][4:] == [("😀", "O"), (".", "O")]
    assert entities(content) == [("person", "Ann Lee"), ("place", "Köln"), ("person", "Bob")]
    assert losses == {}


def test_neighbours_stay_apart() -> None:
    content, _ = write("Ann Bob", [("person", 0, 3), ("person", 4, 7)])
    assert entities(content) == [("person", "Ann"), ("person", "Bob")]


def test_the_longest_of_overlapping_spans_is_kept() -> None:
    content, losses = write("New York City", [("place", 4, 8), ("place", 0, 13), ("person", 9, 13)])
    assert entities(content) == [("place", "New York City")]
    assert losses == {"span that overlaps a longer one": 2}


def test_spans_that_cut_tokens_grow() -> None:
    content, losses = write("Berliner Luft", [("place", 0, 6)])
    assert entities(content) == [("place", "Berliner")]
    assert losses == {"exact limits of a span that cuts a token (it was grown)": 1}


def test_a_span_of_white_space_only() -> None:
    content, losses = write("a  b", [("place", 1, 3)])
    assert entities(content) == []
    assert losses == {"span without any token (white space only)": 1}


def test_a_span_over_a_line_break_begins_anew() -> None:
    content, _ = write("New\nYork", [("place", 0, 8)])
    assert entities(content) == [("place", "New"), ("place", "York")]


def test_offsets_are_code_points() -> None:
    text = "👩🏽‍🚀 e\u0301t 東京です مرحبا"
    start = text.index("東")
    content, losses = write(text, [("place", start, start + 2)])
    assert entities(content) == [("place", "東 京")]
    assert losses == {}
    tokens = [token for block in parse(content) for token, _ in block]
    assert tokens == ["👩🏽‍🚀", "e\u0301t", "東", "京", "で", "す", "مرحبا"]


def test_four_columns() -> None:
    content, _ = export("conll", [message("m", "Ann x", [("person", 0, 3)])], context(TEXT, columns=4))
    assert content == b"Ann _ _ B-person\nx _ _ O\n\n"


def test_other_fields_and_missing_parts_are_counted() -> None:
    bare = ExportItem("x", {}, {}, "open")
    _, summary = export("conll", [message("m", "x", [], tone="good"), bare], context(TEXT))
    assert summary.losses == {
        'answer of field "tone"': 1,
        "item without a final answer": 1,
        "item without a text": 1,
    }


def test_fields_that_do_not_fit() -> None:
    for ontology, options in ((VISION, {}), (TEXT, {"field": "tone"}), (TEXT, {"columns": 3})):
        with pytest.raises(FormatError):
            export("conll", [], context(ontology, **options))


@given(st.text(max_size=60))
def test_tokens_cover_everything_but_white_space(text: str) -> None:
    tokens = [token for block in sentences(text) for token in block]
    assert all(a.end <= b.start for a, b in itertools.pairwise(tokens))
    covered = {place for token in tokens for place in range(token.start, token.end)}
    assert all(text[place].isspace() or place in covered for place in range(len(text)))
    assert not any(any(char.isspace() for char in text[token.start : token.end]) for token in tokens)


@given(
    st.text(max_size=30),
    st.lists(
        st.tuples(st.sampled_from(["person", "place"]), st.integers(0, 30), st.integers(1, 9)), max_size=5
    ),
)
def test_tags_are_always_valid_iob2(text: str, raw: list[tuple[str, int, int]]) -> None:
    spans = [(cls, start, start + length) for cls, start, length in raw if start + length <= len(text)]
    content, _losses = write(text, spans)
    for block in content.decode().split("\n\n"):
        previous = "O"
        for line in block.split("\n"):
            if line:
                tag = line.split("\t")[1]
                assert not tag.startswith("I-") or previous[2:] == tag[2:]
                previous = tag
