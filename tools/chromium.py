"""Which Chromium drives the tests and the benchmarks."""

from __future__ import annotations

from pathlib import Path

# Debian builds both from one source. The shell is the same engine without Chrome's own windows, whose pages
# (tab strip, toolbar) cost every new window a second of processor time.
SHELL = Path("/usr/bin/chromium-headless-shell")
WHOLE = Path("/usr/bin/chromium")


def chromium() -> Path:
    """Return the path of the browser: the headless shell where it is installed, else the whole Chromium."""
    return SHELL if SHELL.exists() else WHOLE
