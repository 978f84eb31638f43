"""How much people agree, per field: the coefficients that fit the field, with bootstrap intervals.

Beside them, as figures: per class, between people, in parts of the data. Computed with every full run.
"""

from typing import Any

import numpy as np
from django.db import transaction
from django.utils import timezone

from projects.models import Project
from quality.models import Agreement, Figure
from quality.services.agreement_classes import class_figures
from quality.services.agreement_people import people_figures
from quality.services.agreement_slices import slice_figures
from quality.services.fields import Asked, asked_fields
from quality.services.figures import AGREEMENT
from quality.services.judgements import Judgements, load_judgements
from stats.agreement.cohen import cohen_kappa
from stats.agreement.estimate import Bootstrap, Coefficient, estimate
from stats.agreement.fleiss import fleiss_kappa
from stats.agreement.gwet import gwet_ac
from stats.agreement.icc import icc
from stats.agreement.kendall import kendall_w_each
from stats.agreement.krippendorff import krippendorff_alpha
from stats.agreement.percent import percent_agreement
from stats.agreement.scott import scott_pi
from stats.agreement.slices import FixedAlpha
from stats.agreement.two_raters import contingency
from stats.arrays import Codes, Floats

ALPHA = "alpha"
PERCENT = "percent"
COHEN = "cohen_kappa"
SCOTT = "scott_pi"
FLEISS = "fleiss_kappa"
GWET = "gwet_ac1"
GWET_WEIGHTED = "gwet_ac2"
ICC = "icc"
KENDALL = "kendall_w"

# Kinds of figures; those of one field are named after it: "agreement-about:FIELD" and so on.
ABOUT, CLASSES, PEOPLE, PAIRS, EXAMPLES, SLICES = (
    f"{AGREEMENT}{part}" for part in ("about", "classes", "people", "pairs", "examples", "slices")
)


def refresh_agreement(project: Project) -> list[Agreement]:
    """Compute and store all of it, in one transaction; same answers, same numbers."""
    rows: list[Agreement] = []
    figures: dict[str, Any] = {}
    for asked in asked_fields(project):
        judgements = load_judgements(project, asked)
        rows += [_row(project, asked, name, found) for name, found in coefficients(judgements).items()]
        figures |= {f"{part}:{asked.name}": data for part, data in _parts(project, judgements).items()}
    now = timezone.now()
    with transaction.atomic():
        Agreement.objects.filter(project=project).delete()
        Agreement.objects.bulk_create(rows)
        Figure.objects.filter(project=project, name__startswith=AGREEMENT).delete()
        Figure.objects.bulk_create(
            Figure(project=project, name=name, data=data, computed_at=now) for name, data in figures.items()
        )
    return rows


def _parts(project: Project, judgements: Judgements) -> dict[str, Any]:
    people, pairs, examples = people_figures(judgements)
    return {
        ABOUT: {
            "raters": int(judgements.people.size),
            "shared": judgements.shared,
            "compared": judgements.compared,
            "scale": judgements.asked.label_type.scale(judgements.asked.field),
            "is_sample": judgements.is_sample,
        },
        CLASSES: class_figures(judgements),
        PEOPLE: people,
        PAIRS: pairs,
        EXAMPLES: examples,
        SLICES: slice_figures(project, judgements),
    }


def coefficients(judgements: Judgements) -> dict[str, Coefficient]:
    """The coefficients of one field. Which ones follows from what the label type can tell, not from its kind.

    One question with countable answers: all of them, on a scale with quadratic weights; those of two people
    are undefined for more. Everything else: mean nearness of pairs in place of percent agreement, and alpha
    on the label type's own distance.
    """
    if judgements.label is None:
        return _by_distance(judgements)
    counts = judgements.counts
    bootstrap = Bootstrap()
    weights = "quadratic" if judgements.is_ordinal else None
    found = {
        ALPHA: krippendorff_alpha(
            counts, metric="ordinal" if judgements.is_ordinal else "nominal", bootstrap=bootstrap
        ),
        PERCENT: percent_agreement(counts, bootstrap=bootstrap),
        GWET: gwet_ac(counts, bootstrap=bootstrap),
    }
    if judgements.is_ordinal:
        found[GWET_WEIGHTED] = gwet_ac(counts, weights=weights, bootstrap=bootstrap)
    found[FLEISS] = fleiss_kappa(counts, weights=weights, bootstrap=bootstrap)
    people = judgements.people.size
    if people == 2:
        table = _pairs(judgements)
        found[COHEN] = cohen_kappa(table, weights=weights, bootstrap=bootstrap)
        found[SCOTT] = scott_pi(table, weights=weights, bootstrap=bootstrap)
    else:
        reason = f"needs exactly two people, here {people} answered; the matrix has it for every two"
        found[COHEN] = found[SCOTT] = Coefficient(None, reason, 0, 0)
    return found


