"""What the last full run found of agreement beyond the coefficients: classes, people, pairs, slices.

All of it is read from stored figures; only the answers to some tasks on which two people differ are fetched.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models.fields.json import KeyTransform

from accounts.errors import Missing
from accounts.models import User
from annotate.models import Annotation
from annotate.pages.previews import class_titles
from projects.models import Project, Task
from quality.models import Figure
from quality.reports.items import Item, items
from quality.services.agreement import EXAMPLES, PAIRS
from quality.services.agreement_people import MOST_EXAMPLES
from quality.services.fields import Asked, asked_fields

FINDING = 0.05  # adjusted p-value below which a slice is said to differ
GONE = "somebody who left"


@dataclass(frozen=True)
class Parts:
    """Figures of one field by their kind; ``computed_at`` is None before the first full run."""

    found: dict[str, Any]
    computed_at: datetime | None

    def part(self, kind: str) -> Any:
        """The data of one; None where there is none."""
        return self.found.get(kind)


@dataclass(frozen=True)
class Difference:
    """A task and what two people say of it now; ``nearness`` in [0, 1], None where one answer is gone."""

    item: Item
    first: Any
    second: Any
    nearness: float | None


@dataclass(frozen=True)
class Pair:
    """Two people: their figures as of the last full run, and the tasks on which they differed then."""

    first: int
    second: int
    names: dict[int, str]
    figures: dict[str, Any]
    differences: list[Difference]

    @property
    def left_out(self) -> int:
        """Tasks on which they differ that are not listed."""
        return max(0, (self.figures.get("differ") or 0) - MOST_EXAMPLES)


def choose_field(project: Project, name: str) -> Asked | None:
    """The field of this name, the first without a name, None if there is none or no such."""
    fields = asked_fields(project)
    if not name:
        return fields[0] if fields else None
    return next((asked for asked in fields if asked.name == name), None)


def parts(project: Project, field: str, kinds: Iterable[str]) -> Parts:
    """The stored figures of these kinds of a field, in one query."""
    rows = Figure.objects.filter(project=project, name__in=[f"{kind}:{field}" for kind in kinds])
    found: dict[str, Any] = {}
    computed_at = None
    for name, data, at in rows.values_list("name", "data", "computed_at"):
        found[name.partition(":")[0]] = data
        computed_at = at
    return Parts(found, computed_at)


def names_of(ids: Iterable[int]) -> dict[int, str]:
    """What these people are called; also those who have left."""
    wanted = set(ids)
    known = {user.pk: user.display_name for user in User.objects.filter(pk__in=wanted)}
    return {each: known.get(each, GONE) for each in wanted}


def titles_of(asked: Asked) -> dict[str, str]:
    """Classes and options by name."""
    return class_titles([asked.field])


def is_finding(found: dict[str, Any]) -> bool:
    """Whether a slice differs from the rest, the number of tests taken into account."""
    return found["adjusted"] is not None and found["adjusted"] < FINDING


def pair_of(project: Project, asked: Asked, first: int | None, second: int | None) -> Pair | None:
    """Two people of the matrix, or the two who differ on most tasks; None where there is no matrix.

    Raises Missing for anybody who is not in it: nobody's existence is told.
    """
    matrix = parts(project, asked.name, [PAIRS]).part(PAIRS) or {"pairs": []}
    if not matrix["pairs"]:
        if first is not None or second is not None:
            raise Missing
        return None
    wanted = {first, second} - {None}
    if not wanted:
        figures = max(matrix["pairs"], key=lambda pair: (pair["differ"] or 0, pair["items"]))
    else:
        fitting = (pair for pair in matrix["pairs"] if {pair["first"], pair["second"]} == wanted)
        figures = next(fitting, None)
        if figures is None:
            raise Missing
    # As asked for: whoever comes first in the address stands to the left.
    one, two = (first, second) if first and second else (figures["first"], figures["second"])
    key = f"{figures['first']}-{figures['second']}"
    rows = Figure.objects.filter(project=project, name=f"{EXAMPLES}:{asked.name}")
    ids = rows.values_list(KeyTransform(key, "data"), flat=True).first() or []
    return Pair(one, two, names_of([one, two]), figures, _differences(project, asked, ids, one, two))


def _differences(
    project: Project, asked: Asked, ids: Sequence[int], first: int, second: int
) -> list[Difference]:
    heads = Annotation.objects.counted().filter(
        project=project, task__in=ids, user__in=[first, second], is_fix=False
    )
    said = {
        (task, user): value.get(asked.name)
        for task, user, value in heads.values_list("task", "user", "value")
    }
    tasks = Task.objects.defer("search").filter(project=project).in_bulk(ids)
    shown = items(project, [tasks[pk] for pk in ids if pk in tasks])
    found = []
    for item in shown:
        one, two = said.get((item.task.pk, first)), said.get((item.task.pk, second))
        near = None if one is None or two is None else _nearness(asked, one, two)
        found.append(Difference(item, one, two, near))
    return found


def _nearness(asked: Asked, one: Any, two: Any) -> float | None:
    """None for an answer given under an older ontology, which this one may not read."""
    try:
        return 1 - asked.distance(one, two)
    except (KeyError, TypeError, ValueError):
        return None


def words_of(value: Any, asked: Asked) -> str:
    """An answer in one line: classes and options by their titles, regions by how many of which class."""
    if value is None:
        return "–"
    titles = titles_of(asked)
    names = [titles.get(name, name) for name in asked.said(value)]
    if asked.label_type.in_order:
        return asked.label_type.joined(names)
    if isinstance(value, list):
        return f"{len(value)}: {', '.join(names)}" if names else str(len(value))
    if names:
        return ", ".join(names)
    return str(value)
