"""Whole answers: what is asked, what is required, ids across fields, drafts, and composing."""

from typing import Any

import pytest

from labeltypes.answers import clean_answer, compose_answer
from labeltypes.base import Invalid, ItemMedia, Json
from labeltypes.ontology import parse_ontology

ASKED_SURE = "sure: must be absent: it is asked only if weather is snow or rain"
TOO_LONG = "people[0].end: must be <= 6, the length of the text"
ASKED_WHY = "why: must be absent: it is asked only if kinds is c and weather is snow"
ONTOLOGY = parse_ontology(
    {
        "media": [{"name": "text", "kind": "text"}, {"name": "photo", "kind": "image"}],
        "fields": [
            {"name": "weather", "type": "choice", "options": ["sun", "rain", "snow"], "required": True},
            {"name": "kinds", "type": "choice", "options": ["a", "b", "c"], "multiple": True, "min": 2},
            {"name": "sure", "type": "rating", "required": True, "show_if": {"weather": ["snow", "rain"]}},
            {
                "name": "why",
                "type": "text",
                "min_length": 5,
                "show_if": {"kinds": ["c"], "weather": ["snow"]},
            },
            {"name": "people", "type": "span", "classes": ["person"]},
            {
                "name": "objects",
                "type": "box",
                "classes": [
                    {"name": "car", "attributes": [{"name": "n", "type": "number", "required": True}]}
                ],
            },
        ],
    }
)
MEDIA = {"text": ItemMedia("text", text="Ana 👍🏽"), "photo": ItemMedia("image", width=100, height=50)}


def clean(raw: Any, *, partial: bool = False) -> dict[str, Json]:
    return clean_answer(raw, ONTOLOGY, MEDIA, partial=partial)


def problems(raw: Any, *, partial: bool = False) -> list[str]:
    with pytest.raises(Invalid) as caught:
        clean(raw, partial=partial)
    return [str(problem) for problem in caught.value.problems]


def span(region_id: str, end: int = 3) -> dict[str, Json]:
    return {"id": region_id, "class": "person", "start": 0, "end": end}


def box(region_id: str, **more: Json) -> dict[str, Json]:
    return {"id": region_id, "class": "car", "box": [0.0, 0.0, 10.0, 10.0], **more}


def test_it_works() -> None:
    raw = {
        "objects": [box("b1", attributes={"n": 3})],
        "kinds": ["c", "a"],
        "sure": 4,
        "weather": "snow",
        "why": "cold!",
    }
    answer = clean(raw)
    assert list(answer) == ["weather", "kinds", "sure", "why", "objects"]
    assert answer["kinds"] == ["a", "c"]
    assert clean(answer) == answer


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ([], ["must be an object"]),
        ({}, ["weather: is required"]),
        ({"weather": None}, ["weather: must not be null: leave out what is not answered"]),
        ({"weather": "rain"}, ["sure: is required"]),
        ({"weather": "sun", "sure": 3}, [ASKED_SURE]),
        ({"weather": "sun", "color": "red"}, ["color: is not a field"]),
        ({"weather": "hail", "sure": 9}, ['weather: "hail" is not an option', "sure: must be <= 5"]),
        ({"weather": "hail"}, ['weather: "hail" is not an option']),
        ({"weather": "snow", "sure": 1, "why": "because"}, [ASKED_WHY]),
        ({"weather": "sun", "people": [span("a", 7)]}, [TOO_LONG]),
        ({"weather": "sun", "objects": [box("a")]}, ["objects[0].attributes.n: is required"]),
    ],
)  # fmt: skip
def test_refusals(raw: Any, expected: list[str]) -> None:
    assert problems(raw) == expected


def test_ids_are_unique_in_the_whole_answer() -> None:
    raw = {
        "weather": "sun",
        "people": [span("a")],
        "objects": [box("b", attributes={"n": 1}), box("a", attributes={"n": 1})],
    }
    assert problems(raw) == ['objects[1].id: "a" is already used in people']


def test_drafts_may_be_unfinished() -> None:
    draft = {"kinds": ["c"], "objects": [box("b")]}
    assert clean(draft, partial=True) == draft
    assert clean({}, partial=True) == {}
    assert clean({"weather": "snow", "kinds": ["c"], "why": "it"}, partial=True)["why"] == "it"
    assert problems(draft) == [
        "weather: is required",
        "kinds: choose at least 2",
        "objects[0].attributes.n: is required",
    ]
    assert problems({"weather": 7}, partial=True) == ["weather: must be the name of an option"]


def test_too_deep() -> None:
    raw: Any = []
    for _ in range(5000):
        raw = [raw]
    assert problems({"weather": raw}) == ["is nested more than 12 levels deep"]


def test_without_knowing_the_media() -> None:
    raw: dict[str, Json] = {"weather": "sun", "people": [span("a", 1000)]}
    assert clean_answer(raw, ONTOLOGY, {}) == raw


def test_compose_drops_what_is_hidden_and_parts_ids() -> None:
    values: dict[str, Json] = {
        "sure": 3, "weather": "sun", "kinds": None,
        "people": [span("m1")], "objects": [box("m1", attributes={"n": 1}), box("m2", attributes={"n": 1})],
    }  # fmt: skip
    answer = compose_answer(values, ONTOLOGY)
    assert list(answer) == ["weather", "people", "objects"]
    assert answer["objects"] == [box("objects-m1", attributes={"n": 1}), box("m2", attributes={"n": 1})]
    assert clean(answer) == answer