def _pairs(judgements: Judgements) -> Codes:
    pairs = judgements.comparisons
    is_ordered = pairs.rater[pairs.first] < pairs.rater[pairs.second]
    label = np.zeros(0, dtype=np.int32) if pairs.label is None else pairs.label
    return contingency(
        label[np.where(is_ordered, pairs.first, pairs.second)],
        label[np.where(is_ordered, pairs.second, pairs.first)],
        n_classes=len(judgements.asked.codes),
    )


def _by_distance(judgements: Judgements) -> dict[str, Coefficient]:
    pairs = judgements.comparisons
    if pairs.first.size == 0:
        nothing = Coefficient(None, "no item has two answers", 0, 0)
        return {ALPHA: nothing, PERCENT: nothing}
    item = judgements.item
    size = judgements.tasks.size
    answers = np.bincount(item, minlength=size).astype(np.float64)
    of_pair = item[pairs.first]
    apart = np.bincount(of_pair, weights=judgements.difference(pairs.nearness), minlength=size)
    near = np.bincount(of_pair, weights=pairs.nearness, minlength=size) / np.bincount(of_pair, minlength=size)
    each = np.ones(size, dtype=np.int32)
    rows = np.column_stack([2 * apart / (answers - 1), answers])
    count, bootstrap = int(answers.sum()), Bootstrap()
    alpha = FixedAlpha(judgements.expected_difference)
    found = {
        ALPHA: estimate(alpha, rows, each, answers=count, bootstrap=bootstrap),
        PERCENT: estimate(_Mean(), near.reshape(-1, 1), each, answers=count, bootstrap=bootstrap),
    }
    if judgements.asked.label_type.scale(judgements.asked.field) == "interval":
        found[ICC] = _icc(judgements)
    if judgements.asked.label_type.in_order:
        found[KENDALL] = _concordance(judgements)
    return found


def _icc(judgements: Judgements) -> Coefficient:
    """On the tasks that everybody answered: it knows no missing answers."""
    people = judgements.people.size
    whole = np.bincount(judgements.item) == people
    table = np.full((judgements.tasks.size, people), np.nan)
    table[judgements.item, judgements.rater] = np.array(judgements.values, dtype=np.float64)
    table = table[whole]
    if len(table) < 2:
        reason = f"needs at least two tasks that all {people} people answered, here {len(table)}"
        return Coefficient(None, reason, len(table), table.size)
    found = icc(table)
    return Coefficient(found.single, found.reason, len(table), table.size, found.single_interval)


def _concordance(judgements: Judgements) -> Coefficient:
    """The mean over tasks; older answers, which lack an option of now, are left out."""
    place = {name: at for at, name in enumerate(judgements.asked.field.names("options"))}
    rows, item = [], []
    for value, task in zip(judgements.values, judgements.item.tolist(), strict=True):
        names = value if isinstance(value, list) else []
        if len(names) == len(place):
            rows.append(np.argsort([place[str(name)] for name in names]))
            item.append(task)
    table = np.array(rows, dtype=np.float64).reshape(-1, len(place))
    each = kendall_w_each(table, np.array(item, dtype=np.int32), n_groups=judgements.tasks.size)
    count = np.bincount(item, minlength=judgements.tasks.size)[~np.isnan(each)]
    if not count.size:
        return Coefficient(None, "no item has two answers with all options", 0, 0)
    whole = each[~np.isnan(each)].reshape(-1, 1)
    ones = np.ones(len(whole), dtype=np.int32)
    return estimate(_Mean(), whole, ones, answers=int(count.sum()), bootstrap=Bootstrap())


class _Mean:
    """The plain mean of a column, as a measure that ``stats`` can bootstrap."""

    def terms(self, rows: Floats) -> Floats:
        """The value, and one."""
        return np.column_stack([rows[:, 0], np.ones(len(rows))])

    def value(self, sums: Floats) -> Floats:
        """Sum over count."""
        mean: Floats = sums[:, 0] / sums[:, 1]
        return mean

    def reason(self, sums: Floats) -> str:
        """Why there is none."""
        return "no item has two answers"


def _row(project: Project, asked: Asked, name: str, found: Coefficient) -> Agreement:
    return Agreement(
        project=project,
        field=asked.name,
        coefficient=name,
        value=found.value,
        low=found.interval.low if found.interval else None,
        high=found.interval.high if found.interval else None,
        undefined=found.reason or "",
        items=found.items,
        answers=found.answers,
        computed_at=timezone.now(),
    )
