"""The tier of experts: who gets what, counted once, and what is known of it."""

import pytest
from django.utils import timezone

from accounts.errors import DomainError
from accounts.models import User
from annotate import outbox
from annotate.models import Annotation, Prediction, QueueEntry
from projects.models import Task
from projects.services.memberships import set_expert
from quality.models import GoldGrade, GoldItem, TriageItem, TriageRun
from quality.reports.triage import measure_of, outlook
from quality.reports.triage_run import Tier, run_report
from quality.services import triage
from quality.services.triage_experts import expert_problems
from tests.annotate.steps import NEGATIVE, answer, api, hand_out
from tests.quality.test_triage import do, start, with_model
from tests.quality.triage_world import Triaged, measure, triaged

pytestmark = pytest.mark.django_db


@pytest.fixture
def found() -> Triaged:
    """Measured, and 200 tasks wait; Rita is an expert."""
    made = triaged(checked=200, waiting=200, worst=0.6)
    make_expert(made, made.world.rita)
    measure(made)
    return made


def make_expert(found: Triaged, user: User, *, is_expert: bool = True) -> None:
    membership = found.world.project.memberships.get(user=user)
    set_expert(membership=membership, by=found.world.max, is_expert=is_expert)


def for_experts(found: Triaged) -> set[int]:
    rows = QueueEntry.objects.filter(project=found.world.project, for_experts=True)
    return set(rows.values_list("pk", flat=True))


def expected(waiting: list[Task], below: float) -> set[int]:
    """Tasks that the model calls negative, or of which it is less sure than this."""
    said = Prediction.objects.filter(task__in=waiting)
    return {one.task_id for one in said if one.value["sentiment"] == "negative" or (one.score or 0) < below}


def tier(run: TriageRun, name: str) -> Tier | None:
    return next((one for one in run_report(run.project, run).tiers if one.name == name), None)


def test_experts_get_critical_classes_and_what_is_unsure(found: Triaged) -> None:
    run = start(found, critical=["negative"], expert_below=0.55)
    kept = for_experts(found)
    assert kept == expected(found.waiting, 0.55)
    run.refresh_from_db()
    assert run.to_experts == len(kept) > 100
    assert with_model(found)
    assert not kept & (with_model(found) | set(TriageItem.objects.values_list("task_id", flat=True)))
    first = hand_out(found.world.project, found.world.rita)[0]
    assert QueueEntry.objects.get(task__assignments=int(first["id"])).pk == min(kept)


def test_the_outlook_says_how_many_beforehand(found: Triaged) -> None:
    measured = measure_of(found.world.project)
    assert measured is not None
    seen = outlook(found.world.project, measured, 0.05, frozenset({"negative"}), 0.55)
    assert seen.for_experts == len(expected(found.waiting, 0.55))
    assert seen.accepted + seen.for_experts + seen.by_people == seen.waiting == 200
    assert outlook(found.world.project, measured, 0.05, frozenset({"negative"})).for_experts == 0


def test_what_a_model_is_sure_of_stays_with_it_however_high_the_limit(found: Triaged) -> None:
    measured = measure_of(found.world.project)
    assert measured is not None
    accepted = outlook(found.world.project, measured, 0.05).accepted
    run = start(found, expert_below=1.0)
    audited = TriageItem.objects.filter(run=run, is_audit=True).count()
    assert len(with_model(found)) + audited == accepted
    assert len(for_experts(found)) == 200 - accepted


def test_zero_gives_them_critical_classes_alone(found: Triaged) -> None:
    start(found, critical=["negative"], expert_below=0.0)
    assert for_experts(found) == expected(found.waiting, 0.0)


def test_without_a_limit_there_is_no_such_tier(found: Triaged) -> None:
    run = start(found, critical=["negative"])
    assert for_experts(found) == set()
    assert tier(run, "experts") is None


def test_what_somebody_has_begun_stays_theirs(found: Triaged) -> None:
    held = hand_out(found.world.project, found.world.ann, 10)
    begun = set(QueueEntry.objects.filter(task__assignments__in=[int(row["id"]) for row in held]))
    start(found, critical=["negative"], expert_below=0.55)
    assert not for_experts(found) & {one.pk for one in begun}


def test_twice_and_more_count_once(found: Triaged) -> None:
    run = start(found, critical=["negative"], expert_below=0.55)
    kept = for_experts(found)
    do(triage.accept_more(project=found.world.project, by=found.world.max))
    run.refresh_from_db()
    assert (for_experts(found), run.to_experts) == (kept, len(kept))


def test_when_the_experts_are_gone_nothing_waits_for_them(found: Triaged) -> None:
    run = triage.start_run(
        project=found.world.project, by=found.world.max, target=0.05, audit_share=0.2, expert_below=0.55
    )
    make_expert(found, found.world.rita, is_expert=False)
    do(run.job)
    assert for_experts(found) == set()


def test_what_experts_did_is_a_tier_with_its_cost_and_error(found: Triaged) -> None:
    project, rita = found.world.project, found.world.rita
    run = start(found, critical=["negative"], expert_below=0.55)
    none = tier(run, "experts")
    assert none is not None
    assert (none.tasks, none.answers, none.error, none.basis) == (0, 0, None, "no expert has answered gold")
    outbox.drain()
    people = tier(run, "people")
    given = [answer(rita, row, NEGATIVE) for row in hand_out(project, rita, 4)]
    for head, correct in zip(Annotation.objects.filter(pk__in=given[:2]), (True, False), strict=True):
        gold = GoldItem.objects.create(project=project, task=head.task, answers=[NEGATIVE])
        GoldGrade.objects.create(
            project=project,
            gold=gold,
            annotation=head,
            user=rita,
            version=1,
            score=float(correct),
            correct=correct,
            graded_at=timezone.now(),
        )
    outbox.drain()
    done = tier(run, "experts")
    assert done is not None
    assert people is not None
    assert (done.tasks, done.answers) == (4, 4)
    assert (done.error, done.basis) == (0.5, "2 gold answers of experts")
    assert (done.low or 0) < 0.02
    assert (done.high or 0) > 0.98
    now = tier(run, "people")
    assert now is not None
    assert (now.tasks, now.answers) == (people.tasks, people.answers)


def test_refusals(found: Triaged) -> None:
    project = found.world.project
    assert [one.path for one in expert_problems(project, float("nan"))] == ["expert_below"]
    assert [one.path for one in expert_problems(project, 1.1)] == ["expert_below"]
    make_expert(found, found.world.rita, is_expert=False)
    with pytest.raises(DomainError) as refused:
        triage.start_run(project=project, by=found.world.max, target=0.05, expert_below=0.5)
    assert [one.message for one in refused.value.fields] == ["nobody here is an expert"]
    assert not TriageRun.objects.exists()


def test_by_rest(found: Triaged) -> None:
    client = api(found.world.max)
    address = f"/api/v1/projects/{found.world.project.pk}/triage/"
    query = "?target=0.05&critical=negative&expert_below=0.55"
    seen = client.get(address + query)
    assert seen.status_code == 200, seen.content
    promised = seen.json()["outlook"]["for_experts"]
    assert client.get(address + "?expert_below=2").status_code == 400
    begun = client.post(
        f"{address}run/",
        {"target": 0.05, "critical": ["negative"], "expert_below": 0.55, "audit_share": 0.2},
        format="json",
    )
    assert begun.status_code == 202, begun.content
    do(TriageRun.objects.get().job)
    run = client.get(address).json()["run"]
    assert (run["expert_below"], run["to_experts"]) == (0.55, promised)
    assert [one["name"] for one in run["tiers"]] == ["model", "people", "experts"]
