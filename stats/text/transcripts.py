"""Transcripts of a whole project: ROVER with error rates per person and per answer, inferred together."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from stats.arrays import Bools, Codes, Floats, as_codes
from stats.text.network import NOTHING, align_texts

ROUNDS = 12
CHANGE = 1e-4
# Rates of a right word, another word, nothing in place of a word; of nothing and a word where nothing is.
START = np.array([0.85, 0.08, 0.07, 0.95, 0.05])
# Pseudo-words that a person's rates, and an answer's, are shrunk with towards the crowd's and the person's.
PERSON_STRENGTH = 60.0
ANSWER_STRENGTH = 12.0
CROWD_STRENGTH = 20.0
# Among how many wrong words a mistake chooses: errors repeat, as people mishear alike.
WRONG_WORDS = 8.0
FLOOR = 1e-3


@dataclass(frozen=True, slots=True, eq=False)
class TranscriptConsensus:
    """What a crowd heard.

    ``texts``: words per task, None for a task without answers; ``confidence`` (n_tasks,) mean probability
    of the chosen words, NaN there; ``error_rate`` (n_workers,) word errors per word, shrunk, in [0, 1], NaN
    for people without answers; ``answer_error_rate`` (n_answers,) the same of one answer; ``rounds`` of EM.
    """

    texts: tuple[tuple[str, ...] | None, ...]
    confidence: Floats
    error_rate: Floats
    answer_error_rate: Floats
    rounds: int


@dataclass(frozen=True, slots=True, eq=False)
class _Task:
    """One task's table: which answers its columns are, and where two columns have the same."""

    index: int
    rows: Codes
    words: tuple[str, ...]
    slots: Codes
    same: Bools
    blank: Bools


def transcript_consensus(
    task: ArrayLike,
    worker: ArrayLike,
    texts: Sequence[Sequence[str]],
    *,
    n_tasks: int,
    n_workers: int,
) -> TranscriptConsensus:
    """Infer transcripts and error rates from parallel columns of task, worker (n_answers,) and texts.

    The answers of a task are aligned once (``align_texts``). Then EM: in a slot with truth c, an answer has c
    with the rate of right words, another word, or nothing, each with a rate of its own; where the truth is
    nothing it may have a word. So a word that few heard stands where people leave out more than they make up.
    The rates of an answer come from the slots as the *other* answers see them, shrunk to its author's, and
    those to the crowd's. No answers: nothing. Same input, same bits; the order of answers does not matter.
    """
    tasks, workers = as_codes(task, "task", limit=n_tasks), as_codes(worker, "worker", limit=n_workers)
    if not tasks.size == workers.size == len(texts):
        message = "task, worker and texts must have the same length"
        raise ValueError(message)
    tables = [_table(index, rows, texts) for index, rows in _groups(tasks)]
    rates = np.tile(START, (len(texts), 1))
    person = np.tile(START, (n_workers, 1))
    blank, moved, done = 0.1, 1.0, 0
    while moved >= CHANGE and done < ROUNDS:
        done += 1
        counts, blank = _count(tables, rates, blank, len(texts))
        fresh, person = _rates(counts, workers, n_workers)
        moved = float(np.abs(fresh - rates).max(initial=0.0))
        rates = fresh
    return _result(tables, rates, person, blank, workers, n_tasks=n_tasks, rounds=done)


def _groups(tasks: Codes) -> list[tuple[int, Codes]]:
    order = np.argsort(tasks, kind="stable").astype(np.int32)
    cuts = np.flatnonzero(np.diff(tasks[order])) + 1
    return [(int(tasks[rows[0]]), rows) for rows in np.split(order, cuts) if rows.size]


def _table(index: int, rows: Codes, texts: Sequence[Sequence[str]]) -> _Task:
    network = align_texts([texts[row] for row in rows])
    slots = network.slots
    same: Bools = np.asarray(slots[:, :, None] == slots[:, None, :])
    blank: Bools = np.asarray(slots == NOTHING)
    return _Task(index, rows, network.words, slots, same, blank)


def _evidence(table: _Task, rates: Floats, blank: float) -> tuple[Floats, Floats]:
    """Log-likelihoods (n_slots, candidates, answers), candidates being the answers' own, and their log prior.

    A candidate that several answers share appears once for each, so its prior is divided among them.
    """
    right, other, left_out, silent, extra = np.log(rates[table.rows].T)
    wrong = np.log(WRONG_WORDS)
    if_word = np.where(table.same, right, np.where(table.blank[:, None, :], left_out, other - wrong))
    if_blank = np.where(table.blank[:, None, :], silent, extra - wrong)
    likelihood: Floats = np.where(table.blank[:, :, None], if_blank, if_word)
    has_blank, kinds = table.blank.any(axis=1).astype(np.float64), _kinds(table)
    share = (1 - blank * has_blank) / np.maximum(kinds - has_blank, 1)
    part = np.where(table.blank, blank, share.reshape(-1, 1))
    return likelihood, np.log(part / table.same.sum(axis=2))


