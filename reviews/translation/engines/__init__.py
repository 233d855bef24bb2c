"""The engine in use. A second one will be chosen between here, by language pair."""

from functools import cache

from reviews.translation.engines.apertium import Apertium
from reviews.translation.engines.base import Engine, EngineError

__all__ = ["Engine", "EngineError", "engine"]


@cache
def engine() -> Engine:
    """Return the engine of this process."""
    return Apertium()
