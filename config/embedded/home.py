"""The data folder of the embedded servers, and the account that they run as."""

import os
import pwd
import secrets
import subprocess
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parents[2]
# The data folder if the clone is in a folder that only root can enter.
ROOT_DATA = Path("/var/lib/opina")


class EmbeddedError(Exception):
    """The embedded servers cannot run; the message explains what to do."""


def server_account() -> pwd.struct_passwd | None:
    """Return the account to run the servers as, or None for the current one.

    PostgreSQL refuses to run as root, so root uses the clone's owner, else the account
    postgres, else nobody. Raises EmbeddedError if none exists.
    """
    if os.geteuid() != 0:
        return None
    owner = BASE_DIR.stat().st_uid
    candidates = [lambda: pwd.getpwuid(owner)] if owner else []
    candidates += [lambda: pwd.getpwnam("postgres"), lambda: pwd.getpwnam("nobody")]
    for candidate in candidates:
        try:
            return candidate()
        except KeyError:
            continue
    raise EmbeddedError(
        "PostgreSQL does not run as root and no other account was found: "
        "run as an ordinary user, or set DATABASE_URL and REDIS_URL."
    )


def run_as(account: pwd.struct_passwd | None) -> dict:
    """Return keyword arguments for `subprocess` to run a command as `account`."""
    if account is None:
        return {"cwd": "/"}
    return {
        "cwd": "/",
        "user": account.pw_uid,
        "group": account.pw_gid,
        "extra_groups": [],
        "env": {**os.environ, "HOME": "/"},
    }


def can_enter(folder: Path, account: pwd.struct_passwd | None) -> bool:
    """Return whether `account` can enter `folder`."""
    process = subprocess.run(
        ["/bin/sh", "-c", 'cd "$1"', "sh", str(folder)],
        stderr=subprocess.DEVNULL,
        **run_as(account),
    )
    return process.returncode == 0


def home() -> Path:
    """Return the data folder, created if needed. Raises EmbeddedError.

    It is `OPINA_HOME`, or `var` in the clone. If the servers' account cannot enter the clone,
    `var` is a link to a folder that it can enter.
    """
    configured = os.environ.get("OPINA_HOME")
    folder = Path(configured).expanduser().absolute() if configured else BASE_DIR / "var"
    if folder.is_symlink() and not folder.exists():
        folder.readlink().mkdir(parents=True)
    if not folder.exists():
        account = server_account()
        parent = next(p for p in folder.parents if p.exists())
        if not configured and not can_enter(parent, account):
            data_folder = ROOT_DATA / secrets.token_hex(8)
            data_folder.mkdir(parents=True)
            data_folder.chmod(0o755)
            folder.symlink_to(data_folder)
        else:
            folder.mkdir(parents=True)
            folder.chmod(0o755)
    folder = folder.resolve()
    if not can_enter(folder, server_account()):
        raise EmbeddedError(
            f"The servers' account cannot enter {folder}: set OPINA_HOME to a folder "
            "that everyone can enter, or run as an ordinary user."
        )
    return folder
