"""Parts of a computation two at once: in their order, only where it is allowed, and to the bit the same."""

from threading import Barrier, current_thread

import numpy as np
import pytest

from stats.consensus.answers import Answers
from stats.consensus.robust import robust_consensus
from stats.hands import each, two_hands

PATIENCE = 20.0  # seconds


def test_two_are_done_at_once_and_come_in_order() -> None:
    both = Barrier(2)

    def work(part: int) -> int:
        both.wait(PATIENCE)
        return part * part

    with two_hands(lambda: True):
        assert each(work, range(6)) == [0, 1, 4, 9, 16, 25]


@pytest.mark.parametrize("allowed", [True, False])
def test_only_where_it_is_allowed(allowed: bool) -> None:
    def who(_: int) -> bool:
        return current_thread() is mine

    mine = current_thread()
    with two_hands(lambda: allowed):
        assert each(who, range(3)) == [not allowed] * 3
        assert each(who, range(1)) == [True], "a single part is done here"
    assert each(who, range(3)) == [True] * 3


def test_what_goes_wrong_is_raised() -> None:
    with two_hands(lambda: True), pytest.raises(ZeroDivisionError):
        each(lambda part: 1 / part, [1, 0, 1])


def test_a_fit_is_the_same_to_the_bit() -> None:
    rng = np.random.default_rng(3)
    tasks, people, classes = 9000, 12, 4
    truth = rng.integers(0, classes, tasks)
    task = np.repeat(np.arange(tasks, dtype=np.int32), 3)
    label = np.where(rng.random(task.size) < 0.8, truth[task], rng.integers(0, classes, task.size))
    answers = Answers(
        task=task,
        worker=rng.integers(0, people, task.size).astype(np.int32),
        label=label.astype(np.int32),
        n_tasks=tasks,
        n_workers=people,
        n_classes=classes,
        gold=None,
    )
    alone = robust_consensus(answers)
    with two_hands(lambda: True):
        shared = robust_consensus(answers)
    assert np.array_equal(alone.posterior, shared.posterior)
    assert np.array_equal(alone.confusion, shared.confusion)
    assert (alone.temper, alone.difficulty) == (shared.temper, shared.difficulty)
