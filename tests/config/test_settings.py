"""Settings: production is safe, and a wrong variable is named."""

import os
import subprocess
import sys

import pytest

from tests import processes

PRODUCTION = {
    # The checks ask the server for its version.
    "DATABASE_URL": os.environ["DATABASE_URL"],
    "REDIS_URL": "redis://broker/0",
    "SECRET_KEY": "kYp3vT8qLr5ZxN1mWc7hJd9fGb2sQe4uAiOoRtVw6yXzBnMlKj",
    "ALLOWED_HOSTS": "opina.example",
    "EMAIL_URL": "smtps://opina:secret@mail.example",
}


def manage(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    ours = {*PRODUCTION, "DEBUG", "HTTPS", "TRUSTED_PROXIES", "DJANGO_ALLOW_ASYNC_UNSAFE"}
    clean = {name: value for name, value in os.environ.items() if name not in ours}
    return subprocess.run(
        [sys.executable, "manage.py", *words], cwd=processes.ROOT, check=False,
        env={**clean, **environment}, capture_output=True, text=True,
    )  # fmt: skip


def test_production_settings_pass_the_deployment_checks():
    done = manage("check", "--deploy", "--fail-level", "WARNING", **PRODUCTION)
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout


@pytest.mark.parametrize("name", ["SECRET_KEY"])
def test_a_missing_variable_is_named(name):
    done = manage("check", **{k: v for k, v in PRODUCTION.items() if k != name})
    assert done.returncode != 0
    assert f"{name} is not set" in done.stderr


def test_a_flag_that_is_neither_true_nor_false_is_named():
    done = manage("check", **PRODUCTION, DEBUG="perhaps")
    assert "DEBUG is 'perhaps'" in done.stderr


def test_a_number_that_is_none_is_named():
    done = manage("check", **PRODUCTION, TRUSTED_PROXIES="many")
    assert "TRUSTED_PROXIES is 'many'" in done.stderr


def test_a_database_that_is_not_postgresql_is_refused():
    done = manage("check", **{**PRODUCTION, "DATABASE_URL": "sqlite:///x"})
    assert "must name a PostgreSQL database" in done.stderr
