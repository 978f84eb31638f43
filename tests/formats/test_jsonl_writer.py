"""Our own format: complete, and a fixed point of export and import."""

from __future__ import annotations

from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from formats.outgoing import ExportItem, Final
from formats.strictjson import loads
from tests.formats.world import TEXT, context, export, message, photo, read_file

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=15)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)


def test_it_works() -> None:
    item = message("m1", "Ann", [("person", 0, 3)], meta={"a": 1})
    content, _ = export("jsonl", [item], context(TEXT, answers="all"))
    line = loads(content)
    assert line == {
        "id": "m1",
        "data": {"text": "Ann"},
        "meta": {"a": 1},
        "state": "done",
        "final": {
            "value": {"names": [{"id": "s0", "class": "person", "start": 0, "end": 3}]},
            "probability": 0.97,
            "source": "consensus",
        },
        "annotations": [
            {
                "person": "person-1",
                "value": {"names": [{"id": "s0", "class": "person", "start": 0, "end": 3}]},
                "time": "2026-11-21T12:30:15Z",
                "seconds": 12.5,
                "ontology": 3,
                "guideline": 2,
                "origin": "human",
                "version": 1,
                "reviews": [
                    {
                        "reviewer": "reviewer-1",
                        "verdict": "accept",
                        "time": "2026-11-21T12:30:15Z",
                        "code": None,
                        "comment": "=fine",
                        "value": None,
                    }
                ],
            }
        ],
    }


def test_final_answers_only() -> None:
    content, _ = export("jsonl", [message("m1", "Ann", [])], context(TEXT))
    assert "annotations" not in loads(content)


def test_images_have_their_size() -> None:
    content, _ = export("jsonl", [photo("a.jpg", [])], context(TEXT))
    assert loads(content)["media"] == {
        "photo": {"kind": "image", "file_name": "a.jpg", "width": 200, "height": 100}
    }


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(
    st.lists(
        st.tuples(
            st.none() | TEXTS.filter(bool),
            st.dictionaries(TEXTS, VALUES, min_size=1, max_size=3),
            st.dictionaries(TEXTS, VALUES, max_size=3),
        ),
        min_size=1,
        max_size=4,
    )
)
def test_export_then_import_is_a_fixed_point(
    tmp_path: Path, rows: list[tuple[str | None, dict, dict]]
) -> None:
    items = [
        ExportItem(external_id, data, meta, "done", Final({"tone": "good"}, 1.0, "review"))
        for external_id, data, meta in rows
    ]
    first, _ = export("jsonl", items, context(TEXT))
    path = tmp_path / "file.jsonl"
    path.write_bytes(first)
    good, bad = read_file(path, final_as="gold")
    assert not bad
    assert [(one.external_id, one.data, one.meta) for one in good] == rows
    again = [
        ExportItem(one.external_id, one.data, one.meta, "done", Final(one.gold, 1.0, "review"))
        for one in good
    ]
    assert export("jsonl", again, context(TEXT))[0] == first
