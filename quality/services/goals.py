"""A goal for a project: plans are proposed from simulation, and again as answers come in."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from math import ceil
from typing import Any

import numpy as np
from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from accounts.audit import record
from accounts.errors import Conflict, DomainError, FieldError
from accounts.models import User
from annotate.models import PersonTotal
from projects.jobs import JobContext, job_handler, start_job
from projects.models import Job, JobState, Membership, Project, ProjectState, Role
from quality.models import Goal, GoalStep, GoldItem
from quality.services import planning
from quality.services.full_run import JOB as FULL_RUN
from quality.services.planning import PlanSetup, Setup
from stats.consensus.overlap import StoppingRule
from stats.planning.choice import Choice, choose
from stats.planning.crowd import CrowdModel
from stats.planning.simulation import Expected, Outcome, Plan, simulate

JOB = "goal"
RUNS = 10
MOST_TASKS = 300
CANDIDATES = (
    *(PlanSetup(count, count) for count in (1, 2, 3, 5, 7)),
    *(PlanSetup(1, 3, 0.9), PlanSetup(2, 4, 0.9), PlanSetup(2, 5, 0.95), PlanSetup(2, 7, 0.97)),
    PlanSetup(3, 9, 0.98),
)
REVIEWS = (0.1, 0.3, 0.6)
BEST = 2  # plans that are tried with reviewers if none gets there without
GOLD_SHARE, GOLD_ITEMS = 0.05, 10  # where so many gold items exist, some gold is planned
PILOT_ANSWERS = 20  # of each person, before what is measured of them says much
GROWTH = 0.25  # planned anew when so much more was spent
LEAST_PAUSE = timedelta(minutes=10)
UNFINISHED = (JobState.QUEUED, JobState.RUNNING)


@transaction.atomic
def set_goal(*, project: Project, by: User, field: str, target: float, budget: int, follows: bool) -> Goal:
    """State or change the project's goal, and have a plan made for it.

    Raises DomainError for a field that cannot be simulated and for values out of range. Locks the project.
    """
    Project.objects.select_for_update(of=("self",), no_key=True).get(pk=project.pk)
    known = [asked.name for asked in planning.planable_fields(project)]
    errors = []
    if field not in known:
        names = ", ".join(known) or "nothing: only choices of one among 2 to 20 options can be planned"
        errors.append(FieldError("field", f"must be one of {names}"))
    if not 0.5 <= target <= 0.999:
        errors.append(FieldError("target", "must be from 0.5 to 0.999"))
    if not 1 <= budget <= 10**9:
        errors.append(FieldError("budget", "must be from 1 to 1,000,000,000"))
    if errors:
        raise DomainError("The goal cannot be set so.", fields=errors)
    goal, _ = Goal.objects.update_or_create(
        project=project,
        defaults={
            "field": field,
            "target": target,
            "budget": budget,
            "follows": follows,
            "created_by": by,
            "changed_at": timezone.now(),
        },
    )
    record(
        organization=project.organization_id,
        actor=by,
        verb="goal.set",
        subject=f"{target:.1%} of {field}",
        project_id=project.pk,
        budget=budget,
        follows=follows,
    )
    start_planning(goal=goal, by=by)
    return goal


@transaction.atomic
def drop_goal(*, project: Project, by: User) -> None:
    """Forget the goal and its steps; the plan in force stays. Twice changes nothing."""
    deleted, _ = Goal.objects.filter(project=project).delete()
    if deleted:
        record(
            organization=project.organization_id,
            actor=by,
            verb="goal.dropped",
            subject=project.name,
            project_id=project.pk,
        )


def start_planning(*, goal: Goal, by: User | None) -> Job:
    """Queue a new plan for this goal, unless one waits already: then that one is returned."""
    waiting = Job.objects.filter(project=goal.project_id, kind=JOB, state=JobState.QUEUED).order_by("pk")
    return waiting.first() or start_job(project=goal.project, kind=JOB, by=by, params={}, total=2 * RUNS)


@transaction.atomic
def apply_step(*, project: Project, by: User | None, step: GoalStep) -> None:
    """Put a proposed plan in force. Raises Conflict unless it is the goal's newest."""
    newest = GoalStep.objects.filter(goal__project=project).order_by("-pk").first()
    if newest is None or newest.pk != step.pk:
        raise Conflict("There is a newer plan.", code="newer_plan")
    if by is None:
        raise Conflict("Whoever set the goal is gone: apply the plan by hand.", code="nobody")
    setup = replace(
        planning.default_setup(project),
        field=step.goal.field,
        gold_share=step.gold_share,
        review_share=step.review_share,
        plans=(PlanSetup(step.least, step.most, step.until),),
    )
    planning.apply_plan(project=project, by=by, setup=setup, number=0)
    GoalStep.objects.filter(pk=step.pk).update(applied_at=timezone.now())


