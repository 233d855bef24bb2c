"""Screening reviews as they come in, and every night: signals, then rules."""

from datetime import timedelta
from itertools import batched

from django.db.models import Q
from django.utils import timezone

from reviews.choices import ImportStatus, ReviewStatus, RuleAction
from reviews.importing.pipeline import run_lock
from reviews.models import Import, Review, ReviewRevision, ReviewTranslation
from reviews.moderation import rules, signals

CHUNK = 1000
# How far back the nightly run goes: an import also changes the signals of the days around it.
NIGHTLY = timedelta(days=3)


def unscreened() -> list[int]:
    """Return the ids of the imports that have ended and are not screened."""
    ended = Import.objects.filter(
        screened_at=None, status__in=[ImportStatus.DONE, ImportStatus.CANCELLED]
    )
    return list(ended.order_by("pk").values_list("pk", flat=True))


def screen_import(import_id: int) -> None:
    """Compute the signals of an import's reviews and apply the rules to the new ones.

    Safe to run again: signals are computed anew, and a rule does nothing twice. A run that
    another process is screening is skipped.
    """
    import_run = Import.objects.get(pk=import_id)
    with run_lock(import_run) as is_locked:
        import_run.refresh_from_db()
        if not is_locked or import_run.screened_at is not None:
            return
        changed = ReviewRevision.objects.filter(replaced_by_import=import_run)
        for ids in _ids(Q(imported_by=import_run) | Q(pk__in=changed.values("review"))):
            signals.compute(ids)
            new = Review.objects.filter(
                pk__in=ids, imported_by=import_run, status=ReviewStatus.PENDING
            )
            rules.apply(list(new.values_list("pk", flat=True)))
            published = Review.objects.filter(
                pk__in=ids, imported_by=import_run, status=ReviewStatus.PUBLISHED
            )
            # What is imported as published needs no decision, only translation.
            rules.apply(list(published.values_list("pk", flat=True)), only=RuleAction.TRANSLATE)
        Import.objects.filter(pk=import_id).update(screened_at=timezone.now())


def screen_nightly() -> None:
    """Recompute the signals of reviews that were recently received, changed or translated."""
    since = timezone.now() - NIGHTLY
    translated = ReviewTranslation.objects.filter(finished_at__gte=since).values("review")
    for ids in _ids(Q(created_at__gte=since) | Q(updated_at__gte=since) | Q(pk__in=translated)):
        signals.compute(ids)


def _ids(condition: Q):
    ids = Review.objects.filter(condition).order_by("pk").values_list("pk", flat=True)
    yield from (list(chunk) for chunk in batched(ids.iterator(chunk_size=CHUNK), CHUNK))
