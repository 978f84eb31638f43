"""Where something was measured: the machine and the versions of what ran on it."""

import os
import platform
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# A run writes these itself: they make a commit no other.
WRITTEN_BY_RUNS = (":!benchmarks/RESULTS.md", ":!benchmarks/results.json")


def machine() -> dict[str, str]:
    """Describe the machine."""
    return {
        "cores": str(len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()),
        "CPU": _value("/proc/cpuinfo", "model name") or platform.processor() or platform.machine(),
        "memory": _gigabytes(_value("/proc/meminfo", "MemTotal")),
        "kernel": f"{platform.system()} {platform.release()}",
    }


def versions(*, browser: bool = False) -> dict[str, str]:
    """Name what ran: the servers by asking them, if Django is set up; the browser if one was used."""
    found = {"commit": commit(), "Python": platform.python_version()}
    if "django" in sys.modules:
        import django

        found["Django"] = django.get_version()
        found |= _servers()
    if browser:
        from tools.chromium import chromium

        found["Chromium"] = _number(_said(str(chromium()), "--version"))
    return found


def commit() -> str:
    """Return the commit, and whether tracked files differ from it."""
    name = _said("git", "rev-parse", "--short", "HEAD") or "unknown"
    changed = _said("git", "status", "--porcelain", "--untracked-files=no", "--", ".", *WRITTEN_BY_RUNS)
    return f"{name} with changes" if changed else name


def _servers() -> dict[str, str]:
    from django.apps import apps

    if not apps.ready:
        return {}
    import redis
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        found = {"PostgreSQL": _number(cursor.fetchone()[0])}
    if address := os.environ.get("REDIS_URL"):
        found["Redis"] = str(redis.Redis.from_url(address).info("server")["redis_version"])
    return found


def _said(*command: str) -> str:
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout.strip()


def _number(text: str) -> str:
    match = re.search(r"\d+(\.\d+)+", text)
    return match.group() if match else text


def _value(file: str, name: str) -> str:
    """Return the value of the first `name : value` line of a file, empty if there is none."""
    try:
        lines = Path(file).read_text(encoding="utf-8").splitlines()
    except OSError:
        return ""
    return next((line.partition(":")[2].strip() for line in lines if line.startswith(name)), "")


def _gigabytes(kilobytes: str) -> str:
    return f"{int(kilobytes.split(maxsplit=1)[0]) / 2**20:.0f} GB" if kilobytes else "unknown"
