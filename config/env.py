"""Typed reading of environment variables; every one must stand in docs/settings.md (tested)."""

import os
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit


class SettingError(Exception):
    """An environment variable has a value with which the program refuses to start."""


class Env:
    """Reads variables by type and remembers their names; an empty value counts as not set."""

    def __init__(self, source: Mapping[str, str] | None = None) -> None:
        self._source = os.environ if source is None else source
        self.names: set[str] = set()

    def text(self, name: str, default: str = "") -> str:
        """Return the variable without surrounding blanks, or the default."""
        self.names.add(name)
        return self._source.get(name, "").strip() or default

    def flag(self, name: str, default: bool) -> bool:
        """Return a yes or no; anything but 1/0, true/false, yes/no, on/off raises SettingError."""
        raw = self.text(name).lower()
        if not raw:
            return default
        if raw in {"1", "true", "yes", "on"}:
            return True
        if raw in {"0", "false", "no", "off"}:
            return False
        raise SettingError(f"{name} must be 1 or 0, not {raw!r}")

    def number(self, name: str, default: int, *, low: int = 0, high: int = 2**31 - 1) -> int:
        """Return a whole number within [low, high]; anything else raises SettingError."""
        raw = self.text(name)
        if not raw:
            return default
        if not raw.isascii() or not raw.isdigit() or not low <= int(raw) <= high:
            raise SettingError(f"{name} must be a whole number from {low} to {high}, not {raw!r}")
        return int(raw)

    def items(self, name: str, default: tuple[str, ...] = ()) -> list[str]:
        """Return a list that was written with commas."""
        raw = self.text(name)
        return [part.strip() for part in raw.split(",") if part.strip()] if raw else list(default)

    def path(self, name: str, default: Path) -> Path:
        """Return an absolute path; a relative one counts from the working directory."""
        raw = self.text(name)
        return Path(raw).expanduser().resolve() if raw else default


def parse_database_url(url: str) -> dict[str, object]:
    """Turn `postgresql://user:password@host:port/name?host=/socket&sslmode=…` into Django's settings.

    What stands after the question mark goes to libpq, but `host`, which may be a socket's folder.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"} or not parts.path.strip("/"):
        raise SettingError("DATABASE_URL must look like postgresql://user:password@host:5432/name")
    options: dict[str, object] = dict(parse_qsl(parts.query))
    host = options.pop("host", None) or unquote(parts.hostname or "")
    return {
        "ENGINE": "config.database",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(parts.port or ""),
        "OPTIONS": options,
    }
