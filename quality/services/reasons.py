"""Reasons to look at somebody's answers: kept as full runs find them, settled by a person.

Nothing follows from one by itself: nobody is paused, no answer counts less. Whoever settles one may ask for
the quiz again.
"""

from collections.abc import Mapping, Sequence

from django.db import transaction
from django.db.models import Max
from django.db.models.functions import Now
from django.utils import timezone

from accounts.audit import record
from accounts.errors import Conflict, DomainError, FieldError
from accounts.models import User
from annotate.services.leases import lock_person
from projects.models import Membership, Project
from quality.models import Reason, ReasonKind, ReasonState
from quality.services.contests import clean_text
from quality.services.findings import Finding, Key
from quality.services.locks import one_at_a_time
from quality.services.qualification.certificates import can_requalify, requalify

VERDICTS = (ReasonState.FINE, ReasonState.TALK, ReasonState.OTHER, ReasonState.REQUIZ)
# What a person reads who is to take the quiz again; only these reasons offer it.
TOLD = {
    ReasonKind.DRIFT: "Your newer answers agree less with the others' than your first ones did.",
    ReasonKind.QUIZ: "A known answer in your quiz was corrected: with it you would not have passed.",
}
# What was looked at comes back only when this many times as many answers say so.
MORE_EVIDENCE = 2


def dealt_with(project: Project) -> dict[Key, int]:
    """At how many answers somebody last looked at each reason of this project."""
    rows = Reason.objects.filter(project=project, state__in=VERDICTS)
    last = rows.values_list("kind", "field", "user_id", "other_id").annotate(most=Max("n")).order_by()
    return {(kind, field, user, other): n for kind, field, user, other, n in last}


@transaction.atomic
def keep_findings(project: Project, findings: Sequence[Finding]) -> int:
    """Bring the open reasons up to what the newest run found; return how many are new.

    An open one that is no longer found is withdrawn, and opens again if it is found again. One that somebody
    has settled is not raised again before it rests on twice as many answers; drift begins anew after that.
    People who left the project are left alone. Takes a lock of the project's reasons.
    """
    one_at_a_time("reasons", project.pk)
    now = timezone.now()
    members = set(Membership.objects.filter(project=project).values_list("user_id", flat=True))
    unsettled = Reason.objects.filter(project=project, state__in=[ReasonState.OPEN, ReasonState.WITHDRAWN])
    unsettled = unsettled.exclude(kind=ReasonKind.QUIZ)  # no run looks for these
    known = {key_of(row): row for row in unsettled.order_by("pk")}
    waiting = {row.pk for row in known.values() if row.state == ReasonState.OPEN}
    before = dealt_with(project)
    fresh: list[Reason] = []
    for found in findings:
        if found.user not in members or (found.other is not None and found.other not in members):
            continue
        if not _is_news(found, before):
            continue
        reason = known.get(found.key)
        is_new = reason is None
        reason = reason or Reason(project=project, kind=found.kind, field=found.field, user_id=found.user)
        reason.other_id, reason.state, reason.settled_at = found.other, ReasonState.OPEN, None
        reason.n, reason.p, reason.q = found.n, found.p, found.q
        reason.evidence, reason.tasks, reason.seen_at = found.evidence, found.tasks, now
        reason.save()
        waiting.discard(reason.pk)
        if is_new:
            fresh.append(reason)
    Reason.objects.filter(pk__in=waiting).update(state=ReasonState.WITHDRAWN, settled_at=Now())
    for reason in Reason.objects.filter(pk__in=[row.pk for row in fresh]).select_related("user"):
        _record(reason, project, "trust.reason", by=None)
    return len(fresh)


def key_of(reason: Reason) -> Key:
    """What the reason is about."""
    return reason.kind, reason.field, reason.user_id, reason.other_id


def _is_news(found: Finding, before: Mapping[Key, int]) -> bool:
    if found.kind == ReasonKind.DRIFT:  # it was not looked for before the answer at which it was settled
        return True
    return found.n >= MORE_EVIDENCE * before.get(found.key, 0)


@transaction.atomic
def settle_reason(*, reason: Reason, project: Project, by: User, verdict: str, note: str = "") -> Reason:
    """Say that somebody has looked and what came of it: ``fine``, ``talk``, ``other``, ``requiz``.

    The last two need a note. Nobody is told and nothing else changes, but by ``requiz``: it withdraws the
    person's certificate, and they read why, with the note. Raises Conflict when it is settled already, is
    about oneself, or there is no quiz to ask for; DomainError for an unknown verdict or a missing note.
    Locks the person for ``requiz``, then the reason.
    """
    if verdict not in VERDICTS:
        raise DomainError("Unknown verdict.", fields=[FieldError("verdict", f"one of {', '.join(VERDICTS)}")])
    if by.pk in (reason.user_id, reason.other_id):
        raise Conflict("Somebody else looks at what is about you.", code="own_reason")
    text = clean_text(note, "note", needed=verdict in (ReasonState.OTHER, ReasonState.REQUIZ))
    if verdict == ReasonState.REQUIZ:
        lock_person(project.pk, reason.user_id)
    changed = Reason.objects.filter(pk=reason.pk, state=ReasonState.OPEN).update(
        state=verdict, note=text, settled_by=by, settled_at=Now()
    )
    if not changed:
        raise Conflict("This has been settled already.", code="settled")
    reason.refresh_from_db()
    if verdict == ReasonState.REQUIZ:
        _ask_for_quiz(reason, project, by)
    _record(reason, project, f"trust.reason_{verdict}", by=by, note=text)
    return reason


def offers_quiz(reason: Reason, project: Project) -> bool:
    """Whether the quiz can be asked for again because of this."""
    return reason.kind in TOLD and can_requalify(project, reason.user_id)


def _ask_for_quiz(reason: Reason, project: Project, by: User) -> None:
    if reason.kind not in TOLD:
        raise Conflict("A quiz says nothing about this.", code="no_quiz")
    told = f"{TOLD[ReasonKind(reason.kind)]} {reason.note}"
    if not requalify(project=project, user=reason.user, by=by, reason=told, is_asked=True):
        raise Conflict("There is no certificate to withdraw, so no quiz to ask for.", code="no_certificate")


def _record(reason: Reason, project: Project, verb: str, *, by: User | None, **details: str) -> None:
    record(
        organization=project.organization_id,
        actor=by,
        verb=verb,
        subject=reason.user.email,
        project_id=project.pk,
        reason=reason.pk,
        kind=reason.kind,
        **details,
    )
