"""The state of quality: the best evidence first, weak spots, steps; and why an answer is what it is."""

import numpy as np
import pytest
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import User
from annotate.models import Annotation, Review
from labeltypes.base import JsonObject
from projects.access import ROLE_CAPABILITIES
from projects.jobs import run_job
from projects.models import Membership, Role, TaskSummary
from quality.models import Consensus
from quality.reports.state import headline_of, state_of
from quality.reports.why import odds_in_words, why
from quality.services.audits import AuditAnswer, AuditPlan, judge, next_item, start_audit
from quality.services.full_run import full_run
from quality.services.gold import make_gold
from quality.services.planning import default_setup
from tests.quality.crowd import Crowd, answer, make_crowd, settle, write_all

pytestmark = pytest.mark.django_db

YES, NO = {"follows": "yes"}, {"follows": "no"}
PAST = 120
SKILLS = (0.97, 0.97, 0.97, 0.62, 0.62, 0.62)


@pytest.fixture
def crowd() -> Crowd:
    """Three who know and three who hardly do; on the first task one who knows stands against two others."""
    found = make_crowd(6, PAST + 1, overlap=20)
    rng = np.random.default_rng(8)
    rows: list[tuple[int, int, JsonObject]] = []
    for task in range(1, PAST + 1):
        for person in rng.choice(6, 4, replace=False).tolist():
            is_right = rng.random() < SKILLS[person]
            rows.append((task, person, dict(YES if is_right == (task % 2 == 0) else NO)))
    write_all(found, rows)
    for person, value in ((0, YES), (3, NO), (4, NO)):
        answer(found.project, found.tasks[0], found.people[person], dict(value))
    settle()
    full_run(found.project)
    return found


def manager(crowd: Crowd) -> User:
    return Membership.objects.get(project=crowd.project, role=Role.MANAGER).user


def shown(crowd: Crowd, *, names: bool = True):
    return state_of(crowd.project, user=manager(crowd), rights=ROLE_CAPABILITIES[Role.MANAGER], names=names)


def prove(crowd: Crowd, wrong: int) -> None:
    """An audit of twenty labels of which so many are wrong."""
    TaskSummary.objects.filter(project=crowd.project).update(state="done")
    plan = AuditPlan(target=0.8, field="follows", by="", size=20, seed=1)
    sample = start_audit(project=crowd.project, by=manager(crowd), plan=plan)
    assert sample.job_id is not None
    run_job(sample.job_id)
    sample.refresh_from_db()
    for number in range(20):
        item = next_item(sample=sample, user=manager(crowd))
        assert item is not None
        value = item.value if number >= wrong else NO if item.value == YES else YES
        judge(item=item, by=manager(crowd), answer=AuditAnswer(value))


def test_it_works(crowd: Crowd) -> None:
    """Expected by the model, until an audit proves it; the weakest person; what to do."""
    state = shown(crowd)
    assert state.headline.basis == "model"
    assert state.headline.percent.endswith(" %")
    person = next(spot for spot in state.weak if spot.kind == "person")
    assert person.title in {f"Worker {number}" for number in (3, 4, 5)}
    assert person.low < person.value < person.high
    where = Client()
    where.force_login(manager(crowd))
    assert person.title in where.get(person.url).content.decode().partition("<h1")[2][:100]
    assert any("audit" in step.words for step in state.steps)

    prove(crowd, wrong=2)
    headline = headline_of(crowd.project)
    assert (headline.basis, headline.estimate.n) == ("audit", 20)
    assert headline.estimate.value == pytest.approx(0.9)
    page = Client()
    page.force_login(manager(crowd))
    words = page.get(f"/projects/{crowd.project.pk}/quality/").content.decode()
    assert "proven by audit 1" in words
    assert "90.0 %" in words
    assert not any("audit" in step.words for step in shown(crowd).steps)


def test_random_reviews_stand_above_the_model_once_there_are_enough(crowd: Crowd) -> None:
    heads = list(Annotation.objects.filter(project=crowd.project)[:20])
    for number, head in enumerate(heads):
        if number == 19:
            assert headline_of(crowd.project).basis == "model", "nineteen are too few"
        Review.objects.create(
            project=crowd.project,
            annotation=head,
            version=1,
            reviewer=manager(crowd),
            reason="random",
            verdict="accept",
        )
    assert headline_of(crowd.project).basis == "review"


def test_nobody_is_named_to_whom_people_are_not_shown(crowd: Crowd) -> None:
    assert all(spot.kind != "person" for spot in shown(crowd, names=False).weak)


def test_it_works_empty() -> None:
    crowd = make_crowd(1, 1, overlap=1)
    state = shown(crowd)
    assert (state.headline.basis, state.headline.percent, state.weak) == ("", "", [])
    assert [step.words[:4] for step in state.steps] == ["Have"]
    page = Client()
    page.force_login(manager(crowd))
    words = page.get(f"/projects/{crowd.project.pk}/quality/").content.decode()
    assert "Nothing was compared yet" in words
    assert "stands out" not in words, "nobody has looked"
    assert (
        state_of(
            crowd.project, user=manager(crowd), rights=ROLE_CAPABILITIES[Role.REVIEWER], names=False
        ).steps
        == []
    ), "a reviewer may not change the overlap"
    crowd.project.ontology = None
    assert [step.url for step in shown(crowd).steps] == [f"/projects/{crowd.project.pk}/ontology/"]


def test_a_few_labels_are_not_worth_an_audit(crowd: Crowd) -> None:
    some = make_crowd(2, 1, overlap=2, name="Few")
    for person in some.people:
        answer(some.project, some.tasks[0], person, YES)
    settle()
    full_run(some.project)
    assert headline_of(some.project).basis == "model"
    assert not any("audit" in step.words for step in shown(some).steps)


