"""Redacting passages: names, numbers and addresses that readers must not see.

A trigger replaces a redacted passage wherever it occurs in the review and its responses, so
pages, API, exports, search and translations never have it. The original text stays in
`ReviewOriginal` and `Response.original_body`.
"""

import re
from typing import NamedTuple, Protocol

from django.contrib.auth.models import User
from django.db import transaction

from reviews.audit.log import record
from reviews.choices import RedactionKind
from reviews.models import Redaction, Review
from reviews.models.review import TEXT_FIELDS
from reviews.moderation.appeals import written_texts
from reviews.translation import memory

EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
PHONE = re.compile(r"(?<![\w.,/-])\+?\(?\d[\d\s().-]{6,16}\d(?![\w/-])")
CARD = re.compile(r"(?<![\d-])\d(?:[ -]?\d){12,18}(?![\d-])")
# Slurs and swearing that no page shows, by language of ours; leads extend it by word lists.
PROFANITY = re.compile(
    r"\b(?:fuck\w*|shit\w*|bullshit|asshole\w*|bastard\w*|bitch\w*|cunt\w*|dickhead\w*|"
    r"mierda\w*|joder|gilipollas|cabr[oó]n\w*|hijos? de puta|put[oa]s?|coñ[oa]\w*|"
    r"merde\w*|putain|connard\w*|scheiße|scheisse|arschloch|porra|caralho|cazzo|stronz\w+)\b",
    re.IGNORECASE,
)
MAX_SUGGESTED = 12


class AttachedTexts(Protocol):
    """Texts of another app that belong to a review and are redacted with it."""

    def texts(self, review: Review, /) -> list[str]: ...
    def rewrite(self, review: Review, /) -> None: ...
    def delete_translations(self, review: Review, /) -> None: ...


# Other apps add theirs when they are loaded.
attached_texts: list[AttachedTexts] = []


class SuggestedRedaction(NamedTuple):
    """A passage that a moderator may want to redact."""

    passage: str
    kind: RedactionKind


def is_card(number: str) -> bool:
    """Return whether digits pass the check of card numbers (ISO/IEC 7812-1, Luhn)."""
    digits = [int(char) for char in number if char.isdigit()]
    doubled = [
        d if place % 2 == 0 else sum(divmod(2 * d, 10)) for place, d in enumerate(reversed(digits))
    ]
    return sum(doubled) % 10 == 0


def suggestions(review: Review) -> list[SuggestedRedaction]:
    """Return the passages of a review that readers should perhaps not see."""
    text = "\n".join(review.texts().values())
    kinds: dict[str, RedactionKind] = {}
    for match in EMAIL.finditer(text):
        kinds[match[0]] = RedactionKind.EMAIL
    for match in CARD.finditer(text):
        if is_card(match[0]):
            kinds[match[0]] = RedactionKind.CARD
    for match in PHONE.finditer(text):
        digits = sum(char.isdigit() for char in match[0])
        is_date = re.fullmatch(r"\d{1,4}[-./]\d{1,2}[-./]\d{1,4}", match[0].strip())
        if 8 <= digits <= 15 and not is_date and not any(match[0] in known for known in kinds):
            kinds[match[0].strip()] = RedactionKind.PHONE
    for match in PROFANITY.finditer(text):
        kinds.setdefault(match[0], RedactionKind.PROFANITY)
    return [SuggestedRedaction(passage, kind) for passage, kind in kinds.items()][:MAX_SUGGESTED]


class NotThere(Exception):
    """The passage does not occur in the review or its responses."""


@transaction.atomic
def redact(*, review: Review, passage: str, kind: RedactionKind, actor: User | None) -> Redaction:
    """Redact a passage wherever it occurs in a review. Raises NotThere."""
    locked = Review.objects.select_for_update(of=["self"]).get(pk=review.pk)
    passage = passage.strip()
    if not passage or not any(passage in text for text in _all_texts(locked)):
        raise NotThere
    redaction, is_new = Redaction.objects.get_or_create(
        review=locked, passage=passage, defaults={"kind": kind, "created_by": actor}
    )
    if is_new:
        _rewrite(locked)
        _delete_translations(locked, passage)
        record(
            review=locked,
            action="passage_redacted",
            actor=actor,
            kind=kind,
            redaction=redaction.pk,
        )
    return redaction


@transaction.atomic
def lift(*, redaction: Redaction, actor: User) -> None:
    """Show a passage again."""
    review = Review.objects.select_for_update(of=["self"]).get(pk=redaction.review_id)
    pk, kind = redaction.pk, redaction.kind
    redaction.delete()
    _rewrite(review)
    record(review=review, action="redaction_lifted", actor=actor, kind=kind, redaction=pk)


def _all_texts(review: Review) -> list[str]:
    """Return the texts of a review as their author wrote them, and those attached to it."""
    texts = list(written_texts(review).values())
    for attached in attached_texts:
        texts += attached.texts(review)
    return texts


def _rewrite(review: Review) -> None:
    """Save the original texts: the trigger redacts them anew."""
    for name, text in written_texts(review).items():
        setattr(review, name, text)
    review.save(update_fields=[*TEXT_FIELDS, "updated_at"])
    for attached in attached_texts:
        attached.rewrite(review)


def _delete_translations(review: Review, passage: str) -> None:
    """Delete the translations: they may hold the passage in other words."""
    review.translations.all().delete()
    for attached in attached_texts:
        attached.delete_translations(review)
    memory.forget(_all_texts(review), review.protected_names(), about=[passage])
