"""Where the embedded servers keep their data, and as whom they run."""

import os
import pwd
import secrets
import subprocess
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parents[2]
# Where data goes when the clone lies in a folder only root can enter.
ROOT_DATA = Path("/var/lib/opina")


class EmbeddedError(Exception):
    """The embedded servers cannot run; the message says what to do about it."""


def server_account() -> pwd.struct_passwd | None:
    """Return the account the servers run as, or None to stay as we are.

    PostgreSQL refuses to run as root, so for root another account is found: the
    clone's owner, else one named postgres, else nobody.
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
    """Return the keyword arguments that make `subprocess` run as `account`."""
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
    """Tell whether `account` can enter `folder`."""
    done = subprocess.run(
        ["/bin/sh", "-c", 'cd "$1"', "sh", str(folder)],
        stderr=subprocess.DEVNULL,
        **run_as(account),
    )
    return done.returncode == 0


def home() -> Path:
    """Return the folder of the embedded data, made if need be.

    It is `OPINA_HOME`, or `var` in the clone. Where the clone lies in a folder that
    the servers' account cannot enter, `var` is a link to a folder that it can.
    """
    named = os.environ.get("OPINA_HOME")
    folder = Path(named).expanduser().absolute() if named else BASE_DIR / "var"
    if folder.is_symlink() and not folder.exists():
        folder.readlink().mkdir(parents=True)
    if not folder.exists():
        account = server_account()
        parent = next(p for p in folder.parents if p.exists())
        if not named and not can_enter(parent, account):
            real = ROOT_DATA / secrets.token_hex(8)
            real.mkdir(parents=True)
            real.chmod(0o755)
            folder.symlink_to(real)
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
