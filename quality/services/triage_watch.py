"""Watching a triage: what people say of the tasks that were kept for them, against what was promised."""

from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models.functions import Now

from accounts.audit import record
from annotate.models import NoticeKind
from annotate.services.notices import notify
from projects.models import Membership, ProjectState, Role
from quality.models import TriageClass, TriageRun, TriageState
from quality.services.triage import start_back
from stats.triage.watch import Watch, watch

FALSE_ALARMS = 0.05  # of a class whose promise holds, ever

# A task counts once it has all answers that it asked for; what people differ on is settled by then.
AUDITED = """
SELECT i.code, count(*) FILTER (WHERE s.settled),
       count(*) FILTER (WHERE s.settled AND s.said IS DISTINCT FROM i.code), sum(s.answers)
FROM quality_triageitem i CROSS JOIN LATERAL (
    SELECT t.state IN ('answered', 'review', 'done')
               AND t.source IN ('consensus', 'review', 'adjudication') AS settled,
           t.value ->> %(field)s AS said, t.answers
    FROM projects_tasksummary t WHERE t.task_id = i.task_id OFFSET 0) AS s
WHERE i.run_id = %(run)s AND i.is_audit GROUP BY i.code
"""


@dataclass(frozen=True)
class Audited:
    """Of one class: how many of the tasks kept for people are settled, and in how many they say otherwise.

    ``answers``: so many people gave to them.
    """

    checked: int = 0
    wrong: int = 0
    answers: int = 0

    def against(self, target: float) -> Watch:
        """What this says of the promise."""
        return watch(self.wrong, self.checked, target=target, alpha=FALSE_ALARMS)


def audited(run: TriageRun) -> dict[str, Audited]:
    """By class; those without such a task are absent."""
    with connection.cursor() as cursor:
        cursor.execute(AUDITED, {"run": run.pk, "field": run.field})
        return {row[0]: Audited(*row[1:]) for row in cursor.fetchall()}


def watch_runs() -> int:
    """Look at every promise in force; return how many classes were taken from their model."""
    states = [ProjectState.LIVE, ProjectState.PAUSED]
    runs = TriageRun.objects.filter(ended_at__isnull=True, project__state__in=states)
    return sum(watch_run(run) for run in runs.select_related("project").order_by("pk"))


def watch_run(run: TriageRun) -> int:
    """Take from the model the classes whose promise the audit finds broken, and tell the managers.

    Twice takes nothing more. Locks the classes.
    """
    found = audited(run)
    broken = [code for code, each in found.items() if each.against(run.target).is_broken]
    if not broken:
        return 0
    with transaction.atomic():
        rows = run.classes.select_for_update(no_key=True).filter(code__in=broken, state=TriageState.MODEL)
        classes = list(rows.order_by("pk"))
        for row in classes:
            _alarm(run, row, found[row.code])
        if classes:
            start_back(run, [row.code for row in classes], by=None)
    return len(classes)


def _alarm(run: TriageRun, row: TriageClass, found: Audited) -> None:
    seen = found.against(run.target)
    TriageClass.objects.filter(pk=row.pk).update(
        state=TriageState.ALARM,
        alarm_at=Now(),
        alarm_checked=found.checked,
        alarm_wrong=found.wrong,
        alarm_low=seen.low,
    )
    people = Membership.objects.filter(project=run.project_id, role=Role.MANAGER)
    notify(
        project_id=run.project_id,
        user_ids=people.values_list("user_id", flat=True),
        kind=NoticeKind.TRIAGE,
        ref=f"triage:{row.pk}",
        text=(
            f"“{row.code}” by {run.model}: {found.wrong} of {found.checked} audited answers are wrong, so "
            f"the error is above the {100 * run.target:g} % that was promised (at least "
            f"{100 * seen.low:.1f} %). "
            f"The {row.accepted - row.put_back:,} tasks that were left to the model go back to people."
        ),
    )
    record(
        organization=run.project.organization_id,
        actor=None,
        verb="triage.alarm",
        subject=row.code[:200],
        project_id=run.project_id,
        run=run.pk,
        wrong=found.wrong,
        checked=found.checked,
    )
