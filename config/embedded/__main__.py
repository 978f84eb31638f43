"""`python -m config.embedded`: run only the servers, print how to reach them, until Ctrl-C."""

import os
import shlex
import signal
import sys
from pathlib import Path

from config.embedded import environment
from config.embedded.services import Services
from config.run.console import say
from config.run.lock import AlreadyRunning, hold

ROOT = Path(__file__).resolve().parent.parent.parent


def main() -> int:
    """Start both servers of DATA_DIR, print shell lines with their addresses, and wait for a signal."""
    data = Path(os.environ.get("DATA_DIR") or ROOT / ".data").resolve()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with hold(data), Services(data) as services:
            variables = {"EMBEDDED": "1", **services.environment()}
            environment.write(data, variables)
            for name, value in variables.items():
                say(f"export {name}={shlex.quote(value)}")
            signal.pause()
    except AlreadyRunning as problem:
        say(str(problem))
        return 1
    except KeyboardInterrupt:
        (data / environment.FILE_NAME).unlink(missing_ok=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
