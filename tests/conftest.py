"""What tests share."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.cache import cache
from django.test import TransactionTestCase
from django.utils import translation

from tests import emptying, processes

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"


# What takes longest, by words in a test's address or its fixtures: begun first, so that no
# process waits for another at the end.
LONG = ("killed", "recovers_from_a_kill", "real_dumps", "worker", "visit", "engine")


def is_short(item: pytest.Item) -> int:
    words = {item.nodeid, *getattr(item, "fixturenames", ())}
    places = [n for n, word in enumerate(LONG) if any(word in each for each in words)]
    return min(places, default=len(LONG))


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    count = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", 1))
    if count > 1:
        items.sort(key=is_short)
        # Each process is given one run of the list: it begins with long ones.
        items[:] = [item for first in range(count) for item in items[first::count]]


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker) -> None:
    """The database is there and migrated: `tests.servers` has seen to it."""
    with django_db_blocker.unblock():
        emptying.remember()
    TransactionTestCase._fixture_teardown = emptying.put_back


@pytest.fixture(autouse=True)
def _quick_settings(settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    # Tests collect no static files, so there is no manifest to look names up in.
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    """A page leaves its reader's language on the thread: the next test begins without."""
    with translation.override("en"):
        yield


@pytest.fixture(autouse=True)
def _empty_cache() -> Iterator[None]:
    yield
    cache.clear()


@pytest.fixture
def shared_data() -> Path:
    """The folder of real dumps, where it lies beside the project."""
    if not SHARED.is_dir():
        pytest.skip("the real dumps do not lie beside the project")
    return SHARED


@pytest.fixture
def reasons(transactional_db) -> None:
    """The reasons that a migration makes, where other processes see them, too."""


@pytest.fixture
def worker(transactional_db) -> Iterator[None]:
    """A Celery worker on the tests' database and broker."""
    with processes.program(*processes.WORKER):
        yield


@pytest.fixture
def reachable_folder() -> Iterator[Path]:
    """A folder that another account can enter, as pytest's own for root cannot."""
    folder = Path(tempfile.mkdtemp(prefix="opina-test-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def libre(monkeypatch, tmp_path):
    """LibreTranslate's protocol on a local server, in use for all pairs; the server."""
    from tests.reviews.engines import engine_of, use

    monkeypatch.setattr("urllib3.util.retry.Retry.get_backoff_time", lambda _self: 0.01)
    monkeypatch.setattr("reviews.translation.resilience.BACKOFF", 0)
    with engine_of("libretranslate", tmp_path) as (engine, server):
        use(monkeypatch, "libretranslate", engine)
        yield server


@pytest.fixture
def engines(monkeypatch, settings):
    """Put engines in use: `engines(Fake(…), Fake(…))`, in their order."""
    monkeypatch.setattr("reviews.translation.resilience.BACKOFF", 0)

    def put(*found):
        by_key = {one.key: one for one in found}
        monkeypatch.setitem(settings.TRANSLATION, "order", {"*": list(by_key)})
        monkeypatch.setattr("reviews.translation.routes.engine", by_key.__getitem__)
        monkeypatch.setattr("reviews.translation.calling.engine", by_key.__getitem__)
        return found[0]

    return put
