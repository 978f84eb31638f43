"""What imports and exports share: how many jobs one person may have, and which files jobs still need."""

from accounts.errors import DomainError
from accounts.models import User
from projects.models import Job, JobState

MOST_WAITING = 50
UNFINISHED = (JobState.QUEUED, JobState.RUNNING)


class TooMany(DomainError):
    """Somebody started more than the machine can do soon."""

    status = 429
    code = "too_many_jobs"


def check_room(user: User, kind: str) -> None:
    """Raise TooMany when this person has fifty unfinished jobs of this kind."""
    waiting = Job.objects.filter(created_by=user, kind=kind, state__in=UNFINISHED).count()
    if waiting >= MOST_WAITING:
        raise TooMany(f"You have {waiting} unfinished jobs of this kind. Wait for some, or cancel them.")


def paths_in_use() -> set[str]:
    """Stored uploads that unfinished jobs will read."""
    jobs = Job.objects.filter(kind="import", state__in=UNFINISHED)
    return set(jobs.values_list("params__upload__path", flat=True))
