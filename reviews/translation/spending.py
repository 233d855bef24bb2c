"""Characters spent, by engine and by vendor, within a month's budget; and what calls cost.

A budget is reserved before an engine is called and the rest given back afterwards, each in one
statement: so no number of workers spends more than it.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import connection
from django.utils import timezone

from reviews.models import EngineDay
from reviews.translation.resilience import Call


def engine_scope(key: str) -> str:
    return f"engine:{key}"


def vendor_scope(pk: int) -> str:
    return f"vendor:{pk}"


def this_month() -> date:
    return timezone.now().date().replace(day=1)


def reserve(scope: str, characters: int) -> bool:
    """Reserve characters of this month's budget, and tell whether it had them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH budget AS (SELECT characters FROM reviews_translationbudget WHERE scope = %(s)s)"
            "INSERT INTO reviews_translationspending AS spent (month, scope, characters) "
            "SELECT %(month)s, %(s)s, %(n)s "
            "WHERE %(n)s <= coalesce((SELECT characters FROM budget), %(n)s) "
            "ON CONFLICT (month, scope) DO UPDATE "
            "SET characters = spent.characters + excluded.characters "
            "WHERE spent.characters + excluded.characters "
            "<= coalesce((SELECT characters FROM budget), spent.characters + excluded.characters) "
            "RETURNING 1",
            {"month": this_month(), "s": scope, "n": characters},
        )
        return cursor.fetchone() is not None


def give_back(scope: str, characters: int) -> None:
    """Correct a reservation: what was not spent comes back, what was spent beyond is added."""
    if characters:
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE reviews_translationspending SET characters = "
                "greatest(characters - %s, 0) WHERE month = %s AND scope = %s",
                [characters, this_month(), scope],
            )


def spent(calls: Sequence[Call]) -> Counter[str]:
    """Return the characters that were translated, by engine."""
    counted: Counter[str] = Counter()
    for call in calls:
        if not call.failure:
            counted[call.engine] += call.characters
    return counted


def note(calls: Sequence[Call]) -> None:
    """Add calls to the day's figures of their engines."""
    by_engine: dict[str, list[Call]] = defaultdict(list)
    for call in calls:
        by_engine[call.engine].append(call)
    for key, made in by_engine.items():
        failed = [call for call in made if call.failure]
        figures: dict[str, Any] = {
            "calls": len(made),
            "segments": sum(call.segments for call in made if not call.failure),
            "characters": spent(made)[key],
            "milliseconds": round(1000 * sum(call.seconds for call in made)),
            "failures": len(failed),
        }
        names = ", ".join(figures)
        added = ", ".join(f"{name} = day.{name} + excluded.{name}" for name in figures)
        slowest = round(1000 * max(call.seconds for call in made))
        last = failed[-1] if failed else None
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {EngineDay._meta.db_table} AS day (day, engine, {names}, slowest, "
                "last_failure, last_detail, last_failed_at) "
                "VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) "
                f"ON CONFLICT (day, engine) DO UPDATE SET {added}, "
                "slowest = greatest(day.slowest, excluded.slowest), "
                "last_failure = coalesce(nullif(excluded.last_failure, ''), day.last_failure), "
                "last_detail = coalesce(nullif(excluded.last_detail, ''), day.last_detail), "
                "last_failed_at = coalesce(excluded.last_failed_at, day.last_failed_at)",
                [
                    timezone.now().date(),
                    key,
                    *figures.values(),
                    slowest,
                    last.failure if last else "",
                    last.detail if last else "",
                    timezone.now() if last else None,
                ],
            )
