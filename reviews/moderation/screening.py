"""What is done with reviews as they come in, and every night: signals, then rules."""

from datetime import timedelta
from itertools import batched

from django.db.models import Q
from django.utils import timezone

from reviews.choices import ImportStatus, ReviewStatus, RuleAction
from reviews.importing.pipeline import run_lock
from reviews.models import Import, Review, ReviewRevision, ReviewTranslation
from reviews.moderation import rules, signals

CHUNK = 1000
# How far back the night looks: a day's import shows in the days around it, too.
NIGHTLY = timedelta(days=3)


def unscreened() -> list[int]:
    """Return the imports that have ended and were not screened."""
    ended = Import.objects.filter(
        screened_at=None, status__in=[ImportStatus.DONE, ImportStatus.CANCELLED]
    )
    return list(ended.order_by("pk").values_list("pk", flat=True))


def screen_import(import_id: int) -> None:
    """Compute the signals of an import's reviews and apply the rules to the new ones.

    Safe to run again: signals are computed anew, and a rule does nothing twice. A run that
    another process is at is left to it.
    """
    import_run = Import.objects.get(pk=import_id)
    with run_lock(import_run) as free:
        import_run.refresh_from_db()
        if not free or import_run.screened_at is not None:
            return
        changed = ReviewRevision.objects.filter(replaced_by_import=import_run)
        for ids in _ids(Q(imported_by=import_run) | Q(pk__in=changed.values("review"))):
            signals.compute(ids)
            new = Review.objects.filter(
                pk__in=ids, imported_by=import_run, status=ReviewStatus.PENDING
            )
            rules.apply(list(new.values_list("pk", flat=True)))
            there = Review.objects.filter(
                pk__in=ids, imported_by=import_run, status=ReviewStatus.PUBLISHED
            )
            # What comes in published needs no decision, but readers of other languages.
            rules.apply(list(there.values_list("pk", flat=True)), only=RuleAction.TRANSLATE)
        Import.objects.filter(pk=import_id).update(screened_at=timezone.now())


def screen_nightly() -> None:
    """Compute anew the signals of what has come, changed or been translated lately."""
    since = timezone.now() - NIGHTLY
    translated = ReviewTranslation.objects.filter(finished_at__gte=since).values("review")
    for ids in _ids(Q(created_at__gte=since) | Q(updated_at__gte=since) | Q(pk__in=translated)):
        signals.compute(ids)


def _ids(condition: Q):
    found = Review.objects.filter(condition).order_by("pk").values_list("pk", flat=True)
    yield from (list(chunk) for chunk in batched(found.iterator(chunk_size=CHUNK), CHUNK))
