"""The queue: put tasks in, hand them out. Exactness and flat cost: docs/adr/0006-queue.md."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection, transaction

from accounts.models import User
from annotate.models import Assignment, Drawn, QueueEntry, RankingEpoch
from annotate.policy import Reason, gold_share, refused_by_gate
from annotate.services import hidden, leases
from annotate.services.certificates import lacks_certificate, needs_certificate
from annotate.services.experts import take_for_experts
from annotate.services.found import Found
from annotate.services.keys import reopened_epoch
from annotate.services.leases import Held, Lease
from annotate.services.preferred import by_order
from annotate.services.rescan import rescan
from annotate.services.scan import Scan
from annotate.states import Cause, move_many
from projects.access import ProjectAccess
from projects.models import AssignmentPolicy, Membership, Project, ProjectState

# Keys in the first epoch are the task ids: the order of import, at no cost. Where gold is hidden they are
# random: gold comes from anywhere, and would stand out among items that follow one another.
ADD = """
INSERT INTO annotate_queueentry
    (task_id, project_id, pool, epoch, order_key, wanted, taken, answered, is_open, drawn)
SELECT task_id, %(project)s, 'work', 0,
       CASE WHEN %(shuffled)s THEN (random() * 2^62)::bigint ELSE task_id END,
       %(wanted)s, 0, 0, true, 'random'
