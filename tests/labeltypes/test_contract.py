"""What every label type promises, tried with generated fields and values."""

import contextlib
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from labeltypes import registry
from labeltypes.base import Field, Invalid, Json, Problem
from labeltypes.region_values import as_regions
from labeltypes.regions import RegionType
from tests.labeltypes import examples
from tests.labeltypes.strategies import PICTURE, SETTINGS, fields, media_of, values

KINDS = registry.kinds()
DOCS = Path(__file__).parents[2] / "docs" / "label-types"
# Generating regions is slow at first use; the promises are about results, not about time.
relaxed = settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))


def drawn(data: st.DataObject, kind: str, count: int) -> tuple[Field, list[Any]]:
    """A field and some clean values of it."""
    field = data.draw(fields(kind))
    return field, [data.draw(values(field)) for _ in range(count)]


def test_it_works() -> None:
    assert KINDS == [
        "box",
        "choice",
        "mask",
        "number",
        "polygon",
        "ranking",
        "rating",
        "segment",
        "span",
        "text",
    ]


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_strategies_and_a_page(kind: str) -> None:
    assert kind in SETTINGS
    assert (DOCS / f"{kind}.md").read_text(encoding="utf-8").startswith("# ")


@pytest.mark.parametrize("kind", KINDS)
@relaxed
@given(data=st.data())
def test_settings_are_idempotent(kind: str, data: st.DataObject) -> None:
    field = data.draw(fields(kind))
    assert registry.get_type(kind).clean_settings(dict(field.settings), "") == field.settings
    assert Field.from_json(field.to_json()) == field


@pytest.mark.parametrize("kind", KINDS)
@relaxed
@given(data=st.data())
def test_clean_is_idempotent(kind: str, data: st.DataObject) -> None:
    field, [value] = drawn(data, kind, 1)
    again = registry.get_type(kind).clean(value, field, media_of(field))
    assert repr(again) == repr(value)


@pytest.mark.parametrize("kind", KINDS)
@relaxed
@given(data=st.data())
def test_relaxed_accepts_what_the_field_accepts(kind: str, data: st.DataObject) -> None:
    field, [value] = drawn(data, kind, 1)
    label_type = registry.get_type(kind)
    assert label_type.clean(value, label_type.relaxed(field), media_of(field)) == value


@pytest.mark.parametrize("kind", KINDS)
@relaxed
@given(data=st.data())
def test_distance_is_a_bounded_symmetric_difference(kind: str, data: st.DataObject) -> None:
    field, [a, b] = drawn(data, kind, 2)
    distance = registry.get_type(kind).distance
    assert distance(a, a, field) == 0
    assert 0 <= distance(a, b, field) <= 1
    assert distance(a, b, field) == distance(b, a, field)


@pytest.mark.parametrize("kind", KINDS)
@relaxed
@given(data=st.data())
def test_match_pairs_identical_elements(kind: str, data: st.DataObject) -> None:
    field, [a, b] = drawn(data, kind, 2)
    label_type = registry.get_type(kind)
    if isinstance(label_type, RegionType):
        assert len(label_type.match(a, a, field)) == len(a)
        pairs = label_type.match(a, b, field)
        assert len({i for i, _ in pairs}) == len({j for _, j in pairs}) == len(pairs)
    else:
        assert label_type.match([a], [a], field) == [(0, 0)]
    assert label_type.match([], [], field) == []


@pytest.mark.parametrize("kind", KINDS)
@relaxed
@given(data=st.data())
def test_votes_use_the_codes(kind: str, data: st.DataObject) -> None:
    field, [value] = drawn(data, kind, 1)
    label_type = registry.get_type(kind)
    votes, codes = label_type.votes(value, field), label_type.codes(field)
    assert len({vote.unit for vote in votes}) == len(votes)
    if codes:
        assert {vote.code for vote in votes} <= set(codes)
    if votes:
        assert label_type.scale(field) != "none"


