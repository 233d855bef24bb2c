"""`make up`: run all of Opina in the foreground, and stop all of it at the end."""

import hashlib
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import IO

from config.embedded.home import BASE_DIR, EmbeddedError
from config.embedded.servers import running, secret_key

PAIRS = ("apertium-eng-spa", "apertium-fr-es", "apertium-es-pt")
APT = f"apt-get install -y --no-install-recommends apertium {' '.join(PAIRS)}"
READY_TIMEOUT = 60  # seconds
STOP_TIMEOUT = 15  # seconds
DEMO_ACCOUNTS = ("moderator", "lead", "katie", "manager", "admin")


def say(line: str) -> None:
    print(line, flush=True)


def require_free(port: int) -> None:
    """Raise EmbeddedError if another program listens on the port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise EmbeddedError(
                f"Port {port} is taken: stop what listens there, or run `PORT=8001 make up`."
            ) from error


def find_translation_engine() -> None:
    """Install Apertium if that is possible, else print how to install it."""
    if shutil.which("lt-proc"):
        return
    can_install = shutil.which("apt-get") and os.geteuid() == 0
    if can_install:
        say("opina    | no translation engine found: installing Apertium")
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for command in ("apt-get update", APT):
            process = subprocess.run(
                command.split(), env=environment, capture_output=True, text=True
            )
            if process.returncode:
                break
        else:
            return
    prefix = "" if os.geteuid() == 0 else "sudo "
    say(f"opina    | to translate, install Apertium (Debian, Ubuntu): {prefix}{APT}")


def demo_password(folder: Path) -> tuple[str, bool]:
    """Return the password of the demo accounts, and whether it has changed since the last start.

    It is the configured one, else one generated at the first start and stored in `folder`.
    """
    configured = os.environ.get("OPINA_DEMO_PASSWORD")
    path = folder / "demo_password"
    stored = path.read_text() if path.exists() else ""
    password = configured or stored or secrets.token_urlsafe(9)
    if password != stored:
        path.touch(mode=0o600)
        path.write_text(password)
    return password, password != stored


def prepare(password: str, is_new_password: bool) -> None:
    """Migrate the database, collect static files, and load sample data at the first start."""
    import django
    from django.core.management import call_command

    django.setup()
    from django.db import connections

    from reviews.models import Product

    call_command("migrate", verbosity=0)
    collect_static_files()
    is_first = not Product.objects.exists()
    if is_first:
        say("opina    | loading the sample data")
    if is_first or is_new_password:
        os.environ["OPINA_DEMO_PASSWORD"] = password
        call_command("seed_demo", verbosity=0)
    connections.close_all()


def collect_static_files() -> None:
    """Collect the static files if any has changed since the last time."""
    from django.conf import settings
    from django.contrib.staticfiles.finders import get_finders
    from django.core.management import call_command

    state = hashlib.sha256()
    for finder in get_finders():
        for path, storage in finder.list([]):
            info = Path(storage.path(path)).stat()
            state.update(f"{path} {info.st_size} {info.st_mtime_ns}\n".encode())
    stamp = Path(settings.STATIC_ROOT) / ".collected"
    if not stamp.exists() or stamp.read_text() != state.hexdigest():
        call_command("collectstatic", interactive=False, verbosity=0)
        stamp.write_text(state.hexdigest())


def programs(port: int) -> dict[str, list[str]]:
    python = sys.executable
    celery = [python, "-m", "celery", "-A", "config"]
    return {
        "web": [
            python,
            "-m",
            "gunicorn",
            "config.wsgi",
            "--bind",
            f"127.0.0.1:{port}",
            "--workers",
            "2",
            "--threads",
            "4",
            "--access-logfile",
            "-",
            "--access-logformat",
            "%(m)s %(U)s %(s)s %(M)sms",
            "--no-control-socket",
        ],
        "worker": [
            *celery,
            "worker",
            "--queues",
            "celery,translation,translation_jobs",
            "--concurrency",
            "3",
            "--loglevel",
            "WARNING",
            "--without-gossip",
            "--without-mingle",
        ],
        "beat": [
            *celery,
            "beat",
            "--loglevel",
            "WARNING",
            "--pidfile",
            "",
            "--schedule",
            str(Path(os.environ["OPINA_HOME"]) / "beat"),
        ],
    }


def print_output(name: str, output: IO[bytes]) -> None:
    """Print a program's output, each line with its name."""
    for line in output:
        say(f"{name:<8} | {line.decode('utf-8', 'replace').rstrip()}")