FROM unnest(%(tasks)s::bigint[]) AS task_id
"""
# To look for a row that is there already, and be ready for one that comes just then, costs a third more.
ADD_IF_NEW = f"{ADD}ON CONFLICT (task_id) DO NOTHING"


@dataclass(frozen=True)
class Drawing:
    """What a person holds now; when it is empty, why."""

    assignments: list[Assignment]
    reason: Reason | None


@transaction.atomic
def add_to_queue(*, project: Project, task_ids: Sequence[int]) -> None:
    """Put new tasks into the queue, in one statement; those that are in it already stay.

    They come after all others, or anywhere among them where the project hides gold.
    """
    if task_ids:
        open_queue(project)
        _put(project, task_ids, ADD_IF_NEW)


def open_queue(project: Project) -> None:
    """Before the first tasks: make the epoch for reopened ones now, so that nobody who works has to."""
    if not QueueEntry.objects.filter(project=project).exists():
        reopened_epoch(project.pk)


def put_in_queue(*, project: Project, task_ids: Sequence[int]) -> None:
    """Tasks that the caller's transaction has made, in a queue that is open.

    Raises IntegrityError for one that is in it already.
    """
    _put(project, task_ids, ADD)


def _put(project: Project, task_ids: Sequence[int], statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            statement,
            {
                "project": project.pk,
                "wanted": project.overlap,
                "tasks": "{" + ",".join(map(str, task_ids)) + "}",  # one literal is read faster than many
                "shuffled": project.gold_share > 0,
            },
        )


def draw(access: ProjectAccess, count: int) -> Drawing:
    """Give a person what they hold, topped up to ``count`` (at most the project's hold size).

    Nobody gets a task twice that they answered or skipped, no task goes to more people than it wants,
    and no row is locked or written that others in the project need. An empty list has a reason: ``searching``
    if this call has looked at as much as one may, and the next one goes on from there.
    """
    project, user = access.project, access.user
    if reason := refusal(project, access.membership):
        return Drawing([], reason)
    gate = refused_by_gate(project, user)
    wanted = max(1, min(count, project.hold_size))
    with transaction.atomic():
        certificate = needs_certificate(project, access.membership)
        held = leases.lock_held(project, user.pk, certificate=certificate)
        if not held.may_work:
            return Drawing([], Reason("certificate"))
        if held.must_read or gate:
            return Drawing([], Reason("guideline") if held.must_read else gate)
        if held.others_expired:
            _reclaim(project.pk)
        if held.renewal_due:
            leases.renew_held(project, user.pk)
            held = leases.lock_held(project, user.pk)
        assignments, goes_on = held.assignments[:wanted], False
        if free := wanted - len(assignments):
            share = gold_share(project, access.membership)
            is_expert = access.membership is not None and access.membership.is_expert
            more, goes_on = _top_up(project, user, free, share, held, is_expert=is_expert)
            assignments += more
    if assignments:
        return Drawing(assignments, None)
    return Drawing([], Reason("searching") if goes_on else why_empty(project.pk, user.pk))


def refusal(project: Project, membership: Membership | None) -> Reason | None:
    """Why this person gets no tasks from this project at all for now, as far as the rows in hand say."""
    if project.state == ProjectState.PAUSED:
        return Reason("paused", project.pause_reason)
    if not project.is_working or project.ontology_id is None:
        return Reason("not_live")
    if membership is not None and membership.paused_at is not None:
        return Reason("person_paused", membership.pause_reason)
    if lacks_certificate(project, membership):
        return Reason("certificate")
    return None


def why_empty(project_id: int, user_id: int) -> Reason:
    """Why there is nothing for this person, though they may work."""
    if Scan(project_id, user_id).has_open_rows():
        return Reason("waiting_for_others")
    if Assignment.objects.active_of_others(project_id, user_id).exists():
        return Reason("waiting_for_others")
    if RankingEpoch.objects.filter(project_id=project_id).exists():  # made with the first task
        return Reason("all_done")
    return Reason("empty")


def _reclaim(project_id: int) -> None:
    rework = leases.reclaim(project_id)
    if rework:
        move_many(project_id, rework, Cause.REWORK_EXPIRED)


def _top_up(
    project: Project, user: User, slots: int, share: float, held: Held, *, is_expert: bool
) -> tuple[list[Assignment], bool]:
    """Fill the free slots of a person's hold with work, and gold among it; whether the search goes on.

    Work is looked for at every slot, also where gold goes: the same statements run whatever comes out.
    """
    by_gain = project.assignment_policy == AssignmentPolicy.BY_GAIN
    prefers = by_gain and held.has_preferred and not by_order()
    scan = Scan(project.pk, user.pk, hides_gold=share > 0, prefers=prefers)
    gold: list[int | None] = [None] * slots
    if share:
        gold = hidden.pick_gold(project.pk, user.pk, hidden.toss(slots, share))
    free = gold.count(None)
    found = _work_for(project, user, scan, slots, free, is_expert=is_expert)
    goes_on = found.goes_on
    if not found.seen and held.rescan_due:
        found = rescan(project.pk, user.pk, slots, free)
    if not found.seen:
        gold = []  # alone, when the work is used up, it would stand out
    return leases.give(project, user.pk, _mixed(gold, found), scan.move), goes_on


def _work_for(project: Project, user: User, scan: Scan, slots: int, free: int, *, is_expert: bool) -> Found:
    """Work for so many slots: for an expert first what waits for experts, for all others one search."""
    if not is_expert:
        return scan.take(slots, free)
    kept = take_for_experts(project.pk, user.pk, slots, free)
    if kept.seen == slots:
        return kept
    others = scan.take(slots - kept.seen, free - len(kept.picked))
    return Found(kept.picked + others.picked, kept.seen + others.seen, others.goes_on, kept.seen)


def _mixed(gold: list[int | None], found: Found) -> list[Lease]:
    """Gold at its slots; work in its order at the others, as far as it goes.

    Gold comes as for experts where the work does that would have had its place: else it would stand out.
    """
    left = list(found.picked)
    mixed: list[Lease] = []
    others_wait = found.for_experts > len(left)  # these come next: what has no note before them were gold
    for task_id in gold:
        if task_id is not None:
            mixed.append(Lease(task_id, Drawn.GOLD, left[0].for_experts if left else others_wait))
        elif left:
            picked = left.pop(0)
            mixed.append(Lease(picked.task_id, picked.drawn, picked.for_experts))
    return mixed
