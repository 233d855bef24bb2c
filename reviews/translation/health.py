"""Health of engines: checked by a worker every minute and shared through Valkey.

The web server needs neither access to an engine nor an installed one.
"""

import time
from typing import Any, NamedTuple

from django.utils import timezone

from reviews.translation import engine_cache
from reviews.translation.engines import EngineError, engine
from reviews.translation.routes import REMEMBERED, ask_pairs, in_use


class Health(NamedTuple):
    """The result of an engine's last check."""

    at: Any
    milliseconds: int
    pairs: int = 0
    failure: str = ""
    detail: str = ""
    # Characters used and allowed in the engine's billing period, if it reports them.
    quota: tuple[int, int] | None = None


def check_all() -> None:
    """Check the language pairs and the quota of each engine in use."""
    for key in in_use():
        engine_cache.put(f"engine-health:{key}", check(key), REMEMBERED)


def check(key: str) -> Health:
    """Ask an engine for its pairs and its quota. Errors are part of the result."""
    started = time.perf_counter()
    now = timezone.now()
    try:
        pairs = len(ask_pairs(key))
        milliseconds = round(1000 * (time.perf_counter() - started))
        quota = getattr(engine(key), "quota", None)
        return Health(now, milliseconds, pairs, quota=quota() if quota else None)
    except EngineError as error:
        milliseconds = round(1000 * (time.perf_counter() - started))
        return Health(now, milliseconds, failure=error.code, detail=error.detail[:300])


def of(key: str) -> Health | None:
    """Return the result of an engine's last check, or None if there is no recent one."""
    return engine_cache.get(f"engine-health:{key}")
