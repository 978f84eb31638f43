"""What the processes of a run cost: peak memory and CPU of each kind, and how much others used meanwhile.

    with watched() as watch:
        work()
    watch.usage.foreign  # share of all cores that processes which are not ours used

A process of its own looks at /proc, so that watching takes no turn from the load generator's threads. It
looks as often as it may without using more than a twentieth of one core.
"""

import contextlib
import json
import os
import select
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PROC = Path("/proc")
TICK = os.sysconf("SC_CLK_TCK")
SHORTEST, SHARE = 0.25, 0.05
# The first that occurs in a command line says what the process is for; what fits none makes the load.
KINDS = {
    "benchmarks.processes": "watch",
    "chrom": "browser",
    "gunicorn": "web",
    "uwsgi": "web",
    "nginx": "proxy",
    "celery": "worker",
    "postgres": "postgres",
    "redis-server": "redis",
    "valkey-server": "redis",
}
NOISY = 0.1


@dataclass(frozen=True)
class Peak:
    """All processes of one kind: MB together (shared pages once), MB of the largest, CPU seconds."""

    processes: int = 0
    together: float = 0.0
    largest: float = 0.0
    cpu: float = 0.0


@dataclass(frozen=True)
class Usage:
    """What a run cost; shares are of all cores for all the time."""

    seconds: float = 0.0
    foreign: float = 0.0
    stolen: float = 0.0
    peaks: Mapping[str, Peak] = field(default_factory=dict)

    @property
    def is_noisy(self) -> bool:
        """Whether others used so much of the machine that times say little."""
        return self.foreign + self.stolen > NOISY

    def as_json(self) -> dict[str, Any]:
        """Return it as JSON can keep it."""
        peaks = {kind: {name: round(value, 2) for name, value in vars(peak).items()}
                 for kind, peak in self.peaks.items()}  # fmt: skip
        return {
            "seconds": round(self.seconds, 2),
            "foreign": round(self.foreign, 4),
            "stolen": round(self.stolen, 4),
            "peaks": peaks,
        }

    @classmethod
    def from_json(cls, found: Mapping[str, Any]) -> "Usage":
        """Return what `as_json` kept."""
        peaks = {kind: Peak(**peak) for kind, peak in found["peaks"].items()}
        return cls(found["seconds"], found["foreign"], found["stolen"], peaks)

    def __or__(self, other: "Usage") -> "Usage":
        """Return both runs as one: times added, shares by length, the higher of the peaks."""
        seconds = self.seconds + other.seconds
        parts = ((self, self.seconds / seconds), (other, other.seconds / seconds)) if seconds else ()
        return Usage(
            seconds,
            sum(one.foreign * share for one, share in parts),
            sum(one.stolen * share for one, share in parts),
            {kind: _higher(self.peaks.get(kind, Peak()), other.peaks.get(kind, Peak()))
             for kind in sorted({*self.peaks, *other.peaks})},
        )  # fmt: skip


def _higher(one: Peak, other: Peak) -> Peak:
    return Peak(
        max(one.processes, other.processes),
        max(one.together, other.together),
        max(one.largest, other.largest),
        one.cpu + other.cpu,
    )


@dataclass
class Watch:
    """The usage of a `watched` block, once it is over."""

    usage: Usage = field(default_factory=Usage)


@contextlib.contextmanager
def watched(roots: Iterable[int] = ()) -> Iterator[Watch]:
    """Watch this process, the servers on this machine, further roots, and everything below them.

    `usage` holds after the block, also when the block raises.
    """
    known = [str(pid) for pid in (os.getpid(), *servers(), *roots)]
    command = [sys.executable, "-m", "benchmarks.processes", *known]
    watch = Watch()
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as sampler:
        if sampler.stdout is None or sampler.stdout.readline() != "ready\n":
            raise RuntimeError("The watcher of processes did not start.")
        try:
            yield watch
        finally:
            out, _ = sampler.communicate("done\n")
            watch.usage = Usage.from_json(json.loads(out))


def servers() -> list[int]:
    """Return the database's and Redis' main processes, also if somebody else started them; asks both.

    Empty before Django is set up: then there is nobody to ask.
    """
    django = sys.modules.get("django")
    if django is None or not _is_set_up():
        return []
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        backend = Process.read(cursor.fetchone()[0])
    found = [backend.parent] if backend and backend.kind == "postgres" else []
    if address := os.environ.get("REDIS_URL"):
        import redis

        with contextlib.suppress(redis.RedisError), contextlib.closing(redis.Redis.from_url(address)) as one:
            found.append(int(one.info("server")["process_id"]))
    return found


def _is_set_up() -> bool:
    from django.apps import apps

    return apps.ready


