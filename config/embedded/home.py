"""Where an embedded server lives: a folder that its system user can reach, even if only root enters ours."""

import hashlib
import os
import pwd
import secrets
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from config.embedded.process import Owner

# A socket's whole path must fit into 107 bytes; the name that Postgres gives it has 14.
MAX_SOCKET_FOLDER = 90
ROOT_HOME = Path("/var/lib/touchstone")
UNPRIVILEGED_USERS = ("postgres", "nobody")


@dataclass(frozen=True)
class Home:
    """Folders of one pair of embedded servers."""

    data: Path  # what the operator named; secrets and logs stay here
    servers: Path  # reachable for the servers' user
    sockets: Path
    owner: Owner

    @property
    def logs(self) -> Path:
        """Folder of the servers' logs."""
        return self.data / "logs"


def open_home(data: Path) -> Home:
    """Make (or find) the folders for a DATA_DIR; only their owner may enter them."""
    data.mkdir(parents=True, exist_ok=True)
    (data / "logs").mkdir(exist_ok=True)
    owner = server_owner()
    servers = data / "servers" if owner.is_us or may_enter(data, owner) else ROOT_HOME / name_of(data)
    own_folder(servers, owner)
    sockets = servers / "run"
    if len(os.fsencode(sockets)) > MAX_SOCKET_FOLDER:
        sockets = Path("/tmp") / f"touchstone-{os.geteuid()}-{name_of(data)}"  # noqa: S108  # checked by own_folder
    own_folder(sockets, owner)
    return Home(data, servers, sockets, owner)


def name_of(data: Path) -> str:
    """Return a short name that belongs to this folder alone."""
    return hashlib.sha256(os.fsencode(data.resolve())).hexdigest()[:12]


def server_owner() -> Owner:
    """Return who runs the servers: we, or as root a system user without rights (Postgres refuses root)."""
    if os.geteuid() != 0:
        return Owner(os.geteuid(), os.getegid())
    for name in UNPRIVILEGED_USERS:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Owner(entry.pw_uid, entry.pw_gid)
    raise RuntimeError(
        "Started by root, but there is neither a user 'postgres' nor 'nobody' to run Postgres."
    )


def may_enter(folder: Path, owner: Owner) -> bool:
    """Try whether the user can go through to a folder."""
    done = subprocess.run(
        ["/bin/sh", "-c", 'cd "$1"', "sh", str(folder)],
        user=owner.uid,
        group=owner.gid,
        extra_groups=[],
        cwd="/",
        stderr=subprocess.DEVNULL,
        check=False,
    )
    return done.returncode == 0


def own_folder(folder: Path, owner: Owner) -> None:
    """Make a folder that only the owner may enter; refuse one that somebody else prepared."""
    folder.parent.mkdir(parents=True, exist_ok=True, mode=0o755)
    try:
        folder.mkdir(mode=0o700)
        if not owner.is_us:
            os.chown(folder, owner.uid, owner.gid)
    except FileExistsError:
        if folder.is_symlink() or folder.stat().st_uid not in {owner.uid, os.geteuid()}:
            raise RuntimeError(f"{folder} belongs to somebody else.") from None


def reachable_copy(sources: Sequence[Path], home: Home, name: str) -> Path:
    """Return a folder inside the servers' folder that holds copies of these, under their own names.

    The copy is made anew when the first source has changed (another version of the wheel).
    """
    target = home.servers / f"{name}-{sources[0].stat().st_mtime_ns}"
    if not target.exists():
        unfinished = home.servers / f"{name}-{secrets.token_hex(4)}"
        for source in sources:
            shutil.copytree(source, unfinished / source.name, symlinks=True)
        if not home.owner.is_us:
            os.chown(unfinished, home.owner.uid, home.owner.gid)
        unfinished.rename(target)
    return target


def secret_of(home: Home, name: str) -> str:
    """Return a random secret that is made once and kept in the data folder, readable by us alone."""
    file = home.data / "secrets" / name
    if not file.exists():
        file.parent.mkdir(mode=0o700, exist_ok=True)
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as sink:
            sink.write(secrets.token_urlsafe(48))
    return file.read_text().strip()
