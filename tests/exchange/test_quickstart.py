"""The quickstart of the docs runs as it stands there, against real web and worker processes."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from accounts.services.tokens import create_token
from tests.processes import LiveWeb
from tests.world import make_world

DOCS = Path(__file__).resolve().parents[2] / "docs" / "ml-engineers" / "quickstart.md"


@pytest.mark.django_db(transaction=True)
def test_it_works(live_web: LiveWeb, celery_worker_process: int, tmp_path: Path) -> None:
    script, printed = re.findall(r"```(?:python|text)\n(.*?)```", DOCS.read_text(), re.DOTALL)
    world = make_world()
    scopes = ["read", "annotate", "export", "manage"]
    _, token = create_token(user=world.olga, organization=world.organization, name="script", scopes=scopes)
    file = tmp_path / "quickstart.py"
    file.write_text(script)
    done = subprocess.run(
        [sys.executable, str(file)],
        env={**os.environ, "TOUCHSTONE_URL": live_web.url, "TOUCHSTONE_TOKEN": token},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr + live_web.log.read_text()[-3000:]
    assert done.stdout == printed
