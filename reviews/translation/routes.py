"""Which engines translate a language pair, in which order, and through which pivot language."""

from typing import NamedTuple

from django.conf import settings

from reviews.translation import engine_cache
from reviews.translation.engines import EngineError, EngineFailure, engine

PIVOT = "en"
# How long an engine's list of pairs is cached; workers refresh it earlier (`health`).
REMEMBERED = 900  # seconds


class Route(NamedTuple):
    """The engines for a language pair in their order, or two legs through a third language."""

    engines: tuple[str, ...]
    via: str = ""
    onward: tuple[str, ...] = ()


def in_use() -> list[str]:
    """Return the keys of the engines named in the settings, each once, in their order."""
    order = settings.TRANSLATION["order"]
    return list(dict.fromkeys(key for keys in order.values() for key in keys))


def pairs(key: str) -> set[tuple[str, str]]:
    """Return the language pairs of an engine, empty if it does not respond."""
    known = engine_cache.get(f"translation-pairs:{key}")
    if known is None:
        try:
            known = ask_pairs(key)
        except EngineError:
            return set()
    return known


def ask_pairs(key: str) -> set[tuple[str, str]]:
    """Ask an engine for its pairs and share them with all processes. Raises EngineError."""
    language_pairs = engine(key).pairs()
    engine_cache.put(f"translation-pairs:{key}", language_pairs, REMEMBERED)
    return language_pairs


def engines_for(source: str, target: str) -> tuple[str, ...]:
    """Return the engines that support a pair, in the order of the settings."""
    order = settings.TRANSLATION["order"]
    preferred = order.get(f"{source}>{target}", order["*"])
    return tuple(key for key in preferred if (source, target) in pairs(key))


def route(source: str, target: str) -> Route:
    """Return a direct route, else one through English, else through another language.

    Raises EngineError if there is none.
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
    raise EngineError(
        EngineFailure.NO_PAIR if known else _missing_route_code(), f"{source}>{target}"
    )


def _missing_route_code() -> str:
    """Return why there is no route: an unsupported pair, or no responding engine."""
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
    """Return an engine's price per million characters, in the settings' currency."""
    return float(settings.TRANSLATION["prices"].get(key, 0))
