"""What the person at the terminal reads."""

import json
import sys
from pathlib import Path


def say(text: str) -> None:
    """Write one line at once, also into a pipe."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def say_accounts(file: Path) -> None:
    """List the demo's people, if the demo left them: [{"role", "email", "password"}]."""
    if not file.is_file():
        return
    say("Sign in as:")
    for account in json.loads(file.read_text(encoding="utf-8")):
        say(f"  {account['role']:<10} {account['email']:<28} {account['password']}")
