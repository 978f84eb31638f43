"""Which Chromium drives the tests and the benchmarks; `python -m tools.chromium` installs it where it may."""

from __future__ import annotations

from pathlib import Path

from tools.debian import install

# Debian builds both from one source. The shell is the same engine without Chrome's own windows, whose pages
# (tab strip, toolbar) cost every new window a second of processor time.
SHELL = Path("/usr/bin/chromium-headless-shell")
WHOLE = Path("/usr/bin/chromium")


def chromium() -> Path:
    """Return the path of the browser: the headless shell where it is installed, else the whole Chromium."""
    return SHELL if SHELL.exists() else WHOLE


def ensure_chromium() -> None:
    """Install Chromium's headless shell where we may, else say what to install; raises SystemExit."""
    if SHELL.exists():
        return
    install(SHELL.name, "fonts-liberation", check=not WHOLE.exists())
    if not chromium().exists():
        raise SystemExit(f"The browser tests need {SHELL}: apt install {SHELL.name} (or chromium)")


if __name__ == "__main__":
    ensure_chromium()
