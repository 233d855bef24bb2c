"""Settings: production is safe, and a wrong variable is named."""

import os
import subprocess
import sys

import pytest

from config.translation import translation_settings
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
    ours |= {name for name in os.environ if name.startswith("TRANSLATION_")}
    clean = {name: value for name, value in os.environ.items() if name not in ours}
    return subprocess.run(
        [sys.executable, "manage.py", *words],
        cwd=processes.ROOT,
        check=False,
        env={**clean, **environment},
        capture_output=True,
        text=True,
    )


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


@pytest.mark.parametrize(
    ("result", "sentence"),
    [
        ({"TRANSLATION_ORDER": "babelfish"}, "TRANSLATION_ORDER: 'babelfish' is not understood"),
        ({"TRANSLATION_ORDER": "en-es=apertium"}, "TRANSLATION_ORDER: 'en-es=apertium'"),
        ({"TRANSLATION_ORDER": "deepl,apertium"}, "DEEPL_API_KEY"),
        ({"TRANSLATION_PRICES": "deepl=much"}, "TRANSLATION_PRICES: 'deepl=much'"),
    ],
)
def test_engines_that_cannot_be_used_so_are_named(result, sentence):
    done = manage("check", **PRODUCTION, **result)
    assert done.returncode != 0
    assert sentence in done.stderr


def test_the_order_of_engines_is_read_by_pair():
    found = translation_settings(
        {
            "TRANSLATION_ORDER": "deepl,apertium; en>es=apertium",
            "DEEPL_API_KEY": "k",
            "TRANSLATION_PRICES": "deepl=20",
        }
    )
    assert found["order"] == {"*": ["deepl", "apertium"], "en>es": ["apertium"]}
    assert found["prices"] == {"deepl": 20.0}
