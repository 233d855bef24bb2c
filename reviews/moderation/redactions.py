"""Blocking passages out: names, numbers and addresses that readers are not to see.

The database replaces a redacted passage wherever it stands in the review and its response
(a trigger), so pages, API, exports, search and translations never have it. What was written
stays in `ReviewOriginal` and `Response.original_body`.
"""

import re
from typing import Any, NamedTuple

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


class Suggestion(NamedTuple):
    """A passage that may be worth blocking out."""

    passage: str
    kind: RedactionKind


def is_card(number: str) -> bool:
    """Tell whether digits pass the check of card numbers (ISO/IEC 7812-1, Luhn)."""
    digits = [int(char) for char in number if char.isdigit()]
    doubled = [
        d if place % 2 == 0 else sum(divmod(2 * d, 10)) for place, d in enumerate(reversed(digits))
    ]
    return sum(doubled) % 10 == 0


def suggestions(review: Review) -> list[Suggestion]:
    """Return what stands in a review that readers may not be meant to see."""
    said = "\n".join(review.texts().values())
    found: dict[str, RedactionKind] = {}
    for match in EMAIL.finditer(said):
        found[match[0]] = RedactionKind.EMAIL
    for match in CARD.finditer(said):
        if is_card(match[0]):
            found[match[0]] = RedactionKind.CARD
    for match in PHONE.finditer(said):
        digits = sum(char.isdigit() for char in match[0])
        is_date = re.fullmatch(r"\d{1,4}[-./]\d{1,2}[-./]\d{1,4}", match[0].strip())
        if 8 <= digits <= 15 and not is_date and not any(match[0] in known for known in found):
            found[match[0].strip()] = RedactionKind.PHONE
    for match in PROFANITY.finditer(said):
        found.setdefault(match[0], RedactionKind.PROFANITY)
    return [Suggestion(passage, kind) for passage, kind in found.items()][:MAX_SUGGESTED]


class NotThere(Exception):
    """The passage stands nowhere in the review or its response."""


@transaction.atomic
def redact(*, review: Review, passage: str, kind: RedactionKind, actor: User | None) -> Redaction:
    """Block a passage out wherever it stands in a review. Raises NotThere."""
    locked = Review.objects.select_for_update(of=["self"]).get(pk=review.pk)
    passage = passage.strip()
    stands_in = [*written_texts(locked).values(), *(r.body for r in locked.responses.all())]
    if not passage or not any(passage in text for text in stands_in):
        raise NotThere
    made, new = Redaction.objects.get_or_create(
        review=locked, passage=passage, defaults={"kind": kind, "created_by": actor}
    )
    if new:
        _apply(locked)
        _forget_translations(locked, passage)
        record(review=locked, action="passage_redacted", actor=actor, kind=kind, redaction=made.pk)
    return made


@transaction.atomic
def lift(*, redaction: Redaction, actor: User) -> None:
    """Show a passage again."""
    review = Review.objects.select_for_update(of=["self"]).get(pk=redaction.review_id)
    pk, kind = redaction.pk, redaction.kind
    redaction.delete()
    _apply(review)
    record(review=review, action="redaction_lifted", actor=actor, kind=kind, redaction=pk)


def _apply(review: Review) -> None:
    """Write the texts as their author did: the trigger blocks out what is to be."""
    for name, text in written_texts(review).items():
        setattr(review, name, text)
    review.save(update_fields=[*TEXT_FIELDS, "updated_at"])
    answers: Any = review.responses
    for response in answers.all():
        response.body = response.original_body or response.body
        response.save(update_fields=["body"])


def _forget_translations(review: Review, passage: str) -> None:
    """Take away translations of what was said: they may hold the passage in other words."""
    review.translations.all().delete()
    for response in review.responses.all():
        response.translations.all().delete()
    said = [*written_texts(review).values(), *(r.body for r in review.responses.all())]
    memory.forget(said, review.protected_names(), about=[passage])
