"""Installs programs that the tests drive and that do not come from PyPI, where that is possible.

`python -m tools.debian` installs what the tests of a cluster need: a pooler and a proxy.
"""

import fcntl
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

CLUSTER = ("pgbouncer", "caddy")
SYSTEM = "/usr/sbin:/usr/bin:/sbin:/bin"


def install(*packages: str, check: bool = True) -> bool:
    """Install Debian packages if we may; whether that was tried. In turn: apt does not wait for itself."""
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        return False
    print(f"Installing {', '.join(packages)} ...", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    with (Path(tempfile.gettempdir()) / "touchstone-apt.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for command in (
            ["apt-get", "update", "-qq"],
            ["apt-get", "install", "-qq", "-y", "--no-install-recommends", *packages],
        ):
            subprocess.run(command, check=check, env=environment, stdout=subprocess.DEVNULL)
    return True


def missing(programs: tuple[str, ...]) -> list[str]:
    """Those of these that are not installed; servers are not on everybody's path."""
    return [name for name in programs if not (shutil.which(name) or shutil.which(name, path=SYSTEM))]


def main() -> None:
    """Install what is missing; raises SystemExit that says what to install by hand."""
    if missing(CLUSTER):
        install(*missing(CLUSTER), check=False)
    if absent := missing(CLUSTER):
        raise SystemExit(f"The tests of a cluster need {', '.join(absent)}: apt install {' '.join(absent)}")


if __name__ == "__main__":
    main()
