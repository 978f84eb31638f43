"""The matrix of who agrees with whom, as rows and cells of a table."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

AGREEMENT, CORRECTED, TASKS, PAIRS = "agreement", "corrected", "tasks", "pairs"
SHOWN = (AGREEMENT, CORRECTED, TASKS, PAIRS)  # what stands in the cells, or a row for each pair
# Below each of these the cell is a shade stronger.
STEPS = {AGREEMENT: (0.5, 0.65, 0.8, 0.9), CORRECTED: (0.2, 0.4, 0.6, 0.8), TASKS: ()}


@dataclass(frozen=True)
class Cell:
    """What stands in a cell, what is read aloud, where it leads; ``level`` 0..4 is the shade."""

    text: str
    words: str
    url: str
    level: int
    too_few: bool


def matrix_rows(
    matrix: Mapping[str, Any], names: Mapping[int, str], show: str, address: str
) -> list[dict[str, Any]]:
    """A row per person with a cell per person; None where somebody meets themselves or shares nothing."""
    pairs = {frozenset((pair["first"], pair["second"])): pair for pair in matrix["pairs"]}
    people = sorted(matrix["people"], key=lambda user: (names[user].casefold(), user))
    return [
        {
            "name": names[row],
            "cells": [
                _cell(pairs.get(frozenset((row, column))), row, column, names, show, address)
                for column in people
            ],
        }
        for row in people
    ]


def _cell(
    pair: Mapping[str, Any] | None, row: int, column: int, names: Mapping[int, str], show: str, address: str
) -> Cell | None:
    if pair is None or row == column:
        return None
    who = f"{names[row]} and {names[column]}"
    url = f"{address}&first={row}&second={column}"
    if pair["too_few"]:
        return Cell(f"{pair['items']}", f"{who}: only {pair['items']} shared tasks, too few", url, 0, True)
    words = (
        f"{who}: agreement {pair['agreement']:.2f} ({pair['low']:.2f} to {pair['high']:.2f}), "
        f"{_beyond(pair)}, {pair['items']} shared tasks, {pair['differ']} different"
    )
    value = {AGREEMENT: pair["agreement"], CORRECTED: pair["corrected"], TASKS: None}[show]
    level = 0 if value is None else sum(value < step for step in STEPS[show])
    text = str(pair["items"]) if show == TASKS else "–" if value is None else f"{value:.2f}"
    return Cell(text, words, url, level, False)


def _beyond(pair: Mapping[str, Any]) -> str:
    if pair["corrected"] is None:
        return "beyond chance undefined, as both always say the same"
    low, high = pair["corrected_low"], pair["corrected_high"]
    return f"beyond chance {pair['corrected']:.2f} ({low:.2f} to {high:.2f})"
