"""Which answers get a second look after consensus, and which must not: every condition by itself."""

from collections.abc import Mapping

import pytest

from annotate.models import Annotation, Pool, ReviewEntry
from annotate.services import slots
from annotate.services.adjudications import adjudicate
from annotate.services.discards import discard_answers
from labeltypes.base import JsonObject
from projects.models import TaskSummary
from quality.models import Trust
from quality.services.known import read_people
from quality.services.merging import Answer, FieldResult, TaskResult
from quality.services.trust import CONSENSUS, GOLD, LEAST_JUDGED
from quality.services.writing import SURE, write_results
from tests.quality.crowd import Crowd, answer, make_crowd, settle

pytestmark = pytest.mark.django_db

YES: JsonObject = {"follows": "yes"}
NO: JsonObject = {"follows": "no"}
BOUND = 0.6


@pytest.fixture
def crowd() -> Crowd:
    return make_crowd(3, 2, overlap=3, review_below_agreement=BOUND, review_below_trust=0.7)


def answered(crowd: Crowd, values: list[JsonObject], task: int = 0) -> list[Answer]:
    """The task with these people's answers, nothing of it worked out yet."""
    return [
        Answer(answer(crowd.project, crowd.tasks[task], person, value), person.pk, value)
        for person, value in zip(crowd.people, values, strict=False)
    ]


def found(
    crowd: Crowd,
    answers: list[Answer],
    *,
    agreement: float | None,
    probability: float = 0.99,
    suspects: Mapping[int, float] | None = None,
    task: int = 0,
) -> list[ReviewEntry]:
    """What waits for a reviewer once consensus has come to "yes" with these figures."""
    pk = crowd.tasks[task].pk
    field = FieldResult(
        "follows", "yes", "yes", probability, {"": {"yes": 1.0}}, agreement, "test", len(answers)
    )
    result = TaskResult(pk, (field,), YES, ("yes",), len(answers))
    write_results(crowd.project, [result], {pk: answers}, suspects=suspects)
    return list(ReviewEntry.objects.filter(task=pk, closed_at__isnull=True).order_by("pk"))


def state(crowd: Crowd, task: int = 0) -> str:
    return str(TaskSummary.objects.get(task=crowd.tasks[task]).state)


def test_it_works(crowd: Crowd) -> None:
    """The answer that is farthest from the consensus waits, with the figure; the task is not done."""
    answers = answered(crowd, [YES, NO, YES])
    (entry,) = found(crowd, answers, agreement=BOUND - 0.01)
    assert (entry.annotation_id, entry.reason) == (answers[1].annotation_id, "low_agreement")
    assert entry.detail == pytest.approx(BOUND - 0.01)
    assert state(crowd) == "review"


@pytest.mark.parametrize("agreement", [BOUND, 1.0, None])
def test_enough_agreement_and_a_single_opinion_need_no_look(crowd: Crowd, agreement: float | None) -> None:
    """At the bound is not below it; without a pair there is nothing to agree on."""
    assert found(crowd, answered(crowd, [YES, NO, YES]), agreement=agreement) == []
    assert state(crowd) == "done"


def test_low_agreement_waits_until_all_have_answered(crowd: Crowd) -> None:
    assert found(crowd, answered(crowd, [YES, NO]), agreement=0.0) == []
    assert state(crowd) == "open"


def test_what_was_looked_at_for_it_is_not_asked_again_and_not_done_by_itself(crowd: Crowd) -> None:
    """The entry fell away without a verdict: the disagreement stands, and consensus alone ends nothing."""
    answers = answered(crowd, [YES, NO, YES])
    (entry,) = found(crowd, answers, agreement=0.2)
    ReviewEntry.objects.filter(pk=entry.pk).update(closed_at=entry.created_at)
    TaskSummary.objects.filter(task=crowd.tasks[0]).update(state="answered")
    assert found(crowd, answers, agreement=0.2) == []
    assert state(crowd) == "answered"
    assert found(crowd, answers, agreement=0.9) == []
    assert state(crowd) == "done"


def test_what_a_person_has_settled_is_not_asked_about(crowd: Crowd) -> None:
    answers = answered(crowd, [YES, NO, YES])
    rita = crowd.project.memberships.get(role="manager").user
    adjudicate(task=crowd.tasks[0], project=crowd.project, by=rita, value=NO)
    assert found(crowd, answers, agreement=0.0) == []
    assert state(crowd) == "done"


