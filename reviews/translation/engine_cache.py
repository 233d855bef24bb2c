"""What processes tell each other about engines, by Valkey. Without it each goes by itself."""

from contextlib import suppress
from typing import Any

from django.core.cache import cache
from redis.exceptions import RedisError


def get(name: str) -> Any:
    """Return what is known under a name, None where nothing is."""
    with suppress(RedisError):
        return cache.get(name)
    return None


def put(name: str, value: Any, seconds: int) -> None:
    with suppress(RedisError):
        cache.set(name, value, seconds)


def take(name: str, seconds: int) -> bool:
    """Take a name that nobody has, and tell whether it is ours now."""
    try:
        return bool(cache.add(name, True, seconds))
    except RedisError:
        return True


def count(name: str, seconds: int) -> int:
    """Count one more under a name, and return how many there are."""
    try:
        cache.add(name, 0, seconds)
        return int(cache.incr(name))
    except (RedisError, ValueError):  # gone, or run out since
        return 1


def forget(*names: str) -> None:
    with suppress(RedisError):
        cache.delete_many(names)
