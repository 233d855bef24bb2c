"""State of engines shared by all processes, in Valkey.

Without Valkey each process works alone: reads find nothing and writes are dropped.
"""

from contextlib import suppress
from typing import Any

from django.core.cache import cache
from redis.exceptions import RedisError


def get(name: str) -> Any:
    """Return the value stored under a name, or None."""
    with suppress(RedisError):
        return cache.get(name)
    return None


def put(name: str, value: Any, seconds: int) -> None:
    with suppress(RedisError):
        cache.set(name, value, seconds)


def acquire(name: str, seconds: int) -> bool:
    """Return whether a name was free and is now held by the caller, for some seconds."""
    try:
        return bool(cache.add(name, True, seconds))
    except RedisError:
        return True


def count(name: str, seconds: int) -> int:
    """Add one to the counter under a name and return its value."""
    try:
        cache.add(name, 0, seconds)
        return int(cache.incr(name))
    except (RedisError, ValueError):  # Valkey is unreachable, or the counter expired meanwhile
        return 1


def delete(*names: str) -> None:
    with suppress(RedisError):
        cache.delete_many(names)