@job_handler(JOB)
def run_planning(context: JobContext) -> Mapping[str, Any]:
    """Simulate the candidates on what is known now, choose, and say what changed. Twice makes one step."""
    goal = Goal.objects.select_related("project", "created_by").filter(project=context.project).first()
    if goal is None:
        return {"step": None}
    setup = setup_for(goal)
    crowd = planning.crowd_of(goal.project, setup)
    plans, outcomes = _tried(goal, setup, crowd, context)
    spent = answers_given(goal.project)
    costs = [max(_cost(outcome, setup.tasks), float(spent)) for outcome in outcomes]
    choice = choose([each.accuracy for each in outcomes], costs, target=goal.target, budget=goal.budget)
    with transaction.atomic():
        previous = GoalStep.objects.filter(goal=goal).exclude(job=context.job).order_by("-pk").first()
        values = _step(setup, crowd, plans[choice.place], outcomes[choice.place], choice)
        values |= {"target": goal.target, "budget": goal.budget, "spent": spent, "goal": goal}
        step, _ = GoalStep.objects.get_or_create(job=context.job, defaults=values)
        step.reasons = reasons(step, previous)
        step.save(update_fields=["reasons"])
    is_news = step.applied_at is None and (previous is None or is_other_plan(step, previous))
    if goal.follows and is_news:
        apply_step(project=goal.project, by=goal.created_by, step=step)
    return {"step": step.pk}


def setup_for(goal: Goal) -> Setup:
    """What is known now of people and tasks; people as assumed until a full run has measured them."""
    project = goal.project
    asked = next((each for each in planning.planable_fields(project) if each.name == goal.field), None)
    if asked is None:
        raise DomainError("The goal's field cannot be planned any more.", code="nothing_to_simulate")
    known = len(planning.measured(project, asked)[0])
    is_measured = known >= planning.LEAST_MEASURED
    members = Membership.objects.filter(project=project, role=Role.ANNOTATOR, paused_at__isnull=True).count()
    gold = project.gold_share
    if not gold and GoldItem.objects.filter(project=project, retired_at__isnull=True).count() >= GOLD_ITEMS:
        gold = GOLD_SHARE
    return replace(
        planning.default_setup(project),
        field=goal.field,
        measured=is_measured,
        people=min(max(members, known, 3), planning.MOST_PEOPLE),
        gold_share=gold,
        review_share=0.0,
    )


def _tried(
    goal: Goal, setup: Setup, crowd: CrowdModel, context: JobContext
) -> tuple[list[Plan], list[Outcome]]:
    """All candidates that there are people for; the best once more with reviewers, if none is sure to do."""
    plans = [
        Plan(StoppingRule(each.least, each.most, each.until), setup.gold_share)
        for each in CANDIDATES
        if each.most <= setup.people
    ]
    outcomes = list(_simulated(plans, setup, crowd, context, 0))
    costs = [_cost(outcome, setup.tasks) for outcome in outcomes]
    affordable = [place for place in range(len(plans)) if costs[place] <= goal.budget]
    if any(outcomes[place].accuracy.low >= goal.target for place in affordable):
        return plans, outcomes
    ranked = sorted(affordable or range(len(plans)), key=lambda place: -outcomes[place].accuracy.mean)
    cheap = sorted(affordable or range(len(plans)), key=lambda place: costs[place])
    tried = list(dict.fromkeys([*ranked[:BEST], *cheap[:BEST]]))
    more = [replace(plans[place], review_share=share) for place in tried for share in REVIEWS]
    return plans + more, outcomes + list(_simulated(more, setup, crowd, context, RUNS))


def _simulated(
    plans: Sequence[Plan], setup: Setup, crowd: CrowdModel, context: JobContext, done: int
) -> Sequence[Outcome]:
    return simulate(
        crowd,
        plans,
        tasks=min(setup.tasks, MOST_TASKS),
        people=setup.people,
        runs=RUNS,
        seed=planning.SEED,
        said=lambda count: context.progress(done + count),
    )


