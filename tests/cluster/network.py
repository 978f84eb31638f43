"""Hosts with addresses of their own: network namespaces on a bridge where we may, else loopback ports."""

import contextlib
import ctypes
import os
import shutil
import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import urlsplit

from config.embedded.process import Owner, spawn, started_at
from config.embedded.redis_server import free_port
from tests.cluster.door import Door

ROOT = Path(__file__).resolve().parent.parent.parent
HUB, BRIDGE, SUBNET = "hub", "bridge", "10.213.0"  # of a network that nobody else sees
CLONE_NEWNET = 0x40000000


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
    """Makes hosts. Needs root and the right to make namespaces; without them all hosts are this machine.

    The bridge between them is in a namespace too, and we go there until ``close``: a new address on the
    machine itself makes every browser on it drop what it is loading (ERR_NETWORK_CHANGED), in other tests.
    """

    def __init__(self, logs: Path) -> None:
        self._logs = logs
        self._mark = str(os.getpid())
        self._hosts: list[Host] = []
        self._outside: int | None = None
        self._door = Door(urlsplit(os.environ["REDIS_URL"]).port or 6379)  # each test empties it
        self.is_separate = self._make_bridge()

    def host(self, name: str) -> Host:
        """A further machine."""
        number = len(self._hosts) + 2
        namespace = self._named(name) if self.is_separate else ""
        address = f"{SUBNET}.{number}" if self.is_separate else "127.0.0.1"
        if namespace:
            ours, theirs = f"v{number}", f"w{number}"
            _ip("netns", "add", namespace)
            self._in_hub("link", "add", ours, "type", "veth", "peer", "name", theirs, "netns", namespace)
            self._in_hub("link", "set", ours, "master", BRIDGE, "up")
            for line in (f"addr add {address}/24 dev {theirs}", f"link set {theirs} up", "link set lo up"):
                _ip("-netns", namespace, *line.split())
        self._hosts.append(Host(name, address, namespace, self._logs))
        return self._hosts[-1]

    def close(self) -> None:
        """Go back and remove the namespaces; their links and the bridge go with them."""
        self._door.close()
        if self._outside is not None:
            _enter(self._outside)
            os.close(self._outside)
            self._outside = None
        if self.is_separate:
            for host in self._hosts:
                _ip("netns", "del", self._named(host.name))
            _ip("netns", "del", self._named(HUB))

    def _make_bridge(self) -> bool:
        if os.geteuid() != 0 or shutil.which("ip") is None or shutil.which("setpriv") is None:
            return False
        _remove_leftovers()
        try:
            _ip("netns", "add", self._named(HUB))  # a container may be root and yet not allowed to
            self._in_hub("link", "add", BRIDGE, "type", "bridge")
            self._in_hub("addr", "add", f"{SUBNET}.1/24", "dev", BRIDGE)
            for device in (BRIDGE, "lo"):
                self._in_hub("link", "set", device, "up")
        except subprocess.CalledProcessError:
            return False
        self._outside = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
        inside = os.open(f"/run/netns/{self._named(HUB)}", os.O_RDONLY)
        try:
            _enter(inside)
        finally:
            os.close(inside)
        self._door.open()
        return True

    def _named(self, name: str) -> str:
        return f"t{self._mark}-{name}"

    def _in_hub(self, *arguments: str) -> None:
        _ip("-netns", self._named(HUB), *arguments)


def _enter(namespace: int) -> None:
    """Move this thread, and with it the threads and processes that it starts, to another network."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.setns(namespace, CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "setns")


def _remove_leftovers() -> None:
    """What a killed run left behind: its number stands in the names."""
    for namespace in Path("/run/netns").glob("t*-*"):
        pid = namespace.name[1:].partition("-")[0]
        if pid.isdigit() and not started_at(int(pid)):
            _ip("netns", "del", namespace.name)


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


def _ip(*arguments: str) -> str:
    done = subprocess.run([_program("ip"), *arguments], check=True, capture_output=True, text=True)
    return done.stdout
