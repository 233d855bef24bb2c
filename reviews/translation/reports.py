"""Readers' word that a translation is bad, and what moderators make of it."""

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from reviews.audit.log import record
from reviews.choices import FlagAbout
from reviews.models import Review, TranslationReport


@transaction.atomic
def report(*, review: Review, about: FlagAbout, target: str, note: str = "") -> TranslationReport:
    """Note that a translation is bad. It stays until a moderator has looked."""
    return TranslationReport.objects.create(
        review=review, about=about, target_language=target, note=note
    )


@transaction.atomic
def settle(*, review: Review, about: FlagAbout, target: str, actor: User) -> int:
    """Settle the open reports of a translation: it was corrected, or found good enough."""
    settled = TranslationReport.objects.filter(
        review=review, about=about, target_language=target, settled_at=None
    ).update(settled_at=timezone.now(), settled_by=actor)
    if settled:
        record(
            review=review,
            action="translation_reports_settled",
            actor=actor,
            about=about,
            language=target,
            reports=settled,
        )
    return settled
