"""Real programs beside the tests: a worker, a command, the runner; each killed at its end."""

import inspect
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, NamedTuple

import psycopg
import pytest
from django.conf import settings

from config.embedded.servers import Servers

ROOT = Path(__file__).resolve().parents[1]


def environment(**changes: str) -> dict[str, str]:
    """The environment of a program that uses the tests' own database."""
    return {**os.environ, "OPINA_HOME": str(settings.OPINA_HOME), **changes}


def environment_on(servers: Servers, home: Path) -> dict[str, str]:
    """The environment of a program that uses other servers than the tests'."""
    return {
        **os.environ,
        "DATABASE_URL": servers.database_url,
        "REDIS_URL": servers.redis_url,
        "OPINA_HOME": str(home),
    }


class Running(NamedTuple):
    """A program that a test has started, and the file of what it prints."""

    command: tuple[str, ...]
    child: subprocess.Popen[bytes]
    log: IO[bytes]

    def state(self) -> str:
        """What it does and what it printed last."""
        status = self.child.poll()
        now = "runs" if status is None else f"ended with {status}"
        self.log.seek(0)
        lines = self.log.read().decode("utf-8", "replace").splitlines()[-LAST_LINES:]
        return "\n    ".join([f"{' '.join(self.command)} {now}:", *lines])


LAST_LINES = 30
started: list[Running] = []


def ask(servers: Servers, question: str) -> Any:
    """Ask a database for one value, without a program of Django's."""
    with psycopg.connect(
        host=servers.run, user="opina", dbname="opina", autocommit=True
    ) as connected:
        row = connected.execute(question).fetchone()
    return row[0] if row else None


@contextmanager
def program(*command: str, **options) -> Iterator[subprocess.Popen[bytes]]:
    """Run a Python program in a process group of its own."""
    options.setdefault("env", environment())
    with tempfile.TemporaryFile() as log:
        child = subprocess.Popen(
            [sys.executable, *command],
            cwd=ROOT,
            start_new_session=True,
            stdout=log,
            stderr=log,
            **options,
        )
        running = Running(command, child, log)
        started.append(running)
        try:
            yield child
        finally:
            kill(child)
            started.remove(running)


def kill(child: subprocess.Popen[bytes]) -> None:
    """kill -9, children included."""
    try:
        os.killpg(child.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    child.wait()


WORKER = (
    "-m",
    "celery",
    "-A",
    "config",
    "worker",
    "--queues",
    "celery,translation,translation_jobs",
    "--concurrency",
    "2",
    "--without-gossip",
    "--without-mingle",
    "--loglevel",
    "ERROR",
)


def wait_for(condition: Callable[[], object], seconds: float = 60, what: str = "") -> None:
    """Wait until a condition holds. Fails when it does not come to hold.

    The failure names the condition, its last value, and what the programs that run have
    printed.
    """
    deadline = time.monotonic() + seconds
    while not (last := condition()):
        if time.monotonic() > deadline:
            states = [running.state() for running in started]
            pytest.fail(
                "\n".join(
                    [
                        f"waited {seconds:g} s for: {what or source_of(condition)}",
                        f"last value: {last!r}",
                        *states,
                    ]
                ),
                pytrace=True,
            )
        time.sleep(0.02)


def source_of(condition: Callable[[], object]) -> str:
    """Return how a condition is written."""
    try:
        return inspect.getsource(condition).strip()
    except (OSError, TypeError):
        return repr(condition)
