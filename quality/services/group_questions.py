"""Voluntary questions of an organization to its people, and their answers."""

from collections.abc import Mapping, Sequence

from django.db import transaction

from accounts.audit import record
from accounts.errors import DomainError, FieldError
from accounts.models import Organization, User
from quality.models import Figure, GroupAnswer, GroupQuestion
from quality.models.group import LEAST_PEOPLE
from quality.services.figures import GROUPS

MOST_QUESTIONS = 10
MOST_OPTIONS = 12
LONGEST = 80
MOST_LEAST = 1_000


def questions_of(organization: Organization) -> list[GroupQuestion]:
    """In the order in which they were asked."""
    return list(GroupQuestion.objects.filter(organization=organization).order_by("pk"))


@transaction.atomic
def define_question(
    *,
    organization: Organization,
    by: User,
    name: str,
    options: Sequence[str],
    least: int = LEAST_PEOPLE,
    in_exports: bool = False,
) -> GroupQuestion:
    """Ask people something about themselves. Raises DomainError naming everything that is wrong."""
    name, options = name.strip(), [option.strip() for option in options if option.strip()]
    problems = []
    if not 1 <= len(name) <= LONGEST:
        problems.append(FieldError("name", f"from 1 to {LONGEST} characters"))
    elif GroupQuestion.objects.filter(organization=organization, name=name).exists():
        problems.append(FieldError("name", "is asked already"))
    if not 2 <= len(options) <= MOST_OPTIONS or len(set(options)) < len(options):
        problems.append(FieldError("options", f"from 2 to {MOST_OPTIONS} different ones"))
    elif max(map(len, options)) > LONGEST:
        problems.append(FieldError("options", f"at most {LONGEST} characters each"))
    if not LEAST_PEOPLE <= least <= MOST_LEAST:
        problems.append(FieldError("least", f"from {LEAST_PEOPLE} to {MOST_LEAST}"))
    if GroupQuestion.objects.filter(organization=organization).count() >= MOST_QUESTIONS:
        problems.append(FieldError("name", f"at most {MOST_QUESTIONS} questions"))
    if problems:
        raise DomainError("This question cannot be asked.", fields=problems)
    question = GroupQuestion.objects.create(
        organization=organization, name=name, options=list(options), least=least, in_exports=in_exports
    )
    record(organization=organization, actor=by, verb="group_question.asked", subject=name)
    return question


@transaction.atomic
def drop_question(*, question: GroupQuestion, by: User) -> None:
    """Ask no more; all answers to it go, and the figures made of them."""
    record(
        organization=question.organization_id, actor=by, verb="group_question.dropped", subject=question.name
    )
    question.delete()
    _forget_figures(question.organization_id)


@transaction.atomic
def state(*, organization: Organization, user: User, answers: Mapping[int, str]) -> None:
    """Say something of oneself, by question; an empty answer takes it back.

    Raises DomainError for a question that is not asked or an option that it does not have. Whatever is taken
    back or changed is out of all figures at once: they are made anew by the next full run.
    """
    questions = {question.pk: question for question in questions_of(organization)}
    problems = [
        FieldError(f"answers.{number}", "is not asked" if number not in questions else "is not an option")
        for number, option in answers.items()
        if number not in questions or (option and option not in questions[number].options)
    ]
    if problems:
        raise DomainError("These answers cannot be kept.", fields=problems)
    before = _answers(organization, user)
    for number, option in answers.items():
        if option:
            GroupAnswer.objects.update_or_create(
                question=questions[number], user=user, defaults={"option": option}
            )
        else:
            GroupAnswer.objects.filter(question=number, user=user).delete()
    if any(answers.get(number, option) != option for number, option in before.items()):
        _forget_figures(organization.pk)


def withdraw(*, organization: Organization, user: User) -> None:
    """Take everything back."""
    state(organization=organization, user=user, answers=dict.fromkeys(_answers(organization, user), ""))


def own_answers(organization: Organization, user: User) -> dict[int, str]:
    """What a person has said of themselves, by question."""
    return _answers(organization, user)


def _answers(organization: Organization, user: User) -> dict[int, str]:
    rows = GroupAnswer.objects.filter(question__organization=organization, user=user)
    return dict(rows.values_list("question_id", "option"))


def _forget_figures(organization_id: int) -> None:
    Figure.objects.filter(project__organization=organization_id, name=GROUPS).delete()
