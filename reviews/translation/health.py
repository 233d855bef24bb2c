"""How engines are: asked by a worker every minute, told by Valkey.

The web server need not reach an engine, nor have one installed.
"""

import time
from typing import Any, NamedTuple

from django.utils import timezone

from reviews.translation import engine_cache
from reviews.translation.engines import EngineError, engine
from reviews.translation.routes import REMEMBERED, ask_pairs, in_use


class Health(NamedTuple):
    """What an engine answered when it was asked last."""

    at: Any
    milliseconds: int
    pairs: int = 0
    failure: str = ""
    detail: str = ""
    # Characters used and allowed in the engine's own period, where it tells.
    quota: tuple[int, int] | None = None


def check_all() -> None:
    """Ask each engine in use which pairs it has, and how much of its quota is left."""
    for key in in_use():
        engine_cache.put(f"engine-health:{key}", check(key), REMEMBERED)


def check(key: str) -> Health:
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
    """Return how an engine was lately, None where no worker has told."""
    return engine_cache.get(f"engine-health:{key}")
