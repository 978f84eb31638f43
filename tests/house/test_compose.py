"""docker-compose.yml and Dockerfile agree with each other and with docs/settings.md."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.house.test_settings_docs import documented

ROOT = Path(__file__).resolve().parent.parent.parent
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = ("migrate", "web", "worker", "long-worker", "beat")
ON_REQUEST = ("pooler", "replica")
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")


def test_it_works() -> None:
    assert set(SERVICES) == {*OURS, *ON_REQUEST, "postgres", "redis", "storage", "proxy"}


@pytest.mark.parametrize("name", OURS)
def test_our_variables_are_documented(name: str) -> None:
    assert set(SERVICES[name]["environment"]) <= documented()


def test_the_image_sets_only_documented_variables() -> None:
    words = re.search(r"^ENV (.*?)(?<!\\)\n", DOCKERFILE, re.M | re.S)
    assert words is not None
    names = set(re.findall(r"([A-Z_]+)=", words[1]))
    assert names - documented() == {"PATH", "PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED"}


def test_the_example_names_every_variable_that_compose_reads() -> None:
    text = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    wanted = set(re.findall(r"(?<!\$)\$\{([A-Z_]+)", text))
    example = (ROOT / "deploy/example.env").read_text(encoding="utf-8")
    assert set(re.findall(r"^([A-Z_]+)=", example, re.M)) == wanted


def test_no_secret_stands_in_the_repository() -> None:
    example = (ROOT / "deploy/example.env").read_text(encoding="utf-8")
    assert not re.search(r"^[A-Z_]*(KEY|PASSWORD|TOKEN)=.", example, re.M)


@pytest.mark.parametrize("name", OURS)
def test_our_containers_are_locked_down(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert "user" not in service  # the image's own, which is not root
    assert re.search(r"^USER (?!root)", DOCKERFILE, re.M)


def test_only_the_proxy_is_open_and_the_data_cannot_call_out() -> None:
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["proxy"]
    assert COMPOSE["networks"]["inside"]["internal"] is True
    for name in ("postgres", "redis", "storage", *ON_REQUEST):
        assert SERVICES[name]["networks"] == ["inside"]


def test_every_volume_network_and_dependency_exists() -> None:
    for service in SERVICES.values():
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            assert (ROOT / source).exists() if source.startswith("./") else source in COMPOSE["volumes"]
        assert set(service["networks"]) <= set(COMPOSE["networks"])
        for other, condition in service.get("depends_on", {}).items():
            healthy = condition["condition"] == "service_healthy"
            built_in = other == "web" and "HEALTHCHECK" in DOCKERFILE
            assert not healthy or built_in or "healthcheck" in SERVICES[other]


def test_addresses_name_services_and_their_ports() -> None:
    environment = SERVICES["web"]["environment"]
    assert "@${DATABASE_HOST:-postgres:5432}/${WEB_DATABASE:-touchstone}" in environment["DATABASE_URL"]
    assert environment["REDIS_URL"].endswith("@redis:6379/0")
    assert environment["FILES_ENDPOINT"] == "http://storage:8333"
    assert "-s3.port=8333" in SERVICES["storage"]["command"]
    proxy = (ROOT / "deploy/Caddyfile").read_text(encoding="utf-8")
    assert re.search(r"dynamic a web 8000", proxy)
    assert re.search(r"PORT=8000", DOCKERFILE)


def test_queues_are_the_ones_that_tasks_use() -> None:
    from config.celery_settings import task_queue_names

    commands = [SERVICES[name]["command"] for name in ("worker", "long-worker")]
    assert [command[command.index("--queues") + 1] for command in commands] == list(task_queue_names)
    assert int(SERVICES["long-worker"]["environment"]["WORKER_NICE"]) > 0
    assert "WORKER_NICE" not in SERVICES["worker"]["environment"], (
        "what somebody waits for steps back for nobody"
    )


def test_one_beat() -> None:
    beats = [name for name, service in SERVICES.items() if "beat" in service.get("command", [])]
    assert beats == ["beat"]
    assert "--beat" not in [*SERVICES["worker"]["command"], *SERVICES["long-worker"]["command"]]


def test_pooler_and_replica_come_on_request_only() -> None:
    assert {name for name, service in SERVICES.items() if service.get("profiles")} == set(ON_REQUEST)
    assert not any(set(service.get("depends_on", {})) & set(ON_REQUEST) for service in SERVICES.values())
    pooler = (ROOT / "deploy/pgbouncer.ini").read_text(encoding="utf-8")
    assert set(re.findall(r"^(\w+) = host=postgres port=5432 dbname=touchstone ", pooler, re.M)) == {
        "touchstone",
        "touchstone_web",
    }
    example = (ROOT / "deploy/example.env").read_text(encoding="utf-8")
    assert "DATABASE_HOST=pooler:6432, WEB_DATABASE=touchstone_web" in example
    assert re.search(r"^listen_port = 6432$", pooler, re.M)
