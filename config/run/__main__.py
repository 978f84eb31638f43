"""Start the embedded servers, the web and a worker; wait; end them in order.

Data lives in DATA_DIR. Whoever runs this twice with one DATA_DIR is told so.
"""

import os
import signal
import sys
import time
from pathlib import Path
from types import FrameType
from typing import NoReturn

from config.embedded.postgres import StartFailed
from config.embedded.process import end_with_parent
from config.run.console import say
from config.run.lock import AlreadyRunning, hold
from config.run.system import System

ROOT = Path(__file__).resolve().parent.parent.parent


def main() -> int:
    """Run until a signal comes or a part ends; return the exit status."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):  # a script's background job ignores SIGINT
        signal.signal(number, _interrupt)
    if "MAKELEVEL" in os.environ:
        end_with_parent(signal.SIGTERM)()
    data = Path(os.environ.get("DATA_DIR") or ROOT / ".data").expanduser().resolve()
    try:
        with hold(data) as lock:
            return run(System(data, ROOT), lock)
    except (AlreadyRunning, StartFailed) as problem:
        say(str(problem))
        return 1


def run(system: System, lock: Path) -> int:
    """Bring everything up, say where it is, and wait."""
    begin = time.monotonic()
    try:
        system.start()
        lock.write_text(f"{os.getpid()}\n{system.url}\n")
        say(f"Touchstone is ready at {system.url} (after {time.monotonic() - begin:.1f} s). Ctrl-C ends it.")
        system.load_demo()
        ended = system.wait()
        say(f"{ended} ended unexpectedly; its log: {system.log_of(ended)}")
    except KeyboardInterrupt:
        say("Stopping ...")
        return 0
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # a second Ctrl-C must not break off an orderly end
        system.stop()
    return 1


def _interrupt(_number: int, _frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
