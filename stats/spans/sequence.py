"""Token-level Dawid-Skene along a text: hidden BIO tags with transitions, a confusion matrix per person."""

from dataclasses import dataclass

import numpy as np

from stats.arrays import Bools, Codes, Floats
from stats.spans.marks import Marks

ROUNDS = 40
CHANGE = 1e-4
# Pseudo-tokens per row of a person's matrix, spread as the crowd's row.
PERSON_STRENGTH = 20.0
TINY = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class TagModel:
    """Posterior of the tags of all texts, padded to one length.

    Tags: 0 outside, 1 + 2k begin of class k, 2 + 2k inside of it. ``forward``, ``backward`` (n_tasks, L, J),
    scaled; ``emission`` (n_tasks, L, J); ``scale`` (n_tasks, L); ``transition`` (J, J); ``loglik`` in all.
    """

    forward: Floats
    backward: Floats
    emission: Floats
    scale: Floats
    transition: Floats
    loglik: float

    def tags(self) -> Codes:
        """The most probable tag of every token (n_tasks, L)."""
        best: Codes = (self.forward * self.backward).argmax(axis=2).astype(np.int32)
        return best

    def span_probability(self, task: Codes, start: Codes, end: Codes, label: Codes) -> Floats:
        """Posterior probability (n,) that exactly these spans are there."""
        begin, inside = 1 + 2 * label, 2 + 2 * label
        result = self.forward[task, start, begin]
        last = begin.copy()
        longest = int((end - start).max(initial=1))
        for step in range(1, longest):
            at = start + step
            goes = at < end
            rows, here = np.flatnonzero(goes), at[goes]
            moved = self.transition[last[rows], inside[rows]] * self.emission[task[rows], here, inside[rows]]
            result[rows] *= moved / self.scale[task[rows], here]
            last[rows] = inside[rows]
        after = end < self.forward.shape[1]
        rows, here = np.flatnonzero(after), end[after]
        leave = (
            self.transition[last[rows]] * self.emission[task[rows], here] * self.backward[task[rows], here]
        )
        leave[np.arange(rows.size), inside[rows]] = 0.0
        result[rows] *= leave.sum(axis=1) / self.scale[task[rows], here]
        return np.clip(result, 0.0, 1.0)


@dataclass(frozen=True, slots=True, eq=False)
class _Read:
    """What everybody's tags are: one row per token and viewer."""

    task: Codes
    place: Codes
    worker: Codes
    before: Codes
    tag: Codes


def fit_tags(marked: Marks) -> TagModel:
    """EM. A person's tag depends on the true tag and on whether they were inside a span just before.

    Impossible transitions (outside to inside, one class's begin to another's inside) have probability 0, so
    what comes out are spans. Matrices are shrunk to the crowd's, and the crowd's to a diagonal. In the spirit
    of Simpson, Gurevych, EMNLP 2019 (Bayesian sequence combination), with EM in place of variational Bayes.
    """
    read = _read(marked)
    size = 1 + 2 * marked.n_classes
    valid = np.arange(int(marked.length.max(initial=1)))[None, :] < marked.length[:, None]
    posterior = _votes(read, valid, size)
    allowed = _allowed(size)
    moves = (
        allowed + np.einsum("tlj,tlk->jk", posterior[:, :-1] * valid[:, 1:, None], posterior[:, 1:]) * allowed
    )
    first = posterior[:, 0].sum(axis=0) + 1.0
    model, before = None, -np.inf
    for _ in range(ROUNDS):
        matrix = _matrices(read, posterior, marked.n_workers, size)
        logs = np.zeros((*valid.shape, size))
        np.add.at(logs, (read.task, read.place), np.log(matrix[read.worker, :, read.before, read.tag]))
        model, moves, first = _pass(logs, valid, moves * allowed, first)
        if model.loglik - before < CHANGE * read.tag.size:
            break
        before = model.loglik
        posterior = model.forward * model.backward * valid[:, :, None]
    if model is None:
        message = "unreachable: at least one round"
        raise AssertionError(message)
    return model


