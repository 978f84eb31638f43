"""The sequential test on gold: who is too often wrong, with stated error rates. A human decides what follows.

Wald's test reads a person's graded answers in order; after each test that is passed the next begins. The test
flags, or pauses, and never does more; where corrected gold takes the evidence away, it takes that back.
"""

from collections import defaultdict
from collections.abc import Collection

from django.db.models import Max
from django.db.models.functions import Now

from accounts.audit import record
from accounts.models import User
from annotate.models import Annotation, NoticeKind
from annotate.services.notices import notify
from projects.models import GoldTest, Membership, Project, Role
from projects.services.memberships import pause_member, resume_member
from quality.models import AlarmState, GoldAlarm, GoldGrade
from stats.intervals.sprt import RepeatedResult, Sprt
from stats.intervals.wilson import wilson

Outcomes = dict[int, list[bool]]


def test_of(project: Project) -> Sprt:
    """The test as this project's manager set it."""
    error = project.gold_test_error
    return Sprt(good=project.gold_test_good, bad=project.gold_test_bad, alpha=error, beta=error)


def check_people(project: Project, user_ids: Collection[int], *, gold_changed: bool = False) -> None:
    """Run the test on these people, and raise alarms: one at a time is open per person.

    Where gold was corrected, alarms that no longer hold are withdrawn; answers that somebody corrects, or
    that were set aside, take none back. For the worker that grades, inside its transaction and its lock.
    """
    if project.gold_test == GoldTest.OFF or not user_ids:
        return
    test = test_of(project)
    outcomes = _outcomes(project.pk, user_ids)
    waiting = {
        alarm.user_id: alarm
        for alarm in GoldAlarm.objects.filter(project=project, user__in=user_ids, state=AlarmState.OPEN)
    }
    for user_id in sorted(user_ids):
        result = test.repeated(outcomes[user_id])
        if result.verdict == "bad" and user_id not in waiting:
            _raise_alarm(project, user_id, result)
        elif gold_changed and result.verdict != "bad" and user_id in waiting:
            _withdraw(project, waiting[user_id])


def restarts(project_id: int, user_ids: Collection[int]) -> dict[int, int]:
    """After which annotation each person's test reads on, if somebody decided about them before."""
    decided = GoldAlarm.objects.filter(project=project_id, user__in=user_ids, decided_at__isnull=False)
    rows = decided.exclude(state=AlarmState.WITHDRAWN).values("user_id").annotate(last=Max("after"))
    return dict(rows.values_list("user_id", "last"))


def evidence(alarm: GoldAlarm) -> str:
    """The evidence in words that the person themselves may read: no task is named."""
    return (
        f"Of the last {alarm.n} answers to tasks with a known answer {alarm.right} were right "
        f"({_percent(alarm.accuracy)}; with 95 % certainty between {_percent(alarm.low)} and "
        f"{_percent(alarm.high)}). This project expects about {_percent(alarm.good)}."
    )


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def _outcomes(project_id: int, user_ids: Collection[int]) -> Outcomes:
    """Right or wrong in the order in which the answers were first given, since the test last began."""
    since = restarts(project_id, user_ids)
    found: Outcomes = defaultdict(list)
    rows = GoldGrade.objects.filter(
        project=project_id,
        user__in=user_ids,
        annotation__discarded_at__isnull=True,
        gold__voided_at__isnull=True,
    ).order_by("annotation_id")
    for user_id, correct, annotation in rows.values_list("user_id", "correct", "annotation_id"):
        if annotation > since.get(user_id, 0):
            found[user_id].append(correct)
    return found


def _raise_alarm(project: Project, user_id: int, result: RepeatedResult) -> None:
    member = (
        Membership.objects.select_related("user", "project").filter(project=project, user=user_id).first()
    )
    interval = wilson(result.right, result.used)
    alarm = GoldAlarm(
        project=project,
        user_id=user_id,
        has_paused=project.gold_test == GoldTest.PAUSE and member is not None and member.paused_at is None,
        n=result.used,
        right=result.right,
        low=interval.low,
        high=interval.high,
        good=project.gold_test_good,
        bad=project.gold_test_bad,
        error=project.gold_test_error,
    )
    alarm.save()
    if alarm.has_paused and member is not None:
        why = f"{evidence(alarm)} A manager looks at it and decides. Your drafts are kept."
        pause_member(membership=member, by=None, reason=why)
    name = User.objects.get(pk=user_id).display_name
    managers = Membership.objects.filter(project=project, role=Role.MANAGER).exclude(user=user_id)
    notify(
        project_id=project.pk,
        user_ids=managers.values_list("user_id", flat=True),
        kind=NoticeKind.ALARM,
        ref=f"alarm:{alarm.pk}",
        text=f"{name}{' is paused' if alarm.has_paused else ''}. {evidence(alarm)}",
    )
    _record(alarm, "trust.alarm", by=None)


def _withdraw(project: Project, alarm: GoldAlarm) -> None:
    settle(alarm, AlarmState.WITHDRAWN, by=None)
    if alarm.has_paused:
        let_go_on(alarm, by=None)
    notify(
        project_id=project.pk,
        user_ids=Membership.objects.filter(project=project, role=Role.MANAGER).values_list(
            "user_id", flat=True
        ),
        kind=NoticeKind.ALARM,
        ref=f"withdrawn:{alarm.pk}",
        text=f"{alarm.user.display_name}: gold was corrected, and the test no longer objects.",
    )


def settle(alarm: GoldAlarm, state: AlarmState, *, by: User | None, note: str = "") -> bool:
    """Close an alarm; False if somebody else was faster."""
    newest = Annotation.objects.filter(project=alarm.project_id, user=alarm.user_id).aggregate(pk=Max("pk"))
    changed = GoldAlarm.objects.filter(pk=alarm.pk, state=AlarmState.OPEN).update(
        state=state, note=note, decided_by=by, decided_at=Now(), after=newest["pk"] or 0
    )
    if changed:
        _record(alarm, f"trust.alarm_{state.value}", by=by, note=note)
    return bool(changed)


def let_go_on(alarm: GoldAlarm, *, by: User | None) -> None:
    """Let a person work again whom the alarm, or somebody meanwhile, has paused."""
    member = Membership.objects.filter(project=alarm.project_id, user=alarm.user_id, paused_at__isnull=False)
    for each in member.select_related("user", "project"):
        resume_member(membership=each, by=by)


def _record(alarm: GoldAlarm, verb: str, *, by: User | None, **details: str) -> None:
    record(
        organization=alarm.project.organization_id,
        actor=by,
        verb=verb,
        subject=alarm.user.email,
        project_id=alarm.project_id,
        right=alarm.right,
        n=alarm.n,
        **details,
    )
