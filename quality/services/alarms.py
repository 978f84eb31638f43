"""What a manager decides about somebody whom the sequential test objects to."""

from collections.abc import Collection

from django.db import transaction
from django.db.models import TextChoices

from accounts.errors import Conflict, DomainError, FieldError
from accounts.models import User
from annotate.models import NoticeKind
from annotate.services.notices import notify
from projects.models import Membership, Project
from projects.services.memberships import pause_member
from quality.models import AlarmState, GoldAlarm
from quality.services.contests import clean_text
from quality.services.qualification.certificates import requalify
from quality.services.sequential import evidence, let_go_on, settle
from quality.services.shares import PRACTICE_LENGTH, refresh_shares

TOLD = {
    AlarmState.CONFIRMED: "A manager looked at your answers to tasks with a known answer. You stay paused.",
    AlarmState.CLEARED: "A manager looked at your answers to tasks with a known answer. You can go on.",
    AlarmState.PRACTICE: (
        "You can go on, with practice: more of your tasks have a known answer for a while, and of the next "
        f"{PRACTICE_LENGTH} of these you are told at once how you did, and why."
    ),
}
REQUALIFY = (
    "A manager looked at your answers to tasks with a known answer. Your certificate is withdrawn: "
    "take the quiz again to go on."
)


class Decision(TextChoices):
    """``confirm``: paused until somebody resumes them, or, where the project asks for certificates and wants
    them renewed then, without one until they pass the quiz. ``go_on`` and ``practice`` begin a new test.
    """

    CONFIRM = "confirm"
    GO_ON = "go_on"
    PRACTICE = "practice"


STATES = {
    Decision.CONFIRM: AlarmState.CONFIRMED,
    Decision.GO_ON: AlarmState.CLEARED,
    Decision.PRACTICE: AlarmState.PRACTICE,
}


@transaction.atomic
def decide_alarm(*, alarm: GoldAlarm, project: Project, by: User, decision: str, note: str = "") -> GoldAlarm:
    """Confirm a pause (or pause now), let the person go on, or have them practice; tell them, with ``note``.

    Raises Conflict when it is decided already, is about oneself, or there is no gold to practice on;
    DomainError for an unknown decision.
    """
    if decision not in Decision.values:
        raise DomainError(
            "Unknown decision.", fields=[FieldError("decision", f"one of {', '.join(Decision.values)}")]
        )
    if alarm.user_id == by.pk:
        raise Conflict("Somebody else decides about you.", code="own_alarm")
    if decision == Decision.PRACTICE and not project.gold_share:
        raise Conflict("The project serves no gold, so there is nothing to practice on.", code="no_gold")
    text, state = clean_text(note, "note", needed=False), STATES[Decision(decision)]
    if not settle(alarm, state, by=by, note=text):
        raise Conflict("This has been decided already.", code="decided")
    alarm.refresh_from_db()
    told = TOLD[state]
    if state == AlarmState.CONFIRMED and requalify(
        project=project, user=alarm.user, by=by, reason=evidence(alarm)
    ):
        told, state = REQUALIFY, AlarmState.CLEARED
    if state == AlarmState.CONFIRMED:
        _pause(alarm, by)
    else:
        let_go_on(alarm, by=by)
    refresh_shares(project, [alarm.user_id])
    notify(
        project_id=project.pk,
        user_ids=[alarm.user_id],
        kind=NoticeKind.FEEDBACK,
        ref=f"alarm:{alarm.pk}",
        text=f"{told} {text}".strip(),
    )
    return alarm


def _pause(alarm: GoldAlarm, by: User) -> None:
    member = Membership.objects.filter(project=alarm.project_id, user=alarm.user_id, paused_at__isnull=True)
    for each in member.select_related("user", "project"):
        pause_member(membership=each, by=by, reason=evidence(alarm))


def follow_resume(*, membership: Membership, by: User | None) -> None:
    """Whoever resumes a person by hand has decided about them."""
    waiting = GoldAlarm.objects.filter(
        project=membership.project_id, user=membership.user_id, state=AlarmState.OPEN
    )
    for alarm in waiting.select_related("project", "user"):
        settle(alarm, AlarmState.CLEARED, by=by)


def waiting_alarms(project: Project) -> Collection[GoldAlarm]:
    """Those about whom somebody has to decide, oldest first."""
    rows = GoldAlarm.objects.filter(project=project, state=AlarmState.OPEN)
    return list(rows.select_related("user").order_by("id")[:100])
