"""What becomes of a contest: the gold stays, accepts more, says something else, or is withdrawn."""

from collections.abc import Sequence

from django.db import transaction
from django.db.models import TextChoices

from accounts.errors import Conflict, DomainError, FieldError
from accounts.models import User
from labeltypes.base import Json
from projects.models import Project
from quality.models import ContestState, GoldContest, GoldItem
from quality.services.contests import clean_text, uphold
from quality.services.gold import correct_gold, void


class Verdict(TextChoices):
    """``accept``: the contested answer is right as well. ``replace``: it alone is right.

    ``correct``: what the decision brings with it is right.
    """

    UPHOLD = "uphold"
    ACCEPT = "accept"
    REPLACE = "replace"
    CORRECT = "correct"
    RETIRE = "retire"


@transaction.atomic
def decide(
    *,
    contest: GoldContest,
    project: Project,
    by: User,
    verdict: str,
    explanation: str = "",
    answers: Sequence[Json] | None = None,
) -> GoldContest:
    """Decide a contest, and with it, unless it is upheld, all open ones of the item. Locks the item.

    Raises Conflict when it is decided already or one's own; DomainError for an unknown verdict, for a
    correction without answers, and for answers with any other verdict; Invalid for an answer that the
    ontology does not allow.
    """
    if verdict not in Verdict.values:
        raise DomainError(
            "Unknown verdict.", fields=[FieldError("verdict", f"one of {', '.join(Verdict.values)}")]
        )
    if (verdict == Verdict.CORRECT) != (answers is not None):
        raise DomainError("Answers come with a correction.", fields=[FieldError("answers", "see verdict")])
    gold = (
        GoldItem.objects.select_for_update(of=("self",), no_key=True)
        .select_related("project")
        .get(pk=contest.gold_id)
    )
    contest = GoldContest.objects.select_for_update(no_key=True).get(pk=contest.pk)
    if contest.state != ContestState.OPEN:
        raise Conflict("This contest has been decided already.", code="decided")
    if contest.user_id == by.pk:
        raise Conflict("Somebody else decides about your own contest.", code="own_contest")
    text = clean_text(explanation, "explanation", needed=verdict == Verdict.UPHOLD)
    if verdict == Verdict.UPHOLD:
        uphold(contest=contest, project=project, by=by, explanation=text)
    elif verdict == Verdict.RETIRE:
        void(gold=gold, project=project, explanation=text, by=by)
    else:
        new = {
            Verdict.ACCEPT: [*gold.answers, contest.answer],
            Verdict.REPLACE: [contest.answer],
            Verdict.CORRECT: list(answers or []),
        }[Verdict(verdict)]
        correct_gold(gold=gold, project=project, answers=new, explanation=text, by=by)
    contest.refresh_from_db()
    return contest
