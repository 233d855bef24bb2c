"""Real programs beside the tests: a worker, a command, the runner; each killed at its end."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

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


@contextmanager
def program(*command: str, **options) -> Iterator[subprocess.Popen[bytes]]:
    """Run a Python program in a process group of its own."""
    options.setdefault("env", environment())
    child = subprocess.Popen(
        [sys.executable, *command], cwd=ROOT, start_new_session=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **options,
    )  # fmt: skip
    try:
        yield child
    finally:
        kill(child)


def kill(child: subprocess.Popen[bytes]) -> None:
    """kill -9, children included."""
    try:
        os.killpg(child.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    child.wait()


WORKER = (
    "-m", "celery", "-A", "config", "worker", "--queues", "celery,translation,translation_jobs",
    "--concurrency", "2", "--without-gossip", "--without-mingle", "--loglevel", "ERROR",
)  # fmt: skip


def wait_for(condition: Callable[[], object], seconds: float = 60) -> None:
    """Wait until a condition holds. Fails when it does not come to hold."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come to pass"
        time.sleep(0.02)
