"""Production refuses what is unsafe, before it answers anybody."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from config.env import SettingError
from config.guard import refuse_weak

ROOT = Path(__file__).resolve().parent.parent.parent
STRONG = "fJx0Zk3vQm7Lp2Rt9Wy5Bn8Hc4Gd1Ks6Ua-eXi_oPzYq3TbVwM7r"
GOOD = {
    "SECRET_KEY": STRONG,
    "ALLOWED_HOSTS": "label.example.org",
    "BASE_URL": "https://label.example.org",
    "DATABASE_URL": "postgresql://me:x@127.0.0.1:1/nothing",
    "REDIS_URL": "redis://127.0.0.1:1/0",
}
OURS = ("EMBEDDED", "SECRET_KEY", "ALLOWED_HOSTS", "BASE_URL", "DEBUG", "HTTPS", "STATEMENT_TIMEOUT_MS")


def start(*command: str, **changes: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name not in OURS}
    return subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env=environment | GOOD | changes,
        capture_output=True,
        text=True,
        check=False,
    )


def test_it_works() -> None:
    done = start("manage.py", "check", "--deploy", "--tag", "security", "--fail-level", "WARNING")
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"secret_key": ""}, "SECRET_KEY"),
        ({"secret_key": STRONG[:49]}, "SECRET_KEY"),
        ({"secret_key": "a" * 60}, "SECRET_KEY"),
        ({"secret_key": f"django-insecure-{STRONG}"}, "SECRET_KEY"),
        ({"debug": True}, "DEBUG"),
        ({"hosts": []}, "ALLOWED_HOSTS"),
        ({"hosts": ["*"]}, "ALLOWED_HOSTS"),
        ({"hosts": ["label.example.org", ".example.org"]}, "ALLOWED_HOSTS"),
        ({"base_url": ""}, "BASE_URL"),
        ({"base_url": "label.example.org"}, "BASE_URL"),
    ],
)
def test_unsafe_settings_are_refused(change: dict[str, Any], reason: str) -> None:
    good = {
        "secret_key": STRONG,
        "debug": False,
        "hosts": ["label.example.org"],
        "base_url": GOOD["BASE_URL"],
    }
    refuse_weak(**good)
    with pytest.raises(SettingError, match=reason):
        refuse_weak(**(good | change))


def test_the_start_stops_and_all_reasons_are_told_at_once() -> None:
    last = start(
        "-c", "import config.settings", SECRET_KEY="", DEBUG="1", ALLOWED_HOSTS="*"
    ).stderr.splitlines()[-1]
    assert all(name in last for name in ("SECRET_KEY", "DEBUG", "ALLOWED_HOSTS"))


SHOW = """
import config.wsgi
from django.conf import settings as s
print(s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, s.SESSION_COOKIE_SECURE, s.SECURE_SSL_REDIRECT,
      s.SECURE_HSTS_SECONDS, s.SIGNUP_OPEN, s.ACCOUNT_EMAIL_VERIFICATION,
      s.DATABASES["default"]["OPTIONS"]["options"])
"""


def test_cookies_and_limits_of_the_web() -> None:
    words = start("-c", SHOW).stdout
    assert words.startswith(
        "__Host-session __Host-csrf True True 31536000 False mandatory -c statement_timeout=15000"
    )


def test_who_serves_may_read_what_somebody_else_collected(tmp_path: Path) -> None:
    script = (
        "import django; django.setup(); from django.core.files.base import ContentFile; "
        "from django.core.files.storage import storages; "
        "storages['staticfiles'].save('a/b.txt', ContentFile(b'x'))"
    )
    done = start("-c", script, STATIC_DIR=str(tmp_path), DJANGO_SETTINGS_MODULE="config.settings")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "a" / "b.txt").stat().st_mode & 0o777 == 0o644
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o755
