"""A triage in force: what is whose, what it costs, and how wrong it is, each with an interval."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connections
from django.db.models import Count, Q, Sum

from annotate.models import ActivityDay
from annotate.pages.previews import class_titles
from projects.models import Project, TaskState, TaskSummary
from projects.queries import state_counts
from quality.models import GoldGrade, TriageClass, TriageRun, TriageState
from quality.reports.state import Headline, headline_of
from quality.services.fields import asked_fields
from quality.services.triage_watch import Audited, audited
from stats.audit.stratified import stratified_share
from stats.intervals.clopper_pearson import clopper_pearson
from stats.intervals.interval import Interval

# Experts' answers to what is kept for them; an index finds these tasks, of a million too.
FOR_EXPERTS = """
SELECT count(DISTINCT q.task_id), count(n.id), coalesce(sum(n.seconds), 0)
FROM annotate_queueentry q
JOIN projects_tasksummary s ON s.task_id = q.task_id AND s.state = ANY(%(answered)s)
LEFT JOIN (annotate_annotation n JOIN projects_membership m
           ON m.project_id = n.project_id AND m.user_id = n.user_id AND m.is_expert)
    ON n.task_id = q.task_id AND NOT n.is_fix AND n.discarded_at IS NULL
WHERE q.project_id = %(project)s AND q.for_experts AND q.taken >= q.wanted
"""
ANSWERED = (TaskState.ANSWERED, TaskState.REVIEW, TaskState.DONE)
WORDS = {
    TriageState.MODEL: ("good", "by the model"),
    TriageState.PEOPLE: ("neutral", "by people"),
    TriageState.ALARM: ("bad", "promise broken: with people again"),
    TriageState.BACK: ("neutral", "put back"),
}


@dataclass(frozen=True)
class RunClass:
    """One class of the run, and what the audit says of it by now."""

    row: TriageClass
    title: str
    audit: Audited
    target: float

    @property
    def with_model(self) -> int:
        """Tasks that the model's answer stands on."""
        return self.row.accepted - self.row.put_back

    @property
    def badge(self) -> tuple[str, str]:
        """Tone and words."""
        return WORDS[TriageState(self.row.state)]

    @property
    def interval(self) -> Interval | None:
        """Clopper-Pearson, 95 %, of the error; None where nothing was audited."""
        return clopper_pearson(self.audit.wrong, self.audit.checked) if self.audit.checked else None

    @property
    def error(self) -> float | None:
        """Of the audited the share that people answer otherwise."""
        return self.audit.wrong / self.audit.checked if self.audit.checked else None

    @property
    def percent(self) -> str:
        """The error in percent."""
        return _percent(self.error)

    @property
    def range(self) -> str:
        """Its interval in words."""
        return _range(self.interval.low, self.interval.high) if self.interval else ""

    @property
    def low(self) -> float:
        """The bound that the test looks at: above the target the alarm goes."""
        return self.audit.against(self.target).low


@dataclass(frozen=True)
class Tier:
    """Who answered: so many tasks, the answers and hours of people in it, and how many are wrong, in [0, 1].

    ``error`` is None where nothing is known; ``basis`` says where it comes from.
    """

    name: str
    tasks: int
    answers: int
    hours: float
    error: float | None
    low: float | None
    high: float | None
    basis: str

    @property
    def percent(self) -> str:
        """The error in percent."""
        return _percent(self.error)

    @property
    def range(self) -> str:
        """Its interval in words."""
        return _range(self.low, self.high)


@dataclass(frozen=True)
class RunReport:
    """``saved``: answers of people that were not needed; ``hours_saved`` at what an answer takes here."""

    run: TriageRun
    classes: list[RunClass]
    tiers: list[Tier]
    saved: int
    hours_saved: float

    @property
    def percent(self) -> str:
        """What was promised."""
        return f"{100 * self.run.target:g}"

    @property
    def audit_percent(self) -> str:
        """What stays with people by chance."""
        return f"{100 * self.run.audit_share:g}"


def _percent(share: float | None) -> str:
    return "" if share is None else f"{100 * share:.2f}"


def _range(low: float | None, high: float | None) -> str:
    return "" if low is None or high is None else f"{100 * low:.2f} to {100 * high:.2f}"


