"""The ontology: what is accepted and filled in, and every refusal with its path."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from labeltypes import registry
from labeltypes.base import Invalid
from labeltypes.ontology import Ontology, parse_ontology, read_ontology
from labeltypes.reserved import RESERVED

TEXT: dict[str, Any] = {"name": "text", "kind": "text", "source": "body"}
PHOTO: dict[str, Any] = {"name": "photo", "kind": "image", "source": "image"}
WEATHER: dict[str, Any] = {"name": "weather", "type": "choice", "options": ["sun", "rain", "snow"]}


NOTE = {"name": "n", "type": "text"}


def problems_of(raw: Any) -> list[str]:
    with pytest.raises(Invalid) as caught:
        parse_ontology(raw)
    return [str(problem) for problem in caught.value.problems]


def with_fields(*fields: Any, media: Any = (TEXT, PHOTO)) -> dict[str, Any]:
    return {"media": list(media), "fields": list(fields)}


def problems(*fields: Any, media: Any = (TEXT, PHOTO)) -> list[str]:
    return problems_of(with_fields(*fields, media=media))


def parsed(*fields: Any) -> Ontology:
    return parse_ontology(with_fields(*fields))


def test_it_works() -> None:
    """The example of design.md section 3."""
    ontology = parse_ontology(
        {
            "media": [PHOTO],
            "fields": [
                {
                    "name": "objects",
                    "type": "box",
                    "on": "photo",
                    "classes": [
                        {
                            "name": "car",
                            "title": "Car or van",
                            "color": "#1F77B4",
                            "hotkey": "1",
                            "description": "…",
                            "attributes": [
                                {"name": "occluded", "type": "choice", "options": ["no", "partly", "mostly"]}
                            ],
                        }
                    ],
                },
                {**WEATHER, "required": True},
                {"name": "sure", "type": "rating", "max": 5, "show_if": {"weather": ["snow"]}},
            ],
        }
    )
    objects = ontology.field("objects")
    assert objects.on == "photo"
    assert objects.items("classes")[0]["color"] == "#1f77b4"
    assert ontology.field("weather").items("options")[0] == {"name": "sun", "title": "sun"}
    assert ontology.field("sure").show_if == {"weather": ("snow",)}
    assert parse_ontology(ontology.to_json()) == ontology
    with pytest.raises(KeyError):
        ontology.field("nothing")


def test_defaults_are_filled_in() -> None:
    ontology = parsed({"name": "p", "type": "box", "classes": ["a", "b"]}, {"name": "r", "type": "rating"})
    assert ontology.field("p").on == "photo"
    assert ontology.field("r").to_json() == {
        "name": "r", "type": "rating", "title": "r", "required": False, "max": 5, "labels": [],
    }  # fmt: skip
    colors = [item["color"] for item in ontology.field("p").items("classes")]
    assert len(set(colors)) == 2


def test_colors_given_later_do_not_take_one_away() -> None:
    first = parsed({"name": "p", "type": "box", "classes": ["a"]}).to_json()
    again = parse_ontology(first)
    assert again.to_json() == first


def test_all_problems_are_collected() -> None:
    found = problems_of(
        {
            "media": [{"name": "a.b", "kind": "video"}],
            "fields": [{"name": "", "type": "nothing", "zz": 1}, {**WEATHER, "options": ["sun", "sun"]}, 7],
            "colour": 1,
        }
    )
    assert found == [
        "colour: unknown key",
        "media[0].name: must not contain dots or brackets",
        "media[0].kind: must be one of: text, image, audio",
        "fields[0].name: must not be empty",
        f"fields[0].type: must be one of: {', '.join(registry.kinds())}",
        'fields[1].options[1]: "sun" is used twice',
        "fields[2]: must be an object",
    ]


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ([], [": must be an object"]),
        ({}, ["media: must be a list", "fields: must be a list"]),
        (
            {"media": [], "fields": []},
            ["media: must have at least one entry", "fields: must have at least one entry"],
        ),
        ({"media": [TEXT, TEXT], "fields": [WEATHER]}, ['media[1].name: "text" is used twice']),
        ({"media": [{**TEXT, "x": 1}], "fields": [WEATHER]}, ["media[0].x: unknown key"]),
        ({"media": [{**TEXT, "source": ""}], "fields": [WEATHER]}, ["media[0].source: must not be empty"]),
        ({"media": [TEXT] * 21, "fields": [WEATHER]}, ["media: has 21 entries, at most 20 are allowed"]),
    ],
)  # fmt: skip
def test_outer_refusals(raw: Any, expected: list[str]) -> None:
    assert problems_of(raw) == [text.removeprefix(": ") for text in expected]


def test_too_deep() -> None:
    raw: Any = []
    for _ in range(5000):
        raw = [raw]
    assert problems_of({"media": [TEXT], "fields": raw}) == ["is nested more than 12 levels deep"]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        (None, "must be a string"),
        (7, "must be a string"),
        ("", "must not be empty"),
        ("  ", "must not be empty"),
        (" a", "must not start or end with a space"),
        ("a.b", "must not contain dots or brackets"),
        ("a[0]", "must not contain dots or brackets"),
        ("a\nb", "must not contain control characters"),
        ("a\u202eb", "must not contain control characters"),
        ("a\x00", "must not contain NUL characters"),
        ("\ud800", "must not contain lone surrogates"),
        ("x" * 101, "has 101 characters, at most 100 are allowed"),
        ("__proto__", "is reserved"),
    ],
)
def test_names_refused(name: Any, message: str) -> None:
    assert problems({**WEATHER, "name": name}) == [f"fields[0].name: {message}"]


@pytest.mark.parametrize("name", ["weather", "天気", "טקסט", "👩🏽‍🚀", "two words", "x" * 100])
def test_names_accepted(name: str) -> None:
    assert parsed({**WEATHER, "name": name}).fields[0].name == name


def test_names_are_composed() -> None:
    assert parsed({**WEATHER, "name": "cafe\u0301"}).fields[0].name == "caf\u00e9"
    assert problems({**WEATHER, "options": ["caf\u00e9", "cafe\u0301"]}) == [
        'fields[0].options[1]: "café" is used twice'
    ]


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"title": ""}, "title: must not be empty"),
        ({"title": "x" * 201}, "title: has 201 characters, at most 200 are allowed"),
        ({"description": "a\x07"}, "description: must not contain control characters"),
        ({"required": "yes"}, "required: must be true or false"),
        ({"hotkey": "ab"}, "hotkey: must be one visible character"),
        ({"hotkey": " "}, "hotkey: must be one visible character"),
        ({"on": "sound"}, "on: must be the name of a medium"),
        ({"options": None}, "options: must be a list"),
        ({"options": ["one"]}, "options: must have at least 2 entries"),
        ({"options": ["a", 7]}, "options[1]: must be an object"),
        ({"options": ["a", {"title": "B"}]}, "options[1].name: must be a string"),
        ({"options": ["a", {"name": "b", "color": "red"}]}, "options[1].color: must be a color like #1f77b4"),
        (
            {"options": ["a", {"name": "b", "color": "#12345"}]},
            "options[1].color: must be a color like #1f77b4",
        ),
        (
            {"options": ["a", {"name": "b", "hotkey": "F1"}]},
            "options[1].hotkey: must be one visible character",
        ),
        ({"options": ["a", {"name": "b", "attributes": []}]}, "options[1].attributes: unknown key"),
        ({"options": ["a", {"name": "a"}]}, 'options[1].name: "a" is used twice'),
        ({"options": ["a", "b"] * 5001}, "options: has 10,002 entries, at most 10,000 are allowed"),
        ({"multiple": 1}, "multiple: must be true or false"),
        ({"min": 1}, "min: needs a multiple choice"),
        ({"multiple": True, "min": -1}, "min: must be >= 0"),
        ({"multiple": True, "min": 4}, "min: must be <= 3, the number of options"),
        ({"multiple": True, "max": 0}, "max: must be >= 1"),
        ({"multiple": True, "min": 2, "max": 1}, "max: must be >= min (2)"),
        ({"display": "wheel"}, "display: must be one of: auto, list, buttons, search"),
        ({"max_length": 3}, "max_length: unknown key"),
    ],
)
def test_choice_refusals(changes: dict[str, Any], problem: str) -> None:
    assert problems({**WEATHER, **changes}) == [f"fields[0].{problem}"]


@pytest.mark.parametrize(
    ("field", "problem"),
    [
        ({"type": "number", "min": "0"}, "min: must be a number"),
        ({"type": "number", "min": float("nan")}, "min: must be a finite number"),
        ({"type": "number", "min": 5, "max": 5}, "max: must be > min (5)"),
        ({"type": "number", "step": 0}, "step: must be > 0"),
        ({"type": "number", "tolerance": -1}, "tolerance: must be > 0"),
        ({"type": "number", "unit": "x" * 31}, "unit: has 31 characters, at most 30 are allowed"),
        ({"type": "rating", "max": 1}, "max: must be >= 2"),
        ({"type": "rating", "max": 101}, "max: must be <= 100"),
        ({"type": "rating", "max": 3, "labels": ["a", "b"]}, "labels: must have 3 entries, one per level"),
        ({"type": "rating", "max": 2, "labels": ["a", ""]}, "labels[1]: must not be empty"),
        ({"type": "text", "multiline": "no"}, "multiline: must be true or false"),
        ({"type": "text", "min_length": 5, "max_length": 4}, "max_length: must be >= min_length (5)"),
        ({"type": "text", "max_length": 100001}, "max_length: must be <= 100000"),
        ({"type": "span"}, "classes: must be a list"),
        ({"type": "span", "classes": []}, "classes: must have at least 1 entry"),
        (
            {"type": "span", "classes": ["a"], "on": "photo"},
            'on: a span needs text, but "photo" is something else',
        ),
        ({"type": "span", "classes": ["a"], "snap": "line"}, "snap: must be one of: none, word"),
        ({"type": "span", "classes": ["a"], "overlap": 1}, "overlap: must be true or false"),
        ({"type": "box", "classes": ["a"], "min_size": -1}, "min_size: must be >= 0"),
        ({"type": "box", "classes": ["a"], "max_count": 0}, "max_count: must be >= 1"),
        ({"type": "box", "classes": ["a"], "max_count": 1.5}, "max_count: must be a whole number"),
    ],
)
def test_refusals_of_other_types(field: dict[str, Any], problem: str) -> None:
    assert problems({"name": "f", **field}) == [f"fields[0].{problem}"]


@pytest.mark.parametrize(
    ("attributes", "problem"),
    [
        ("x", ": must be a list"),
        ([{**NOTE, "type": "box"}], "[0].type: must be one of: choice, number, rating, text"),
        ([{**NOTE, "on": "photo"}], "[0].on: an attribute belongs to its region, not to a medium"),
        ([NOTE, NOTE], '[1].name: "n" is used twice'),
        ([{**NOTE, "type": "choice", "options": ["a", "a"]}], '[0].options[1]: "a" is used twice'),
        ([{**NOTE, "show_if": {"m": ["x"]}}], "[0].show_if.m: must name an earlier choice field"),
        ([{**NOTE, "name": f"n{i}"} for i in range(51)], ": has 51 entries, at most 50 are allowed"),
    ],
)
def test_attribute_refusals(attributes: Any, problem: str) -> None:
    field = {"name": "f", "type": "box", "classes": [{"name": "a", "attributes": attributes}]}
    assert problems(field) == [f"fields[0].classes[0].attributes{problem}"]


def test_a_region_type_needs_its_medium() -> None:
    box = {"name": "f", "type": "box", "classes": ["a"]}
    assert problems(box, media=[TEXT]) == ["fields[0].on: a box needs image, and media has none"]
    two = [PHOTO, {**PHOTO, "name": "map"}]
    assert problems(box, media=two) == ["fields[0].on: must say on which medium: photo, map"]


SURE = {"name": "sure", "type": "rating"}


@pytest.mark.parametrize(
    ("show_if", "problem"),
    [
        (["snow"], "show_if: must be an object"),
        ({"nothing": ["snow"]}, "show_if.nothing: must name an earlier choice field"),
        ({"sure": ["snow"]}, "show_if.sure: must name an earlier choice field"),
        ({"level": ["1"]}, "show_if.level: must name an earlier choice field"),
        ({"later": ["a"]}, "show_if.later: must name an earlier choice field"),
        ({"weather": []}, "show_if.weather: must list at least one option"),
        ({"weather": 7}, "show_if.weather: must be a list"),
        ({"weather": ["sun", "hail"]}, "show_if.weather[1]: is not an option of weather"),
        ({"weather": [7]}, "show_if.weather[0]: is not an option of weather"),
    ],
)
def test_show_if_refusals(show_if: Any, problem: str) -> None:
    level = {"name": "level", "type": "rating"}
    later = {"name": "later", "type": "choice", "options": ["a", "b"]}
    assert problems(WEATHER, level, {**SURE, "show_if": show_if}, later) == [f"fields[2].{problem}"]


def test_show_if_of_a_broken_field_is_not_blamed() -> None:
    broken = {**WEATHER, "multiple": "yes"}
    assert problems(broken, {**SURE, "show_if": {"weather": ["hail"]}}) == [
        "fields[0].multiple: must be true or false"
    ]


def keyed(name: str, *keys: str, **more: Any) -> dict[str, Any]:
    options = [{"name": f"{name}{index}", "hotkey": key} for index, key in enumerate(keys)]
    return {"name": name, "type": "choice", "options": [*options, "x", "y"], **more}


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ([keyed("a", "1", "2", "3", "1")], ['fields[0].options[3].hotkey: already used by "a0"']),
        ([keyed("a", "p", "P")], ['fields[0].options[1].hotkey: already used by "a0"']),
        ([keyed("a", "p"), keyed("b", "p")], ['fields[1].options[0].hotkey: already used by "a0"']),
        ([keyed("a", hotkey="p"), keyed("b", hotkey="p")], ['fields[1].hotkey: already used by "a"']),
        ([keyed("a", "p", hotkey="p")], ['fields[0].options[0].hotkey: already used by "a"']),
    ],
)
def test_hotkey_conflicts(fields: list[Any], expected: list[str]) -> None:
    assert problems(*fields) == expected


SHARED_KEYS = json.loads(Path(__file__).with_name("reserved_keys.json").read_text(encoding="utf-8"))


def test_reserved_hotkeys_are_those_that_the_browser_knows() -> None:
    """tests/js/label/reserved-keys.test.js compares the browser's list with the same file."""
    assert SHARED_KEYS["reserved"] == RESERVED


