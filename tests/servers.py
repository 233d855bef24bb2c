"""A pytest plugin: a PostgreSQL and a Valkey of the tests' own, started before Django.

Each process that runs tests has its own two: with pytest-xdist, each of its workers. The
database is migrated once; the others begin with a copy of it.
"""

import atexit
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

import pytest

from config.embedded.servers import Servers, running

# What tests take from the environment. Whatever else it holds, they run the same: the
# variables that Opina reads are not among these.
KEPT = re.compile(
    r"PATH|HOME|USER|LOGNAME|SHELL|TERM|COLUMNS|LINES|LANG|LC_\w+|TMPDIR|CI|NO_COLOR|FORCE_COLOR"
    r"|VIRTUAL_ENV|PYTHON\w*|PYTEST_\w+|PY_COLORS|LD_LIBRARY_PATH|DISPLAY|XDG_\w+|FONTCONFIG_\w+"
    r"|UPDATE_QUERY_COUNTS"
)
MEMORY = "/dev/shm"
ROOM = 4_000_000_000  # bytes
# Names the folder of the migrated database, for the processes that begin with a copy.
MIGRATED = "PYTEST_MIGRATED_DATABASE"


def environment_of(outside: Mapping[str, str]) -> dict[str, str]:
    """Return what tests keep of an environment."""
    return {name: value for name, value in outside.items() if KEPT.fullmatch(name)}


def prepare(*, is_durable: bool = False) -> None:
    """Clear the environment, and start servers that stop when this process ends."""
    clear_environment()
    make_migrated()
    home = folder()
    (home / "static").mkdir()
    copy_migrated(home)
    os.environ["OPINA_HOME"] = str(home)
    stack = ExitStack()
    stack.enter_context(running(durable=is_durable))
    atexit.register(stack.close)


def clear_environment() -> None:
    ours = environment_of(os.environ)
    os.environ.clear()
    os.environ.update(ours)
    # Playwright's loop runs in the thread of the test, which also asks the database.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


def in_memory() -> str | None:
    """Return a folder whose files are in memory, where there is one with room enough."""
    if os.path.isdir(MEMORY) and shutil.disk_usage(MEMORY).free > ROOM:
        return MEMORY
    return None


def folder() -> Path:
    """Make a folder that is removed when this process ends."""
    made = tempfile.mkdtemp(prefix="opina-tests-", dir=in_memory())
    os.chmod(made, 0o755)  # noqa: S103  the servers' account enters it
    atexit.register(shutil.rmtree, made, ignore_errors=True)
    return Path(made)


def make_migrated() -> None:
    """Migrate a database, unless the process that started this one has done so."""
    if MIGRATED in os.environ:
        return
    home = folder()
    servers = Servers(home, durable=False)
    servers.start()
    try:
        subprocess.run(
            [sys.executable, "manage.py", "migrate", "--verbosity", "0"],
            cwd=Path(__file__).resolve().parents[1],
            env={
                **os.environ,
                "DATABASE_URL": servers.database_url,
                "REDIS_URL": servers.redis_url,
                "SECRET_KEY": "migrating",
            },
            check=True,
        )
    finally:
        servers.stop()
    os.environ[MIGRATED] = str(servers.data)


def copy_migrated(home: Path) -> None:
    """Give a folder of servers that have not started yet the migrated database."""
    # Files stay their owner's, who is not always the account of the tests.
    subprocess.run(["cp", "-a", os.environ[MIGRATED], home / "postgres"], check=True)


def hands_tests_out(config: pytest.Config) -> bool:
    """Tell whether other processes run this one's tests."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        return False
    options = config.known_args_namespace
    return bool(getattr(options, "numprocesses", None)) and not options.usepdb


# Around the hook in which pytest-django reads the settings.
@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Iterator[None]:
    # So that tests which are terminated, too, stop their servers.
    signal.signal(signal.SIGTERM, lambda *_: pytest.exit("terminated", 143))
    if hands_tests_out(early_config):
        clear_environment()
        make_migrated()
        # Settings need these; nothing asks them here.
        os.environ.update(
            DATABASE_URL="postgres:///none", REDIS_URL="redis:///0", SECRET_KEY="none"
        )
    else:
        prepare()
    return (yield)
