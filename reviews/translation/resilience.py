"""Circuit breaker, concurrency limit, retries and records of engine calls.

Nothing here touches the database, so it can run in a thread of its own.
"""

import logging
import random
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

from reviews.translation import engine_cache
from reviews.translation.engines import PASSING, Engine, EngineError, EngineFailure, Style
from reviews.translation.protection import ProtectedSegment

logger = logging.getLogger(__name__)

# The circuit breaker opens after this many failures in a row; then no calls are made.
FAILURES_TO_OPEN = 3
OPEN_SECONDS = 30  # seconds
COUNTED = 300  # seconds that a failure counts

ATTEMPTS = 2  # each may include retries of the HTTP session
BACKOFF = 0.4  # seconds, doubled each time, with jitter
JITTER = random.SystemRandom()
# How long a call may hold its slot, and how long it waits for one.
SLOT = 90  # seconds
QUEUE = 20.0  # seconds


class Call(NamedTuple):
    """The record of one call of an engine."""

    engine: str
    segments: int
    characters: int
    seconds: float
    failure: str = ""
    detail: str = ""


def guarded(
    by: Engine,
    segments: Sequence[ProtectedSegment],
    source: str,
    target: str,
    style: Style,
    calls: list[Call],
) -> list[str]:
    """Call an engine once it has a free slot, and retry failures that may pass.

    Appends each attempt to `calls`. Raises EngineError, also while the circuit breaker is open.
    """
    characters = sum(len(segment.text) for segment in segments)
    attempt = 1
    while True:
        if engine_cache.get(f"engine-open:{by.key}"):
            raise EngineError(EngineFailure.DOWN, "circuit breaker open")
        started = time.perf_counter()
        try:
            with slot(by):
                started = time.perf_counter()
                texts = _translate(by, segments, source, target, style)
        except EngineError as error:
            seconds = time.perf_counter() - started
            calls.append(
                Call(by.key, len(segments), characters, seconds, error.code, error.detail[:300])
            )
            if error.code not in PASSING or attempt == ATTEMPTS:
                note_failure(by.key, error)
                raise
            time.sleep(BACKOFF * 2 ** (attempt - 1) * JITTER.uniform(0.5, 1.5))
            attempt += 1
        else:
            seconds = time.perf_counter() - started
            calls.append(Call(by.key, len(segments), characters, seconds))
            engine_cache.delete(f"engine-failures:{by.key}")
            return texts


def _translate(
    by: Engine, segments: Sequence[ProtectedSegment], source: str, target: str, style: Style
) -> list[str]:
    try:
        return by.translate(segments, source, target, style)
    except EngineError:
        raise
    except Exception as error:
        # An engine may return anything: an error in reading its response is its failure.
        logger.exception("%s %s>%s", by.key, source, target)
        raise EngineError(EngineFailure.FAILED, repr(error)) from error


def note_failure(key: str, error: EngineError) -> None:
    """Count a failure that may pass; open the circuit breaker after some in a row."""
    if error.code not in PASSING:
        return
    if engine_cache.count(f"engine-failures:{key}", COUNTED) >= FAILURES_TO_OPEN:
        engine_cache.put(f"engine-open:{key}", True, OPEN_SECONDS)


def close(key: str) -> None:
    """Close an engine's circuit breaker."""
    engine_cache.delete(f"engine-open:{key}", f"engine-failures:{key}")


def is_open(key: str) -> bool:
    return bool(engine_cache.get(f"engine-open:{key}"))


@contextmanager
def slot(by: Engine) -> Iterator[None]:
    """Hold one of an engine's `parallel` slots, shared by all processes.

    Raises EngineError if none is free within `QUEUE` seconds.
    """
    deadline = time.monotonic() + QUEUE
    while True:
        name = next(
            (
                name
                for n in range(by.parallel)
                if engine_cache.acquire(name := f"engine-slot:{by.key}:{n}", SLOT)
            ),
            None,
        )
        if name is not None:
            break
        if time.monotonic() > deadline:
            raise EngineError(EngineFailure.BUSY, "no slot free")
        time.sleep(JITTER.uniform(0.02, 0.1))
    try:
        yield
    finally:
        engine_cache.delete(name)
