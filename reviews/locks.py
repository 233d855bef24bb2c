"""Locks of the database session: a process that is killed lets go of them."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


@contextmanager
def session_lock(kind: str, number: int) -> Iterator[bool]:
    """Hold the lock of one thing of a kind, or tell that another process does."""
    key: list[str | int] = [kind, number]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtext(%s), %s)", key)
        free = cursor.fetchone()[0]
    try:
        yield free
    finally:
        if free:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(hashtext(%s), %s)", key)
