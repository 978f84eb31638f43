"""Hosts with addresses of their own: network namespaces on a bridge where we may, else loopback ports."""

import contextlib
import os
import shutil
import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from config.embedded.process import Owner, spawn, started_at
from config.embedded.redis_server import free_port

ROOT = Path(__file__).resolve().parent.parent.parent


class Host:
    """One machine of the cluster: where it is, and how a program is started on it."""

    def __init__(self, name: str, address: str, namespace: str, logs: Path) -> None:
        self.name, self.address, self._namespace, self._logs = name, address, namespace, logs

    def log(self, program: str) -> Path:
        """What a program of this host has said."""
        return self._logs / f"{self.name}-{program}.log"

    def start(
        self,
        program: str,
        command: Sequence[str | Path],
        env: Mapping[str, str],
        *,
        owner: Owner | None = None,
        end_signal: signal.Signals = signal.SIGTERM,
    ) -> subprocess.Popen[bytes]:
        """Start a program here, as its owner; it ends with us."""
        log = self.log(program)
        if not self._namespace:
            return spawn(command, log=log, env=env, owner=owner, end_signal=end_signal, cwd=ROOT)
        inside: list[str | Path] = [_program("ip"), "netns", "exec", self._namespace]
        if owner is not None and not owner.is_us:
            ids = [f"--reuid={owner.uid}", f"--regid={owner.gid}", "--clear-groups", "--pdeathsig=keep"]
            inside += [_program("setpriv"), *ids, "--"]
        return spawn([*inside, *command], log=log, env=env, end_signal=end_signal, cwd=ROOT)


class Network:
    """Makes hosts. Needs root and the right to make namespaces; without them all hosts are this machine."""

    def __init__(self, logs: Path) -> None:
        self._logs = logs
        self._mark = str(os.getpid())
        self._subnet = ""
        self._hosts: list[Host] = []
        self.is_separate = self._make_bridge()

    def host(self, name: str) -> Host:
        """A further machine."""
        number = len(self._hosts) + 2
        namespace = f"t{self._mark}-{name}" if self.is_separate else ""
        address = f"{self._subnet}.{number}" if self.is_separate else "127.0.0.1"
        if namespace:
            ours, theirs = f"v{self._mark}{number}", f"w{self._mark}{number}"
            _ip("netns", "add", namespace)
            _ip("link", "add", ours, "type", "veth", "peer", "name", theirs, "netns", namespace)
            _ip("link", "set", ours, "master", self._bridge, "up")
            for line in (f"addr add {address}/24 dev {theirs}", f"link set {theirs} up", "link set lo up"):
                _ip("-netns", namespace, *line.split())
        self._hosts.append(Host(name, address, namespace, self._logs))
        return self._hosts[-1]

    def close(self) -> None:
        """Remove namespaces and bridge; their links go with them."""
        if self.is_separate:
            for host in self._hosts:
                _ip("netns", "del", f"t{self._mark}-{host.name}")
            _ip("link", "del", self._bridge)

    @property
    def _bridge(self) -> str:
        return f"b{self._mark}"

    def _make_bridge(self) -> bool:
        if os.geteuid() != 0 or shutil.which("ip") is None or shutil.which("setpriv") is None:
            return False
        _remove_leftovers()
        try:
            _ip("netns", "add", f"t{self._mark}-try")  # a container may be root and yet not allowed to
            _ip("netns", "del", f"t{self._mark}-try")
            self._subnet = _free_subnet()
            _ip("link", "add", self._bridge, "type", "bridge")
            _ip("addr", "add", f"{self._subnet}.1/24", "dev", self._bridge)
            _ip("link", "set", self._bridge, "up")
        except subprocess.CalledProcessError:
            return False
        return True


def _remove_leftovers() -> None:
    """What a killed run left behind: its number stands in the names."""
    for namespace in Path("/run/netns").glob("t*-*"):
        pid = namespace.name[1:].partition("-")[0]
        if pid.isdigit() and not started_at(int(pid)):
            _ip("netns", "del", namespace.name)
            with contextlib.suppress(subprocess.CalledProcessError):
                _ip("link", "del", f"b{pid}")


def kill(process: subprocess.Popen[bytes]) -> None:
    """End a program and its children as the loss of the machine does."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def port() -> int:
    """A port that is free on this machine, and so on a new one."""
    return free_port()


def _program(name: str) -> str:
    found = shutil.which(name)
    assert found is not None
    return found


def _free_subnet() -> str:
    """The beginning of addresses that no other run uses at this moment."""
    used = _ip("-4", "-brief", "address")
    numbers = [(os.getpid() + further) % 250 + 1 for further in range(250)]
    return next(subnet for number in numbers if f" {(subnet := f'10.213.{number}')}." not in used)


def _ip(*arguments: str) -> str:
    done = subprocess.run([_program("ip"), *arguments], check=True, capture_output=True, text=True)
    return done.stdout