def _cost(outcome: Outcome, tasks: int) -> float:
    """Answers, gold and reviews for all tasks."""
    return (outcome.answers.mean + outcome.gold.mean + outcome.reviews.mean) * tasks


def _step(setup: Setup, crowd: CrowdModel, plan: Plan, outcome: Outcome, choice: Choice) -> dict[str, Any]:
    further = (outcome.gold.mean + outcome.reviews.mean) * setup.tasks
    answers = outcome.answers
    cost = Expected(*(part * setup.tasks + further for part in (answers.mean, answers.low, answers.high)))
    return {
        "verdict": choice.verdict,
        "least": plan.rule.least,
        "most": plan.rule.most,
        "until": plan.rule.until,
        "gold_share": plan.gold_share,
        "review_share": plan.review_share,
        "accuracy": vars(outcome.accuracy),
        "cost": vars(cost),
        "beyond": choice.cheapest_beyond,
        "crowd": {
            "measured": setup.measured,
            "people": setup.people,
            "accuracy": round(accuracy_of(crowd), 4),
            "tasks": setup.tasks,
        },
        "pilot": 0 if setup.measured else pilot_tasks(setup.people, setup.tasks),
    }


def accuracy_of(crowd: CrowdModel) -> float:
    """How often one person of this crowd is right, on average over people and classes."""
    if crowd.matrices is None:
        return crowd.accuracy
    right = np.diagonal(crowd.matrices, axis1=1, axis2=2) @ crowd.marginals
    return float(right.mean())


def pilot_tasks(people: int, tasks: int) -> int:
    """Tasks that three people answer each, so that everybody gives some twenty answers."""
    return min(tasks, ceil(people * PILOT_ANSWERS / 3))


def answers_given(project: Project) -> int:
    """All answers so far, gold among them, those set aside not."""
    totals = PersonTotal.objects.filter(project=project).aggregate(n=Sum("answers"), gone=Sum("discarded"))
    return max(0, (totals["n"] or 0) - (totals["gone"] or 0))


def is_other_plan(step: GoalStep, previous: GoalStep) -> bool:
    """Whether the two ask for different things."""
    names = ("least", "most", "until", "gold_share", "review_share")
    return any(getattr(step, name) != getattr(previous, name) for name in names)


def reasons(step: GoalStep, previous: GoalStep | None) -> list[str]:
    """What is different from the step before, in words; what it stands on for the first."""
    now = step.crowd
    how = "as measured" if now["measured"] else "assumed"
    if previous is None:
        return [f"First plan: {now['people']} people, right {now['accuracy']:.0%} of the time ({how})."]
    was, found = previous.crowd, []
    if was["measured"] != now["measured"] or abs(was["accuracy"] - now["accuracy"]) >= 0.005:
        before = "as measured" if was["measured"] else "assumed"
        found.append(
            f"One person is right {now['accuracy']:.1%} of the time ({how}), "
            f"{was['accuracy']:.1%} at the last plan ({before})."
        )
    for name, title in (("people", "People"), ("tasks", "Tasks")):
        if was[name] != now[name]:
            found.append(f"{title}: {was[name]:,} before, {now[name]:,} now.")
    if step.target != previous.target or step.budget != previous.budget:
        found.append(
            f"The goal was {previous.target:.1%} for {previous.budget:,} answers, "
            f"now {step.target:.1%} for {step.budget:,}."
        )
    if step.spent != previous.spent:
        found.append(f"{step.spent:,} answers are given, {previous.spent:,} were at the last plan.")
    found.append("The plan is another one." if is_other_plan(step, previous) else "The plan stays.")
    return found


def start_due_plans() -> int:
    """Plan anew where a quarter more was spent and a full run has read it; return how many were started."""
    started = 0
    for goal in Goal.objects.select_related("project").filter(project__state=ProjectState.LIVE):
        if _is_due(goal):
            start_planning(goal=goal, by=None)
            started += 1
    return started


def _is_due(goal: Goal) -> bool:
    jobs = Job.objects.filter(project=goal.project_id)
    last = GoalStep.objects.filter(goal=goal).order_by("-pk").first()
    if last is None or jobs.filter(kind=JOB, state__in=UNFINISHED).exists():
        return False
    if timezone.now() < last.created_at + LEAST_PAUSE:
        return False
    read = jobs.filter(kind=FULL_RUN, state=JobState.DONE, started_at__gt=last.created_at)
    return answers_given(goal.project) >= max(last.spent * (1 + GROWTH), last.spent + 1) and read.exists()
