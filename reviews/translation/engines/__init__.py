"""The engines, one file each, implementing the protocol in `base.py`.

The setting `TRANSLATION` names the engines in use and their order.
"""

from functools import cache
from importlib import import_module
from typing import Any, cast

from django.conf import settings

from reviews.translation.engines.base import (
    PASSING,
    Engine,
    EngineError,
    EngineFailure,
    Style,
)

__all__ = [
    "ENGINES",
    "PASSING",
    "Engine",
    "EngineError",
    "EngineFailure",
    "Style",
    "engine",
    "label",
]

# Module and class of each: an engine's dependencies are imported when it is first used.
ENGINES = {
    "apertium": "apertium.Apertium",
    "apertium_apy": "apertium_apy.ApertiumApy",
    "libretranslate": "libretranslate.LibreTranslate",
    "argos": "argos.Argos",
    "deepl": "deepl.DeepL",
    "google": "google.Google",
}


def _class(key: str) -> type[Any]:
    module, name = ENGINES[key].split(".")
    return getattr(import_module(f"reviews.translation.engines.{module}"), name)


@cache
def engine(key: str) -> Engine:
    """Return an engine, one instance per process. Raises EngineError if it can't be created."""
    return cast(Engine, _class(key)(settings.TRANSLATION["engines"][key]))


def label(key: str) -> str:
    """Return an engine's display name."""
    return str(_class(key).label)
