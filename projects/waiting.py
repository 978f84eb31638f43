"""Clients that wait for the end of a job in one request, in place of asking again and again.

To ask once more costs the web many times what a look at the job's row costs, on the cores that do the job.
"""

import threading
import time

from accounts.statements import Prepared
from projects.jobs import find_job
from projects.models import Job, JobState

MOST_SECONDS = 10.0  # less than a server that ends leaves its requests
MOST_AT_ONCE = 2  # of the threads of a process: the others are for people
SHORTEST, LONGEST, SHARE = 0.01, 0.5, 0.02  # pauses between two looks; the longer it took, the longer
UNFINISHED = (JobState.QUEUED, JobState.RUNNING)
STATE = Prepared("job_state", "SELECT state FROM projects_job WHERE id = %(job)s", job="bigint")

_places = threading.BoundedSemaphore(MOST_AT_ONCE)


def wait_for_end(job: Job, seconds: float) -> Job | None:
    """The job as it is when it is over, or after so many seconds, ten at most; None if it is gone.

    At once if others wait already: whoever asks must be ready to ask again. Not in a transaction, which might
    see no end.
    """
    if job.state not in UNFINISHED or seconds <= 0 or not _places.acquire(blocking=False):
        return job
    try:
        began = time.monotonic()
        while (spent := time.monotonic() - began) < min(seconds, MOST_SECONDS):
            time.sleep(min(LONGEST, max(SHORTEST, SHARE * spent)))
            if STATE.rows({"job": job.pk}) not in [[(state,)] for state in UNFINISHED]:
                break
    finally:
        _places.release()
    return find_job(job.pk)
