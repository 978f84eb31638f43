"""Access to the routes of the quality app."""

from projects.access.capabilities import Capability
from projects.access.table import Methods, annotate, label, manage, read

_GOLD = annotate(Capability.MAKE_GOLD)
_READ_GOLD = read(Capability.MAKE_GOLD)
_QUALITY = read(Capability.SEE_QUALITY)
_TRAIN = manage(Capability.TRAIN)
_PEOPLE = read(Capability.SEE_PEOPLE)
_AUDIT = annotate(Capability.REVIEW)
_MANAGE = manage(Capability.MANAGE)

QUALITY: dict[str, Methods] = {
    # API
    "api-gold": {"GET": _READ_GOLD, "POST": _GOLD, "DELETE": _GOLD},
    "api-annotation-gold": {"POST": _GOLD},
    "api-contest": {"POST": label()},
    "api-own-contests": {"GET": read(Capability.LABEL)},
    "api-contests": {"GET": _READ_GOLD},
    "api-contest-decision": {"POST": _GOLD},
    "api-alarms": {"GET": _PEOPLE},
    "api-alarm-decision": {"POST": _MANAGE},
    "api-mined-gold": {"GET": _READ_GOLD, "POST": _GOLD},
    "api-consensus": {"GET": _QUALITY, "POST": _TRAIN},
    "api-agreement": {"GET": _QUALITY},
    "api-agreement-classes": {"GET": _QUALITY},
    "api-agreement-slices": {"GET": _QUALITY},
    # Who agrees with whom is about people: for those who may see them.
    "api-agreement-people": {"GET": _PEOPLE},
    "api-agreement-pairs": {"GET": _PEOPLE},
    "api-agreement-differences": {"GET": _PEOPLE},
    "api-annotators": {"GET": _PEOPLE},
    "api-seeded-errors": {"GET": _PEOPLE, "PUT": _MANAGE},
    "api-seeded-errors-person": {"GET": _PEOPLE},
    "api-rounds": {"GET": _QUALITY, "POST": _TRAIN},
    "api-audits": {"GET": _QUALITY, "POST": _AUDIT},
    "api-audit": {"GET": _QUALITY},
    "api-audit-extension": {"POST": _AUDIT},
    "api-audit-items": {"GET": read(Capability.SEE_TASKS)},
    "api-audit-next": {"POST": _AUDIT},
    "api-audit-judgement": {"POST": _AUDIT},
    "api-plan": {"GET": _QUALITY, "POST": manage(Capability.CONFIGURE)},
    "api-plan-simulation": {"GET": _QUALITY, "POST": _TRAIN},
    "api-difficulty": {"GET": read(Capability.SEE_TASKS)},
    "api-quality": {"GET": read(Capability.SEE_TASKS)},
    "api-label-errors": {"GET": read(Capability.SEE_TASKS), "POST": _AUDIT},
    "api-label-errors-precision": {"GET": _QUALITY},
    "api-label-errors-next": {"GET": _AUDIT},
    "api-label-error-judgement": {"POST": _AUDIT},
    "api-goal": {
        "GET": _QUALITY,
        "PUT": manage(Capability.CONFIGURE),
        "DELETE": manage(Capability.CONFIGURE),
    },
    "api-goal-apply": {"POST": manage(Capability.CONFIGURE)},
    "api-task-why": {"GET": read(Capability.SEE_TASKS)},
    # Pages
    "task-why": {"GET": read(Capability.SEE_TASKS)},
    "difficulty": {"GET": read(Capability.SEE_TASKS)},
    "label-errors": {"GET": read(Capability.SEE_TASKS), "POST": _AUDIT},
    "label-errors-judge": {"GET": _AUDIT},
    "audits": {"GET": _QUALITY, "POST": _AUDIT},
    "audit": {"GET": _QUALITY, "POST": _AUDIT},
    "audit-judge": {"GET": _AUDIT},
    "audit-csv": {"GET": _QUALITY},
    "plan": {"GET": _QUALITY},
    "plan-simulate": {"POST": _TRAIN},
    "plan-apply": {"POST": manage(Capability.CONFIGURE)},
    "goal": {"POST": manage(Capability.CONFIGURE)},
    "goal-drop": {"POST": manage(Capability.CONFIGURE)},
    "goal-apply": {"POST": manage(Capability.CONFIGURE)},
    "quality": {"GET": _QUALITY},
    "quality-summary": {"GET": _QUALITY},
    "quality-run": {"POST": _TRAIN},
    "quality-cell": {"GET": _QUALITY},
    # The part about people is shown to those only who may see them.
    "agreement": {"GET": _QUALITY},
    "agreement-pair": {"GET": _PEOPLE},
    "gold": {"GET": _READ_GOLD},
    "gold-editor": {"GET": _READ_GOLD},
    "gold-retire": {"POST": _GOLD},
    "contests": {"GET": _READ_GOLD},
    "mined-gold": {"GET": _READ_GOLD, "POST": _GOLD},
    "contest-decide": {"POST": _GOLD},
    "progress-panel": {"GET": _QUALITY},
    "people": {"GET": _PEOPLE, "POST": _MANAGE},
    "people-classes": {"GET": _PEOPLE},
    "people-invite": {"POST": _MANAGE},
    "person": {"POST": _MANAGE},
    "alarm-decide": {"POST": _MANAGE},
    "seeded-errors": {"GET": _PEOPLE, "POST": _MANAGE},
    "model": {"GET": _TRAIN, "POST": _TRAIN},
    "my-work": {"GET": read(Capability.LABEL)},
    "my-contest": {"POST": label()},
}