def is_ready(port: int) -> bool:
    try:
        with urllib.request.urlopen(
            f"http://127.0.0.1:{port}/healthz/ready", timeout=2
        ) as response:
            return response.status == 200
    except (urllib.error.URLError, OSError):
        return False


def stop(children: dict[str, subprocess.Popen[bytes]]) -> None:
    for child in children.values():
        if child.poll() is None:
            child.terminate()
    deadline = time.monotonic() + STOP_TIMEOUT
    for child in children.values():
        try:
            child.wait(max(deadline - time.monotonic(), 0.1))
        except subprocess.TimeoutExpired:
            # The chunk or translation that this interrupts is done again at the next start.
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()


def serve(port: int, password: str) -> int:
    """Run the programs until one ends or the user stops them. Return the exit status."""
    children: dict[str, subprocess.Popen[bytes]] = {}
    try:
        for name, command in programs(port).items():
            child = subprocess.Popen(
                command,
                cwd=BASE_DIR,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                # Ctrl-C reaches only this process, which then stops the others.
                start_new_session=True,
            )
            children[name] = child
            assert child.stdout is not None
            threading.Thread(target=print_output, args=(name, child.stdout), daemon=True).start()
        deadline = time.monotonic() + READY_TIMEOUT
        while not is_ready(port):
            ended = [name for name, child in children.items() if child.poll() is not None]
            if ended or time.monotonic() > deadline:
                say(f"opina    | {', '.join(ended) or 'the web server'} did not start: see above")
                return 1
            time.sleep(0.05)
        say(f"opina    | ready: http://localhost:{port}/")
        say(f"opina    | sign in as {', '.join(DEMO_ACCOUNTS)} with the password {password}")
        say("opina    | Ctrl-C stops everything")
        while all(child.poll() is None for child in children.values()):
            time.sleep(0.2)
        ended = [name for name, child in children.items() if child.poll() is not None]
        say(f"opina    | {', '.join(ended)} ended by itself: stopping the rest")
        return 1
    except KeyboardInterrupt:
        say("opina    | stopping")
        return 0
    finally:
        stop(children)


def interrupt(*_signal: object) -> None:
    # Ignore further signals: they must not interrupt the shutdown.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise KeyboardInterrupt


def main() -> int:
    port_text = os.environ.get("PORT") or "8000"
    if not port_text.isdecimal() or not 0 < int(port_text) < 65536:
        say(f"PORT is {port_text!r}: give a number from 1 to 65535.")
        return 1
    port = int(port_text)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    signal.signal(signal.SIGINT, interrupt)
    signal.signal(signal.SIGTERM, interrupt)
    try:
        require_free(port)
        find_translation_engine()
        with running() as home:
            folder = home.folder
            folder.mkdir(parents=True, exist_ok=True)
            # Needed on a local machine even if database and broker are configured.
            os.environ.setdefault("OPINA_HOME", str(folder))
            os.environ.setdefault("SECRET_KEY", secret_key(folder))
            os.environ.setdefault("HTTPS", "false")
            password, is_new_password = demo_password(folder)
            prepare(password, is_new_password)
            return serve(port, password)
    except EmbeddedError as error:
        say(str(error))
        return 1
    except KeyboardInterrupt:
        return 0


if __name__ == "__main__":
    sys.exit(main())
