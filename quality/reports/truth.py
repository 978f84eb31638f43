"""Where the truth is known: how often consensus is right, and whether trust finds the careless."""

from dataclasses import dataclass

from annotate.pages.previews import class_titles
from projects.models import Membership, Project
from quality.models import KnownTruth, Trust
from quality.reports.accuracy import Estimate, share
from quality.reports.weakest import weakest_classes
from quality.services.fields import asked_fields
from quality.services.figures import TRUTH, stored_figure
from quality.services.trust import CONSENSUS

RIGHT = "Tasks whose value equals the known truth. Wilson interval, 95 %."


@dataclass(frozen=True)
class Compared:
    """One field: consensus and plain majority against the truth, on the same tasks (gold left out)."""

    field: str
    consensus: Estimate
    majority: Estimate


@dataclass(frozen=True)
class Found:
    """A person's real share of right answers beside what trust believes, without knowing the truth."""

    name: str
    real: Estimate
    trust: Trust | None
    weakest: Trust | None
    weakest_title: str

    @property
    def is_covered(self) -> bool:
        """Whether the interval of trust holds the real share."""
        return (
            self.trust is not None
            and self.real.value is not None
            and (self.trust.low <= self.real.value <= self.trust.high)
        )


def has_truth(project: Project) -> bool:
    """Whether anything is known."""
    return KnownTruth.objects.filter(project=project).exists()


def compared(project: Project) -> list[Compared]:
    """Every field with known truth, as of the last full run."""
    rows = (stored_figure(project, TRUTH) or {"fields": {}})["fields"]
    return [
        Compared(name, share("Consensus", right, n, RIGHT), share("Majority", plain, n, RIGHT))
        for name, (n, right, plain) in sorted(rows.items())
    ]


def found_people(project: Project, field: str) -> list[Found]:
    """Everybody who had answered the field by the last full run, the least right first."""
    rows = (stored_figure(project, TRUTH) or {"people": {}})["people"].get(field, [])
    trust = {
        row.user_id: row
        for row in Trust.objects.filter(project=project, field=field, label="", basis=CONSENSUS).defer(
            "confusion"
        )
    }
    weakest = weakest_classes(project, field)
    titles = class_titles(asked.field for asked in asked_fields(project) if asked.name == field)
    names = {
        member.user_id: member.user.display_name
        for member in Membership.objects.filter(project=project).select_related("user")
    }
    found = [
        Found(
            names.get(user, "left the project"),
            share("Right", right, n, RIGHT),
            trust.get(user),
            weakest.get(user),
            titles.get(weakest[user].label, weakest[user].label) if user in weakest else "",
        )
        for user, n, right in rows
    ]
    return sorted(found, key=lambda person: person.real.value or 0.0)
