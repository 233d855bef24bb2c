"""What moderators write about a review for each other: notes with mentions, and tags."""

import re
from collections.abc import Sequence
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from reviews.audit.log import record, record_many
from reviews.models import Mention, Note, Review, ReviewTag, Rule, Tag
from reviews.moderation.assignment import moderators

MENTION = re.compile(r"@([\w.+-]*\w)")


@transaction.atomic
def write_note(*, review: Review, author: User, body: str) -> Note:
    """Store a note, and a mention for each colleague whom it names with @."""
    note = Note.objects.create(review=review, author=author, body=body)
    named = set(MENTION.findall(body))
    people = moderators().filter(username__in=named)
    Mention.objects.bulk_create(Mention(note=note, person=person) for person in people)
    # The entry does not hold the text, which may be erased with the reviewer's data.
    record(review=review, action="note_written", actor=author, note_id=note.pk)
    return note


def see_mentions(*, review: Review, person: User) -> None:
    """Mark the mentions of a person in a review's notes as seen."""
    Mention.objects.filter(note__review=review, person=person, seen_at=None).update(
        seen_at=timezone.now()
    )


@transaction.atomic
def tag_many(
    *,
    ids: Sequence[int],
    name: str,
    actor: User | None = None,
    rule: Rule | None = None,
    **detail: Any,
) -> set[int]:
    """Tag reviews, creating the tag if it is new. Returns those that did not have it."""
    tag, _is_new = Tag.objects.get_or_create(name=name.strip().lower()[:40])
    tagged = ReviewTag.objects.filter(tag=tag, review_id__in=ids)
    new = set(ids) - set(tagged.values_list("review_id", flat=True))
    ReviewTag.objects.bulk_create(
        (ReviewTag(review_id=pk, tag=tag, added_by=actor, rule=rule) for pk in sorted(new)),
        ignore_conflicts=True,
    )
    record_many(
        details={pk: {**detail, "tag": tag.name} for pk in new},
        action="tag_added",
        actor=actor,
        actor_label="" if actor else str(rule),
    )
    return new


@transaction.atomic
def untag_many(*, ids: Sequence[int], name: str, actor: User, **detail: Any) -> None:
    """Remove a tag from reviews."""
    tagged = ReviewTag.objects.filter(review_id__in=ids, tag__name=name)
    gone = set(tagged.values_list("review_id", flat=True))
    tagged.delete()
    record_many(
        details={pk: {**detail, "tag": name} for pk in gone}, action="tag_removed", actor=actor
    )