@pytest.mark.parametrize("key", SHARED_KEYS["reserved"])
def test_reserved_hotkeys_are_refused_with_their_path(key: str) -> None:
    why = f'"{key}" is reserved: it {SHARED_KEYS["reserved"][key]}'
    attributes = [keyed("k", key)]
    boxes = {"name": "b", "type": "box", "classes": [{"name": "c", "attributes": attributes}]}
    assert problems(keyed("a", key)) == [f"fields[0].options[0].hotkey: {why}"]
    assert problems(keyed("a", "p", hotkey=key)) == [f"fields[0].hotkey: {why}"]
    assert problems(boxes) == [f"fields[0].classes[0].attributes[0].options[0].hotkey: {why}"]


@pytest.mark.parametrize("key", SHARED_KEYS["free"])
def test_other_hotkeys_are_free(key: str) -> None:
    assert parsed(keyed("a", key)).fields


def test_what_was_saved_with_a_reserved_hotkey_can_still_be_read() -> None:
    stored = parsed(keyed("a", "p", "q")).to_json()
    stored["fields"][0]["options"][0]["hotkey"] = "?"  # type: ignore[index,call-overload]
    read = read_ontology(stored).to_json()
    assert parse_ontology(read).to_json() == read
    assert '"?"' not in json.dumps(read)
    assert '"q"' in json.dumps(read)


