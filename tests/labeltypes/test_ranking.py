"""Rankings: distances counted by hand, what decides a merge, and what must not."""

from itertools import combinations, permutations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labeltypes.base import Field, Invalid, Json, Vote
from labeltypes.ranking import label_type as ranking
from labeltypes.ranking.pairs import unit_of

relaxed = settings(max_examples=80, deadline=None)


def field(names: str = "abc", **settings: Json) -> Field:
    cleaned = ranking.clean_settings({"options": list(names)}, "")
    return Field(name="f", type="ranking", title="F", settings={**cleaned, **settings})


def merged(values: list[str], trust: list[float] | None = None, posterior: Any = None) -> tuple[str, float]:
    """Names of one letter, so that a ranking is a word."""
    weights = [1.0] * len(values) if trust is None else trust
    rankings: list[Json] = [list(value) for value in values]
    found = ranking.merge(rankings, weights, posterior, field("".join(sorted(values[0]))))
    assert isinstance(found.value, list)
    return "".join(map(str, found.value)), found.confidence


def probable(**pairs: float) -> dict[str, dict[str, float]]:
    """`ab=0.9`: a stands before b with this probability."""
    return {unit_of(*pair)[0]: {"yes": p, "no": 1 - p} for pair, p in pairs.items()}


def test_it_works() -> None:
    assert ranking.clean(["c", "a", "b"], field()) == ["c", "a", "b"]
    assert merged(["abc", "abc", "bac"])[0] == "abc"


def test_two_to_twelve_options() -> None:
    letters = "abcdefghijklm"
    assert len(field(letters[:12]).names("options")) == 12
    for options, message in (
        (letters, "options: has 13 entries, at most 12 are allowed"),
        ("a", "options: must have at least 2 entries"),
        ("aa", 'options[1]: "a" is used twice'),
    ):
        with pytest.raises(Invalid, match=r"^" + message.replace("[", r"\[").replace("]", r"\]")):
            field(options)


def test_two_names_fit_into_the_name_of_a_unit() -> None:
    long = ["x" * 94 + letter for letter in "ab"]
    assert len(unit_of(*long)[0]) <= 200
    with pytest.raises(Invalid, match=r"options\[1\]: has 96 characters, at most 95 are allowed"):
        ranking.clean_settings({"options": ["a", "x" * 96]}, "")
    with pytest.raises(Invalid, match=r"options\[0\].name: has 96 characters, at most 95 are allowed"):
        ranking.clean_settings({"options": [{"name": "x" * 96}, "a"]}, "")


def test_all_problems_at_once() -> None:
    with pytest.raises(Invalid) as caught:
        ranking.clean(["x", "a", "a", 7], field())
    assert [str(problem) for problem in caught.value.problems] == [
        'f[0]: "x" is not an option',
        'f[2]: "a" is ranked twice',
        "f[3]: must be the name of an option",
    ]


def test_a_draft_may_rank_some_only() -> None:
    draft = ranking.relaxed(field())
    assert ranking.clean(["b"], draft) == ["b"]
    with pytest.raises(Invalid, match="twice"):
        ranking.clean(["b", "b"], draft)


@pytest.mark.parametrize(
    ("a", "b", "contrary"),
    [
        ("abcd", "abcd", 0),
        ("abcd", "bacd", 1),  # ab
        ("abcd", "bcda", 3),  # ab, ac, ad
        ("abcd", "cadb", 3),  # ac, bc, bd
        ("abcd", "dcba", 6),
    ],
)
def test_distances_by_hand(a: str, b: str, contrary: int) -> None:
    assert ranking.distance(list(a), list(b), field("abcd")) == pytest.approx(contrary / 6)


def test_of_older_answers_what_both_ranked_counts() -> None:
    assert ranking.distance(["a", "b"], ["c", "b", "a"], field()) == 1
    assert ranking.distance(["a", "b"], ["a", "c", "b"], field()) == 0
    assert ranking.distance(["a"], ["a", "b"], field()) == 1
    assert ranking.distance([], [], field()) == 0


@relaxed
@given(st.permutations("abcde"), st.permutations("abcde"), st.permutations("abcde"))
def test_no_way_round_is_shorter(a: list[str], b: list[str], c: list[str]) -> None:
    five = field("abcde")
    direct = ranking.distance(a, c, five)
    assert direct <= ranking.distance(a, b, five) + ranking.distance(b, c, five) + 1e-12


