"""How much gold each person gets: written to their membership, which the queue reads anyway."""

from collections.abc import Collection

from django.db.models import Count

from projects.models import Membership, Project
from quality.models import AlarmState, GoldAlarm, GoldGrade, Trust
from quality.services.trust import GOLD
from stats.trust.need import need_of_gold

PRACTICE_LENGTH = 20


def refresh_shares(project: Project, user_ids: Collection[int]) -> None:
    """Write anew what the queue goes by for these people; rows that stay as they are are not written."""
    if not user_ids:
        return
    bar = (project.gold_test_good + project.gold_test_bad) / 2
    known = Trust.objects.filter(project=project, user__in=user_ids, basis=GOLD, field="", label="")
    counts = {user: (right, n) for user, right, n in known.values_list("user_id", "correct", "n")}
    at_practice = practicing(project.pk, user_ids)
    changed = []
    for member in Membership.objects.filter(project=project, user__in=user_ids):
        right, graded = counts.get(member.user_id, (0.0, 0.0))
        need = round(need_of_gold(right, graded, bar=bar), 3) if graded else None
        state = need, member.user_id in at_practice
        if state != (member.gold_need, member.is_practicing):
            member.gold_need, member.is_practicing = state
            changed.append(member)
    Membership.objects.bulk_update(changed, ["gold_need", "is_practicing"])


def practicing(project_id: int, user_ids: Collection[int]) -> set[int]:
    """Those whom a manager sent to practice, until so many gold answers since then were graded."""
    decided = GoldAlarm.objects.filter(project=project_id, user__in=user_ids, decided_at__isnull=False)
    newest = decided.exclude(state=AlarmState.WITHDRAWN).order_by("user_id", "-pk").distinct("user_id")
    since = {alarm.user_id: alarm.after for alarm in newest if alarm.state == AlarmState.PRACTICE}
    found = set()
    for user_id, after in since.items():
        grades = GoldGrade.objects.filter(project=project_id, user=user_id, annotation__gt=after)
        if grades.aggregate(n=Count("pk"))["n"] < PRACTICE_LENGTH:
            found.add(user_id)
    return found
