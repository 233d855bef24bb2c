"""Monthly character budgets of engines and vendors, and daily figures of engine calls.

Characters are reserved before an engine is called and the unused ones released afterwards, each
in one statement, so concurrent workers never overspend.
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
    """Reserve characters of this month's budget. Returns whether it had enough."""
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


def release(scope: str, characters: int) -> None:
    """Release reserved characters that were not spent; a negative number adds overspending."""
    if characters:
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE reviews_translationspending SET characters = "
                "greatest(characters - %s, 0) WHERE month = %s AND scope = %s",
                [characters, this_month(), scope],
            )


def spent(calls: Sequence[Call]) -> Counter[str]:
    """Return the translated characters by engine."""
    totals: Counter[str] = Counter()
    for call in calls:
        if not call.failure:
            totals[call.engine] += call.characters
    return totals


def record_calls(calls: Sequence[Call]) -> None:
    """Add calls to today's figures of their engines."""
    by_engine: dict[str, list[Call]] = defaultdict(list)
    for call in calls:
        by_engine[call.engine].append(call)
    for key, engine_calls in by_engine.items():
        failed = [call for call in engine_calls if call.failure]
        figures: dict[str, Any] = {
            "calls": len(engine_calls),
            "segments": sum(call.segments for call in engine_calls if not call.failure),
            "characters": spent(engine_calls)[key],
            "milliseconds": round(1000 * sum(call.seconds for call in engine_calls)),
            "failures": len(failed),
        }
        names = ", ".join(figures)
        added = ", ".join(f"{name} = day.{name} + excluded.{name}" for name in figures)
        slowest = round(1000 * max(call.seconds for call in engine_calls))
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
