"""Locks of the database session: they are released when a process is killed."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


@contextmanager
def session_lock(kind: str, number: int) -> Iterator[bool]:
    """Hold the lock `number` of a kind. Yields False if another process holds it."""
    key: list[str | int] = [kind, number]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtext(%s), %s)", key)
        is_locked = cursor.fetchone()[0]
    try:
        yield is_locked
    finally:
        if is_locked:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(hashtext(%s), %s)", key)
