"""Differences between versions of an ontology."""

from typing import Any

from labeltypes.changes import Change, diff_ontologies
from labeltypes.ontology import Ontology, parse_ontology


def ontology(*fields: Any) -> Ontology:
    return parse_ontology({"media": [{"name": "t", "kind": "text"}], "fields": list(fields)})


def choice(*options: Any, **more: Any) -> dict[str, Any]:
    return {"name": "weather", "type": "choice", "options": list(options), **more}


def test_it_works() -> None:
    old = ontology(choice("sun", "rain", {"name": "snow", "title": "Snow"}))
    new = ontology(choice("sun", {"name": "snow", "title": "Snow or hail"}, "fog", required=True))
    assert diff_ontologies(old, new) == [
        Change("changed", "fields.weather.required", "required: no → yes"),
        Change("changed", "fields.weather.options.snow.title", "title: Snow → Snow or hail"),
        Change("added", "fields.weather.options.fog", "fog was added"),
        Change("removed", "fields.weather.options.rain", "rain was removed"),
    ]


def test_nothing_changed() -> None:
    assert diff_ontologies(ontology(choice("a", "b")), ontology(choice("a", "b"))) == []


def test_order() -> None:
    changes = diff_ontologies(ontology(choice("a", "b")), ontology(choice("b", "a")))
    assert changes == [Change("moved", "fields.weather.options", "the order is now b, a")]


def test_keys_that_come_and_go() -> None:
    old = ontology(choice("a", "b", hotkey="w"))
    new = ontology(choice("a", "b", description="Look up."))
    assert diff_ontologies(old, new) == [
        Change("added", "fields.weather.description", "description is now Look up."),
        Change("removed", "fields.weather.hotkey", "hotkey was w"),
    ]


def test_fields_and_conditions() -> None:
    sure = {"name": "sure", "type": "rating", "show_if": {"weather": ["a"]}}
    old, new = (
        ontology(choice("a", "b"), sure),
        ontology(choice("a", "b"), {**sure, "show_if": {"weather": ["b"]}}),
    )
    assert diff_ontologies(old, new) == [Change("changed", "fields.sure.show_if.weather", "weather: a → b")]
    assert diff_ontologies(old, ontology(choice("a", "b"))) == [
        Change("removed", "fields.sure", "sure was removed")
    ]


def test_long_texts_are_cut() -> None:
    change = diff_ontologies(ontology(choice("a", "b")), ontology(choice("a", "b", description="x" * 500)))[0]
    assert len(change.text) < 120
    assert change.text.endswith("…")
