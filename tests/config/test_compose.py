"""The compose file: after its specification, and with commands that run."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests import processes
from tests.config.test_runner import free_port

FILE = processes.ROOT / "docker-compose.yml"
COMPOSE = yaml.safe_load(FILE.read_text())
SERVICES = COMPOSE["services"]
BIN = Path(sys.executable).parent


def test_the_file_fits_the_compose_specification():
    done = subprocess.run(
        [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", FILE],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


def test_every_part_that_production_needs_is_there():
    assert set(SERVICES) == {
        "database",
        "broker",
        "migrate",
        "web",
        "worker",
        "translation",
        "beat",
    }
    assert SERVICES["database"]["image"] == "postgres:18"
    assert int(re.search(r"\d+", SERVICES["broker"]["image"])[0]) >= 8
    assert set(COMPOSE["volumes"]) == {"database", "broker", "media"}
    for name, service in SERVICES.items():
        assert name == "migrate" or "healthcheck" in service, name


def test_no_secret_is_in_the_files():
    for service in SERVICES.values():
        for name, value in service.get("environment", {}).items():
            if re.search("SECRET|PASSWORD|DATABASE_URL", name):
                # Asked for, or left out by who needs none; never written here.
                assert re.search(r"\$\{\w+:(\?|-\})", value), name
    dockerfile = (processes.ROOT / "Dockerfile").read_text()
    assert re.findall(r"^USER (\w+)", dockerfile, re.MULTILINE)[-1] == "opina"
    assert "SECRET_KEY=build" in dockerfile
    assert dockerfile.count("SECRET_KEY") == 1


def test_the_image_copies_what_exists():
    text = (processes.ROOT / "Dockerfile").read_text()
    sources = re.findall(r"^COPY (?!--)(\S+) ", text, re.MULTILINE)
    assert sources
    for source in sources:
        assert (processes.ROOT / source).exists(), source
    stages = set(re.findall(r"AS (\w+)", text))
    wanted = {service["build"]["target"] for service in SERVICES.values() if "build" in service}
    assert wanted == stages


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", ["web", "worker", "translation", "beat"])
def test_a_services_command_runs_until_its_health_check_passes(name, tmp_path):
    port = str(free_port())
    node = f"{name}-test"

    def here(word: str) -> str:
        word = word.replace("0.0.0.0:8000", f"127.0.0.1:{port}").replace(":8000/", f":{port}/")
        word = word.replace("$$HOSTNAME", node)
        return re.sub(r"(?<![\w/.])/tmp\b", str(tmp_path), word)

    program, *words = map(here, SERVICES[name]["command"])
    if "worker" in words:
        words += ["--hostname", f"celery@{node}"]
    environment = processes.environment(ALLOWED_HOSTS="opina.example", HTTPS="true")
    environment["PATH"] = f"{BIN}:{environment['PATH']}"
    kind, *check = map(here, SERVICES[name]["healthcheck"]["test"])
    if kind == "CMD-SHELL":
        check = ["/bin/sh", "-c", *check]

    def is_healthy() -> bool:
        assert child.poll() is None, f"{name} ended by itself"
        done = subprocess.run(
            check, env=environment, cwd=processes.ROOT, capture_output=True, check=False
        )
        return done.returncode == 0

    with processes.program("-m", program, *words, env=environment) as child:
        processes.wait_for(is_healthy)


@pytest.mark.django_db(transaction=True)
def test_the_migration_command_runs():
    program, *words = SERVICES["migrate"]["command"]
    assert program == "python"
    subprocess.run(
        [sys.executable, *words],
        env=processes.environment(),
        cwd=processes.ROOT,
        check=True,
        capture_output=True,
    )
