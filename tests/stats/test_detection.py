"""Objects of a project: rates inferred, threshold from them; STAPLE against its reference."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stats.regions.detection import region_consensus
from stats.regions.existence import best_by_expected_f1, infer_existence
from stats.regions.iou import box_iou, span_iou
from stats.regions.matching import match
from stats.regions.staple import staple


def scenes(seed, *, detection, false, n_tasks=50, objects=12):
    """Boxes of objects and, per person, of nothing, all well apart; the truth and the drawings."""
    rng = np.random.default_rng(seed)
    truth, task, worker, boxes = [], [], [], []
    for index in range(n_tasks):
        cells = rng.permutation(400)[: objects + 200]
        corner = np.column_stack([cells % 20, cells // 20]) * 100.0 + rng.uniform(0, 40, (cells.size, 2))
        every = np.hstack([corner, corner + rng.uniform(20, 50, (cells.size, 2))])
        truth.append(every[:objects])
        for person, (seen, made_up) in enumerate(zip(detection, false, strict=True)):
            drawn = every[:objects][rng.random(objects) < seen]
            extra = every[objects:][rng.choice(200, rng.poisson(made_up * objects), replace=False)]
            mine = np.vstack([drawn, extra])
            boxes.append(mine + rng.normal(0, 1 + 2 * (person == 0), mine.shape))
            task += [index] * len(mine)
            worker += [person] * len(mine)
    return truth, np.array(task), np.array(worker), np.vstack(boxes)


def f1(truth, task, boxes):
    hits = 0
    for index, real in enumerate(truth):
        hits += len(match(1 - box_iou(boxes[task == index], real), limit=0.5 + 1e-9).pairs)
    return 2 * hits / (len(boxes) + sum(map(len, truth)))


def consensus(seed, **rates):
    truth, task, worker, boxes = scenes(seed, **rates)
    found = region_consensus(task, worker, boxes, n_tasks=len(truth), n_workers=len(rates["detection"]))
    votes = np.bincount(found.cluster)
    scores = [f1(truth, found.task[votes >= least], found.coordinates[votes >= least]) for least in (1, 2)]
    return found, f1(truth, found.task[found.kept], found.coordinates[found.kept]), scores


def test_it_works():
    found = region_consensus(
        [0, 0, 0], [0, 1, 0], [(0, 0, 10, 10), (1, 0, 11, 10), (50, 50, 60, 60)], n_tasks=1, n_workers=2
    )
    assert found.cluster.tolist() == [0, 0, 1]
    assert found.coordinates[0] == pytest.approx((0.5, 0, 10.5, 10))
    assert found.probability[0] > 0.95 > found.probability[1]


def test_who_overlooks_much_and_invents_little_needs_no_second():
    found, score, (one, two) = consensus(1, detection=[0.5, 0.55, 0.45], false=[0.02, 0.02, 0.02])
    assert score == pytest.approx(one, abs=0.01)
    assert score > two + 0.2
    assert found.existence.detection == pytest.approx([0.5, 0.55, 0.45], abs=0.12)


def test_who_invents_much_needs_a_second():
    found, score, (one, two) = consensus(2, detection=[0.9, 0.9, 0.9], false=[0.8, 0.8, 0.8])
    assert score >= two - 0.01
    assert score > one + 0.2
    assert found.existence.false_rate.min() > 0.4
    assert found.expected_f1 == pytest.approx(score, abs=0.1)


def test_one_inventor_is_told_from_the_others():
    found, score, (one, two) = consensus(3, detection=[0.6, 0.6, 0.6], false=[1.0, 0.02, 0.02])
    assert score > max(one, two) + 0.02
    assert found.existence.false_rate[0] > 5 * found.existence.false_rate[1]
    assert found.deviation[0] > 1.5 * found.deviation[1]


def test_time_intervals_and_classes():
    found = region_consensus(
        [0, 0, 0, 0], [0, 1, 2, 0], [(0, 10), (1, 11), (0, 12), (30, 40)], [1, 1, 0, 2],
        n_tasks=2, n_workers=3, n_classes=3, iou=span_iou, views=([0, 0, 0, 1], [0, 1, 2, 2]),
    )  # fmt: skip
    assert found.label.tolist() == [1, 2]
    assert found.coordinates[1] == pytest.approx((30, 40))
    assert 0 < found.label_probability[0] < 1
    assert found.existence.unseen[1] == 0


@settings(max_examples=10, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2), st.integers(0, 5)), max_size=12, unique=True),
    st.randoms(),
)
def test_order_does_not_matter(drawn, random):
    rows = [(task, worker, (place * 7, 0, place * 7 + 10, 10), place % 2) for task, worker, place in drawn]

    def run(given):
        columns = [list(column) for column in zip(*given, strict=True)] or [[], [], [], []]
        found = region_consensus(*columns, n_tasks=3, n_workers=3, n_classes=2)
        return sorted(
            zip(
                found.task.tolist(),
                found.probability.round(6).tolist(),
                found.label.tolist(),
                found.coordinates.round(6).tolist(),
                strict=True,
            )
        )

    assert run(rows) == run(random.sample(rows, len(rows)))


def test_existence_of_nothing_and_refusals():
    sizes = {"n_tasks": 1, "n_workers": 2}
    nothing = infer_existence([], [], cluster_task=[], view_task=[0], view_worker=[1], **sizes)
    assert nothing.probability.size == 0
    assert np.isfinite(nothing.detection).all()
    with pytest.raises(ValueError, match="worker"):
        infer_existence([0], [2], cluster_task=[0], view_task=[], view_worker=[], **sizes)
    with pytest.raises(ValueError, match="length"):
        region_consensus([0], [0], [], **sizes)


def test_expected_f1():
    kept, score = best_by_expected_f1(np.array([0.9, 0.2, 0.6, 0.55]))
    assert kept.tolist() == [True, False, True, True]
    assert score == pytest.approx(2 * 2.05 / (3 + 2.25))
    assert best_by_expected_f1(np.array([0.35, 0.65]))[0].all()  # the example of QASCA
    assert best_by_expected_f1(np.zeros(0)) == (pytest.approx(np.zeros(0)), 0.0)


def test_published_staple():
    masks = [[1, 1, 1, 1, 0, 0, 0, 0], [1, 1, 1, 0, 0, 0, 0, 0], [1, 1, 1, 1, 1, 0, 0, 1]]
    found = staple(masks, prior=13 / 24)
    assert found.probability.round(4).tolist() == [1, 1, 1, 1, 0, 0, 0, 0]
    assert found.sensitivity == pytest.approx([1, 0.75, 1], abs=1e-3)
    assert found.specificity == pytest.approx([1, 1, 0.5], abs=1e-3)


def test_staple_of_pictures():
    mask = np.zeros((40, 40), dtype=bool)
    mask[10:20, 10:22] = True
    other = mask.copy()
    other[18:20] = False
    found = staple([mask, other, mask])
    assert ((found.probability > 0.5) == mask).all()
    assert found.sensitivity[1] < 0.9 < found.sensitivity[0]
    assert ((staple([mask, mask]).probability > 0.5) == mask).all()
    assert staple([np.zeros((3, 3))]) is None
    assert staple([]) is None
    with pytest.raises(ValueError, match="prior"):
        staple([mask], prior=1)
