"""Agreement coefficients: published values, invariances, undefined cases, sklearn as oracle."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score

from stats.agreement.brennan_prediger import brennan_prediger
from stats.agreement.cohen import cohen_kappa
from stats.agreement.counts import item_counts
from stats.agreement.distance_alpha import distance_alpha
from stats.agreement.estimate import Bootstrap, merge_equal
from stats.agreement.fleiss import fleiss_kappa
from stats.agreement.gwet import gwet_ac
from stats.agreement.kendall import kendall_w, kendall_w_each
from stats.agreement.krippendorff import krippendorff_alpha
from stats.agreement.numeric_alpha import interval_alpha
from stats.agreement.percent import percent_agreement
from stats.agreement.scott import scott_pi
from stats.agreement.two_raters import contingency

FOUR_BY_TWELVE = ["123321412...", "1233224125.3", ".3332342251.", "12332441251."]
THREE_BY_FIFTEEN = [".....34121133.3", "1.213343.......", "..21344.21133.4"]
TWO_BY_TEN = ["0100000010", "1110010000"]
WIKIPEDIA = [
    [0, 0, 0, 0, 14], [0, 2, 6, 4, 2], [0, 0, 3, 5, 6], [0, 3, 9, 2, 0], [2, 2, 8, 1, 1],
    [7, 7, 0, 0, 0], [3, 2, 6, 3, 0], [2, 5, 3, 2, 2], [6, 5, 2, 1, 0], [0, 2, 2, 3, 7],
]  # fmt: skip
FLEISS_1971 = (
    "00060 03003 01401 00006 03030 20400 00402 20310 20040 00006 10050 11040 03300 10050 02031 "
    "00501 30012 51000 02040 10203 00006 01050 02013 20040 10041 05010 40002 02040 10500 00006"
)
MULTI_RATER = [percent_agreement, fleiss_kappa, gwet_ac, brennan_prediger, krippendorff_alpha]


def columns(rows):
    """Parallel (item, value) of a table of digits, dots missing."""
    cells = [(i, int(v)) for row in rows for i, v in enumerate(row) if v != "."]
    return np.array([i for i, _ in cells]), np.array([v for _, v in cells])


def counts_of(rows, first=1):
    item, value = columns(rows)
    return item_counts(item, value - first, n_items=len(rows[0]), n_classes=int(value.max()) - first + 1)


def random_counts(seed, items=60, classes=4):
    rng = np.random.default_rng(seed)
    truth = rng.integers(0, classes, items)
    rows = [rng.choice([t, rng.integers(0, classes)], size=rng.integers(1, 6)) for t in truth]
    item = np.repeat(np.arange(items), [len(r) for r in rows])
    return item_counts(item, np.concatenate(rows), n_items=items, n_classes=classes)


def test_it_works():
    alpha = krippendorff_alpha(counts_of(FOUR_BY_TWELVE), bootstrap=Bootstrap())
    assert alpha.value == pytest.approx(0.743421, abs=1e-6)
    assert (alpha.items, alpha.answers, alpha.reason) == (11, 40, None)
    assert alpha.value in alpha.interval


@pytest.mark.parametrize(
    ("rows", "metric", "expected"),
    [
        (FOUR_BY_TWELVE, "nominal", 0.743421),
        (FOUR_BY_TWELVE, "ordinal", 0.815388),
        (FOUR_BY_TWELVE, "interval", 0.849107),
        (FOUR_BY_TWELVE, "ratio", 0.797403),
        (THREE_BY_FIFTEEN, "nominal", 0.691358),
        (THREE_BY_FIFTEEN, "ordinal", 0.806721),
        (THREE_BY_FIFTEEN, "interval", 0.810845),
        (THREE_BY_FIFTEEN, "ratio", 0.808944),
    ],
)
def test_published_alpha(rows, metric, expected):
    counts = counts_of(rows)
    alpha = krippendorff_alpha(counts, metric=metric, values=np.arange(1, counts.shape[1] + 1))
    assert alpha.value == pytest.approx(expected, abs=1e-6)


def test_published_binary_alpha():
    assert krippendorff_alpha(counts_of(TWO_BY_TEN, first=0)).value == pytest.approx(0.095238, abs=1e-6)


@pytest.mark.parametrize(
    ("measure", "weights", "expected"),
    [
        (percent_agreement, None, 0.81818),
        (fleiss_kappa, None, 0.76117),
        (gwet_ac, None, 0.77544),
        (brennan_prediger, None, 0.77273),
        (gwet_ac, "quadratic", 0.91400),
        (fleiss_kappa, "quadratic", 0.86494),
        (brennan_prediger, "quadratic", 0.90152),
    ],
)
def test_published_multi_rater_values(measure, weights, expected):
    assert measure(counts_of(FOUR_BY_TWELVE), weights=weights).value == pytest.approx(expected, abs=5e-6)


def test_published_fleiss():
    counts = np.array(WIKIPEDIA)
    assert fleiss_kappa(counts).value == pytest.approx(0.209931, abs=1e-6)
    assert krippendorff_alpha(counts).value == pytest.approx(0.215574, abs=1e-6)
    patients = np.array([[int(c) for c in row] for row in FLEISS_1971.split()])
    assert patients.sum(axis=0).tolist() == [26, 26, 30, 55, 43]
    assert fleiss_kappa(patients).value == pytest.approx(0.430245, abs=1e-6)


TWO_RATERS = [
    ([[20, 5], [10, 15]], 0.70, 0.400000, 0.393939, 0.405941, 0.40, 0.400000),
    ([[45, 15], [25, 15]], 0.60, 0.130435, 0.120879, 0.266055, 0.20, 0.125275),
    ([[25, 35], [5, 35]], 0.60, 0.259259, 0.191919, 0.207921, 0.20, 0.195960),
    ([[118, 5], [2, 0]], 0.944, -0.023392, -0.028807, 0.940776, 0.888, -0.024691),
    ([[80, 10], [5, 5]], 0.85, 0.318182, 0.314286, 0.808000, 0.70, 0.317714),
    ([[40, 9], [6, 45]], 0.85, 0.699519, 0.699248, 0.700748, 0.70, 0.700752),
    ([[88, 14, 18], [10, 40, 10], [2, 6, 12]], 0.70, 0.491525, 0.487179, 0.575972, 0.55, 0.488462),
]


@pytest.mark.parametrize(("table", "percent", "cohen", "scott", "ac1", "bp", "alpha"), TWO_RATERS)
def test_published_two_rater_values(table, percent, cohen, scott, ac1, bp, alpha):
    cells = np.array(table)
    pairs = np.argwhere(cells > 0).repeat(cells[cells > 0], axis=0)
    item = np.arange(len(pairs)).repeat(2)
    counts = item_counts(item, pairs.reshape(-1), n_items=len(pairs), n_classes=len(cells))
    assert (contingency(pairs[:, 0], pairs[:, 1], n_classes=len(cells)) == cells).all()
    assert cohen_kappa(cells).value == pytest.approx(cohen, abs=1e-6)
    assert scott_pi(cells).value == pytest.approx(scott, abs=1e-6)
    values = [m(counts).value for m in MULTI_RATER]
    assert values == pytest.approx([percent, scott, ac1, bp, alpha], abs=1e-6)


def test_published_weighted_cohen():
    table = np.array(TWO_RATERS[-1][0])
    assert cohen_kappa(table, weights="linear").value == pytest.approx(0.473684, abs=1e-6)
    assert cohen_kappa(table, weights="quadratic").value == pytest.approx(0.454545, abs=1e-6)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from([None, "linear", "quadratic"]))
def test_cohen_equals_sklearn(seed, weights):
    rng = np.random.default_rng(seed)
    a = rng.integers(0, 4, 50)
    b = np.where(rng.random(50) < 0.6, a, rng.integers(0, 4, 50))
    ours = cohen_kappa(contingency(a, b, n_classes=4), weights=weights).value
    assert ours == pytest.approx(cohen_kappa_score(a, b, weights=weights, labels=[0, 1, 2, 3]), abs=1e-12)


@pytest.mark.parametrize("measure", MULTI_RATER)
def test_invariances(measure):
    counts = random_counts(7)
    value = measure(counts).value
    rng = np.random.default_rng(0)
    assert measure(counts[:, rng.permutation(4)]).value == pytest.approx(value, abs=1e-12)
    assert measure(rng.permutation(counts)).value == pytest.approx(value, abs=1e-12)
    if measure is not krippendorff_alpha:  # alpha corrects for the sample's size
        assert measure(np.vstack([counts, counts])).value == pytest.approx(value, abs=1e-12)


@pytest.mark.parametrize("measure", MULTI_RATER)
def test_perfect_agreement_is_one(measure):
    assert measure(np.array([[3, 0], [0, 3], [2, 0]])).value == pytest.approx(1.0)


@pytest.mark.parametrize("measure", MULTI_RATER)
def test_no_item_with_two_answers_is_undefined(measure):
    for counts in (np.zeros((0, 3), dtype=int), np.zeros((4, 3), dtype=int), np.eye(3, dtype=int)):
        result = measure(counts)
        assert result.value is None
        assert result.reason == "no item has two answers"


def test_a_single_observed_class_is_undefined_where_chance_is_complete():
    counts = np.array([[3, 0], [2, 0]])
    assert krippendorff_alpha(counts).value is None
    assert "no variation" in krippendorff_alpha(counts).reason
    assert fleiss_kappa(counts).value is None
    assert fleiss_kappa(counts).reason == "only one class occurs"
    assert gwet_ac(counts).value == 1.0
    assert gwet_ac(counts[:, :1]).value is None
    assert brennan_prediger(counts[:, :1]).value is None
    assert cohen_kappa(np.array([[5, 0], [0, 0]])).reason == "only one class occurs"
    assert scott_pi(np.zeros((2, 2), dtype=int)).reason == "the raters share no item"


@pytest.mark.parametrize("wrong", [[[0.5, 1.0]], [[-1, 2]], [1, 2]])
def test_counts_that_are_none_are_refused(wrong):
    with pytest.raises(ValueError, match="counts"):
        krippendorff_alpha(np.array(wrong))


@pytest.mark.parametrize(
    "wrong", [{"metric": "fancy"}, {"metric": [[0, 1], [2, 0]]}, {"metric": [[1, 1], [1, 0]]}]
)
def test_metrics_that_are_none_are_refused(wrong):
    with pytest.raises(ValueError, match=r"metric|symmetric"):
        krippendorff_alpha(np.array([[1, 1]]), **wrong)


def test_weights_that_are_none_are_refused():
    with pytest.raises(ValueError, match="weights"):
        fleiss_kappa(np.array([[1, 1]]), weights="cubic")
    with pytest.raises(ValueError, match="weights"):
        fleiss_kappa(np.array([[1, 1]]), weights=[[1, 0.5], [0.4, 1]])


def test_ratio_refuses_negative_values_and_values_must_fit():
    with pytest.raises(ValueError, match="ratio"):
        krippendorff_alpha(np.array([[1, 1]]), metric="ratio", values=[-1, 2])
    with pytest.raises(ValueError, match="one entry per class"):
        krippendorff_alpha(np.array([[1, 1]]), metric="interval", values=[1])


def test_columns_of_unequal_length_are_refused():
    with pytest.raises(ValueError, match="length"):
        item_counts([0, 1], [0], n_items=2, n_classes=1)
    with pytest.raises(ValueError, match="length"):
        contingency([0, 1], [0], n_classes=2)
    with pytest.raises(ValueError, match="length"):
        interval_alpha([0, 1], [0.5], n_items=2)


def test_a_table_of_differences_does_what_the_named_metric_does():
    counts = random_counts(11)
    table = (np.arange(4)[:, None] - np.arange(4)) ** 2
    by_name = krippendorff_alpha(counts, metric="interval").value
    assert krippendorff_alpha(counts, metric=table).value == pytest.approx(by_name, abs=1e-12)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10**6), st.floats(-100, 100), st.floats(0.01, 100))
def test_numeric_alpha_equals_the_table_and_ignores_shift_and_scale(seed, shift, scale):
    counts = random_counts(seed, items=20)
    item, label = np.nonzero(counts)
    repeat = counts[item, label]
    item, label = item.repeat(repeat), label.repeat(repeat)
    ours = interval_alpha(item, label * scale + shift, n_items=20)
    theirs = krippendorff_alpha(counts, metric="interval")
    assert ours.value == pytest.approx(theirs.value, abs=1e-7)
    assert (ours.items, ours.answers) == (theirs.items, theirs.answers)


def test_numeric_alpha_undefined():
    assert interval_alpha([0, 0, 1, 1], [0.1] * 4, n_items=2).value is None
    assert interval_alpha([0, 1], [1.0, 2.0], n_items=2).reason == "no item has two answers"


@pytest.mark.parametrize("metric", ["nominal", "interval"])
def test_distance_alpha_equals_the_table(metric):
    item, value = columns(FOUR_BY_TWELVE)
    units = [value[item == i].tolist() for i in range(12)]
    distance = (lambda a, b: float(a != b)) if metric == "nominal" else (lambda a, b: float((a - b) ** 2))
    expected = {"nominal": 0.743421, "interval": 0.849107}[metric]
    result = distance_alpha(units, distance, bootstrap=Bootstrap(draws=200))
    assert result.value == pytest.approx(expected, abs=1e-6)
    assert result.value in result.interval


def test_distance_alpha_sampled_is_near_and_repeatable():
    rng = np.random.default_rng(2)
    units = [(t + rng.normal(0, 0.5, 3)).tolist() for t in rng.normal(0, 1, 100)]

    def distance(a, b):
        return min(1.0, abs(a - b) / 4)

    full = distance_alpha(units, distance, max_pairs=10**6).value
    sampled = distance_alpha(units, distance, max_pairs=5000)
    assert sampled.value == pytest.approx(full, abs=0.03)
    assert distance_alpha(units, distance, max_pairs=5000) == sampled


def test_distance_alpha_undefined():
    assert distance_alpha([["a"], []], lambda a, b: 1.0).reason == "no item has two answers"
    assert distance_alpha([["a", "a"]], lambda a, b: float(a != b)).value is None


def test_bootstrap_repeats_itself_and_covers():
    counts = random_counts(3, items=300)
    first = fleiss_kappa(counts, bootstrap=Bootstrap(seed=4))
    assert fleiss_kappa(counts, bootstrap=Bootstrap(seed=4)) == first
    assert fleiss_kappa(counts, bootstrap=Bootstrap(seed=5)).interval != first.interval
    assert fleiss_kappa(counts, bootstrap=Bootstrap(confidence=0.5)).interval.width < first.interval.width
    whole = fleiss_kappa(random_counts(99, items=20_000)).value
    intervals = [
        fleiss_kappa(random_counts(s, items=100), bootstrap=Bootstrap(draws=300)).interval for s in range(60)
    ]
    assert sum(whole in interval for interval in intervals) >= 51


def test_bootstrap_of_one_item_gives_no_interval():
    assert percent_agreement(np.array([[2, 1]]), bootstrap=Bootstrap()).interval is None


@pytest.mark.parametrize("wrong", [{"draws": 0}, {"confidence": 1.0}])
def test_impossible_bootstrap_is_refused(wrong):
    with pytest.raises(ValueError, match=r"draws|confidence"):
        Bootstrap(**wrong)


def test_merging_equal_rows_is_exact():
    rows = np.random.default_rng(0).integers(0, 3, (500, 4)).astype(float)
    distinct, multiplicity = merge_equal(rows)
    expected, counts = np.unique(rows, axis=0, return_counts=True)
    order = np.lexsort(distinct.T[::-1])
    assert (distinct[order] == expected).all()
    assert (multiplicity[order] == counts).all()


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (["12345", "21354", "13245"], 0.844444),
        (["163254", "156243", "632541"], 0.212698),
    ],
)
def test_published_kendall_w(rows, expected):
    assert kendall_w([[int(c) for c in row] for row in rows]).value == pytest.approx(expected, abs=1e-6)


def test_published_kendall_w_with_ties():
    rows = [[1, 2.5, 2.5, 4, 5], [1, 2, 3, 4.5, 4.5], [2, 1, 3, 4, 5]]
    assert kendall_w(rows).value == pytest.approx(0.919540, abs=1e-6)


def test_kendall_w_of_many_groups_is_that_of_each():
    rng = np.random.default_rng(3)
    scores, group = rng.integers(0, 4, (60, 5)), rng.integers(0, 20, 60).astype(np.int32)
    found = kendall_w_each(scores, group, n_groups=21)
    for place, value in enumerate(found.tolist()):
        own = kendall_w(scores[group == place].reshape(-1, 5)).value
        assert value == pytest.approx(own) if own is not None else np.isnan(value)
    assert np.isnan(found[20])


def test_kendall_w_undefined():
    assert kendall_w([[1, 2, 3]]).value is None
    assert kendall_w([[1, 1], [2, 2]]).reason == "every rater tied all items"
