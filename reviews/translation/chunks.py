"""Chunks of a translation job's reviews: look them up, and store their outcomes."""

from collections import Counter
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.db.models import F

from reviews.language import UNDETERMINED
from reviews.models import Review, TranslationItem, TranslationJob
from reviews.translation import translator
from reviews.translation.engines import PASSING, EngineFailure
from reviews.translation.plans import Plan, Translatable, plans
from reviews.translation.storing import already_translated, by_model, store_many
from reviews.translation.translator import Work

DONE, SKIPPED, FAILED = "done", "skipped", "failed"
CHANGED = "changed"  # the text changed while it was being translated
# After this many waits, a failure is taken as the text's and not as the engine's.
TRIES = 3
# Failures that the rest of the job would meet, too.
STOPPING = {
    *PASSING,
    EngineFailure.REFUSED,
    EngineFailure.QUOTA,
    EngineFailure.BUDGET,
    EngineFailure.MISSING,
}


@dataclass
class JobChunk:
    """Some reviews of a job, and the work of translating them."""

    items: list[TranslationItem]
    # Each item's texts to translate: its review, and the published response if it has one.
    subjects: list[tuple[TranslationItem, Translatable, Plan]]
    skipped: dict[int, str]  # why, by the item's id
    work: Work
    # The length of the reviews' texts in other languages, translated or not.
    characters: int = 0
    engine: Future[None] | None = None


def look_up(items: list[TranslationItem], target: str, soon: Any = ()) -> JobChunk:
    """Find the texts of some reviews to translate, and look them up in the memory.

    `soon` are segments that another chunk is having translated.
    """
    ids = [item.review_id for item in items]
    # Prefetched, since a chunk's reviews are of few products.
    queryset = Review.objects.filter(pk__in=ids).prefetch_related("product__vendor", "responses")
    reviews = {
        review.pk: review
        for review in queryset.only("product", "language", "reviewer_name", *Review.CONTENT)
    }
    pairs: list[tuple[TranslationItem, Translatable]] = []
    skipped: dict[int, str] = {}
    for item in items:
        review = reviews[item.review_id]
        texts: list[Any] = [review]
        if response := review.published_response:
            response.review = review
            texts.append(response)
        foreign = [t for t in texts if t.language not in (target, UNDETERMINED) and t.texts()]
        pairs += [(item, text) for text in foreign]
        if not foreign:
            skipped[item.pk] = "unknown" if review.language == UNDETERMINED else "same"
    current = already_translated([subject for _item, subject in pairs], target)
    open_pairs = [(item, s) for item, s in pairs if (type(s), s.pk) not in current]
    open_ids = {item.pk for item, _subject in open_pairs}
    for item, _subject in pairs:
        if item.pk not in open_ids:
            skipped[item.pk] = "translated"
    planned = plans([subject for _item, subject in open_pairs], target)
    subjects = [(i, s, plan) for (i, s), plan in zip(open_pairs, planned, strict=True)]
    characters = sum(
        len(text)
        for review in reviews.values()
        if review.language not in (target, UNDETERMINED)
        for text in review.texts().values()
    )
    work = translator.look_up(planned, target, soon)
    return JobChunk(items, subjects, skipped, work, characters)


@transaction.atomic
def store(job: TranslationJob, chunk: JobChunk, seconds: float) -> str:
    """Store a chunk with its outcomes and the job's progress.

    Returns a failure that the rest of the job would meet too, or "". Items that failed so stay
    open.
    """
    target = job.target_language
    rows: list[tuple[Translatable, Any]] = []
    failures: dict[int, str] = {}
    for item, subject, plan in chunk.subjects:
        composed = translator.compose(plan, chunk.work)
        if composed.failure:
            failures[item.pk] = composed.failure
        else:
            rows.append((subject, composed))
    stored = {
        (model, pk)
        for model, of_model in by_model(rows).items()
        for pk in store_many(model, of_model, target)
    }
    for item, subject, _plan in chunk.subjects:
        if (subject.translations.model, subject.pk) not in stored:
            failures.setdefault(item.pk, CHANGED)
    stopping = {pk: code for pk, code in failures.items() if code in STOPPING}
    if _is_text_failure(job, chunk):
        stopping = {pk: c for pk, c in stopping.items() if c != EngineFailure.FAILED}
    outcomes: Counter[str] = Counter()
    settled = []
    for item in chunk.items:
        if item.pk in stopping:
            continue
        item.skip_reason = failures.get(item.pk) or chunk.skipped.get(item.pk, "")
        item.outcome = (
            FAILED if item.pk in failures else SKIPPED if item.pk in chunk.skipped else DONE
        )
        outcomes[item.outcome] += 1
        settled.append(item)
    _settle(settled)
    calls = chunk.work.calls
    wanted = sum(1 for _i, _s, plan in chunk.subjects for _w in plan.segments())
    TranslationJob.objects.filter(pk=job.pk).update(
        done=F("done") + outcomes[DONE],
        skipped=F("skipped") + outcomes[SKIPPED],
        failed=F("failed") + outcomes[FAILED],
        segments=F("segments") + wanted,
        remembered=F("remembered") + max(wanted - len(chunk.work.missing), 0),
        calls=F("calls") + len(calls),
        sent_characters=F("sent_characters") + sum(c.characters for c in calls if not c.failure),
        engine_milliseconds=F("engine_milliseconds") + round(1000 * sum(c.seconds for c in calls)),
        milliseconds=F("milliseconds") + round(1000 * seconds),
        **({"waits": 0} if outcomes[DONE] else {}),
    )
    return next(iter(stopping.values()), "")


def _is_text_failure(job: TranslationJob, chunk: JobChunk) -> bool:
    """Return whether the engine failed on a text rather than as a whole.

    That is so if its last call succeeded, or if the job has waited `TRIES` times in vain.
    """
    calls = chunk.work.calls
    return bool(calls and not calls[-1].failure) or job.waits >= TRIES


def _settle(items: list[TranslationItem]) -> None:
    """Store the outcomes of items in one statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE reviews_translationitem AS item "
            "SET outcome = row.outcome, skip_reason = row.skip_reason "
            "FROM unnest(%s::bigint[], %s::text[], %s::text[]) AS row (id, outcome, skip_reason) "
            "WHERE item.id = row.id",
            [[i.pk for i in items], [i.outcome for i in items], [i.skip_reason for i in items]],
        )
