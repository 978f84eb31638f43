"""Jobs as people see them: words, counts, and how long it will take."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from projects.models import Job, JobState

TITLES = {
    "import": "Import",
    "export": "Export",
    "task_action": "Bulk action",
    "consensus": "Full run",
    "compare-methods": "Comparison of methods",
    "audit-sample": "Draw of an audit",
    "label-errors": "Search for label errors",
    "simulation": "Simulation of plans",
    "goal": "Plan for the goal",
    "round": "Training of the model",
    "triage-measure": "Measurement for the triage",
    "triage-accept": "Tasks left to the model",
    "triage-back": "Tasks put back",
}
TONES = {
    JobState.QUEUED: "neutral",
    JobState.RUNNING: "neutral",
    JobState.DONE: "good",
    JobState.FAILED: "bad",
    JobState.CANCELLED: "warn",
}
COUNTS = (
    ("created", "new tasks"),
    ("existing", "there already, left as they are"),
    ("repeated", "ids that occur twice in the file"),
    ("refused", "rows refused"),
    ("gold", "with a known answer"),
    ("predictions", "predictions"),
    ("same_content", "files with the content of another"),
    ("changed", "tasks changed"),
    ("items", "items"),
    ("annotations", "answers"),
)
CAME_IN = {"created", "gold", "predictions", "same_content"}  # counted while reading, true if it came in
ENOUGH = 3.0  # seconds of work before an estimate means something


@dataclass(frozen=True)
class JobView:
    """One job for a page."""

    job: Job
    title: str
    tone: str
    subject: str
    counts: list[tuple[str, int]]
    seconds_left: int | None

    @property
    def is_unfinished(self) -> bool:
        """Whether it waits or runs."""
        return self.job.state in (JobState.QUEUED, JobState.RUNNING)

    @property
    def fate(self) -> str:
        """What an import that did not end well has left behind; empty for all other jobs."""
        if self.job.kind != "import" or self.job.state not in (JobState.FAILED, JobState.CANCELLED):
            return ""
        created = self.job.result.get("created", 0)
        if not created:
            return "Nothing of it came in."
        stays = "1 task had come in before and stays." if created == 1 else _stay(created)
        return f"{stays} Importing the file again adds the rest, if its rows have ids."

    @property
    def left(self) -> str:
        """The time left in words, such as ``about 40 s``; empty while nobody can tell."""
        return "" if self.seconds_left is None else f"about {in_words(self.seconds_left)}"


def view_of(job: Job, now: datetime | None = None) -> JobView:
    """A job as a page shows it."""
    return JobView(
        job=job,
        title=TITLES.get(job.kind, job.kind.replace("_", " ").capitalize()),
        tone=TONES[JobState(job.state)],
        subject=_subject(job),
        counts=[(words, job.result[key]) for key, words in COUNTS if _is_true(job, key)],
        seconds_left=_seconds_left(job, now or timezone.now()),
    )


def views_of(jobs: Iterable[Job]) -> list[JobView]:
    """All of them at one moment."""
    now = timezone.now()
    return [view_of(job, now) for job in jobs]


def in_words(seconds: int) -> str:
    """``40 s``, ``3 min``, ``2 h 10 min``."""
    if seconds < 90:
        return f"{seconds} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60} min"


def _stay(created: int) -> str:
    return f"{created:,} tasks had come in before and stay."


def _is_true(job: Job, key: str) -> bool:
    """Whether this number says something: of an import of which nothing came in, not what was in it."""
    ended_badly = job.kind == "import" and job.state in (JobState.FAILED, JobState.CANCELLED)
    if ended_badly and not job.result.get("created") and key in CAME_IN:
        return False
    value = job.result.get(key)
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def _subject(job: Job) -> str:
    upload = job.params.get("upload") or {}
    return str(
        upload.get("name") or job.file_name or job.params.get("format") or job.params.get("action") or ""
    )


def _seconds_left(job: Job, now: datetime) -> int | None:
    if job.state != JobState.RUNNING or not job.total or not job.done or job.started_at is None:
        return None
    spent = (now - job.started_at).total_seconds()
    if spent < ENOUGH or job.done >= job.total:
        return None
    return max(1, round(spent * (job.total - job.done) / job.done))
