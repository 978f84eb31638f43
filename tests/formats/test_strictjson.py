"""The strict JSON layer: everything a parser of the standard library or orjson would let through."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formats.strictjson import JsonProblem, check_value, dumps, join, loads, parse


def refusal(data: bytes | str, **options: int) -> tuple[str, str]:
    with pytest.raises(JsonProblem) as caught:
        parse(data, **options)
    return caught.value.path, caught.value.message


def test_it_works() -> None:
    assert loads(b'{"a": [1, -2.5, "\\u00e9\xf0\x9f\x98\x80", null, true], "b": {}}') == {
        "a": [1, -2.5, "é😀", None, True],
        "b": {},
    }


@pytest.mark.parametrize("number", [b"NaN", b"Infinity", b"-Infinity", b"1e999", b"-1e999"])
def test_numbers_that_are_none(number: bytes) -> None:
    _path, message = refusal(b'{"a": ' + number + b"}")
    assert "line 1" in message
    assert "number" in message


def test_duplicate_keys_are_named_with_their_path() -> None:
    assert refusal(b'{"items": [{}, {"b c": 1, "x": {"k": 1, "k": 2}}]}') == ("items[1].x.k", "duplicate key")


def test_duplicate_keys_written_differently() -> None:
    assert refusal(b'{"ab": 1, "\\u0061b": 2}') == ("ab", "duplicate key")


def test_colons_and_quotes_inside_text_are_no_keys() -> None:
    assert loads(b'{"a:\\"b": ": : \\\\", "c": ["x:y"]}') == {'a:"b': ": : \\", "c": ["x:y"]}


def test_nul_in_text_and_in_keys() -> None:
    assert refusal(b'{"a": ["x\\u0000"]}') == ("a[0]", "contains a NUL character")
    assert refusal(b'{"a\\u0000b": 1}')[1] == "key contains a NUL character"
    assert loads(b'"\\\\u0000"') == "\\u0000"


@pytest.mark.parametrize("text", [b'"\\ud800"', b'"\\udc00"', b'"\\ud800\\ud800"'])
def test_lone_surrogates(text: bytes) -> None:
    assert "surrogate" in refusal(text)[1]


def test_lone_surrogates_in_text_already_decoded() -> None:
    assert "surrogate" in refusal('"\ud800"')[1]


@pytest.mark.parametrize(
    "number", ["9223372036854775808", "-9223372036854775809", "18446744073709551616", "9" * 300]
)
def test_integers_beyond_64_bits(number: str) -> None:
    assert refusal(f'{{"n": [{number}]}}') == ("n[0]", "integer beyond 64 bits")


def test_integer_of_5000_digits_is_refused() -> None:
    refusal("9" * 5000)


def test_the_largest_integers_stay_integers() -> None:
    assert loads(b"[9223372036854775807, -9223372036854775808]") == [2**63 - 1, -(2**63)]


def test_floats_with_many_digits_are_fine() -> None:
    assert loads(b"[1234567890123456789012.5, 0.12345678901234567890123]") == [
        1.2345678901234568e21,
        0.12345678901234568,
    ]


def test_depth() -> None:
    assert loads(b"[" * 64 + b"]" * 64)
    assert "nested too deeply" in refusal(b"[" * 65 + b"]" * 65)[1]
    assert "nested too deeply" in refusal(b'{"a":' * 65 + b"1" + b"}" * 65)[1]
    assert parse(b"[[1]]", max_depth=2) == [[1]]
    assert "nested too deeply" in refusal(b"[[1]]", max_depth=1)[1]


@pytest.mark.parametrize("count", [1_000, 5_000, 100_000])
def test_absurd_depth(count: int) -> None:
    assert "nested too deeply" in refusal(b"[" * count + b"]" * count)[1]
    assert "nested too deeply" in refusal(b"[" * count)[1]


def test_bad_utf8_names_the_byte() -> None:
    assert refusal(b'{"a": "\xff"}') == ("", "is not UTF-8 at byte 7")


def test_broken_json_names_line_and_column() -> None:
    assert "line 2, column 3" in refusal(b"{\n  x: 1}")[1]


def test_empty_and_too_large() -> None:
    assert refusal(b"")[1] == refusal(b"  \n")[1] == "is empty"
    assert refusal(b"[1, 2, 3]", max_bytes=5)[1] == "is 9 bytes, more than the 5 allowed"


def test_a_byte_order_mark_is_allowed() -> None:
    assert loads(b"\xef\xbb\xbf[1]") == [1]


def test_values_that_were_not_parsed() -> None:
    check_value({"a": [1, 2.5, "x"]})
    for bad in ({1: 2}, [float("nan")], ["\0"], ["\ud800"], [2**63], [object()]):
        with pytest.raises(JsonProblem):
            check_value(bad)


def test_paths() -> None:
    assert join(join(join("", "a"), 3), "odd key") == 'a[3]["odd key"]'


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")), inner, max_size=4
        )
    ),
    max_leaves=20,
)


@given(JSON)
def test_what_json_can_hold_comes_back(value: object) -> None:
    assert loads(dumps(value)) == value
    assert loads(json.dumps(value, indent=1).encode()) == value


@given(st.binary(max_size=60))
def test_bytes_of_any_kind_raise_only_our_problem(data: bytes) -> None:
    try:
        value = loads(data)
    except JsonProblem:
        return
    assert value == json.loads(data.removeprefix(b"\xef\xbb\xbf"))
