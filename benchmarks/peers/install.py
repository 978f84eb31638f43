"""Install the peer into a virtual environment of its own: `python -m benchmarks.peers.install`.

PEERS_DIR names the folder (default .data-peers, which git ignores). Nothing of it becomes part of Touchstone.
An installation that is there is taken as it is; delete the folder to get the newest release.
"""

import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PACKAGES = ("label-studio", "uwsgi")
MONTH = 30 * 24 * 3600


def folder() -> Path:
    """Return the folder that holds everything about peers."""
    return Path(os.environ.get("PEERS_DIR") or ROOT / ".data-peers").resolve()


def ensure() -> Path:
    """Return the virtual environment, made now if there is none; raises CalledProcessError if pip fails."""
    venv = folder() / "label-studio"
    stamp = venv / "installed"
    if not stamp.is_file():
        print(f"Installing {' and '.join(PACKAGES)} into {venv} ...", flush=True)
        subprocess.run([sys.executable, "-m", "venv", "--clear", venv], check=True)
        pip = [venv / "bin" / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, "--no-input", *PACKAGES], check=True)
        make_older(site_packages(venv))
        stamp.touch()
    return venv


def site_packages(venv: Path) -> Path:
    """Return where the packages are."""
    return next((venv / "lib").glob("python3*/site-packages"))


def make_older(packages: Path) -> None:
    """Set the static files' times back: browsers keep longer what has not changed for long."""
    then = time.time() - MONTH
    for static in (packages / "web", packages / "label_studio" / "core" / "static_build"):
        for file in static.rglob("*"):
            os.utime(file, (then, then))


if __name__ == "__main__":
    print(ensure())