def test_hotkeys_of_fields_that_never_show_together() -> None:
    rain = keyed("r", "p", show_if={"weather": ["rain"]})
    snow = keyed("s", "p", show_if={"weather": ["snow", "sun"]})
    assert len(parsed(WEATHER, rain, snow).fields) == 3
    both = {**WEATHER, "multiple": True}
    assert problems(both, rain, snow) == ['fields[2].options[0].hotkey: already used by "r0"']


def test_hotkeys_of_attributes() -> None:
    def boxes(*keys: str) -> dict[str, Any]:
        classes = [{"name": f"c{i}", "attributes": [keyed("k", key)]} for i, key in enumerate(keys)]
        return {"name": "b", "type": "box", "classes": classes}

    assert parsed(boxes("p", "p"), keyed("a", "q"))
    assert problems(keyed("a", "p"), boxes("q", "p")) == [
        'fields[1].classes[1].attributes[0].options[0].hotkey: already used by "a0"'
    ]


class Compared(str):
    """A name that says when it is compared: also lists that are searched then count."""

    def __eq__(self, other: object) -> bool:
        return str.__eq__(self, other)

    __hash__ = str.__hash__


def calls_of(count: int) -> int:
    """Function calls that reading so many options takes."""
    options = [{"name": Compared(f"option {index}"), "description": "d"} for index in range(count)]
    calls = 0

    def note(frame: Any, event: str, argument: Any) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    sys.setprofile(note)
    try:
        ontology = parsed({**WEATHER, "options": options, "multiple": True})
    finally:
        sys.setprofile(None)
    assert len(ontology.field("weather").items("options")) == count
    return calls


def test_ten_times_the_options_are_ten_times_the_work() -> None:
    assert calls_of(2_000) < 12 * calls_of(200)
    assert calls_of(10_000) > 10_000
