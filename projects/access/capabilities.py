"""Which role may do what in a project."""

from enum import StrEnum, auto

from projects.models import Project, Role


class Capability(StrEnum):
    SEE_PROJECT = auto()  # that it exists, its name, guideline and ontology
    LABEL = auto()  # take assignments, answer, skip, ask, see own work
    SEE_TASKS = auto()  # the task list, task pages, annotations of everybody
    REVIEW = auto()  # give verdicts
    JUDGE = auto()  # decide whole tasks: final answers, audits, doubted labels
    COMMENT = auto()  # take part in threads on tasks
    MAKE_GOLD = auto()  # see and give gold answers
    SEE_QUALITY = auto()  # dashboards, agreement, consensus
    SEE_PEOPLE = auto()  # who does how much, how well
    IMPORT = auto()  # data, media and predictions in
    EXPORT = auto()
    TRAIN = auto()  # start active-learning rounds and consensus runs
    CONFIGURE = auto()  # settings, ontology, guideline, bulk actions
    MANAGE = auto()  # people, pause, archive, delete


_EVERYBODY = {Capability.SEE_PROJECT, Capability.LABEL}
_REVIEWER = _EVERYBODY | {
    Capability.SEE_TASKS,
    Capability.REVIEW,
    Capability.JUDGE,
    Capability.COMMENT,
    Capability.MAKE_GOLD,
    Capability.SEE_QUALITY,
}
_ENGINEER = _EVERYBODY | {
    Capability.SEE_TASKS,
    Capability.COMMENT,
    Capability.SEE_QUALITY,
    Capability.IMPORT,
    Capability.EXPORT,
    Capability.TRAIN,
}

ROLE_CAPABILITIES: dict[str, frozenset[Capability]] = {
    Role.ANNOTATOR: frozenset(_EVERYBODY),
    Role.REVIEWER: frozenset(_REVIEWER),
    Role.ENGINEER: frozenset(_ENGINEER),
    Role.MANAGER: frozenset(Capability),
}


# Where errors are seeded for reviewers, whoever may be given one knows of tasks what the review page shows.
# Anything else would tell which answers are real (docs/adr/0020-seeded-errors.md).
_WITHHELD = {Capability.SEE_TASKS, Capability.JUDGE, Capability.MAKE_GOLD, Capability.SEE_QUALITY}


def rights_in(project: Project, role: str) -> frozenset[Capability]:
    """What this role may do in this project."""
    rights = ROLE_CAPABILITIES[role]
    return rights - _WITHHELD if role == Role.REVIEWER and project.withholds_tasks else rights


def roles_with(capability: Capability) -> list[str]:
    """The roles that have this right, as stored in memberships."""
    return [role for role, rights in ROLE_CAPABILITIES.items() if capability in rights]
