"""Hypothesis strategies: fields of every kind, and values that fit them."""

import math
from typing import Any

import numpy as np
from hypothesis import strategies as st

from labeltypes import registry
from labeltypes.base import Field, ItemMedia
from stats.regions.run_lengths import counts_of, runs_of

NAMES = ["a", "b", "ć", "東", "with space", "👩🏽‍🚀", "שלום"]
DOCUMENT = ItemMedia("text", text="👩🏽 Ana in 東京, cafe\u0301 near שלום" * 2)
PICTURE = ItemMedia("image", width=64, height=48)
SOUND = ItemMedia("audio", seconds=20.0)


def media_of(field: Field) -> ItemMedia | None:
    """The medium that generated values fit."""
    media = {"span": DOCUMENT, "box": PICTURE, "polygon": PICTURE, "mask": PICTURE, "segment": SOUND}
    return media.get(field.type)


@st.composite
def fields(draw: st.DrawFn, kind: str) -> Field:
    """A field of a kind with normalized settings."""
    raw = draw(SETTINGS[kind]())
    settings = registry.get_type(kind).clean_settings(raw, "field")
    return Field(name="f", type=kind, title="F", settings=settings)


def choice_settings() -> st.SearchStrategy[dict[str, Any]]:
    return st.builds(
        lambda options, multiple: {"options": options, "multiple": multiple},
        st.lists(st.sampled_from(NAMES), min_size=2, unique=True),
        st.booleans(),
    )


def ranking_settings() -> st.SearchStrategy[dict[str, Any]]:
    options = st.lists(st.sampled_from(NAMES), min_size=2, max_size=5, unique=True)
    return options.map(lambda names: {"options": names})


def number_settings() -> st.SearchStrategy[dict[str, Any]]:
    return st.sampled_from(
        [{}, {"min": -3, "max": 7}, {"min": 0}, {"tolerance": 0.5}, {"min": 1, "step": 0.25}, {"max": 1e6}]
    )


def rating_settings() -> st.SearchStrategy[dict[str, Any]]:
    return st.builds(lambda most: {"max": most}, st.integers(2, 11))


def text_settings() -> st.SearchStrategy[dict[str, Any]]:
    return st.builds(
        lambda multiline, merge: {"multiline": multiline, "max_length": 12, "merge": merge},
        st.booleans(),
        st.sampled_from([None, "nearest", "words", "characters"]),
    )


ATTRIBUTES = [
    {"name": "role", "type": "choice", "options": ["x", "y"], "required": True},
    {"name": "sure", "type": "rating", "max": 3, "show_if": {"role": ["x"]}},
    {"name": "size", "type": "number", "min": 0, "max": 9},
]


def region_settings() -> st.SearchStrategy[dict[str, Any]]:
    return st.builds(
        lambda names, attributes: {
            "classes": [
                {"name": name, "attributes": attributes if name == names[0] else []} for name in names
            ]
        },
        st.lists(st.sampled_from(NAMES), min_size=1, max_size=3, unique=True),
        st.sampled_from([[], ATTRIBUTES]),
    )


def span_settings() -> st.SearchStrategy[dict[str, Any]]:
    return st.builds(lambda base, overlap: {**base, "overlap": overlap}, region_settings(), st.booleans())


def segment_settings() -> st.SearchStrategy[dict[str, Any]]:
    return st.builds(
        lambda base, overlap, least, most: {
            **base,
            "overlap": overlap,
            "min_seconds": least,
            "max_count": most,
        },
        region_settings(),
        st.sampled_from(["never", "classes", "always"]),
        st.sampled_from([0, 0.25]),
        st.sampled_from([None, 2]),
    )


def area_settings() -> st.SearchStrategy[dict[str, Any]]:
    return st.builds(
        lambda base, most: {**base, "max_count": most}, region_settings(), st.sampled_from([None, 2])
    )


SETTINGS = {
    "choice": choice_settings,
    "number": number_settings,
    "ranking": ranking_settings,
    "rating": rating_settings,
    "text": text_settings,
    "span": span_settings,
    "box": area_settings,
    "polygon": area_settings,
    "mask": area_settings,
    "segment": segment_settings,
}


def values(field: Field) -> st.SearchStrategy[Any]:
    """Clean values of a field, made from valid raw ones."""
    clean = registry.get_type(field.type).clean
    return RAW[field.type](field).map(lambda raw: clean(raw, field, media_of(field)))


def raw_choice(field: Field) -> st.SearchStrategy[Any]:
    names = st.sampled_from(field.names("options"))
    return st.lists(names, unique=True) if field.flag("multiple") else names


def raw_ranking(field: Field) -> st.SearchStrategy[Any]:
    return st.permutations(field.names("options"))


def raw_number(field: Field) -> st.SearchStrategy[Any]:
    low, high, step = field.number("min"), field.number("max"), field.number("step")
    if step is not None:
        return st.integers(0, 1000).map(lambda count: (low or 0) + count * step)
    bottom, top = -1e9 if low is None else low, 1e9 if high is None else high
    return st.floats(bottom, top) | st.integers(int(bottom), int(top))


def raw_rating(field: Field) -> st.SearchStrategy[Any]:
    return st.integers(1, int(field.number("max") or 5))


