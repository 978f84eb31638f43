"""Access to the routes of the annotate app."""

from accounts.models import Scope
from projects.access.capabilities import Capability
from projects.access.table import Methods, SignedIn, annotate, label, manage, read

_REVIEW = annotate(Capability.REVIEW)
_JUDGE = annotate(Capability.JUDGE)
_COMMENT = annotate(Capability.COMMENT)
_PEOPLE = manage(Capability.MANAGE)

ANNOTATE: dict[str, Methods] = {
    # The labeling page and one's own work
    "label": {"GET": read(Capability.LABEL)},
    "label-ontology": {"GET": read(Capability.LABEL)},
    "label-news": {"GET": read(Capability.LABEL)},
    # One's own answers only: anybody else's do not exist there.
    "label-answer": {"GET": read(Capability.LABEL, own=True)},
    "my-answers": {"GET": read(Capability.LABEL)},
    "inbox": {"GET": read(Capability.LABEL), "POST": label(own=False)},
    "questions": {"GET": read(Capability.COMMENT), "POST": _COMMENT},
    "api-preferences": {"GET": SignedIn(), "PATCH": SignedIn(Scope.ANNOTATE)},
    # The task list: for those who see tasks; acting on many of them is for managers.
    "task-list": {"GET": read(Capability.SEE_TASKS)},
    "task": {"GET": read(Capability.SEE_TASKS)},
    "api-tasks": {"GET": read(Capability.SEE_TASKS)},
    "api-task-actions": {"POST": manage(Capability.CONFIGURE)},
    # API
    "api-next": {"POST": label(own=False)},
    "api-own-work": {"GET": read(Capability.LABEL)},
    "api-notices": {"POST": label(own=False)},
    "api-assignment-draft": {"PUT": label()},
    "api-assignment-submit": {"POST": label()},
    "api-assignment-skip": {"POST": label()},
    "api-assignment-release": {"POST": label()},
    "api-assignment-comments": {"GET": read(Capability.LABEL, own=True), "POST": label()},
    # Annotators get their own answers only: the view asks for SEE_TASKS before it shows others'.
    "api-annotations": {"GET": read(Capability.LABEL)},
    "api-annotation": {"GET": read(Capability.LABEL), "PATCH": label()},
    "api-annotation-versions": {"GET": read(Capability.LABEL)},
    "api-annotation-take-in": {"POST": manage(Capability.CONFIGURE)},
    "api-reviews": {"GET": read(Capability.SEE_TASKS), "POST": _REVIEW, "DELETE": _REVIEW},
    "api-review-queue": {"GET": read(Capability.REVIEW), "POST": _REVIEW},
    # The review page; the answer to judge is never the reader's own.
    "review": {"GET": read(Capability.REVIEW)},
    "api-review-entry": {"GET": read(Capability.REVIEW)},
    "api-task-review": {"GET": read(Capability.JUDGE)},
    "api-adjudication": {"POST": _JUDGE, "DELETE": _JUDGE},
    "api-task-comments": {"GET": read(Capability.COMMENT), "POST": _COMMENT},
    "api-comment-resolve": {"POST": _COMMENT},
    "api-questions": {"GET": read(Capability.COMMENT)},
    "api-predictions": {"GET": read(Capability.SEE_TASKS), "POST": manage(Capability.IMPORT)},
    "api-member-discard": {"GET": _PEOPLE, "POST": _PEOPLE, "DELETE": _PEOPLE},
}
