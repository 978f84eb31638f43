"""ROVER and transcripts of a project: known votes, invariances, and errors that simulation set."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stats.text.edit_distance import edit_distance, normalized_distance
from stats.text.medoid import medoid
from stats.text.network import NOTHING, align_texts
from stats.text.rover import rover
from stats.text.transcripts import transcript_consensus

WORDS = st.lists(st.sampled_from(["a", "b", "cat", "cats", "d"]), max_size=6)
TEXTS = st.lists(WORDS, min_size=1, max_size=5)
few = settings(max_examples=40, deadline=None)


def test_it_works():
    found = rover([text.split() for text in ("the cat sat", "a cat sat", "the cat sit", "the fat cat sat")])
    assert " ".join(found.words) == "the cat sat"
    assert found.support == pytest.approx((0.75, 1, 0.75))
    assert found.confidence == pytest.approx((0.75 + 0.75 + 1 + 0.75) / 4)


def test_characters_and_trust():
    assert "".join(rover(["東京都", "東亰都", "東京"]).words) == "東京都"
    texts = [["one", "two"], ["one", "too"], ["won", "too"]]
    assert rover(texts).words == ("one", "too")
    assert rover(texts, [5, 1, 1]).words == ("one", "two")


def test_alike_words_share_a_slot():
    network = align_texts([["my", "color", "here"], ["my", "new", "colour", "here"]])
    names = dict(enumerate(network.words)) | {NOTHING: None}
    columns = {tuple(names[code] for code in row) for row in network.slots.tolist()}
    assert ("color", "colour") in columns
    assert (None, "new") in columns


def test_rover_undefined():
    assert rover([]) is None
    assert rover([["a"]], [0]) is None
    assert rover([[], []]).words == ()
    with pytest.raises(ValueError, match="entries"):
        rover([["a"]], [1, 2])


@few
@given(TEXTS)
def test_columns_read_back_as_the_texts(texts):
    network = align_texts(texts)
    for column, text in zip(network.slots.T, texts, strict=True):
        assert [network.words[code] for code in column if code != NOTHING] == text
    assert (network.slots != NOTHING).any(axis=1).all()


@few
@given(TEXTS, st.randoms())
def test_order_and_repetition_do_not_matter(texts, random):
    found = rover(texts)
    order = random.sample(range(len(texts)), len(texts))
    assert rover([texts[i] for i in order]).words == found.words
    assert rover([*texts, *texts]).words == found.words
    assert rover([texts[0]] * 3).words == tuple(texts[0])


def spoken(seed, n_tasks=40, n_workers=12, per=5):
    """Recordings heard with everybody's own rate of mistakes, of which half only leave the word out."""
    rng = np.random.default_rng(seed)
    words = [f"{a}{b}{c}" for a in "bdgk" for b in "aeiou" for c in "lmnrst"]
    truth = [list(rng.choice(words, rng.integers(6, 15))) for _ in range(n_tasks)]
    rate = np.where(np.arange(n_workers) < 4, 0.6, rng.uniform(0.02, 0.3, n_workers))
    task, worker, texts = [], [], []
    for index, sentence in enumerate(truth):
        for person in rng.choice(n_workers, per, replace=False):
            wrong = rng.random(len(sentence)) < rate[person]
            other = map(str, rng.choice(words, len(sentence)))
            heard = [b if bad else a for a, b, bad in zip(sentence, other, wrong, strict=True)]
            kept = ~wrong | (rng.random(len(sentence)) < 0.5)
            texts.append([word for word, keep in zip(heard, kept, strict=True) if keep])
            task.append(index)
            worker.append(int(person))
    return truth, np.array(task), np.array(worker), texts, rate


def corpus_error(truth, found):
    return sum(map(edit_distance, truth, found)) / sum(map(len, truth))


def test_a_project_beats_single_votes_and_knows_its_people():
    truth, task, worker, texts, rate = spoken(1)
    groups = [[texts[i] for i in np.flatnonzero(task == index)] for index in range(len(truth))]
    nearest = [group[medoid(group, distance=normalized_distance).index] for group in groups]
    voted = [rover(group).words for group in groups]
    found = transcript_consensus(task, worker, texts, n_tasks=len(truth), n_workers=rate.size)
    assert corpus_error(truth, found.texts) < 0.7 * corpus_error(truth, voted)
    assert corpus_error(truth, found.texts) < corpus_error(truth, nearest)
    assert found.error_rate == pytest.approx(rate, abs=0.12)
    assert np.corrcoef(found.error_rate, rate)[0, 1] > 0.95


def test_a_project_in_another_order_is_the_same():
    truth, task, worker, texts, rate = spoken(2, n_tasks=10)
    sizes = {"n_tasks": len(truth) + 1, "n_workers": rate.size + 1}
    found = transcript_consensus(task, worker, texts, **sizes)
    order = np.random.default_rng(0).permutation(len(texts))
    again = transcript_consensus(task[order], worker[order], [texts[i] for i in order], **sizes)
    assert again.texts == found.texts
    assert again.confidence == pytest.approx(found.confidence, nan_ok=True)
    assert found.texts[-1] is None
    assert np.isnan(found.confidence[-1])
    assert np.isnan(found.error_rate[-1])


def test_a_project_of_little():
    empty = transcript_consensus([], [], [], n_tasks=1, n_workers=1)
    assert empty.texts == (None,)
    same = transcript_consensus([0, 0, 1], [0, 1, 0], [["a", "b"], ["a", "b"], []], n_tasks=2, n_workers=2)
    assert same.texts == (("a", "b"), ())
    assert same.confidence[1] == 1
    with pytest.raises(ValueError, match="length"):
        transcript_consensus([0], [0], [], n_tasks=1, n_workers=1)
