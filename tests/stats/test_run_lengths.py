"""Masks as run lengths: known texts, the codec and overlaps against pycocotools, fusion pixel by pixel."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from pycocotools import mask as coco

from stats.regions.run_lengths import (
    RunError,
    counts_of,
    fuse_runs,
    parse_counts,
    run_iou_table,
    runs_of,
    shared_pixels,
)

masks = arrays(np.bool_, array_shapes(min_dims=2, max_dims=2, max_side=12))


def several(least):
    """Masks of one size."""
    return array_shapes(min_dims=2, max_dims=2, max_side=9).flatmap(
        lambda shape: st.lists(arrays(np.bool_, shape), min_size=least, max_size=5)
    )


def known(mask):
    """As pycocotools writes it."""
    return coco.encode(np.asfortranarray(mask.astype(np.uint8)))


def test_it_works():
    runs = parse_counts("52207", 4, 5)
    assert runs.dense().nonzero()[0].tolist() == [1, 1, 2, 2]
    assert (runs.area, runs.box, counts_of(runs)) == (4, (1, 1, 3, 3), "52207")
    assert runs.moved(2, -1).box == (3, 0, 5, 2)


@given(masks)
def test_the_same_text_as_pycocotools(mask):
    runs, wanted = runs_of(mask), known(mask)
    assert counts_of(runs) == wanted["counts"].decode()
    again = parse_counts(counts_of(runs), *mask.shape)
    assert again.edges.tolist() == runs.edges.tolist()
    assert (again.dense() == mask).all()
    assert runs.area == mask.sum()
    x, y, width, height = coco.toBbox(wanted)
    assert runs.box == ((x, y, x + width, y + height) if mask.any() else (0, 0, 0, 0))


def test_long_runs():
    """Differences of both signs that need many characters."""
    mask = np.zeros((3000, 4000), dtype=np.bool_)
    mask[5:2900, 7:3990], mask[1000, 2000], mask[-1, -1] = True, False, True
    text = counts_of(runs_of(mask))
    assert text == known(mask)["counts"].decode()
    assert parse_counts(text, 3000, 4000).area == mask.sum()


def test_runs_of_no_length_go():
    assert counts_of(parse_counts("0500f>5" + "0" * 16 + "PZW9", 480, 640)).startswith("0:f>0")
    assert parse_counts("0d00", 4, 5).area == 20


@pytest.mark.parametrize("text", ["", "52206", "52208", "5220", "p", "52207 ", "52207\ud800", "5é", "5200O0"])
def test_what_is_no_mask(text):
    with pytest.raises(RunError):
        parse_counts(text, 4, 5)


@given(st.text(alphabet=[chr(code) for code in range(46, 114)], max_size=30))
def test_any_text_is_read_or_refused(text):
    try:
        runs = parse_counts(text, 4, 5)
    except RunError:
        return
    assert parse_counts(counts_of(runs), 4, 5).edges.tolist() == runs.edges.tolist()


@given(several(2))
def test_overlaps(drawn):
    runs = [runs_of(each) for each in drawn]
    assert shared_pixels(runs[0], runs[1]) == (drawn[0] & drawn[1]).sum()
    table = run_iou_table(runs[:1], runs)
    for place, other in enumerate(drawn):
        union = (drawn[0] | other).sum()
        assert table[0, place] == ((drawn[0] & other).sum() / union if union else 0)
    assert run_iou_table(runs, []).shape == (len(runs), 0)
    assert run_iou_table([runs_of(np.ones((2, 3), bool))], [runs_of(np.ones((3, 2), bool))]) == 0


@given(several(1), st.data())
def test_fusion_is_a_majority_of_weight(drawn, data):
    weights = data.draw(st.lists(st.integers(0, 4), min_size=len(drawn), max_size=len(drawn)))
    fused = fuse_runs([runs_of(each) for each in drawn], weights)
    share = np.tensordot(weights, np.array(drawn), axes=1)
    if fused is None:
        assert not sum(weights) or not np.any(drawn)
    elif share.max() * 2 > sum(weights):
        assert (fused.dense() == (share * 2 > sum(weights))).all()
    else:
        assert (fused.dense() <= (share == share.max())).all()
        assert fused.area or not share.max()


def test_nothing_to_fuse():
    assert fuse_runs([]) is None
    assert fuse_runs([runs_of(np.ones((2, 2), bool))], [0]) is None