def _kinds(table: _Task) -> Floats:
    kinds: Floats = (1 / table.same.sum(axis=2)).sum(axis=1).round()
    return kinds


def _posterior(logs: Floats) -> Floats:
    """Normalized over axis 1."""
    shifted = np.exp(logs - logs.max(axis=1, keepdims=True))
    result: Floats = shifted / shifted.sum(axis=1, keepdims=True)
    return result


def _count(tables: Sequence[_Task], rates: Floats, blank: float, n_answers: int) -> tuple[Floats, float]:
    """Expected events (n_answers, 5) as the others see them, and the share of slots where nothing is."""
    counts = np.zeros((n_answers, 5))
    empty = slots = 0.0
    for table in tables:
        if not table.slots.size:
            continue
        likelihood, prior = _evidence(table, rates, blank)
        together = likelihood.sum(axis=2)
        whole = _posterior(together + prior)
        empty += float((whole * table.blank).sum())
        slots += len(whole)
        # (n_slots, candidates, answers): the posterior without each answer's own say.
        others = _posterior(together[:, :, None] - likelihood + prior[:, :, None])
        is_word, says_word = ~table.blank[:, :, None], ~table.blank[:, None, :]
        counts[table.rows] = np.stack(
            [
                (others * (table.same & is_word)).sum(axis=(0, 1)),
                (others * (~table.same & is_word & says_word)).sum(axis=(0, 1)),
                (others * (is_word & ~says_word)).sum(axis=(0, 1)),
                (others * (~is_word & ~says_word)).sum(axis=(0, 1)),
                (others * (~is_word & says_word)).sum(axis=(0, 1)),
            ],
            axis=1,
        )
    return counts, float(np.clip((empty + 1) / (slots + 10), FLOOR, 0.9))


def _rates(counts: Floats, workers: Codes, n_workers: int) -> tuple[Floats, Floats]:
    """Rates per answer and per person: shares of the events, shrunk."""
    crowd = _shrunk(counts.sum(axis=0)[None], START[None], CROWD_STRENGTH)
    summed = np.zeros((n_workers, counts.shape[1]))
    np.add.at(summed, workers, counts)
    person = _shrunk(summed, crowd, PERSON_STRENGTH)
    return _shrunk(counts, person[workers], ANSWER_STRENGTH), person


def _shrunk(counts: Floats, prior: Floats, strength: float) -> Floats:
    """Shares within words (3) and nothing (2) after adding ``strength`` pseudo-events like ``prior``."""
    filled = counts + strength * prior
    shares = np.hstack([part / part.sum(axis=1, keepdims=True) for part in (filled[:, :3], filled[:, 3:])])
    clipped: Floats = np.clip(shares, FLOOR, 1 - FLOOR)
    return clipped


def _result(
    tables: Sequence[_Task],
    rates: Floats,
    person: Floats,
    blank: float,
    workers: Codes,
    *,
    n_tasks: int,
    rounds: int,
) -> TranscriptConsensus:
    texts: list[tuple[str, ...] | None] = [None] * n_tasks
    confidence = np.full(n_tasks, np.nan)
    for table in tables:
        if not table.slots.size:
            texts[table.index], confidence[table.index] = (), 1.0
            continue
        likelihood, prior = _evidence(table, rates, blank)
        shares = (_posterior(likelihood.sum(axis=2) + prior)[:, :, None] * table.same).sum(axis=1)
        # Among equals the smallest word, so that the order of answers does not decide.
        ranked = np.where(shares >= shares.max(axis=1, keepdims=True) - 1e-9, table.slots, len(table.words))
        chosen = ranked.min(axis=1)
        texts[table.index] = tuple(table.words[code] for code in chosen[chosen != NOTHING])
        confidence[table.index] = float(np.minimum(shares.max(axis=1), 1.0).mean())
    errors = person[:, 1] + person[:, 2] + person[:, 4] * blank
    errors[np.bincount(workers, minlength=len(person)) == 0] = np.nan
    answer = rates[:, 1] + rates[:, 2] + rates[:, 4] * blank
    return TranscriptConsensus(tuple(texts), confidence, errors, np.minimum(answer, 1.0), rounds)
