"""Many tasks merged at once come to the same as each alone, to the bit."""

from itertools import combinations
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from labeltypes import registry
from labeltypes.base import Case, Field
from labeltypes.inferred import Inferred, Shares, posterior_of
from labeltypes.ranking.pairs import unit_of
from tests.labeltypes.strategies import fields, values

relaxed = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
# Ties, near ties, nothing known at all, and anything.
WEIGHTS = st.sampled_from([0.0, 0.25, 0.25 + 1e-13, 0.25 + 1e-9, 0.5, 1.0])


@st.composite
def inferred(draw: st.DrawFn, field: Field, count: int) -> Inferred:
    """Probabilities of the field's units; of some codes only, and of some tasks nothing."""
    codes = registry.get_type(field.type).codes(field)
    if not codes or draw(st.booleans()):
        return {}
    units = field.names("options") if field.flag("multiple") else [""]
    if field.type == "ranking":
        units = [unit_of(a, b)[0] for a, b in combinations(field.names("options"), 2)]
    is_whole = field.flag("multiple") or field.type == "ranking"
    kept = [code for code in codes if is_whole or draw(st.booleans())] or codes[:1]
    found = {}
    for unit in units:
        rows = [[draw(WEIGHTS) for _ in kept] for _ in range(count)]
        shares = np.array(rows) + 1e-3
        shares /= shares.sum(axis=1, keepdims=True)
        shares[[draw(st.integers(0, 4)) == 0 for _ in range(count)]] = np.nan
        found[unit] = Shares(tuple(kept), shares)
    return found


@pytest.mark.parametrize("kind", registry.kinds())
@relaxed
@given(data=st.data())
def test_many_at_once_are_each_alone(kind: str, data: st.DataObject) -> None:
    field = data.draw(fields(kind))
    some = [data.draw(values(field)) for _ in range(3)]
    cases = [
        Case([1, 2, 3][:size], [data.draw(st.sampled_from(some)) for _ in range(size)])
        for size in data.draw(st.lists(st.integers(1, 3), min_size=1, max_size=4))
    ]
    trust = {1: 0.5, 2: 0.9}
    by_votes = data.draw(inferred(field, len(cases)))
    label_type = registry.get_type(kind)
    assert label_type.merge_many(cases, trust, by_votes, field) == [
        label_type.merge(
            case.values, [trust.get(who, 1.0) for who in case.people], posterior_of(by_votes, row), field
        )
        for row, case in enumerate(cases)
    ]


def test_a_tie_goes_by_weight_and_not_by_the_order_of_options() -> None:
    raw: dict[str, Any] = {"options": ["a", "b"], "multiple": False}
    choice = registry.get_type("choice")
    field = Field(name="f", type="choice", title="F", settings=choice.clean_settings(raw, "field"))
    shares = Shares(("a", "b"), np.array([[0.5, 0.5], [0.4, 0.6], [np.nan, np.nan]]))
    cases = [Case([1, 2], ["a", "b"])] * 3
    assert [each.value for each in choice.merge_many(cases, {1: 0.2}, {"": shares}, field)] == ["b", "b", "b"]
    assert [each.value for each in choice.merge_many(cases, {2: 0.2}, {"": shares}, field)] == ["a", "b", "a"]


def test_rankings_at_once_are_each_alone_in_circles_too() -> None:
    """Rankings of up to nine options; in some tasks a pair, or an option in the first answer, is missing."""
    ranking, dice = registry.get_type("ranking"), np.random.default_rng(4)
    for names in ("ab", "dacb", "ihgfedcba"):
        raw: dict[str, Any] = {"options": list(names)}
        field = Field(name="f", type="ranking", title="F", settings=ranking.clean_settings(raw, "field"))
        cases = []
        for task in range(60):
            given: Any = [dice.permutation(list(names)).tolist() for _ in range(3)]
            if task % 7 == 0:
                given[0].pop()
            cases.append(Case([1, 2, 3], given))
        by_votes: dict[str, Shares] = {}
        for a, b in combinations(names, 2):
            yes = dice.choice([0.1, 0.3, 0.5, 0.7, 0.9], 60) if a < "d" else dice.random(60)
            yes[dice.random(60) < 0.01] = np.nan
            by_votes[unit_of(a, b)[0]] = Shares(("yes", "no"), np.stack([yes, 1 - yes], axis=1))
        trust = {1: 0.0, 2: 0.7}
        alone = [
            ranking.merge(case.values, [0.0, 0.7, 1.0], posterior_of(by_votes, row), field)
            for row, case in enumerate(cases)
        ]
        assert ranking.merge_many(cases, trust, by_votes, field) == alone