def _read(marked: Marks) -> _Read:
    """Everybody's tag for every token of the texts they saw; where own spans overlap, the later one's."""
    lengths = marked.length[marked.view_task].astype(np.int64)
    offset = np.cumsum(lengths) - lengths
    view = np.repeat(np.arange(lengths.size), lengths)
    place = np.arange(view.size) - offset[view]
    tag = np.zeros(view.size, dtype=np.int32)
    keys = marked.view_task.astype(np.int64) * marked.n_workers + marked.view_worker
    own = np.searchsorted(keys, marked.task.astype(np.int64) * marked.n_workers + marked.worker)
    width = marked.end - marked.start
    row = np.repeat(np.arange(width.size), width)
    step = np.arange(row.size) - np.repeat(np.cumsum(width) - width, width)
    tag[offset[own][row] + marked.start[row] + step] = 1 + 2 * marked.label[row] + (step > 0)
    before = np.zeros(view.size, dtype=np.int32)
    before[1:] = (tag[:-1] > 0) & (place[1:] > 0)
    return _Read(marked.view_task[view], place.astype(np.int32), marked.view_worker[view], before, tag)


def _votes(read: _Read, valid: Bools, size: int) -> Floats:
    """Shares of the viewers' tags (n_tasks, L, J), smoothed, to start from."""
    share = np.full((*valid.shape, size), 0.2 / size)
    np.add.at(share, (read.task, read.place, read.tag), 1.0)
    share /= share.sum(axis=2, keepdims=True)
    return share * valid[:, :, None]


def _allowed(size: int) -> Floats:
    """(J, J): 1 where one tag may follow another."""
    table = np.ones((size, size))
    for inside in range(2, size, 2):
        table[:, inside] = 0.0
        table[[inside - 1, inside], inside] = 1.0
    return table


def _matrices(read: _Read, posterior: Floats, n_workers: int, size: int) -> Floats:
    """(n_workers, true tag, inside a span before, own tag), shrunk."""
    cell = (read.worker.astype(np.int64) * 2 + read.before) * size + read.tag
    truth = posterior[read.task, read.place]
    counts = np.stack(
        [np.bincount(cell, column, minlength=n_workers * 2 * size) for column in truth.T], axis=1
    )
    counts = counts.reshape(n_workers, 2, size, size).transpose(0, 3, 1, 2)
    prior = np.full((size, 2, size), 0.2)
    prior[np.arange(size), :, np.arange(size)] += 2.0
    crowd = counts.sum(axis=0) + prior
    crowd /= crowd.sum(axis=2, keepdims=True)
    filled = counts + PERSON_STRENGTH * crowd
    matrices: Floats = np.maximum(filled / filled.sum(axis=3, keepdims=True), TINY)
    return matrices


def _pass(logs: Floats, valid: Bools, moves: Floats, first: Floats) -> tuple[TagModel, Floats, Floats]:
    """Forward and backward through all texts at once; the model and the expected transitions and starts."""
    top = logs.max(axis=2)
    emission = np.exp(logs - top[:, :, None])
    emission[~valid] = 1.0
    transition = moves / moves.sum(axis=1, keepdims=True)
    start = first.copy()
    start[2::2] = 0.0
    start /= start.sum()
    texts, places, size = logs.shape
    forward, backward = np.empty_like(emission), np.ones_like(emission)
    scale = np.ones((texts, places))
    state = np.broadcast_to(start, (texts, size))
    for place in range(places):
        state = (state if place == 0 else state @ transition) * emission[:, place]
        scale[:, place] = state.sum(axis=1)
        state = state / scale[:, place, None]
        forward[:, place] = state
    expected = np.zeros((size, size))
    for place in range(places - 1, 0, -1):
        reached = emission[:, place] * backward[:, place] / scale[:, place, None]
        inner = valid[:, place]
        expected += forward[inner, place - 1].T @ reached[inner]
        # After a text's end every tag is as good as any other: nothing that follows judges its last token.
        backward[:, place - 1] = np.where(inner[:, None], reached @ transition.T, 1.0)
    loglik = float(np.log(scale[valid]).sum() + top[valid].sum())
    model = TagModel(forward, backward, emission, scale, transition, loglik)
    allowed = (transition > 0).astype(np.float64)
    return model, expected * transition + allowed, (forward[:, 0] * backward[:, 0]).sum(axis=0) + 1.0
