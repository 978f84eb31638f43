"""Reasons to look at somebody's answers in plain words, with the false alarms to expect."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import Sum
from django.db.models.functions import Now

from annotate.models import ActivityDay
from annotate.pages.previews import class_titles
from projects.models import Project
from quality.models import Reason, ReasonKind
from quality.reports.items import Item
from quality.reports.person import items_of
from quality.services.fields import asked_fields
from quality.services.findings import FALSE_SHARE, MOST_RATIO
from stats.trust.drift import RUN_LENGTH

MOST_ROWS = 200
MONTH = timedelta(days=30)

TITLES = {
    ReasonKind.SAME: "Gives the same answer",
    ReasonKind.FAST: "Too fast",
    ReasonKind.COPYING: "Agree too much",
    ReasonKind.DRIFT: "Gets worse",
    ReasonKind.QUIZ: "Would not pass the quiz",
}
METHODS = {
    ReasonKind.SAME: (
        "The answers are compared with what somebody like the whole crowd would have said of the same items, "
        "as the others see them. A lean of a quarter of the way to “always the same” is allowed for. The "
        "p-value is a bound (Hoeffding's for one class, Chernoff's for a pattern) and errs on the safe side."
    ),
    ReasonKind.FAST: (
        "Each time is divided by the median time of all others on the very same task; the person's median of "
        "that is compared with how much the other people differ among themselves (t with a robust spread). "
        "Breaks do not count, and nobody is named who takes more than half of the others' time."
    ),
    ReasonKind.COPYING: (
        "Two people are expected to agree as often as their confusion matrices say, item by item, given what "
        "all others say of it, plus what any two people of this project agree beyond that. The p-value is "
        "Hoeffding's bound. Two careful people agree anyway: copying shows only where somebody errs."
    ),
    ReasonKind.DRIFT: (
        "A CUSUM: each answer that is not what the others find most probable adds to a level, each that is "
        "takes a little away; measured by the person's own first hundred answers. It alarms falsely once in "
        f"{RUN_LENGTH:,} answers or less often. Harder items look the same as growing careless."
    ),
    ReasonKind.QUIZ: (
        "A gold answer of the quiz was corrected or withdrawn after it was passed, and the quiz was marked "
        "anew under the terms it was taken under. The certificate stays: whoever answered as the gold "
        "said may have known better, or the item is hard. No test, so no share of false alarms."
    ),
}


@dataclass(frozen=True)
class Shown:
    """A reason with its words; ``items`` are the tasks that show it, only where one reason is looked at."""

    row: Reason
    title: str
    words: str
    field: str
    method: str
    items: list[Item]

    @property
    def who(self) -> str:
        """One name, or two."""
        names = [self.row.user.display_name]
        return " and ".join(names + ([self.row.other.display_name] if self.row.other else []))

    @property
    def chance(self) -> str:
        """The adjusted p-value as people read it."""
        if self.row.kind == ReasonKind.QUIZ:
            return "not a test"
        if self.row.q is None:
            return f"one in {RUN_LENGTH:,} answers"
        return "below 0.0001" if self.row.q < 0.0001 else f"{self.row.q:.4f}"


def shown(project: Project, rows: Sequence[Reason], *, pictured: bool = False) -> list[Shown]:
    """These reasons in words."""
    fields = {asked.name: asked for asked in asked_fields(project)}
    titles = {name: class_titles([asked.field]) for name, asked in fields.items()}
    return [
        Shown(
            row,
            TITLES[ReasonKind(row.kind)],
            WORDS[ReasonKind(row.kind)](row.evidence, row.n, titles.get(row.field, {})),
            fields[row.field].field.title if row.field in fields else row.field,
            METHODS[ReasonKind(row.kind)],
            items_of(project, row.tasks) if pictured else [],
        )
        for row in rows
    ]


def _same(found: Mapping[str, Any], n: int, titles: Mapping[str, str]) -> str:
    bits = f"Variety {found['entropy']:.2f} bits, expected {found['expected_entropy']:.2f}."
    if found["label"]:
        what = titles.get(found["label"], found["label"])
        return (
            f"{found['share']:.0%} of {n} answers are “{what}”; {found['expected']:.0%} would be expected on "
            f"these items. {bits}"
        )
    return (
        f"The answers repeat after {found['period']}: {found['share']:.0%} of {n} are what was said "
        f"{found['period']} before; {found['expected']:.0%} would be expected on these items. {bits}"
    )


def _fast(found: Mapping[str, Any], n: int, titles: Mapping[str, str]) -> str:
    return (
        f"Takes {found['ratio']:.2f} times as long as the others on the same tasks (95 % interval "
        f"{found['low']:.2f} to {found['high']:.2f}, {n} answers)."
    )


def _copying(found: Mapping[str, Any], n: int, titles: Mapping[str, str]) -> str:
    return (
        f"They say the same on {found['same']} of {n} tasks; about {found['usual']:.0f} would be expected "
        "from what is known of both."
    )


def _drift(found: Mapping[str, Any], n: int, titles: Mapping[str, str]) -> str:
    day = datetime.fromtimestamp(found["since"], tz=UTC).date().isoformat()
    (right, before), (now, after) = found["before"], found["after"]
    return (
        f"Like the others in {right} of {before} answers up to {day}, and then in {now} of {after} "
        "before the alarm."
    )


def _quiz(found: Mapping[str, Any], n: int, titles: Mapping[str, str]) -> str:
    text = (
        f"{found['right']} of {n} items are right since gold was corrected; {found['needed']} are needed. "
        f"The quiz of {found['finished'][:10]} was passed with {found['before']} of {found['asked_before']}."
    )
    failed = ", ".join(titles.get(name, name) for name in found["classes"])
    return f"{text} Too few of: {failed}." if failed else text


WORDS = {
    ReasonKind.SAME: _same,
    ReasonKind.FAST: _fast,
    ReasonKind.COPYING: _copying,
    ReasonKind.DRIFT: _drift,
    ReasonKind.QUIZ: _quiz,
}


def false_alarms(project: Project) -> str:
    """How many false alarms to expect, in words, from the answers of the last thirty days."""
    recent = ActivityDay.objects.filter(project=project, day__gte=Now() - MONTH)
    answers = recent.aggregate(n=Sum("answers"))["n"] or 0
    drift = answers / RUN_LENGTH
    return (
        f"Of what one run finds by “same answer”, “too fast” or “agree too much”, at most {FALSE_SHARE:.0%} "
        "is there by chance, on average (Benjamini–Hochberg over all people, or pairs, of a question). “Gets "
        f"worse” alarms falsely once in {RUN_LENGTH:,} answers or less often: with the {answers:,} answers "
        f"of the last 30 days, about {drift:.1f} a month or fewer. “Too fast” means less than "
        f"{MOST_RATIO:.0%} of the others' time. Every finding is a reason to look, not a verdict."
    )
