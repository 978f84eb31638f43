"""A web application that says which process answered; as settings of gunicorn: a file for each worker."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from config.fair_worker import FairWorker


class PatientWorker(FairWorker):
    """One that waits long enough for the other on any machine."""

    pause = 5.0


def post_worker_init(worker: FairWorker) -> None:
    """This one is about to take connections."""
    Path(os.environ["READY"], str(worker.pid)).touch()


def application(_environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """The process number."""
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [str(os.getpid()).encode()]
