"""Some reviews of a translation job at a time: looked up, and stored with their outcomes."""

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
from reviews.translation.storing import by_model, good_already, store_many
from reviews.translation.translator import Work

DONE, SKIPPED, FAILED = "done", "skipped", "failed"
CHANGED = "changed"  # while it was being translated
# An engine that fails at the same so often, each time after a wait, fails at the text.
TRIES = 3
# Failures after which the rest of a job would fail, too.
STOPPING = {
    *PASSING,
    EngineFailure.REFUSED,
    EngineFailure.QUOTA,
    EngineFailure.BUDGET,
    EngineFailure.MISSING,
}


@dataclass
class Chunk:
    """Some reviews of a job: what of them is to be translated, and how far that is."""

    items: list[TranslationItem]
    # The item's review, and its published answer where it has one.
    subjects: list[tuple[TranslationItem, Translatable, Plan]]
    skipped: dict[int, str]
    work: Work
    # Of the reviews' texts in other languages, whether translated already or not.
    characters: int = 0
    engine: Future[None] | None = None


def look_up(items: list[TranslationItem], target: str, soon: Any = ()) -> Chunk:
    """Find what is to be translated of some reviews, and look it up in the memory."""
    ids = [item.review_id for item in items]
    # Prefetched, since a chunk's reviews are of few products.
    found = Review.objects.filter(pk__in=ids).prefetch_related("product__vendor", "responses")
    reviews = {
        review.pk: review
        for review in found.only("product", "language", "reviewer_name", *Review.CONTENT)
    }
    pairs: list[tuple[TranslationItem, Translatable]] = []
    skipped: dict[int, str] = {}
    for item in items:
        review = reviews[item.review_id]
        texts: list[Any] = [review]
        if answer := review.published_response:
            answer.review = review
            texts.append(answer)
        foreign = [t for t in texts if t.language not in (target, UNDETERMINED) and t.texts()]
        pairs += [(item, text) for text in foreign]
        if not foreign:
            skipped[item.pk] = "unknown" if review.language == UNDETERMINED else "same"
    good = good_already([subject for _item, subject in pairs], target)
    open_pairs = [(item, s) for item, s in pairs if (type(s), s.pk) not in good]
    still_open = {item.pk for item, _subject in open_pairs}
    for item, _subject in pairs:
        if item.pk not in still_open:
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
    return Chunk(items, subjects, skipped, work, characters)


@transaction.atomic
def store(job: TranslationJob, chunk: Chunk, seconds: float) -> str:
    """Store a chunk with its outcomes and the job's progress.

    Returns the failure that would meet the rest of the job, too; then its reviews are left.
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
    if _is_a_texts_own(job, chunk):
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
    wanted = sum(1 for _i, _s, plan in chunk.subjects for _w in plan.wanted())
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


def _is_a_texts_own(job: TranslationJob, chunk: Chunk) -> bool:
    """Tell whether an engine failed at some text, and not as a whole.

    It does where it went on to translate others, or has failed again after each wait.
    """
    calls = chunk.work.calls
    return bool(calls and not calls[-1].failure) or job.waits >= TRIES


def _settle(items: list[TranslationItem]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE reviews_translationitem AS item "
            "SET outcome = row.outcome, skip_reason = row.skip_reason "
            "FROM unnest(%s::bigint[], %s::text[], %s::text[]) AS row (id, outcome, skip_reason) "
            "WHERE item.id = row.id",
            [[i.pk for i in items], [i.outcome for i in items], [i.skip_reason for i in items]],
        )