def test_a_vote_per_pair_whatever_the_order_of_the_ontology() -> None:
    votes = [Vote("[b] > [c]", "no"), Vote("[a] > [c]", "no"), Vote("[a] > [b]", "yes")]
    assert ranking.votes(["c", "a", "b"], field("abc")) == [votes[1], votes[0], votes[2]]
    assert ranking.votes(["c", "a", "b"], field("cba")) == ranking.votes(["c", "a", "b"], field("abc"))


def test_no_two_pairs_share_a_unit() -> None:
    names = ["a", "b", "a > b", "b > c", "c", ">"]
    units = [unit_of(a, b)[0] for a, b in combinations(names, 2)]
    assert len(set(units)) == len(units)


def test_the_first_is_the_label() -> None:
    assert ranking.labels(["c", "a", "b"], field()) == ["c"]
    assert ranking.choices(field()) == []


def test_a_circle_is_cut_where_fewest_object() -> None:
    """abc 3, bca 2, cab 2: a before b 5:2, b before c 5:2, c before a 4:3."""
    votes = ["abc"] * 3 + ["bca"] * 2 + ["cab"] * 2
    assert merged(votes) == ("abc", pytest.approx((5 + 5 + 3) / 21))


def test_weights_change_the_winner() -> None:
    assert merged(["abc", "abc", "cba"])[0] == "abc"
    assert merged(["abc", "abc", "cba"], [1, 1, 3]) == ("cba", pytest.approx(0.6))


def test_probabilities_win_over_counts() -> None:
    known = probable(ab=0.2, ac=0.3, bc=0.9)
    assert merged(["abc", "abc", "abc"], posterior=known) == ("bca", pytest.approx((0.8 + 0.7 + 0.9) / 3))


def test_a_pair_without_probability_goes_by_trust() -> None:
    known = probable(ab=0.2)
    assert merged(["abc", "abc"], posterior=known)[0] == "bac"


def test_nobody_profits_from_the_order_of_the_options() -> None:
    """One for each side: who answered first decides, and the confidence says that it is a draw."""
    assert merged(["ba", "ab"]) == ("ba", 0.5)
    assert merged(["ab", "ba"]) == ("ab", 0.5)


def test_of_an_option_that_is_gone_nothing_is_left() -> None:
    found = ranking.merge([["a", "x", "b"], ["b", "a", "c"]], [1, 2], None, field())
    assert found.value == ["b", "a", "c"]


WORDS = st.lists(st.permutations("abcd").map("".join), min_size=1, max_size=6)


@relaxed
@given(values=WORDS, data=st.data())
def test_no_order_has_fewer_pairs_the_wrong_way_round(values: list[str], data: st.DataObject) -> None:
    trust = data.draw(st.lists(st.sampled_from([0.5, 1.0, 2.0]), min_size=len(values), max_size=len(values)))
    four = field("abcd")
    found, confidence = merged(values, trust)

    def expected(order: str) -> float:
        far = (w * ranking.distance(list(order), list(v), four) for v, w in zip(values, trust, strict=True))
        return sum(far) / sum(trust)

    assert expected(found) == pytest.approx(min(expected("".join(each)) for each in permutations("abcd")))
    assert confidence == pytest.approx(1 - expected(found))


@relaxed
@given(values=WORDS, data=st.data())
def test_order_and_duplication_do_not_matter(values: list[str], data: st.DataObject) -> None:
    """But where orders are equally good, when the first answer chooses among them."""
    four = field("abcd")
    found, confidence = merged(values)
    doubled = merged(values * 2)
    assert doubled == (found, pytest.approx(confidence))
    shuffled, same = merged(data.draw(st.permutations(values)))
    assert same == pytest.approx(confidence)

    def cost(order: str) -> float:
        return sum(ranking.distance(list(order), list(value), four) for value in values)

    best = min(cost("".join(each)) for each in permutations("abcd"))
    unique = sum(cost("".join(each)) < best + 1e-9 for each in permutations("abcd")) == 1
    assert shuffled == found or not unique


@pytest.mark.parametrize("trust", [[1], [1, -1], [1, float("nan")]])
def test_unusable_trust_is_an_error(trust: list[float]) -> None:
    with pytest.raises(ValueError, match=r"weights|trust"):
        merged(["ab", "ba"], trust)
