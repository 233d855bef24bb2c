"""What moderators tell each other about a review: notes with mentions, and tags."""

import re

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from reviews.models import Mention, Note, Review, ReviewTag, Rule, Tag
from reviews.moderation.decisions import record
from reviews.moderation.handing import moderators

MENTION = re.compile(r"@([\w.+-]*\w)")


@transaction.atomic
def write_note(*, review: Review, author: User, body: str) -> Note:
    """Store a note; colleagues whom it names with @ find it among their mentions."""
    note = Note.objects.create(review=review, author=author, body=body)
    named = set(MENTION.findall(body))
    people = moderators().filter(username__in=named)
    Mention.objects.bulk_create(Mention(note=note, person=person) for person in people)
    # The words stay with the note: they may be erased with the reviewer they are about.
    record(review=review, action="note_written", actor=author, note_id=note.pk)
    return note


def see_mentions(*, review: Review, person: User) -> None:
    """Count the mentions of a person at a review as seen."""
    Mention.objects.filter(note__review=review, person=person, seen_at=None).update(
        seen_at=timezone.now()
    )


@transaction.atomic
def add_tag(*, review: Review, name: str, actor: User | None, rule: Rule | None = None) -> None:
    """Put a tag on a review; a name that is new becomes a tag."""
    tag, _made = Tag.objects.get_or_create(name=name.strip().lower()[:40])
    _tagged, new = ReviewTag.objects.get_or_create(
        review=review, tag=tag, defaults={"added_by": actor, "rule": rule}
    )
    if new:
        record(
            review=review,
            action="tag_added",
            actor=actor,
            actor_label="" if actor else f"rule {rule.pk if rule else ''}",
            tag=tag.name,
        )


@transaction.atomic
def remove_tag(*, review: Review, name: str, actor: User) -> None:
    """Take a tag off a review."""
    gone, _by_model = ReviewTag.objects.filter(review=review, tag__name=name).delete()
    if gone:
        record(review=review, action="tag_removed", actor=actor, tag=name)
