"""A whole installation on several hosts, from the files in deploy/: proxy, webs, workers, pooler, servers."""

import os
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from pathlib import Path

from config.embedded.home import open_home
from config.embedded.redis_server import program as redis_program
from tests.cluster.network import ROOT, Host, Network, kill, port
from tests.cluster.postgres import PASSWORD, Server

SECONDS = 240.0  # on a machine that runs other tests as well
PREFIX = "cluster"
TOKEN = "metrics-of-the-cluster"
POOL = 4  # connections for each of the pooler's two names: fewer than threads that want one


class Cluster:
    """Start it once; ``url`` is the proxy's. Parts are known by their host, such as ``web1`` or ``redis``."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        logs = folder / "logs"
        logs.mkdir(parents=True)
        self._home = open_home(folder / "data")
        self._network = Network(logs)
        self.hosts: dict[str, Host] = {}
        names = ("db1", "db2", "pooler", "redis", "web1", "web2", "worker1", "worker2", "proxy")
        for name in names:
            self.hosts[name] = self._network.host(name)
        self._ports = {name: port() for name in names}
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self.primary = Server(self.hosts["db1"], self._home)
        self.replica = Server(self.hosts["db2"], self._home)

    def start(self, template: str) -> None:
        """Everything, with the tables of the template (a database's address)."""
        self.primary.make()
        self.primary.fill_from(template)
        self.replica.follow(self.primary)
        self.start_redis()
        self._start_pooler()
        for name in ("web1", "web2"):
            self._start_web(name)
        for name in ("worker1", "worker2"):
            self._start_worker(name)
        self.start_proxy()
        for name in ("web1", "web2", "proxy"):
            self.until(lambda name=name: _answers(f"{self._url(name)}/healthz"), name)
        for name in ("worker1", "worker2"):
            self.until((self._folder / f"{name}.ready").exists, name)

    def stop(self) -> None:
        """End what still runs, and forget the data."""
        for process in self._running.values():
            kill(process)
        for server in (self.replica, self.primary):
            server.stop_at_once()
            server.forget()
        self._network.close()
        if self._home.servers != self._home.data / "servers":
            shutil.rmtree(self._home.servers, ignore_errors=True)

    @property
    def url(self) -> str:
        return self._url("proxy")

    @property
    def is_separate(self) -> bool:
        """Whether hosts have a network each."""
        return self._network.is_separate

    @property
    def redis_url(self) -> str:
        return f"redis://:{PASSWORD}@{self.hosts['redis'].address}:{self._ports['redis']}/0"

    def kill(self, host: str) -> None:
        """Everything of ours on this host is gone from one moment to the next."""
        for name in [name for name in self._running if name.partition("/")[0] == host]:
            kill(self._running.pop(name))

    def said(self, host: str, program: str) -> str:
        """The log of a program."""
        log = self.hosts[host].log(program)
        return log.read_text() if log.exists() else ""

    def until(self, condition: Callable[[], bool], what: str) -> None:
        """Wait for something; say what the logs say if it does not come."""
        until = time.monotonic() + SECONDS
        while not condition():
            self._revive_workers()
            ended = [name for name, process in self._running.items() if process.poll() is not None]
            if ended or time.monotonic() > until:
                ends = [
                    f"== {log.name}\n{log.read_text()[-1500:]}" for log in self._folder.glob("logs/*.log")
                ]
                raise AssertionError(f"waited in vain for: {what}; ended: {ended}\n" + "\n".join(ends))
            time.sleep(0.05)

    def _revive_workers(self) -> None:
        """As whatever started them does: a worker may end when Redis goes (Celery 5.7, not always)."""
        for host in ("worker1", "worker2"):
            process = self._running.get(f"{host}/worker")
            if process is not None and process.poll() is not None:
                self._start_worker(host)

    def metrics(self, host: str) -> str:
        """What Prometheus would read."""
        request = urllib.request.Request(
            f"{self._url(host)}/metrics", headers={"Authorization": f"Bearer {TOKEN}"}
        )
        with urllib.request.urlopen(request, timeout=20) as answer:
            return str(answer.read().decode())

    def start_redis(self) -> None:
        """An empty one, where the former was."""
        host, file = self.hosts["redis"], self._home.servers / "redis.conf"
        lines = (f"bind {host.address}", f"port {self._ports['redis']}", f"requirepass {PASSWORD}", 'save ""')
        file.write_text("\n".join(lines) + f"\nappendonly no\ndir {self._home.sockets}\n")
        env = {"PATH": "/usr/bin:/bin"}
        command = [redis_program(self._home), file]
        self._running["redis/redis"] = host.start("redis", command, env, owner=self._home.owner)

    def start_proxy(self) -> None:
        """The proxy of deploy/Caddyfile, which finds webs by address instead of by name."""
        webs = " ".join(self._url(name).removeprefix("http://") for name in ("web1", "web2"))
        text = (ROOT / "deploy/Caddyfile").read_text()
        assert "dynamic a web 8000" in text
        text = text.replace("dynamic a web 8000", f"to {webs}").replace(
            "{$DOMAIN}", f"http://:{self._ports['proxy']}"
        )
        # As Debian's older one calls them.
        text = text.replace("request_buffers 1MiB", "buffer_requests")
        text = text.replace("response_buffers 1MiB", "max_buffer_size 1MiB")
        file = self._folder / "Caddyfile"
        file.write_text("{\n\tadmin off\n\tauto_https off\n}\n" + text)
        command = [_installed("caddy"), "run", "--config", file, "--adapter", "caddyfile"]
        env = {"PATH": "/usr/bin:/bin", "HOME": str(self._folder)}
        self._running["proxy/caddy"] = self.hosts["proxy"].start("caddy", command, env)

    def _url(self, host: str) -> str:
        return f"http://{self.hosts[host].address}:{self._ports[host]}"

    def _start_pooler(self) -> None:
        """The pooler of deploy/pgbouncer.ini, with a small pool."""
        host, text = self.hosts["pooler"], (ROOT / "deploy/pgbouncer.ini").read_text()
        users = self._home.servers / "userlist.txt"
        users.write_text(f'"touchstone" "{PASSWORD}"\n')
        for old, new in {
            "host=postgres port=5432": f"host={self.primary.host.address} port={self.primary.port}",
            "listen_addr = 0.0.0.0": f"listen_addr = {host.address}",
            "listen_port = 6432": f"listen_port = {self._ports['pooler']}",
            "default_pool_size = 16": f"default_pool_size = {POOL}",
            "/etc/pgbouncer/userlist.txt": str(users),
        }.items():
            assert old in text
            text = text.replace(old, new)
        file = self._home.servers / "pgbouncer.ini"
        file.write_text(text)
        command, env = [_installed("pgbouncer"), file], {"PATH": "/usr/bin:/bin"}
        self._running["pooler/pgbouncer"] = host.start("pgbouncer", command, env, owner=self._home.owner)

    def _environment(self, host: str, database: str) -> Mapping[str, str]:
        pooler = f"{self.hosts['pooler'].address}:{self._ports['pooler']}"
        own = {
            "EMBEDDED": "1",
            "ALLOWED_HOSTS": ",".join({self.hosts["proxy"].address, self.hosts[host].address}),
            "BEHIND_PROXY": "1",
            "DATA_DIR": str(self._folder / host),
            "FILES_DIR": str(self._folder / "files"),
            "DATABASE_URL": f"postgresql://touchstone:{PASSWORD}@{pooler}/{database}",
            "DATABASE_PREPARED": "0",
            "DATABASE_REPLICA_URL": self.replica.url(),
            "REDIS_URL": self.redis_url,
            "REDIS_PREFIX": PREFIX,
            "METRICS_TOKEN": TOKEN,
            "LOG_LEVEL": "INFO",
            "LOG_JSON": "1",
            "PYTHONUNBUFFERED": "1",
        }
        return os.environ | own

    def _start_web(self, name: str) -> None:
        host = self.hosts[name]
        own = {"HOST": host.address, "PORT": str(self._ports[name]), "WEB_WORKERS": "1", "WEB_THREADS": "8"}
        command = [sys.executable, "-m", "gunicorn", "--config", "config/gunicorn.py"]
        self._running[f"{name}/web"] = host.start(
            "web", command, {**self._environment(name, "touchstone_web"), **own}
        )

    def _start_worker(self, name: str) -> None:
        """A worker for both queues, and a beat: one of the two schedules."""
        host, env = self.hosts[name], {**self._environment(name, "touchstone")}
        (self._folder / name).mkdir(exist_ok=True)
        celery = [sys.executable, "-m", "celery", "-A", "config"]
        options = ["-Q", "fast,long", "-c", "2", "-n", f"{name}@%h", "--loglevel", "INFO"]
        beat = ["--beat", "--schedule", self._folder / name / "schedule"]
        ready = {"WORKER_READY_FILE": str(self._folder / f"{name}.ready")}
        self._running[f"{name}/worker"] = host.start(
            "worker", [*celery, "worker", *options, *beat], env | ready
        )


def _installed(program: str) -> str:
    found = shutil.which(program) or shutil.which(program, path="/usr/sbin:/sbin")
    assert found, f"The tests of a cluster need {program}: apt install {program}"
    return found


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False