@pytest.mark.parametrize("kind", KINDS)
@relaxed
@given(data=st.data())
def test_ids_do_not_count(kind: str, data: st.DataObject) -> None:
    field, [value] = drawn(data, kind, 1)
    label_type = registry.get_type(kind)
    ids = label_type.ids(value)
    renamed = label_type.with_ids(value, {region_id: f"other-{region_id}" for region_id in ids})
    assert label_type.ids(renamed) == [f"other-{region_id}" for region_id in ids]
    assert label_type.distance(value, renamed, field) == 0
    assert label_type.merge([value, renamed], [1, 1], None, field).value == value


@pytest.mark.parametrize("kind", KINDS)
@relaxed
@given(data=st.data())
def test_an_error_is_another_answer(kind: str, data: st.DataObject) -> None:
    """What `corrupt` makes is in canonical form, differs, and is the same for the same dice."""
    field, [value] = drawn(data, kind, 1)
    label_type, media, seed = registry.get_type(kind), media_of(field), data.draw(st.integers(0, 99))
    before = repr(value)
    wrong = label_type.corrupt(value, field, Random(seed), media)
    assert repr(value) == before
    assert label_type.corrupt(value, field, Random(seed), media) == wrong
    if wrong is None:
        return
    try:
        cleaned = label_type.clean(wrong, field, media)
    except Invalid:
        return  # lower limits and the like: whoever asks tries again
    assert repr(cleaned) == repr(wrong)
    assert label_type.distance(wrong, value, field) > 0


@pytest.mark.parametrize("text", ["\u00e9a e\u0301a", "a\u0323\u0301"])
def test_an_error_of_text_is_no_other_way_to_write_it(text: str) -> None:
    """Canonically equal: what is swapped must look different."""
    kind, field = registry.get_type("text"), Field(name="note", type="text", title="Note")
    errors = [kind.corrupt(text, field, Random(seed)) for seed in range(20)]
    assert any(errors)
    assert all(kind.distance(error, text, field) > 0 for error in errors if error is not None)


@pytest.mark.parametrize("kind", KINDS)
def test_errors_can_be_made(kind: str) -> None:
    """Of the types' own examples: most tries give another answer that may stand."""
    label_type, own = registry.get_type(kind), examples.load(kind)
    made = tried = 0
    for example in own["valid"]:
        field, media = examples.field_of(own, example), examples.media_of(own, example)
        for seed in range(10 if example["clean"] else 0):
            wrong = label_type.corrupt(example["clean"], field, Random(seed), media)
            tried += 1
            with contextlib.suppress(Invalid):
                made += wrong is not None and label_type.clean(wrong, field, media) != example["clean"]
    assert made > tried / 2 > 0


@pytest.mark.parametrize("kind", KINDS)
@relaxed
@given(data=st.data())
def test_merging_equal_values_gives_that_value(kind: str, data: st.DataObject) -> None:
    field, [value] = drawn(data, kind, 1)
    count = data.draw(st.integers(1, 4))
    trust = data.draw(st.lists(st.floats(0, 5), min_size=count, max_size=count))
    merged = registry.get_type(kind).merge([value] * count, trust, None, field)
    assert merged.value == value
    assert merged.confidence == pytest.approx(1)


@pytest.mark.parametrize("kind", KINDS)
@relaxed
@given(data=st.data())
def test_a_merge_is_a_valid_answer(kind: str, data: st.DataObject) -> None:
    field, several = drawn(data, kind, 3)
    trust = data.draw(st.lists(st.sampled_from([0, 0.25, 0.5, 1]), min_size=3, max_size=3))
    label_type = registry.get_type(kind)
    merged = label_type.merge(several, trust, None, field)
    assert 0 <= merged.confidence <= 1
    assert merged == label_type.merge(several, trust, None, field)
    assert label_type.clean(merged.value, field, media_of(field)) == merged.value


@pytest.mark.parametrize("kind", KINDS)
@relaxed
@given(data=st.data())
def test_one_trusted_person_decides(kind: str, data: st.DataObject) -> None:
    field, several = drawn(data, kind, 3)
    label_type = registry.get_type(kind)
    merged = label_type.merge(several, [0, 1, 0], None, field)
    assert label_type.distance(merged.value, several[1], field) == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_to_merge(kind: str) -> None:
    field = Field(name="f", type=kind, title="F")
    merged = registry.get_type(kind).merge([], [], None, field)
    assert (merged.value, merged.confidence) == (None, 0.0)


