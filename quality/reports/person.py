"""What the last full run says of one person, for managers; and what people may see of themselves."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from django.db import connection

from annotate.pages.previews import class_titles
from projects.models import Feedback, Project, Task
from quality.models import PersonFigure, Reason, Trust
from quality.reports.items import Item, items
from quality.services.fields import Asked, asked_fields
from stats.intervals.wilson import wilson

MOST_DIFFERENCES = 200
LEAST_JUDGED = 5  # of a class, before anything is said of it

# The newest answers of a person that are not what consensus says of the task.
DIFFERENT = """
SELECT v.task_id, l.text, c.value #>> '{}'
FROM quality_vote v
JOIN quality_votelabel u ON u.project_id = v.project_id AND u.field = v.field AND u.kind = 'unit'
                        AND u.code = v.unit AND u.text = ''
JOIN quality_votelabel l ON l.project_id = v.project_id AND l.field = v.field AND l.kind = 'code'
                        AND l.code = v.code
JOIN quality_consensus c ON c.task_id = v.task_id AND c.field = v.field
WHERE v.project_id = %(project)s AND v.user_id = %(user)s AND v.field = %(field)s
  AND l.text <> c.value #>> '{}'
  AND (%(consensus)s = '' OR c.value #>> '{}' = %(consensus)s)
  AND (%(answer)s = '' OR l.text = %(answer)s)
ORDER BY v.annotation_id DESC LIMIT %(most)s
"""


@dataclass(frozen=True)
class OfField:
    """Something about one person on one field, named as the field is."""

    asked: Asked

    @property
    def field(self) -> str:
        return self.asked.name

    @property
    def title(self) -> str:
        return self.asked.field.title


@dataclass(frozen=True)
class FieldFigures(OfField):
    """One field of one person; the parts are those of ``quality.services.watching``."""

    titles: dict[str, str]
    data: dict[str, Any]
    classes: list[Trust]
    reasons: list[Reason]

    def points(self) -> list[dict[str, Any]]:
        """Shares of answers like the others', block after block, with Wilson's interval."""
        return [_point(*each) for each in self.data["history"]]


@dataclass(frozen=True)
class Learned:
    """What the label type of a field learned of a person, by the type's own name for it; 95 % interval."""

    name: str
    value: float
    low: float
    high: float


@dataclass(frozen=True)
class LearnedField(OfField):
    """All that was learned of a person on one field: what they find, invent, how exactly."""

    figures: list[Learned]


@dataclass(frozen=True)
class OptionLeans(OfField):
    """One multiple choice of one person; ``options`` as ``quality.services.leaning`` has them."""

    titles: dict[str, str]
    options: list[dict[str, Any]]


@dataclass(frozen=True)
class PersonReport:
    """``speed`` is None for somebody without answers; ``other_reasons`` are on no single field.

    ``learned``: the fields whose label type learns of people by itself (docs/adr/0021-detection-rates.md).
    """

    speed: dict[str, Any] | None
    questions: list[FieldFigures]
    learned: list[LearnedField]
    multiple: list[OptionLeans]
    other_reasons: list[Reason]
    computed_at: datetime | None


def person_report(project: Project, user_id: int) -> PersonReport:
    """All figures of one person with the open reasons to look at their answers; four queries."""
    rows = {row.field: row for row in PersonFigure.objects.filter(project=project, user=user_id)}
    data = {name: row.data for name, row in rows.items()}
    open_ones = list(reasons_about(project, user_id))
    known = list(
        Trust.objects.filter(project=project, user=user_id, basis="consensus")
        .exclude(field="")
        .defer("confusion")
        .order_by("high", "pk")
    )
    trust = [row for row in known if row.label]
    asked_of = asked_fields(project)
    fields = [
        FieldFigures(
            asked,
            class_titles([asked.field]),
            data[asked.name],
            [row for row in trust if row.field == asked.name],
            [reason for reason in open_ones if reason.field == asked.name],
        )
        for asked in asked_of
        if "agreement" in data.get(asked.name, {})
    ]
    named = {each.field for each in fields}
    about = rows.get("")
    return PersonReport(
        about.data["speed"] if about else None,
        fields,
        _learned(asked_of, {row.field: row.learned for row in known if not row.label}),
        [
            OptionLeans(asked, class_titles([asked.field]), data[asked.name]["options"])
            for asked in asked_of
            if "options" in data.get(asked.name, {})
        ],
        [reason for reason in open_ones if reason.field not in named],
        about.computed_at if about else None,
    )


def _learned(fields: Sequence[Asked], learned: Mapping[str, dict[str, Any]]) -> list[LearnedField]:
    found = [
        LearnedField(
            asked,
            [Learned(name, *ends) for name, ends in learned.get(asked.name, {}).get("figures", {}).items()],
        )
        for asked in fields
    ]
    return [each for each in found if each.figures]


def reasons_about(project: Project, user_id: int) -> Sequence[Reason]:
    """Open reasons to look at this person's answers, newest first."""
    rows = Reason.objects.filter(project=project, state="open").select_related("user", "other")
    return [row for row in rows.order_by("-pk")[:1_000] if user_id in (row.user_id, row.other_id)]


# The same of an option of a multiple choice: chosen and not in consensus, or the other way round.
OTHERWISE = """
SELECT v.task_id, l.text, CASE WHEN jsonb_exists(c.value, %(option)s) THEN 'yes' ELSE 'no' END
FROM quality_vote v
JOIN quality_votelabel u ON u.project_id = v.project_id AND u.field = v.field AND u.kind = 'unit'
                        AND u.code = v.unit AND u.text = %(option)s
JOIN quality_votelabel l ON l.project_id = v.project_id AND l.field = v.field AND l.kind = 'code'
                        AND l.code = v.code
JOIN quality_consensus c ON c.task_id = v.task_id AND c.field = v.field
WHERE v.project_id = %(project)s AND v.user_id = %(user)s AND v.field = %(field)s
  AND (l.text = 'yes') <> jsonb_exists(c.value, %(option)s)
  AND (%(answer)s = '' OR l.text = %(answer)s)
ORDER BY v.annotation_id DESC LIMIT %(most)s
"""


@dataclass(frozen=True)
class Different:
    """A task on which a person says something else than consensus."""

    task: int
    answer: str
    consensus: str
    item: Item | None = None


def differences(
    project: Project,
    user_id: int,
    field: str,
    *,
    consensus: str = "",
    answer: str = "",
    option: str = "",
    pictured: bool = False,
) -> list[Different]:
    """The newest of a person's answers on a field that differ from consensus; of one class if it is given.

    ``option``: of a multiple choice, those that differ in it; ``answer`` is yes or no then.
    """
    with connection.cursor() as cursor:
        values: dict[str, int | str] = {"project": project.pk, "user": user_id, "most": MOST_DIFFERENCES}
        values |= {"field": field, "consensus": consensus, "answer": answer}
        values |= {"option": option}
        cursor.execute(OTHERWISE if option else DIFFERENT, values)
        rows = [Different(*row) for row in cursor.fetchall()]
    if not pictured:
        return rows
    shown = {item.task.pk: item for item in items_of(project, [row.task for row in rows])}
    return [replace(row, item=shown[row.task]) for row in rows if row.task in shown]


def items_of(project: Project, ids: Sequence[int]) -> list[Item]:
    """These tasks in this order, without those that are gone."""
    tasks = Task.objects.filter(project=project).defer("search").in_bulk(list(ids))
    return items(project, [tasks[pk] for pk in ids if pk in tasks])


# ---- what people see of themselves


@dataclass(frozen=True)
class OwnClass:
    """How often one's answer was right where the others found this class most probable."""

    label: str
    title: str
    right: int
    n: int
    accuracy: float
    low: float
    high: float


@dataclass(frozen=True)
class OwnField:
    """One's own accuracy on a field as others see it, gold left out; ``classes`` the weakest first."""

    field: str
    title: str
    n: int
    right: int
    accuracy: float
    low: float
    high: float
    history: list[dict[str, Any]]
    classes: list[OwnClass]


@dataclass(frozen=True)
class OwnReport:
    """``seconds``: one's own median time with its interval, beside nobody's."""

    questions: list[OwnField]
    seconds: dict[str, Any] | None


def own_report(project: Project, user_id: int) -> OwnReport:
    """What a person may see of their own figures; accuracy only where the project shows any. One query."""
    rows = {row.field: row.data for row in PersonFigure.objects.filter(project=project, user=user_id)}
    speed = rows.get("", {}).get("speed") or {}
    seconds = speed.get("seconds")
    shows = project.feedback != Feedback.NEVER
    return OwnReport(
        [
            _own_field(asked, rows[asked.name]["own"])
            for asked in asked_fields(project)
            if shows and rows.get(asked.name, {}).get("own", {}).get("n")
        ],
        {**seconds, "answers": speed["answers"]} if seconds else None,
    )


def _own_field(asked: Asked, own: dict[str, Any]) -> OwnField:
    titles = class_titles([asked.field])
    interval = wilson(own["right"], own["n"])
    classes = []
    for label, right, n in own["classes"]:
        if n >= LEAST_JUDGED:
            each = wilson(right, n)
            classes.append(
                OwnClass(label, titles.get(label, label), right, n, right / n, each.low, each.high)
            )
    classes.sort(key=lambda each: (each.high, each.label))
    return OwnField(
        asked.name,
        asked.field.title,
        own["n"],
        own["right"],
        own["right"] / own["n"],
        interval.low,
        interval.high,
        [_point(*each) for each in own["history"]],
        classes,
    )


def _point(at: float, right: int, n: int) -> dict[str, Any]:
    interval = wilson(right, n)
    return {
        "at": datetime.fromtimestamp(at, tz=UTC),
        "right": right,
        "n": n,
        "accuracy": right / n,
        "low": interval.low,
        "high": interval.high,
    }