@dataclass(frozen=True)
class Process:
    """One process at one moment: CPU seconds of its own and of ended children, memory in MB."""

    pid: int
    parent: int
    kind: str
    cpu: float
    children: float

    @classmethod
    def read(cls, pid: int) -> "Process | None":
        """Read a process; None if it has ended (or never was)."""
        folder = PROC / str(pid)
        try:
            facts = (folder / "stat").read_text(errors="replace").rpartition(")")[2].split()
            command = (folder / "cmdline").read_bytes().decode(errors="replace")
        except OSError:
            return None
        user, system, child_user, child_system = (int(fact) / TICK for fact in facts[11:15])
        return cls(pid, int(facts[1]), kind_of(command), user + system, child_user + child_system)

    def memory(self) -> tuple[float, float]:
        """Return MB now (shared pages divided among those who share them) and the highest MB so far."""
        folder = PROC / str(self.pid)
        try:
            highest = _kilobytes(folder / "status", "VmHWM:")
        except OSError:
            return 0.0, 0.0
        try:
            return _kilobytes(folder / "smaps_rollup", "Pss:") / 1024, highest / 1024
        except OSError:  # somebody else's, or it ended between two looks
            return 0.0, highest / 1024

    def forget_peak(self) -> None:
        """Let the kernel count the highest memory anew, where it lets us."""
        with contextlib.suppress(OSError):
            (PROC / str(self.pid) / "clear_refs").write_text("5")


def kind_of(command: str) -> str:
    """Say what a process is for, by its command line (words end with NUL)."""
    return next((kind for mark, kind in KINDS.items() if mark in command), "load")


def _kilobytes(file: Path, name: str) -> int:
    for line in file.read_text().splitlines():
        if line.startswith(name):
            return int(line.split()[1])
    return 0


def tree(roots: Iterable[int]) -> list[Process]:
    """Return these processes and all below them."""
    everybody = [Process.read(int(entry.name)) for entry in PROC.iterdir() if entry.name.isdigit()]
    below: dict[int, list[Process]] = {}
    for one in everybody:
        if one:
            below.setdefault(one.parent, []).append(one)
    found = {one.pid: one for one in everybody if one and one.pid in set(roots)}
    waiting = list(found)
    while waiting:
        for child in below.get(waiting.pop(), []):
            if child.pid not in found:
                found[child.pid] = child
                waiting.append(child.pid)
    return list(found.values())


def machine_cpu() -> tuple[float, float]:
    """Return CPU seconds that all processes have used since the start, and those the host took away."""
    ticks = [int(part) for part in (PROC / "stat").read_text().partition("\n")[0].split()[1:9]]
    user, nice, system, _idle, _wait, irq, softirq, stolen = ticks
    return (user + nice + system + irq + softirq) / TICK, stolen / TICK


class Sampler:
    """Looks at a tree of processes again and again, and keeps the highest."""

    def __init__(self, roots: Iterable[int]) -> None:
        self._roots = tuple(roots)
        self._began = time.monotonic()
        self._machine = machine_cpu()
        first = tree(self._roots)
        for one in first:
            one.forget_peak()
        self._before = {one.pid: one.cpu for one in first}
        self._own = sum(one.cpu + one.children for one in first)
        self._largest: dict[str, float] = {}
        self._together: dict[str, float] = {}
        self._most: dict[str, int] = {}
        self._cpu: dict[int, tuple[str, float]] = {}
        self.look()

    def look(self) -> list[Process]:
        """Take one sample; return whom it saw."""
        together: dict[str, float] = {}
        count: dict[str, int] = {}
        present = tree(self._roots)
        for one in present:
            now, highest = one.memory()
            together[one.kind] = together.get(one.kind, 0.0) + now
            count[one.kind] = count.get(one.kind, 0) + 1
            self._largest[one.kind] = max(self._largest.get(one.kind, 0.0), highest)
            # One that has ended and was not waited for yet has no command line, but all its seconds.
            known, _ = self._cpu.get(one.pid, (one.kind, 0.0))
            kind = known if one.kind == "load" else one.kind
            self._cpu[one.pid] = (kind, one.cpu - self._before.get(one.pid, 0.0))
        for kind, total in together.items():
            self._together[kind] = max(self._together.get(kind, 0.0), total)
            self._most[kind] = max(self._most.get(kind, 0), count[kind])
        return present

    def usage(self) -> Usage:
        """Take the last sample and sum up."""
        present = self.look()
        seconds = time.monotonic() - self._began
        busy, stolen = (after - before for after, before in zip(machine_cpu(), self._machine, strict=True))
        own = sum(one.cpu + one.children for one in present) - self._own
        whole = seconds * (os.cpu_count() or 1)
        peaks = {
            kind: Peak(self._most[kind], self._together[kind], self._largest[kind], self._cpu_of(kind))
            for kind in sorted(self._together)
            if kind != "watch"
        }
        return Usage(seconds, max(0.0, busy - own) / whole, stolen / whole, peaks)

    def _cpu_of(self, kind: str) -> float:
        return sum(seconds for name, seconds in self._cpu.values() if name == kind)


def main(roots: Iterable[int]) -> None:
    """Sample until a line or an end comes in, then write the usage."""
    sampler = Sampler(roots)
    print("ready", flush=True)
    pause = SHORTEST
    while not select.select([sys.stdin], [], [], pause)[0]:
        before = time.thread_time()
        sampler.look()
        pause = max(SHORTEST, (time.thread_time() - before) / SHARE)
    print(json.dumps(sampler.usage().as_json()), flush=True)


if __name__ == "__main__":
    main(int(root) for root in sys.argv[1:])