def run_report(project: Project, run: TriageRun) -> RunReport:
    """In a fixed number of queries."""
    found = audited(run)
    fields = [each.field for each in asked_fields(project) if each.name == run.field]
    titles = class_titles(fields)
    classes = [
        RunClass(row, titles.get(row.code, row.code), found.get(row.code, Audited()), run.target)
        for row in run.classes.order_by("pk")
    ]
    kept = _for_experts(project)
    spent = ActivityDay.objects.filter(project=project).aggregate(
        answers=Sum("answers"), seconds=Sum("seconds")
    )
    answers, seconds = spent["answers"] or 0, spent["seconds"] or 0.0
    pace = seconds / answers / 3600 if answers else 0.0
    with_model = sum(each.with_model for each in classes)
    saved = with_model * project.overlap
    return RunReport(
        run=run,
        classes=classes,
        tiers=[
            _by_model(classes, pace),
            _by_people(
                headline_of(project),
                _settled(project) - with_model - kept.tasks,
                max(0, answers - kept.answers),  # days are rolled up behind
                max(0.0, seconds / 3600 - kept.hours),
            ),
            *([kept] if kept.tasks or run.expert_below is not None else []),
        ],
        saved=saved,
        hours_saved=round(saved * pace, 2),
    )


def _settled(project: Project) -> int:
    counts = state_counts([project.pk]).get(project.pk, {})
    return sum(counts.get(state, 0) for state in ANSWERED)


def _by_model(classes: Sequence[RunClass], pace: float) -> Tier:
    """Each class's audited share, weighed by how many tasks the model has of it."""
    kept = [each for each in classes if each.with_model]
    share = stratified_share(
        [each.audit.wrong for each in kept],
        [each.audit.checked for each in kept],
        [each.with_model + each.audit.checked for each in kept],
    )
    answers = sum(each.audit.answers for each in classes)
    checked = sum(each.audit.checked for each in kept)
    return Tier(
        name="model",
        tasks=sum(each.with_model for each in kept),
        answers=answers,
        hours=round(answers * pace, 2),
        error=share.value if share else None,
        low=share.interval.low if share else None,
        high=share.interval.high if share else None,
        basis=_basis(checked, bool(kept), known=share is not None),
    )


def _for_experts(project: Project) -> Tier:
    """What is settled of the tasks that are kept for experts; how wrong these are by gold, taken together."""
    with connections[TaskSummary.objects.all().db].cursor() as cursor:
        cursor.execute(FOR_EXPERTS, {"project": project.pk, "answered": [str(state) for state in ANSWERED]})
        tasks, answers, seconds = cursor.fetchone()
    experts = project.memberships.filter(is_expert=True).values("user")
    grades = GoldGrade.objects.filter(project=project, user__in=experts, is_burnt=False)
    found = grades.aggregate(n=Count("pk"), wrong=Count("pk", filter=Q(correct=False)))
    interval = clopper_pearson(found["wrong"], found["n"]) if found["n"] else None
    return Tier(
        name="experts",
        tasks=tasks,
        answers=answers,
        hours=round(seconds / 3600, 2),
        error=found["wrong"] / found["n"] if found["n"] else None,
        low=interval.low if interval else None,
        high=interval.high if interval else None,
        basis=f"{found['n']:,} gold answers of experts" if found["n"] else "no expert has answered gold",
    )


def _basis(checked: int, any_left: bool, *, known: bool) -> str:
    if not any_left:
        return "nothing is left to it"
    return f"{checked:,} audited tasks" if known else "not every class has an audited task yet"


def _by_people(headline: Headline, tasks: int, answers: int, hours: float) -> Tier:
    """How right the labels of people are, by the best evidence there is."""
    right = headline.estimate
    is_known = right.value is not None and right.low is not None and right.high is not None
    return Tier(
        name="people",
        tasks=max(0, tasks),
        answers=answers,
        hours=round(hours, 2),
        error=1 - right.value if is_known and right.value is not None else None,
        low=1 - right.high if is_known and right.high is not None else None,
        high=1 - right.low if is_known and right.low is not None else None,
        basis=headline.words or "nothing measured yet",
    )
