"""Which engines translate between two languages, in which order, and over which language."""

from typing import NamedTuple

from django.conf import settings

from reviews.translation import engine_cache
from reviews.translation.engines import EngineError, EngineFailure, engine

PIVOT = "en"
# A list of pairs is believed so long; workers ask again before (`health`).
REMEMBERED = 900  # seconds


class Route(NamedTuple):
    """Ways to a language: engines in their order, or two legs over a third language."""

    engines: tuple[str, ...]
    via: str = ""
    onward: tuple[str, ...] = ()


def in_use() -> list[str]:
    """Return the engines that the settings name, each once, in their order."""
    order = settings.TRANSLATION["order"]
    return list(dict.fromkeys(key for keys in order.values() for key in keys))


def pairs(key: str) -> set[tuple[str, str]]:
    """Return the pairs of an engine; none while it can't be asked."""
    known = engine_cache.get(f"translation-pairs:{key}")
    if known is None:
        try:
            known = ask_pairs(key)
        except EngineError:
            return set()
    return known


def ask_pairs(key: str) -> set[tuple[str, str]]:
    """Ask an engine for its pairs, and let all processes know them. Raises EngineError."""
    found = engine(key).pairs()
    engine_cache.put(f"translation-pairs:{key}", found, REMEMBERED)
    return found


def engines_for(source: str, target: str) -> tuple[str, ...]:
    """Return the engines that have a pair, in the order of the settings."""
    order = settings.TRANSLATION["order"]
    wanted = order.get(f"{source}>{target}", order["*"])
    return tuple(key for key in wanted if (source, target) in pairs(key))


def route(source: str, target: str) -> Route:
    """Return the way between two languages: directly, else over English, else over another.

    Raises EngineError where there is none.
    """
    if direct := engines_for(source, target):
        return Route(direct)
    others = {t for key in in_use() for s, t in pairs(key) if s == source} - {target, PIVOT}
    for via in (PIVOT, *sorted(others)):
        if via not in (source, target):
            first, second = engines_for(source, via), engines_for(via, target)
            if first and second:
                return Route(first, via, second)
    known = any(pairs(key) for key in in_use())
    raise EngineError(EngineFailure.NO_PAIR if known else _why(), f"{source}>{target}")


def _why() -> str:
    """Return why there is no way: no pair, or no engine that answers at all."""
    codes = []
    for key in in_use():
        try:
            ask_pairs(key)
        except EngineError as error:
            codes.append(error.code)
        else:
            return EngineFailure.NO_PAIR
    return next((code for code in codes if code != EngineFailure.MISSING), EngineFailure.MISSING)


def price(key: str) -> float:
    """Return what an engine costs a million characters, in the settings' currency."""
    return float(settings.TRANSLATION["prices"].get(key, 0))
