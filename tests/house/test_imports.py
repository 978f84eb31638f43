"""The contract of design.md section 1: who may import whom. `.importlinter` lives in pyproject.toml."""

import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
LAYERS = [
    "config",
    "exchange",
    "quality",
    "annotate",
    "projects",
    "accounts",
    "formats",
    "labeltypes",
    "stats",
]


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    program = Path(sys.executable).parent / "lint-imports"
    return subprocess.run([program, "--no-cache"], cwd=folder, capture_output=True, text=True, check=False)


def contracts() -> list[dict[str, object]]:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return list(settings["tool"]["importlinter"]["contracts"])


def test_it_works() -> None:
    done = lint(ROOT)
    assert done.returncode == 0, done.stdout


def test_the_direction_is_the_agreed_one_without_exceptions() -> None:
    direction = contracts()[0]
    assert direction["layers"] == LAYERS
    assert not any("ignore_imports" in contract for contract in contracts())


def test_a_wrong_import_is_found(tmp_path: Path) -> None:
    for name in LAYERS:
        package = tmp_path / name
        package.mkdir()
        (package / "__init__.py").touch()
    (tmp_path / "pyproject.toml").write_text((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    (tmp_path / "annotate/queue.py").write_text("import quality\n")
    done = lint(tmp_path)
    assert done.returncode != 0
    assert "annotate.queue -> quality" in done.stdout
