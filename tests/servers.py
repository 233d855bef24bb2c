"""A pytest plugin: a PostgreSQL and a Valkey of the tests' own, started before Django."""

import atexit
import os
import shutil
import tempfile
from contextlib import ExitStack

from config.embedded.servers import running

# Whatever the environment names, tests run on servers of their own.
for name in ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "HTTPS", "DEBUG", "ALLOWED_HOSTS"):
    os.environ.pop(name, None)
for name in [name for name in os.environ if name.startswith("TRANSLATION_")]:
    os.environ.pop(name)
home = tempfile.mkdtemp(prefix="opina-tests-")
os.chmod(home, 0o755)  # noqa: S103  the servers' account enters it
os.environ["OPINA_HOME"] = home
os.mkdir(f"{home}/static")

stack = ExitStack()
stack.enter_context(running())


def stop() -> None:
    stack.close()
    shutil.rmtree(home, ignore_errors=True)


atexit.register(stop)

# Playwright's loop runs in the thread of the test, which also asks the database.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
