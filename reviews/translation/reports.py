"""Readers' reports of bad translations, and how moderators settle them."""

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from reviews.audit.log import record
from reviews.choices import FlagAbout
from reviews.models import Review, TranslationReport


@transaction.atomic
def report(*, review: Review, about: FlagAbout, target: str, note: str = "") -> TranslationReport:
    """Report a bad translation. The report stays open until a moderator settles it."""
    return TranslationReport.objects.create(
        review=review, about=about, target_language=target, note=note
    )


@transaction.atomic
def settle(*, review: Review, about: FlagAbout, target: str, actor: User) -> int:
    """Settle the open reports of a translation and return their number.

    The translation was corrected, or the moderator found it good enough.
    """
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
