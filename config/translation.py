"""Settings of translation engines, read from the environment."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ImproperlyConfigured

# The options of each engine, with the environment variable of each. The first is required,
# except for Apertium, which has a default.
OPTIONS = {
    "apertium": {"modes": "APERTIUM_MODES"},
    "apertium_apy": {"url": "APERTIUM_APY_URL"},
    "libretranslate": {"url": "LIBRETRANSLATE_URL", "api_key": "LIBRETRANSLATE_API_KEY"},
    "argos": {"models": "ARGOS_MODELS"},
    "deepl": {"api_key": "DEEPL_API_KEY", "url": "DEEPL_URL"},
    "google": {
        "credentials": "GOOGLE_CREDENTIALS",
        "location": "GOOGLE_LOCATION",
        "url": "GOOGLE_TRANSLATE_URL",
    },
}


def translation_settings(environ: Mapping[str, str]) -> dict[str, Any]:
    """Return the order of engines, their options and prices. Raises ImproperlyConfigured."""
    order = read_order(environ.get("TRANSLATION_ORDER", ""))
    engines = {
        key: {option: environ.get(variable, "") for option, variable in options.items()}
        for key, options in OPTIONS.items()
    }
    for key in {key for keys in order.values() for key in keys} - {"apertium"}:
        option, variable = next(iter(OPTIONS[key].items()))
        if not engines[key][option]:
            raise ImproperlyConfigured(f"TRANSLATION_ORDER names {key}: set {variable}, too.")
    return {
        "order": order,
        "engines": engines,
        "prices": read_prices(environ.get("TRANSLATION_PRICES", "")),
        "currency": environ.get("TRANSLATION_CURRENCY") or "EUR",
    }


def read_order(value: str) -> dict[str, list[str]]:
    """Return engines in their order by language pair, `*` for all others.

    For example `deepl,apertium; en>es=apertium`. Raises ImproperlyConfigured.
    """
    order = {"*": ["apertium"]}
    for part in filter(None, (part.strip() for part in value.split(";"))):
        pair, equals, keys = part.rpartition("=")
        engines = [key.strip() for key in keys.split(",") if key.strip()]
        if not engines or not set(engines) <= set(OPTIONS) or (equals and ">" not in pair):
            raise ImproperlyConfigured(
                f"TRANSLATION_ORDER: {part!r} is not understood. Name engines out of "
                f"{', '.join(OPTIONS)}; for one pair of languages as en>es=deepl,apertium."
            )
        order[pair.strip() if equals else "*"] = engines
    return order


def read_prices(value: str) -> dict[str, float]:
    """Return the price of a million characters by engine, for example `deepl=20,google=18.5`.

    Raises ImproperlyConfigured.
    """
    prices = {}
    for part in filter(None, value.split(",")):
        key, _equals, amount = part.partition("=")
        try:
            prices[key.strip()] = float(amount)
        except ValueError:
            raise ImproperlyConfigured(
                f"TRANSLATION_PRICES: {part!r} is not understood. Write deepl=20."
            ) from None
    return prices
