"""What label types learn of a project's people beyond votes: learned by the full run, used in every merge.

What it is and how it is used only the types know (``LabelType.learner``, ``merge_known``). The part about the
crowd is kept in ``FittedModel.learned``, the part about each person in ``Trust.learned``.
"""

from collections.abc import Iterable, Mapping, Sequence

from labeltypes.base import Case, Crowd, Learner, Merged
from projects.models import Project
from quality.models import FittedModel, Trust
from quality.services.fields import Asked
from quality.services.merging import Answer
from quality.services.trust import CONSENSUS

Crowds = Mapping[str, Crowd]
Known = dict[str, dict[int, Merged]]


def learners_of(fields: Iterable[Asked]) -> dict[str, Learner]:
    """A learner for every field whose type has one."""
    found = {asked.name: asked.label_type.learner(asked.field) for asked in fields}
    return {name: learner for name, learner in found.items() if learner is not None}


def case_of(name: str, answers: Sequence[Answer]) -> Case | None:
    """A task's answers to one field; None if nobody answered it."""
    given = [answer for answer in answers if answer.value.get(name) is not None]
    if not given:
        return None
    return Case([answer.user_id for answer in given], [answer.value[name] for answer in given])


def merged_by_crowds(
    crowds: Crowds, fields: Iterable[Asked], answers: Mapping[int, Sequence[Answer]]
) -> Known:
    """Field → task → what its answers come to, for the fields of whose people something was learned."""
    found: Known = {}
    for asked in fields:
        if asked.name in crowds:
            cases = {task: case_of(asked.name, given) for task, given in answers.items()}
            some = {task: case for task, case in cases.items() if case is not None}
            merged = asked.label_type.merge_known(list(some.values()), crowds[asked.name], asked.field)
            found[asked.name] = dict(zip(some, merged, strict=True))
    return found


def stored_crowds(
    project: Project, fields: Sequence[Asked], answers: Mapping[int, Sequence[Answer]]
) -> dict[str, Crowd]:
    """What the last full run learned, of those who gave these answers."""
    names = [asked.name for asked in fields if not asked.is_judged_by_votes]
    if not names:
        return {}
    models = FittedModel.objects.filter(project=project, field__in=names).exclude(learned={})
    common = dict(models.values_list("field", "learned"))
    if not common:
        return {}
    people = {answer.user_id for given in answers.values() for answer in given}
    rows = Trust.objects.filter(
        project=project, basis=CONSENSUS, field__in=common, label="", user__in=people
    ).exclude(learned={})
    of_people = list(rows.values_list("field", "user_id", "learned"))
    return {
        name: Crowd(learned, {user: each for field, user, each in of_people if field == name})
        for name, learned in common.items()
    }
