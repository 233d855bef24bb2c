"""Who works on which review: reserving them one after the other, and assigning them.

A review is reserved for one person at a time, until they decide or skip it, and for `HELD_FOR` at
most.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.contrib.auth.models import Group, User
from django.db import connection, transaction
from django.db.models import Count, Exists, Max, OuterRef, QuerySet
from django.utils import timezone

from reviews.audit.log import record, record_many
from reviews.choices import ReviewStatus, SkipReason
from reviews.keyset import Segment
from reviews.models import ModerationDecision, Review, ReviewAssignment, Skip
from reviews.moderation.decisions import standing
from reviews.permissions import LEADS, MODERATORS

HELD_FOR = timedelta(minutes=15)
# For how long a review is not reserved again for a person who decided or skipped it.
NOT_AGAIN = timedelta(hours=12)
CANDIDATES = 20

RESERVE = """
INSERT INTO reviews_reviewassignment (review_id, reserved_by_id, reserved_until)
VALUES (%(review)s, %(person)s, %(until)s)
ON CONFLICT (review_id) DO UPDATE
SET reserved_by_id = excluded.reserved_by_id, reserved_until = excluded.reserved_until
WHERE reviews_reviewassignment.reserved_by_id IS NULL
   OR reviews_reviewassignment.reserved_by_id = excluded.reserved_by_id
   OR reviews_reviewassignment.reserved_until < %(now)s
RETURNING review_id
"""


def reserve_next(*, segments: Sequence[Segment], person: User) -> int | None:
    """Reserve the first review of a list that is free, and return its id; None if none is.

    Two people who ask at once never get the same: the reservation is one statement on one
    row, and the second person finds it taken.
    """
    now = timezone.now()
    taken = ReviewAssignment.objects.filter(
        review=OuterRef("pk"), reserved_until__gt=now, reserved_by__isnull=False
    ).exclude(reserved_by=person)
    skipped = Skip.objects.filter(
        review=OuterRef("pk"), person=person, skipped_at__gt=now - NOT_AGAIN
    )
    decided = ModerationDecision.objects.filter(
        standing(), review=OuterRef("pk"), actor=person, decided_at__gt=now - NOT_AGAIN
    )
    for segment in segments:
        free = segment.queryset.filter(~Exists(taken), ~Exists(skipped), ~Exists(decided))
        tried: list[int] = []
        while True:
            rows = free.exclude(pk__in=tried).order_by(*segment.order)[:CANDIDATES]
            ids = [review.pk for review in rows]
            for pk in ids:
                if _reserve(pk, person):
                    return pk
            if len(ids) < CANDIDATES:
                break
            tried += ids
    return None


def _reserve(review_id: int, person: User) -> bool:
    now = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(
            RESERVE,
            {"review": review_id, "person": person.pk, "until": now + HELD_FOR, "now": now},
        )
        return cursor.fetchone() is not None


@transaction.atomic
def skip(*, review: Review, person: User, reason: SkipReason) -> Skip:
    """Release a review to others and store why it was skipped."""
    ReviewAssignment.objects.filter(review=review, reserved_by=person).update(
        reserved_by=None, reserved_until=None
    )
    skipped = Skip.objects.create(review=review, person=person, reason=reason)
    record(review=review, action="review_skipped", actor=person, reason=reason)
    return skipped


def moderators() -> QuerySet[User]:
    """Return the people to whom reviews can be assigned."""
    members = Group.objects.filter(name__in=[MODERATORS, LEADS])
    return User.objects.filter(is_active=True, groups__in=members).distinct().order_by("username")


@transaction.atomic
def assign_many(
    *,
    people: Mapping[int, User | None],
    actor: User | None = None,
    actor_label: str = "",
    **detail: Any,
) -> dict[int, int | None]:
    """Assign reviews to people, or to nobody: review's id → person.

    Those already assigned so are left. Returns the former assignees of the others: review's id →
    person's id.
    """
    before = dict(
        ReviewAssignment.objects.filter(review_id__in=people).values_list("review", "assignee")
    )
    changed = {
        pk: person
        for pk, person in sorted(people.items())
        if before.get(pk) != (person.pk if person else None)
    }
    now = timezone.now()
    ReviewAssignment.objects.bulk_create(
        (
            ReviewAssignment(review_id=pk, assignee=person, assigned_at=now if person else None)
            for pk, person in changed.items()
        ),
        update_conflicts=True,
        unique_fields=["review"],
        update_fields=["assignee", "assigned_at"],
    )
    record_many(
        details={
            pk: {**detail, "assignee": person.username if person else None}
            for pk, person in changed.items()
        },
        action="review_assigned",
        actor=actor,
        actor_label=actor_label,
    )
    return {pk: before.get(pk) for pk in changed}


def round_robin(*, count: int) -> list[User]:
    """Return the people to whom the next `count` reviews are assigned in rotation.

    The person with the fewest assigned, pending reviews is next; among equals, the one whose last
    assignment is oldest. Empty if there are no moderators.
    """
    people = {person.pk: person for person in moderators()}
    waiting = (
        ReviewAssignment.objects.filter(assignee__in=people, review__status=ReviewStatus.PENDING)
        .values_list("assignee")
        .annotate(load=Count("pk"), last=Max("assigned_at"))
    )
    load = {pk: (number, last.timestamp() if last else 0.0) for pk, number, last in waiting}
    turns: list[User] = []
    state = {pk: load.get(pk, (0, 0.0)) for pk in people}
    for place in range(count if people else 0):
        pk = min(state, key=lambda pk: (state[pk], pk))
        turns.append(people[pk])
        state[pk] = (state[pk][0] + 1, timezone.now().timestamp() + place)
    return turns
