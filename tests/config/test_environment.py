"""The tests' environment is theirs: no variable that Opina reads comes from outside."""

import re

import pytest

from tests import processes, servers

NAMED = r"""(?:environ(?:\.get\(|\[)|env(?:_flag|_number)?\()\s*["'](\w+)["']"""
SOURCES = {
    "config/settings.py": NAMED,
    "config/sign_in.py": rf"""{NAMED}|["'](SSO_\w+)["']""",
    "config/translation.py": r'"([A-Z]{3,}_[A-Z_]+)"',
    "docker-compose.yml": r"\$\{(\w+)",
    ".env.example": r"^(\w+)=",
    "README.md": r"`([A-Z]+(?:_[A-Z]+)*)`",
}


def names_in(source: str) -> set[str]:
    text = (processes.ROOT / source).read_text()
    found = re.findall(SOURCES[source], text, re.MULTILINE)
    return {name for each in found for name in ([each] if isinstance(each, str) else each) if name}


@pytest.mark.parametrize("source", SOURCES)
def test_no_variable_that_opina_reads_reaches_the_tests(source):
    names = names_in(source)
    assert len(names) >= 4
    outside = dict.fromkeys(names, "from outside") | {"PATH": "/bin"}
    assert servers.environment_of(outside) == {"PATH": "/bin"}


def test_the_search_for_names_finds_them():
    assert {"PORT", "SITE_URL", "DEBUG", "TRUSTED_PROXIES"} <= names_in("config/settings.py")
    assert {"SSO_URL", "SSO_CLIENT_ID", "SSO_NAME"} <= names_in("config/sign_in.py")
    assert {"DEEPL_API_KEY", "TRANSLATION_ORDER"} <= names_in("config/translation.py")
    assert {"POSTGRES_PASSWORD", "PORT"} <= names_in("docker-compose.yml")
    assert {"OPINA_DEMO_PASSWORD", "SECRET_KEY"} <= names_in(".env.example")
    assert {"PORT", "DATABASE_URL", "REDIS_URL"} <= names_in("README.md")