@pytest.mark.parametrize("kind", KINDS)
@relaxed
@given(data=st.data())
def test_shapes_name_the_regions(kind: str, data: st.DataObject) -> None:
    field, [value] = drawn(data, kind, 1)
    label_type = registry.get_type(kind)
    shapes = label_type.shapes(value)
    assert [shape.id for shape in shapes] == label_type.ids(value)
    assert {shape.cls for shape in shapes} <= set(label_type.labels(value, field))
    for shape, region in zip(shapes, as_regions(value), strict=True):
        place = label_type.drawn(shape)
        assert place is None or place.items() <= region.items(), "it is read as it was written"


def attempt(check: Callable[[], Json]) -> tuple[Json, Sequence[Problem]]:
    """What a check returns, and the problems it raises; never both, and nothing else may be raised."""
    try:
        return check(), ()
    except Invalid as error:
        return None, error.problems or [Problem("", "Invalid without a problem")]


JSON: st.SearchStrategy[Json] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ["id", "class", "box", "polygon", "mask", "size", "counts", "start", "end", "attributes", "x"]
            ),
            inner,
        )
    ),
    max_leaves=8,
)


@pytest.mark.parametrize("kind", KINDS)
@settings(relaxed, max_examples=60)
@given(data=st.data())
def test_anything_else_is_refused_and_nothing_breaks(kind: str, data: st.DataObject) -> None:
    field, raw = data.draw(fields(kind)), data.draw(JSON)
    label_type = registry.get_type(kind)
    clean, problems = attempt(lambda: label_type.clean(raw, field, media_of(field)))
    assert all(problem.path.startswith("f") and problem.message for problem in problems)
    if not problems:
        assert label_type.clean(clean, field, media_of(field)) == clean


@pytest.mark.parametrize("kind", KINDS)
@settings(relaxed, max_examples=60)
@given(raw=st.dictionaries(st.text(max_size=5) | st.sampled_from(["options", "classes", "max", "min"]), JSON))
def test_any_settings_are_cleaned_or_refused(kind: str, raw: dict[str, Json]) -> None:
    label_type = registry.get_type(kind)
    cleaned, problems = attempt(lambda: label_type.clean_settings(raw, "fields[0]"))
    assert all(problem.path.startswith("fields[0]") for problem in problems)
    if isinstance(cleaned, dict):
        assert label_type.clean_settings(cleaned, "fields[0]") == cleaned


@pytest.mark.parametrize("kind", KINDS)
def test_schema_lists_the_settings(kind: str) -> None:
    label_type = registry.get_type(kind)
    properties = label_type.settings_schema()["properties"]
    assert isinstance(properties, dict)
    for key in properties:
        with pytest.raises(Invalid) as caught:
            label_type.clean_settings({key: {"not": "valid"}}, "")
        assert "unknown key" not in str(caught.value)


@pytest.mark.parametrize("trust", [[1], [1, -1], [1, float("nan")]])
@pytest.mark.parametrize("kind", ["choice", "rating", "number", "text"])
def test_unusable_trust_is_an_error(kind: str, trust: list[float]) -> None:
    raw: dict[str, Json] = {"options": ["1", "2"]} if kind == "choice" else {}
    field = Field("f", kind, "F", settings=registry.get_type(kind).clean_settings(raw, ""))
    with pytest.raises(ValueError, match=r"weights|trust"):
        registry.get_type(kind).merge([1, 2], trust, None, field)


def test_a_box_moved_to_the_edge_is_in_canonical_form() -> None:
    """Twelve decimals carry it over the edge by less than that; found by the test above."""
    box = registry.get_type("box")
    field = Field(
        name="f", type="box", title="F", settings=box.clean_settings({"classes": ["a", "b"]}, "field")
    )
    value: list[Json] = [{"id": "r0", "class": "a", "box": [6.0, 0.0, 31.23992116329702, 2.0]}]
    for seed in range(100):
        wrong = box.corrupt(value, field, Random(seed), PICTURE)
        assert repr(box.clean(wrong, field, PICTURE)) == repr(wrong)
