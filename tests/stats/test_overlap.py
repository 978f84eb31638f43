"""How many answers an item needs: published values and refusals."""

import pytest

from stats.consensus.overlap import combined_uncertainty, label_uncertainty, majority_accuracy


@pytest.mark.parametrize(
    ("accuracy", "expected"),
    [
        (0.6, [0.600, 0.648, 0.6826, 0.7102, 0.7334, 0.7535]),
        (0.7, [0.7, 0.784, 0.8369, 0.874, 0.9012, 0.9218]),
        (0.8, [0.8, 0.896, 0.9421, 0.9667, 0.9804, 0.9883]),
        (0.9, [0.9, 0.972, 0.9914, 0.9973]),
    ],
)
def test_published_majority_accuracy(accuracy, expected):
    ours = [majority_accuracy(accuracy, n) for n in (1, 3, 5, 7, 9, 11)[: len(expected)]]
    assert ours == pytest.approx(expected, abs=5.1e-5)
    assert majority_accuracy(accuracy, 2) == pytest.approx(accuracy)


@pytest.mark.parametrize(
    ("positive", "negative", "expected"),
    [
        (1, 0, 0.25), (2, 0, 0.125), (3, 0, 0.0625), (2, 1, 0.3125), (3, 1, 0.1875), (4, 1, 0.109375),
        (3, 2, 0.34375), (5, 2, 0.144531),
    ],
)  # fmt: skip
def test_published_label_uncertainty(positive, negative, expected):
    assert label_uncertainty(positive, negative) == pytest.approx(expected, abs=1e-6)
    assert label_uncertainty(negative, positive) == pytest.approx(expected, abs=1e-6)


def test_overlap_refuses_nonsense():
    assert combined_uncertainty(0.25, 0.04) == pytest.approx(0.1)
    for call in (
        lambda: majority_accuracy(1.2, 3), lambda: majority_accuracy(0.5, 0),
        lambda: label_uncertainty(-1, 0), lambda: combined_uncertainty(2, 0),
    ):  # fmt: skip
        with pytest.raises(ValueError, match="must"):
            call()
