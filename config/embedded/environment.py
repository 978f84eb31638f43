"""Environment of a program beside the embedded servers: `manage.py` finds what `make run` started."""

import json
import os
import secrets
from pathlib import Path

FILE_NAME = "environment.json"


def write(data: Path, variables: dict[str, str]) -> None:
    """Leave the variables for other programs of this user, readable by nobody else."""
    file = data / FILE_NAME
    file.unlink(missing_ok=True)
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as sink:
        json.dump(variables, sink)


def adopt(base: Path) -> None:
    """Without a DATABASE_URL of its own, a command uses the embedded servers of its DATA_DIR.

    If those do not run, commands that need no database still work, with a key of their own.
    """
    if os.environ.get("DATABASE_URL"):
        return
    file = Path(os.environ.get("DATA_DIR") or base / ".data") / FILE_NAME
    found = json.loads(file.read_text()) if file.is_file() else {}
    for name, value in {"EMBEDDED": "1", "SECRET_KEY": secrets.token_urlsafe(48), **found}.items():
        os.environ.setdefault(name, value)