def test_a_task_that_agreement_made_done_is_asked_about_when_it_falls(crowd: Crowd) -> None:
    answers = answered(crowd, [YES, NO, YES])
    assert found(crowd, answers, agreement=0.9) == []
    assert state(crowd) == "done"
    assert len(found(crowd, answers, agreement=0.1)) == 1
    assert state(crowd) == "review"


def test_gold_needs_no_reviewer(crowd: Crowd) -> None:
    """Its answer is known, however much people differ and whoever they are; nor does agreement end it."""
    answers = answered(crowd, [YES, NO, YES])
    slots.set_pool(project_id=crowd.project.pk, task_ids=[crowd.tasks[0].pk], pool=Pool.GOLD)
    suspects = {person.pk: 0.3 for person in crowd.people}
    assert found(crowd, answers, agreement=0.0, probability=0.5, suspects=suspects) == []
    assert state(crowd) == "answered"
    assert found(crowd, answers, agreement=1.0) == []
    assert state(crowd) == "answered"


def test_only_the_distrusted_are_looked_at(crowd: Crowd) -> None:
    answers = answered(crowd, [YES, YES, YES])
    suspect = crowd.people[2].pk
    (entry,) = found(crowd, answers, agreement=1.0, probability=SURE - 0.01, suspects={suspect: 0.41})
    assert (entry.author_id, entry.reason, entry.detail) == (suspect, "low_trust", 0.41)
    assert state(crowd) == "review"


def test_a_distrusted_answer_among_sure_ones_needs_no_look(crowd: Crowd) -> None:
    answers = answered(crowd, [YES, YES, YES])
    suspects = {crowd.people[2].pk: 0.41}
    assert found(crowd, answers, agreement=1.0, probability=SURE, suspects=suspects) == []
    assert state(crowd) == "done"


def test_one_distrusted_answer_alone_is_looked_at_however_sure(crowd: Crowd) -> None:
    """With nobody beside them there are no others to be sure."""
    answers = answered(crowd, [YES])
    suspects = {crowd.people[0].pk: 0.41}
    assert len(found(crowd, answers, agreement=None, probability=1.0, suspects=suspects)) == 1


def trust(crowd: Crowd, person: int, basis: str, n: float, correct: float) -> None:
    Trust.objects.create(
        project=crowd.project,
        user=crowd.people[person],
        basis=basis,
        n=n,
        correct=correct,
        accuracy=correct / n,
        low=0.0,
        high=1.0,
        computed_at="2026-01-01T00:00:00Z",
    )


def _distrusted(crowd: Crowd) -> dict[int, float]:
    people = read_people(crowd.project.pk, [person.pk for person in crowd.people])
    return people.distrusted(crowd.project.review_below_trust)


def test_who_is_distrusted(crowd: Crowd) -> None:
    """Those who are surely below the bound, by enough answers; gold speaks before consensus."""
    trust(crowd, 0, CONSENSUS, 40, 16)
    trust(crowd, 1, CONSENSUS, 40, 36)
    trust(crowd, 2, CONSENSUS, LEAST_JUDGED - 1, 0)
    assert _distrusted(crowd) == {crowd.people[0].pk: pytest.approx(0.4)}
    trust(crowd, 0, GOLD, 40, 36)
    trust(crowd, 1, GOLD, 40, 16)
    assert _distrusted(crowd) == {crowd.people[1].pk: pytest.approx(0.4)}


@pytest.mark.parametrize(("correct", "is_distrusted"), [(27, False), (24, True)])
def test_nobody_is_distrusted_on_a_hunch(crowd: Crowd, correct: float, is_distrusted: bool) -> None:
    """27 of 40 is below 0.7, but not surely; 24 of 40 is, with more than 80 %."""
    trust(crowd, 0, CONSENSUS, 40, correct)
    assert bool(_distrusted(crowd)) is is_distrusted


def test_through_the_whole_path(crowd: Crowd) -> None:
    """Submit, outbox, quick update: the dissenter waits; with the dissent discarded nothing does."""
    answers = answered(crowd, [YES, NO, YES])
    settle()
    (entry,) = ReviewEntry.objects.filter(closed_at__isnull=True)
    assert (entry.annotation_id, entry.reason) == (answers[1].annotation_id, "low_agreement")
    manager = crowd.project.memberships.get(role="manager").user
    discard_answers(project=crowd.project, user=crowd.people[1], by=manager)
    settle()
    assert not ReviewEntry.objects.filter(closed_at__isnull=True).exists()
    assert Annotation.objects.filter(discarded_at__isnull=True).count() == 2
