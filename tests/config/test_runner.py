"""`make up`: it starts, stops, starts again, and leaves nothing behind."""

import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from tests import processes


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Runner:
    """`make up` with data of its own on a port of its own."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.port = free_port()
        self.environment = {
            name: value
            for name, value in os.environ.items()
            if name not in ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "HTTPS")
        } | {"OPINA_HOME": str(home), "PORT": str(self.port), "OPINA_DEMO_PASSWORD": "a-demo"}
        self.log = home.parent / f"{home.name}.log"

    def start(self) -> None:
        with open(self.log, "wb") as log:
            self.child = subprocess.Popen(
                [sys.executable, "-m", "config.embedded.runner"],
                cwd=processes.ROOT,
                env=self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        processes.wait_for(lambda: "ready: http" in self.result() or self.child.poll() is not None)
        assert "ready: http" in self.result(), self.result()

    def result(self) -> str:
        return self.log.read_text()

    def interrupt(self) -> None:
        self.child.send_signal(signal.SIGINT)
        assert self.child.wait(30) == 0

    def get(self, path: str) -> str:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=10) as answer:
            return answer.read().decode()

    def manage(self, *words: str) -> str:
        done = subprocess.run(
            [sys.executable, "manage.py", *words],
            cwd=processes.ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout.strip()

    def processes(self) -> list[int]:
        """The living processes whose command line or environment names this home."""
        found = []
        mark = str(self.home).encode()
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                words = (folder / "cmdline").read_bytes()
                if mark in words or (words and mark in (folder / "environ").read_bytes()):
                    found.append(int(folder.name))
            except OSError:
                continue
        return [pid for pid in found if pid != os.getpid()]


pytestmark = pytest.mark.skipif(not Path("/proc/self").exists(), reason="looks into /proc")


@pytest.fixture
def runner(reachable_folder):
    runner = Runner(reachable_folder / "home")
    yield runner
    for pid in runner.processes():
        os.kill(pid, signal.SIGKILL)


def test_it_starts_stops_and_recovers_from_a_kill(runner):
    runner.start()
    assert "Nimbo Campaign" in runner.get("/")
    assert "moderator, lead, katie, manager, admin with the password a-demo" in runner.result()
    assert re.search(r"^(web|worker|beat) +\| ", runner.result(), re.MULTILINE)

    # A command works beside it and leaves it running.
    export = ("export_reviews", "--product", "nimbo-desk", "--format", "jsonl")
    before = runner.manage(*export)
    assert len(before.splitlines()) == 14
    assert runner.get("/healthz/ready") == '{"status": "ok"}'

    runner.interrupt()
    assert runner.processes() == []
    assert not (runner.home / "run").exists()

    # A command works without it, too, and leaves nothing running.
    assert runner.manage(*export) == before
    assert runner.processes() == []

    # Everything killed at once: it recovers, with every row.
    runner.start()
    for pid in runner.processes():
        os.kill(pid, signal.SIGKILL)
    processes.wait_for(lambda: runner.processes() == [])
    runner.child.wait()
    runner.start()
    assert runner.manage(*export) == before
    runner.interrupt()
    assert runner.processes() == []


def test_a_taken_port_is_reported_in_one_line(runner):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", runner.port))
        taken.listen()
        done = subprocess.run(
            [sys.executable, "-m", "config.embedded.runner"],
            cwd=processes.ROOT,
            env=runner.environment,
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 1
    assert done.stdout.count("\n") == 1
    assert f"Port {runner.port} is taken" in done.stdout
    assert not runner.home.exists()


@pytest.mark.parametrize("port", ["no", "0", "70000"])
def test_a_port_that_is_none_is_reported_in_one_line(runner, port):
    done = subprocess.run(
        [sys.executable, "-m", "config.embedded.runner"],
        cwd=processes.ROOT,
        env={**runner.environment, "PORT": port},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout.count("\n")) == (1, 1)
    assert "PORT" in done.stdout