def test_one_who_knows_outweighs_two_who_do_not_and_the_page_says_why(crowd: Crowd) -> None:
    row = Consensus.objects.get(task=crowd.tasks[0])
    assert (row.value, row.majority) == ("yes", "no")
    (found,) = why(crowd.project, crowd.tasks[0], names=True)
    assert (found.winner, found.rival, found.differs) == ("yes", "no", True)
    assert [(voice.name, voice.said) for voice in found.voices[:1]] == [("Worker 0", "yes")]
    assert found.voices[0].odds > 1 > found.voices[1].odds
    together = found.prior * np.prod([voice.odds for voice in found.voices])
    assert together > 1, "what is shown leads to what won"
    assert "one says “yes”, 2 say “no”" in found.sentence
    client = Client()
    client.force_login(manager(crowd))
    base = f"/projects/{crowd.project.pk}/tasks/{crowd.tasks[0].pk}/"
    assert f'hx-get="{base}why/"' in client.get(base).content.decode()
    part = client.get(f"{base}why/").content.decode()
    assert "not the majority’s answer" in part
    assert found.voices[0].weight in part


def test_authors_stay_hidden_where_review_is_blind(crowd: Crowd) -> None:
    crowd.project.blind_review = True
    crowd.project.save()
    Membership.objects.filter(user=crowd.people[5]).update(role=Role.REVIEWER)
    client = APIClient()
    client.force_authenticate(crowd.people[5])
    (found,) = client.get(f"/api/v1/tasks/{crowd.tasks[0].pk}/why/").json()["results"]
    assert {voice["name"] for voice in found["voices"]} == {""}
    page = Client()
    page.force_login(crowd.people[5])
    part = page.get(f"/projects/{crowd.project.pk}/tasks/{crowd.tasks[0].pk}/why/").content.decode()
    assert "Worker" not in part


def test_gold_says_that_votes_do_not_change_it(crowd: Crowd) -> None:
    make_gold(project=crowd.project, task=crowd.tasks[0], answers=[dict(NO)], by=manager(crowd))
    full_run(crowd.project)
    (found,) = why(crowd.project, crowd.tasks[0], names=True)
    assert found.is_gold
    assert "gold" in found.sentence


def test_before_a_full_run_there_is_nothing_to_explain() -> None:
    crowd = make_crowd(2, 1)
    write_all(crowd, [(0, 0, dict(YES)), (0, 1, dict(NO))])
    assert why(crowd.project, crowd.tasks[0], names=True) == []


@pytest.mark.parametrize(
    ("odds", "words"),
    [(1.0, "1 : 1"), (3.42, "3.4 : 1"), (0.5, "1 : 2"), (250.0, "250 : 1"), (0.0, "1 : 1,000,000")],
)
def test_odds_in_words(odds: float, words: str) -> None:
    assert odds_in_words(odds) == words


def test_of_several_questions_each_weak_spot_and_step_says_which_it_is_about() -> None:
    """Half of what is "yes" is called "no", on the second of two questions."""
    fields = [
        {"name": name, "title": title, "type": "choice", "options": ["no", "yes"], "required": True}
        for name, title in (("easy", "Easy?"), ("mixed", "Mixed up?"))
    ]
    two = make_crowd(
        4, 40, ontology={"media": [{"name": "text", "kind": "text", "source": "text"}], "fields": fields}
    )
    rows: list[tuple[int, int, JsonObject]] = []
    for task in range(40):
        for person in range(4):
            is_yes = task % 2 == 1 and (task // 2 + person) % 4 != 0
            rows.append((task, person, {"easy": "yes", "mixed": "yes" if is_yes else "no"}))
    write_all(two, rows)
    full_run(two.project)
    state = shown(two)
    assert {spot.field for spot in state.weak if spot.kind in ("class", "guideline")} == {"Mixed up?"}
    assert [step.words for step in state.steps if "guideline" in step.words] == [
        "Say in the guideline what tells “yes” from “no” on “Mixed up?”"
    ]
    page = Client()
    page.force_login(manager(two))
    assert "on “<bdi>Mixed up?</bdi>”" in page.get(f"/projects/{two.project.pk}/quality/").content.decode()


def test_where_nobody_was_compared_nothing_is_expected_and_nobody_is_measured() -> None:
    """One answer a task agrees with the consensus of itself: that says nothing of how right it is."""
    alone = make_crowd(3, 40, overlap=2)
    write_all(alone, [(task, task % 3, dict(YES if task % 2 else NO)) for task in range(40)])
    full_run(alone.project)
    assert headline_of(alone.project).basis == ""
    setup = default_setup(alone.project)
    assert (setup.measured, setup.accuracy) == (False, 0.85)
    more = [(task, (task + 1) % 3, dict(YES if task % 2 else NO)) for task in range(40)]
    write_all(alone, more)
    full_run(alone.project)
    assert headline_of(alone.project).basis == "model"
    assert (default_setup(alone.project).measured, default_setup(alone.project).people) == (True, 3)


def test_gold_alone_is_a_comparison_too(crowd: Crowd) -> None:
    alone = make_crowd(2, 30, overlap=1, name="Gold alone")
    for task in alone.tasks[:12]:
        make_gold(project=alone.project, task=task, answers=[YES], by=None)
        for person in alone.people:
            answer(alone.project, task, person, dict(YES), drawn="gold")
    for number, task in enumerate(alone.tasks[12:]):
        answer(alone.project, task, alone.people[number % 2], dict(YES if number % 3 else NO))
    settle()
    full_run(alone.project)
    assert headline_of(alone.project).basis == "model"
    assert default_setup(alone.project).measured
