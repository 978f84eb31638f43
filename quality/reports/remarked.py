"""A quiz that was marked anew after its gold changed: when, why, and what became of it."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import TextChoices

from quality.models import QualificationAttempt
from quality.services.qualification.marks import needed_of


class Change(TextChoices):
    """``kept``: it would not be passed any more, and stays passed (docs/adr/0018-qualification.md)."""

    PASSES = "passes"
    KEPT = "kept"
    SAME = "same"


@dataclass(frozen=True)
class Remarked:
    """``attempt`` is the quiz as it stands now. ``because``: ``corrected`` or ``unfit`` gold, or both.

    What it came to before is none, and ``because`` empty, where it was marked anew before that was kept.
    """

    attempt: QualificationAttempt
    at: datetime
    because: list[str]
    right: int | None
    asked: int | None
    passed: bool | None
    change: Change

    @property
    def why(self) -> str:
        """What happened to the gold, in words."""
        corrected, unfit = "corrected" in self.because, "unfit" in self.because
        if corrected and unfit:
            return "A known answer in it was corrected. An item in it proved unfit and counts for nobody."
        if unfit:
            return "An item in it proved unfit and counts for nobody."
        return "A known answer in it was corrected."


def remarked(attempt: QualificationAttempt | None) -> Remarked | None:
    """None for what stands as it was marked first."""
    if attempt is None or attempt.remarked_at is None:
        return None
    kept = attempt.remarking
    return Remarked(
        attempt=attempt,
        at=attempt.remarked_at,
        because=kept.get("for", []),
        right=kept.get("right"),
        asked=kept.get("asked"),
        passed=kept.get("passed"),
        change=_change(attempt),
    )


def _change(attempt: QualificationAttempt) -> Change:
    enough = attempt.right >= needed_of(attempt.asked, attempt.pass_mark)
    enough = enough and all(row["passed"] is not False for row in attempt.classes)
    if attempt.passed and not enough:
        return Change.KEPT
    return Change.PASSES if attempt.passed and attempt.remarking.get("passed") is False else Change.SAME
