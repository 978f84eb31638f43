"""Spans of a project: the threshold follows from who overlooks and invents; both models on simulations."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stats.spans.clusters import cluster_candidates
from stats.spans.consensus import span_consensus
from stats.spans.coverage import span_coverage
from stats.spans.marks import marks
from stats.spans.sequence import fit_tags


def texts(seed, *, n_texts=120, n_workers=12, per=5, seen=0.5, made_up=0.15, shifted=0.12, wrong_class=0.1):
    """People who overlook half of the entities, some of which are hard; a few who invent much."""
    rng = np.random.default_rng(seed)
    logit = np.log(seen / (1 - seen)) + rng.normal(0, 0.8, n_workers)
    invents = made_up * rng.gamma(0.5, 2, n_workers)
    truth, rows, views = [], [], []
    length = rng.integers(20, 40, n_texts)
    for index in range(n_texts):
        start = np.arange(1, length[index] - 6, 6)
        count = start.size
        end, label = start + rng.integers(1, 4, count), rng.integers(0, 3, count)
        real, hard = rng.random(count) < 0.6, rng.normal(0, 1, count)
        truth.append(set(zip(start[real].tolist(), end[real].tolist(), label[real].tolist(), strict=True)))
        for person in rng.choice(n_workers, per, replace=False):
            views.append((index, int(person)))
            sees = rng.random(count) < 1 / (1 + np.exp(hard - logit[person]))
            drawn = np.where(real, sees, rng.random(count) < invents[person])
            moved = np.where(real, 0, rng.integers(0, 3, count))
            until = end + moved + (rng.random(count) < shifted)
            named = np.where(rng.random(count) < wrong_class, rng.integers(0, 3, count), label)
            columns = ((start + moved)[drawn], until[drawn], named[drawn])
            rows += [(index, int(person), *each) for each in zip(*columns, strict=True)]
    return truth, np.array(rows), np.array(views), length


def f1(truth, found):
    hits = sum(len(a & b) for a, b in zip(truth, found, strict=True))
    return 2 * hits / (sum(map(len, truth)) + sum(map(len, found)))


def merged(truth, rows, views, length, **options):
    result = span_consensus(
        *rows.T, length=length, n_workers=12, n_classes=3, views=(views[:, 0], views[:, 1]), **options
    )
    sets = [set() for _ in truth]
    for index in np.flatnonzero(result.kept):
        sets[result.task[index]].add(
            (int(result.start[index]), int(result.end[index]), int(result.label[index]))
        )
    return result, sets


def voted(truth, rows, least):
    votes = {}
    for task, _, *span in rows.tolist():
        votes[task, *span] = votes.get((task, *span), 0) + 1
    sets = [set() for _ in truth]
    for (task, *span), count in votes.items():
        if count >= least:
            sets[task].add(tuple(span))
    return sets


def test_it_works():
    rows = np.array([(0, 0, 2, 4, 1), (0, 1, 2, 4, 1), (0, 2, 2, 5, 1), (0, 2, 8, 9, 0)])
    found = span_consensus(*rows.T, length=[12], n_workers=3, n_classes=2)
    places = list(zip(found.start.tolist(), found.end.tolist(), found.label.tolist(), strict=True))
    assert places == [(2, 4, 1), (2, 5, 1), (8, 9, 0)]
    assert found.probability[0] > 0.8
    assert found.probability[1:].max() < 0.2
    assert found.kept.tolist()[:2] == [True, False]


def test_beats_every_count_of_votes():
    better = []
    for seed in (1, 2, 3):
        truth, rows, views, length = texts(seed)
        _, sets = merged(truth, rows, views, length)
        counted = [f1(truth, voted(truth, rows, least)) for least in (1, 2, 3)]
        better.append(f1(truth, sets) - max(counted))
    assert min(better) > 0.01
    assert np.mean(better) > 0.02


def test_with_careful_people_a_single_vote_is_not_enough():
    truth, rows, views, length = texts(3, seen=0.95, made_up=0.3, shifted=0.02, wrong_class=0.02)
    _, sets = merged(truth, rows, views, length)
    assert f1(truth, sets) > f1(truth, voted(truth, rows, 1)) + 0.15
    assert f1(truth, sets) > 0.9


def test_token_model_gives_spans_their_probability():
    truth, rows, views, length = texts(4)
    marked = marks(
        *rows.T, n_workers=12, n_classes=3, length=length, views=(views[:, 0], views[:, 1])
    )  # fmt: skip
    model = fit_tags(marked)
    tags = model.tags()
    assert (model.transition[:, 2::2].sum(axis=0) > 0).all()
    assert model.transition[0, 2::2].sum() == 0
    # What is not begun cannot go on; after the text's end nothing is said.
    inside = (tags[:, 1:] > 0) & (tags[:, 1:] % 2 == 0) & (np.arange(1, tags.shape[1]) < length[:, None])
    assert (tags[:, :-1][inside] > 0).all()
    found = cluster_candidates(marked)
    probability = model.span_probability(found.task, found.start, found.end, found.label)
    right = np.array([
        (int(a), int(b), int(c)) in truth[t]
        for t, a, b, c in zip(found.task, found.start, found.end, found.label, strict=True)
    ])  # fmt: skip
    assert probability[right].mean() > probability[~right].mean() + 0.4
    # One class and one token: begin, then not inside, is all there is to sum over.
    both = model.forward * model.backward
    assert both[np.arange(tags.shape[1]) < length[:, None]].sum(axis=1) == pytest.approx(1)


def test_overlaps_may_stay():
    rows = np.array([(0, w, 0, 6, 0) for w in range(3)] + [(0, w, 1, 2, 1) for w in range(3)])
    options = {"length": [8], "n_workers": 3, "n_classes": 2}
    assert span_consensus(*rows.T, **options).kept.sum() == 1
    assert span_consensus(*rows.T, **options, allow_overlap=True).kept.sum() == 2


MARK = st.tuples(
    st.integers(0, 2), st.integers(0, 3), st.integers(0, 5), st.integers(1, 3), st.integers(0, 1)
)


@settings(max_examples=8, deadline=None)
@given(st.lists(MARK, min_size=1, max_size=12), st.randoms())
def test_order_and_repetition_do_not_matter(drawn, random):
    rows = np.array(drawn)
    rows[:, 3] += rows[:, 2]
    again = rows[[*random.sample(range(len(rows)), len(rows)), 0]]
    options = {"length": [9, 9, 9], "n_workers": 4, "n_classes": 2}
    one, two = span_consensus(*rows.T, **options), span_consensus(*again.T, **options)
    assert one.start.tolist() == two.start.tolist()
    assert one.kept.tolist() == two.kept.tolist()
    assert one.probability == pytest.approx(two.probability)


def test_nothing_and_refusals():
    options = {"length": [5], "n_workers": 1, "n_classes": 1}
    nothing = span_consensus([], [], [], [], [], **options, views=([0], [0]))
    assert nothing.kept.size == 0
    for wrong in ([0, 0, 2, 2, 0], [0, 0, 2, 6, 0], [0, 1, 2, 3, 0], [0, 0, 2, 3, 1]):
        with pytest.raises(ValueError, match=r"must|spans"):
            span_consensus(*([each] for each in wrong), **options)


def test_coverage_has_a_sure_core_and_unsure_edges():
    rows = np.array([(0, w, 4 - w, 12 + w, 0) for w in range(4)] + [(1, 0, 2, 4, 1)])
    found = span_coverage(*rows.T, length=[20, 6], n_workers=4, n_classes=2, views=([1, 1, 1], [1, 2, 3]))
    core = found.probability[4:12, 0]
    assert core == pytest.approx(core[0])
    assert core[0] > 0.95 > found.probability[3, 0] > found.probability[2, 0] > found.probability[1, 0] > 0
    assert found.probability[[0, 16, 19], 0].tolist() == [0, 0, 0]
    [(begin, until)] = found.runs(0, 0)
    assert begin <= 4
    assert until >= 12
    assert found.runs(0, 1) == []
    assert 0 < found.probability[22:24, 1].min() < 0.6


def test_coverage_beats_half_of_the_votes():
    truth, rows, views, length = texts(5, shifted=0.6)
    rows[:, 4] = 0
    found = span_coverage(
        *rows.T, length=length, n_workers=12, n_classes=1, views=(views[:, 0], views[:, 1])
    )  # fmt: skip
    real, votes = np.zeros(length.sum(), dtype=bool), np.zeros(length.sum())
    for index, spans in enumerate(truth):
        for start, end, _ in spans:
            real[found.offset[index] + start : found.offset[index] + end] = True
    for task, _, start, end, _ in rows.tolist():
        votes[found.offset[task] + start : found.offset[task] + end] += 1
    scores = [2 * (real & kept).sum() / (real.sum() + kept.sum()) for kept in (found.kept[:, 0], votes >= 3)]
    assert scores[0] > scores[1] + 0.05


def test_coverage_of_nothing():
    nothing = span_coverage([], [], [], [], [], length=[3], n_workers=1, n_classes=1)
    assert (nothing.probability.tolist(), nothing.kept.any()) == ([[0], [0], [0]], False)
