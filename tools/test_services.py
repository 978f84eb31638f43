"""Keep one embedded pair of servers running between test runs.

eval "$(.venv/bin/python -m tools.test_services start)"    # then pytest uses it
.venv/bin/python -m tools.test_services stop
"""

import json
import os
import secrets
import shlex
import sys
import tempfile
from pathlib import Path

from config.embedded.process import end_leftover, started_at
from config.embedded.services import Services

FOLDER = Path(tempfile.gettempdir()) / f"touchstone-test-services-{os.geteuid()}"
STATE = FOLDER / "state.json"


def start() -> dict[str, str]:
    """Start the pair unless it runs; return the variables for the environment of pytest."""
    if STATE.exists():
        state = json.loads(STATE.read_text())
        if all(started_at(pid) == mark for pid, mark in state["processes"]):
            return dict(state["environment"])
    services = Services(FOLDER, forgetful=True, makes_databases=True, with_us=False)
    services.start()
    environment = services.environment() | {
        "TOUCHSTONE_TEST_SERVICES": "shared",
        "EMBEDDED": "1",
        "SECRET_KEY": secrets.token_urlsafe(48),
    }
    marks = [(process.pid, started_at(process.pid)) for process in services.processes.values()]
    STATE.write_text(json.dumps({"environment": environment, "processes": marks}))
    return environment


def stop() -> None:
    """Stop the pair and forget its data."""
    import shutil

    if STATE.exists():
        for pid, mark in json.loads(STATE.read_text())["processes"]:
            end_leftover(pid, mark)
    shutil.rmtree(FOLDER, ignore_errors=True)


def main(arguments: list[str]) -> int:
    """Run `start` or `stop`."""
    if arguments == ["start"]:
        lines = [f"export {name}={shlex.quote(value)}" for name, value in start().items()]
        sys.stdout.write("\n".join(lines) + "\n")
        return 0
    if arguments == ["stop"]:
        stop()
        return 0
    sys.stderr.write(f"{__doc__}\n")
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
