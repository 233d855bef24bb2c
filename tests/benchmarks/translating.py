"""Translating: the engine's own speed, and what the memory saves."""

import time

from reviews.models import Review
from reviews.translation.engines import EngineError, engine
from reviews.translation.service import translate_now, wanted_segments


def run() -> None:
    reviews = list(
        Review.objects.with_names().filter(language="en").exclude(overall="").order_by("pk")[:400]
    )
    segments = list(dict.fromkeys(s for review in reviews for s in wanted_segments(review)))
    try:
        started = time.perf_counter()
        engine().translate(segments, "en", "es", [])
    except EngineError as error:
        print(f"  no engine: {error}")
        return
    alone = time.perf_counter() - started
    started = time.perf_counter()
    for review in reviews:
        translate_now(subject=review, target="es")
    whole = time.perf_counter() - started
    Review.objects.first().translations.model.objects.all().delete()
    started = time.perf_counter()
    for review in reviews:
        translate_now(subject=review, target="es")
    remembered = time.perf_counter() - started
    print(f"  engine alone {len(segments) / alone:,.0f} segments/s")
    print(f"  {len(reviews)} reviews translated: {whole / alone:.2f} times the engine's own time")
    print(f"  the same from memory: {remembered / whole:.2f} of that time")