def raw_text(field: Field) -> st.SearchStrategy[Any]:
    letters = st.sampled_from(["a", "b", " ", "é", "e\u0301", "👍🏽", "東", "ש"])
    return st.lists(letters, min_size=1, max_size=6).map("".join).filter(str.strip)


def raw_attributes(field: Field, name: str) -> st.SearchStrategy[Any]:
    if name != field.names("classes")[0] or not field.items("classes")[0].get("attributes"):
        return st.none()
    sure = st.builds(lambda level: {"role": "x", "sure": level}, st.integers(1, 3))
    return sure | st.builds(lambda size: {"role": "y", "size": size}, st.integers(0, 9))


def raw_regions(field: Field, geometries: list[dict[str, Any]]) -> st.SearchStrategy[Any]:
    def region(index: int) -> st.SearchStrategy[Any]:
        return st.sampled_from(field.names("classes")).flatmap(
            lambda name: raw_attributes(field, name).map(
                lambda attributes: {
                    "id": f"r{index}",
                    "class": name,
                    **geometries[index],
                    **({"attributes": attributes} if attributes else {}),
                }
            )
        )

    return st.tuples(*(region(index) for index in range(len(geometries)))).map(list)


def raw_span(field: Field) -> st.SearchStrategy[Any]:
    cuts = st.lists(st.integers(0, len(DOCUMENT.text or "")), max_size=6, unique=True).map(sorted)
    return cuts.flatmap(
        lambda ends: raw_regions(
            field, [{"start": a, "end": b} for a, b in zip(ends[::2], ends[1::2], strict=False)]
        )
    )


def raw_segment(field: Field) -> st.SearchStrategy[Any]:
    """Half a second apart or not at all, and at any millisecond; overlapping where that is always allowed."""
    cuts = st.lists(st.integers(0, 39), max_size=6, unique=True).map(sorted)
    late = st.integers(0, 200).map(lambda ms: ms / 1000)
    apart = st.tuples(cuts, late).map(
        lambda drawn: [
            (round(a / 2 + drawn[1], 3), round(b / 2 + drawn[1], 3))
            for a, b in zip(drawn[0], drawn[0][1:], strict=False)
        ]
    )
    anywhere = st.lists(
        st.tuples(st.integers(0, 15_000), st.integers(500, 5_000)), max_size=4, unique=True
    ).map(lambda ends: [(start / 1000, (start + length) / 1000) for start, length in ends])
    drawn = anywhere if field.settings["overlap"] == "always" else apart
    most = int(field.number("max_count") or 6)
    return drawn.flatmap(
        lambda ends: raw_regions(field, [{"start": start, "end": end} for start, end in ends[:most]])
    )


def raw_box(field: Field) -> st.SearchStrategy[Any]:
    box = st.tuples(st.floats(-0.4, 32), st.floats(0, 24), st.floats(2, 32), st.floats(2, 24)).map(list)
    most = int(field.number("max_count") or 3)
    return st.lists(box, max_size=most).flatmap(
        lambda boxes: raw_regions(field, [{"box": coordinates} for coordinates in boxes])
    )


def raw_polygon(field: Field) -> st.SearchStrategy[Any]:
    """Around a middle, with the points in the order of their angles: it cannot cross itself."""
    reach = st.lists(st.floats(1, 16), min_size=3, max_size=8)
    middle = st.tuples(st.floats(15.6, 48.4), st.floats(15.6, 32.4))
    outline = st.builds(_around, middle, reach, st.booleans())
    most = int(field.number("max_count") or 3)
    return st.lists(outline, max_size=most).flatmap(
        lambda outlines: raw_regions(field, [{"polygon": outline} for outline in outlines])
    )


def _around(middle: tuple[float, float], reach: list[float], backwards: bool) -> list[list[float]]:
    points = []
    for place, far in enumerate(reach):
        angle = 2 * math.pi * place / len(reach)
        points.append([middle[0] + far * math.cos(angle), middle[1] + far * math.sin(angle)])
    return points[::-1] if backwards else points


def raw_mask(field: Field) -> st.SearchStrategy[Any]:
    """Rectangles with holes and pixels beside them."""
    corner = st.tuples(st.integers(0, 63), st.integers(0, 47), st.integers(1, 64), st.integers(1, 48))
    pixels = st.lists(st.tuples(st.integers(0, 47), st.integers(0, 63)), max_size=4)
    most = int(field.number("max_count") or 3)
    return st.lists(st.builds(_painted, corner, pixels), max_size=most).flatmap(
        lambda masks: raw_regions(field, [{"mask": mask} for mask in masks if mask])
    )


def _painted(corner: tuple[int, int, int, int], pixels: list[tuple[int, int]]) -> dict[str, Any] | None:
    x, y, width, height = corner
    mask = np.zeros((48, 64), dtype=np.bool_)
    mask[y : y + height, x : x + width] = True
    for row, column in pixels:
        mask[row, column] ^= True
    return {"size": [48, 64], "counts": counts_of(runs_of(mask))} if mask.any() else None


RAW = {
    "choice": raw_choice,
    "number": raw_number,
    "ranking": raw_ranking,
    "rating": raw_rating,
    "text": raw_text,
    "span": raw_span,
    "box": raw_box,
    "polygon": raw_polygon,
    "mask": raw_mask,
    "segment": raw_segment,
}
