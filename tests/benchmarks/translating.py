"""Translating ten thousand reviews in one job: the engine's time, the job's own, the memory's."""

import statistics
import time
from io import StringIO
from itertools import islice

from django.core.management import call_command
from django.db import connection

from responses.models import ResponseTranslation
from reviews.models import MemorySegment, Review, ReviewTranslation, TranslationJob
from reviews.translation import job_runs, jobs, translator
from reviews.translation.calling import Batch, translate_batch
from reviews.translation.engines import EngineError
from reviews.translation.plans import plans
from reviews.translation.protection import ProtectedSegment
from reviews.translation.routes import route
from reviews.translation.service import request_translation
from tests.benchmarks.texts import MAPPINGS, sources

REVIEWS = 10_000
ROUNDS = 5
# Most dumps are Spanish and English: into French, all of them are translated.
TARGET = "fr"


def run() -> None:
    """The real dumps with their answers; what lacks to ten thousand is some of them again."""
    try:
        ways = {source: route(source, TARGET) for source in ("es", "en")}
    except EngineError as error:
        print(f"  no engine: {error.code}")
        return
    real = import_dumps()
    reviews = Review.objects.filter(pk__in=[*real, *again(REVIEWS - len(real))])
    first = job_of(reviews)
    seconds = timed(first)
    engine = first.engine_milliseconds / 1000
    alone = sum(engine_alone(source, way) for source, way in ways.items())
    texts = first.done + ResponseTranslation.objects.count()
    saved = first.remembered / first.segments
    print(
        f"  {first.total:,} reviews, {len(real):,} of them all different, with their answers: "
        f"{texts:,} texts translated in {seconds:.0f} s, {texts / seconds:,.0f} texts/s, "
        f"{first.segments / seconds:,.0f} segments/s"
    )
    print(
        f"  the job's own time is {seconds / engine - 1:.0%} of the engine's in it; all of it is "
        f"{seconds / alone:.2f} times the engine alone with the same segments"
    )
    print(
        f"  {first.calls:,} calls of the engine; {first.remembered:,} segments ({saved:.0%}) "
        "came from the memory"
    )
    second = job_of(reviews)
    share_of_time = timed(second) / seconds
    print(f"  the second run: {second.calls} calls of the engine, {share_of_time:.3f} of the time")
    for model in (ReviewTranslation, ResponseTranslation):
        model._default_manager.all().delete()
    stored = job_of(reviews)
    share_of_time = timed(stored) / seconds
    print(f"  from memory, stored anew: {stored.calls} calls, {share_of_time:.2f} of the time")
    served(reviews)


def import_dumps() -> list[int]:
    """Import the dumps, answers included, beside what is there; return their reviews."""
    last = Review.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    for number, (path, mapping) in enumerate(sources()):
        options = {"mapping": MAPPINGS / "google_play_snake_case.toml"} if mapping else {}
        call_command(
            "import_reviews",
            str(path),
            product=f"translating-{number}",
            vendor="Bench",
            status="published",
            stdout=StringIO(),
            **options,
        )
    return list(Review.objects.filter(pk__gt=last).values_list("pk", flat=True))


def again(count: int) -> list[int]:
    """Return reviews that say what others say: the first of the large import."""
    rows = Review.objects.filter(language__in=["es", "en"]).order_by("pk")
    return list(rows.values_list("pk", flat=True)[: max(count, 0)])


def job_of(reviews) -> TranslationJob:
    job = jobs.choose(reviews=reviews, target=TARGET)
    jobs.start(job=job, here=True)
    return job


def timed(job: TranslationJob) -> float:
    started = time.perf_counter()
    job_runs.run(job.pk, seconds=3_600)
    seconds = time.perf_counter() - started
    job.refresh_from_db()
    return seconds


def engine_alone(source: str, way) -> float:
    """Time the engine with the job's segments, in batches of about its size, nothing else."""
    segments = [
        ProtectedSegment(text)
        for text in MemorySegment.objects.filter(
            source_language=source, target_language=TARGET
        ).values_list("source_text", flat=True)
    ]
    started = time.perf_counter()
    for start in range(0, len(segments), 400):
        translate_batch(Batch(source, TARGET, way, segments[start : start + 400]))
    return time.perf_counter() - started


def served(reviews) -> None:
    """Time what the memory serves: texts parted, looked up, put together again."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE reviews_memorysegment")
    subjects = list(islice(reviews.select_related("product__vendor"), 4_000))
    rates = []
    for _ in range(ROUNDS):
        segments = 0
        started = time.perf_counter()
        for start in range(0, len(subjects), 500):
            planned = plans(subjects[start : start + 500], TARGET)
            work = translator.look_up(planned, TARGET)
            for each in planned:
                translator.compose(each, work)
                segments += sum(1 for _wanted in each.wanted())
        rates.append(segments / (time.perf_counter() - started))
    print(
        f"  served from memory: {statistics.median(rates):,.0f} segments/s "
        f"({min(rates):,.0f} to {max(rates):,.0f} in {ROUNDS} rounds)"
    )
    one_by_one(subjects[:300])


def one_by_one(subjects: list[Review]) -> None:
    """Time a reader's request for one review whose sentences the memory has all."""
    taken = []
    for review in subjects:
        review.translations.all().delete()
        started = time.perf_counter()
        request_translation(subject=review, target=TARGET, queue=False)
        taken.append(1000 * (time.perf_counter() - started))
    print(
        f"  one review from memory, stored: {statistics.median(taken):.0f} ms, "
        f"the slowest of {len(taken)} {max(taken):.0f} ms"
    )
