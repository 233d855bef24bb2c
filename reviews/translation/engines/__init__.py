"""The engines, each in one file behind the protocol in `base.py`.

Which of them are in use, and in what order, is said in the settings (`TRANSLATION`).
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

# By name and class: what an engine needs is loaded when it is used.
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
    """Return an engine, one in each process. Raises EngineError where it can't be made."""
    return cast(Engine, _class(key)(settings.TRANSLATION["engines"][key]))


def label(key: str) -> str:
    """Return an engine's name for people."""
    return str(_class(key).label)
