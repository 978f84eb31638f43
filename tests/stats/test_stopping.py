"""When to stop asking: published values, and the arithmetic of slots for any order of events."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stats.consensus.overlap import StoppingRule, label_uncertainty, vote_certainty
from stats.consensus.posterior import posterior_for_task


@pytest.mark.parametrize(
    ("leader", "others", "tail"),
    [
        (1, 0, 0.25), (2, 0, 0.125), (3, 0, 0.0625), (2, 1, 0.3125), (3, 1, 0.1875), (4, 1, 0.109375),
        (3, 2, 0.34375), (5, 2, 0.144531),
    ],
)  # fmt: skip
def test_votes_alone_are_as_sure_as_published(leader, others, tail):
    assert vote_certainty(leader, others) == pytest.approx(1 - tail, abs=1e-6)
    assert vote_certainty(leader, others) == pytest.approx(1 - label_uncertainty(leader, others))
    assert vote_certainty(others, leader) == pytest.approx(tail, abs=1e-6), "behind is not ahead"
    with pytest.raises(ValueError, match="negative"):
        vote_certainty(-1, 0)


def _sure(labels, accuracies):
    confusion = np.array([[[a, 1 - a], [1 - a, a]] for a in accuracies])
    shares = posterior_for_task(
        np.arange(len(labels)), np.array(labels), confusion=confusion, marginals=np.array([0.5, 0.5])
    )
    return float(shares.max())


@pytest.mark.parametrize(("ahead", "expected"), [(1, 0.8), (2, 0.941176), (3, 0.984615), (4, 0.996109)])
def test_people_of_accuracy_08_stop_at_the_published_differences(ahead, expected):
    sure = _sure([0] * (ahead + 1) + [1], [0.8] * (ahead + 2))
    assert sure == pytest.approx(expected, abs=1e-6)
    rule = StoppingRule(1, 20, expected)
    assert not rule.asks(ahead + 2, expected)
    assert rule.asks(ahead + 2, np.nextafter(expected, 0))


def test_one_good_person_against_two_poor_ones():
    assert _sure([0, 1, 1], [0.9, 0.6, 0.6]) == pytest.approx(0.8)
    assert StoppingRule(1, 5, 0.81).asks(3, 0.8)
    assert not StoppingRule(1, 3, 0.81).asks(3, 0.8), "nobody beyond the maximum"
    assert StoppingRule(4, 5, 0.5).asks(3, 0.8), "everybody starts with the least number"
    assert not StoppingRule(1, 5, 0.81).asks(3, float("nan")), "nothing to learn"


@pytest.mark.parametrize(("least", "most", "until"), [(0, 3, 0.9), (4, 3, 0.9), (1, 3, 1.1), (1, 3, -0.1)])
def test_nonsense_is_refused(least, most, until):
    with pytest.raises(ValueError, match="need"):
        StoppingRule(least, most, until)


# Mostly people at work: what matters happens to tasks that many have had.
OFTEN = ("take", "take", "take", "answer", "answer", "answer", "leave", "discard", "manager")
STEPS = [(event, sure) for event in OFTEN for sure in (0.5, 0.9)]
EVENTS = st.lists(st.sampled_from(STEPS), min_size=10, max_size=40)


@settings(max_examples=300)
@given(st.integers(1, 3), st.integers(1, 3), EVENTS)
def test_slots_stay_exact_whatever_happens(least, further, events):
    """Never below what is held, never above the maximum and what a manager added; twice changes nothing."""
    rule, added = StoppingRule(least, least + further, 0.8), 0
    wanted, taken, answered, opened = least, 0, 0, []
    for event, sure in events:
        if event == "take" and taken < wanted:
            taken += 1
        elif event == "answer" and answered < taken:
            answered += 1
        elif event == "leave" and answered < taken:
            taken -= 1
        elif event == "discard" and answered:
            taken, answered = taken - 1, answered - 1
        elif event == "manager":
            wanted, added = wanted + 1, added + 1
        more = bool(rule.asks(answered, sure))
        for _ in range(2):
            before, own = wanted, sum(count >= answered for count in opened)
            wanted = rule.slots(wanted=wanted, taken=taken, answered=answered, own=own, more=more)
            if wanted > before:
                opened.append(answered)
            for _ in range(before - wanted):
                opened.remove(max(opened))
        again = rule.slots(
            wanted=wanted,
            taken=taken,
            answered=answered,
            own=sum(count >= answered for count in opened),
            more=more,
        )
        assert again == wanted
        assert least + added <= wanted <= max(rule.most, least) + added
        assert answered <= taken <= wanted
        assert wanted == least + added + len(opened)
        if more and answered >= least and not added:
            assert wanted > answered, "whoever wants one more has a slot for it"
