"""Many people at once, each with reviews of their own."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from reviews.keyset import Segment
from reviews.models import Review
from reviews.moderation.assignment import reserve_next, round_robin
from tests.factories import ReviewFactory, moderator

pytestmark = pytest.mark.django_db(transaction=True)


def test_eight_people_at_once_never_get_the_same_review():
    for _ in range(40):
        ReviewFactory(status="pending")
    people = [moderator() for _ in range(8)]
    segments = [Segment(Review.objects.filter(status="pending"), ("created_at", "id"))]

    def work(person) -> list[int]:
        try:
            found = []
            for _ in range(5):
                pk = reserve_next(segments=segments, person=person)
                found.append(pk)
                # Done with: the next must be another.
                Review.objects.get(pk=pk).skips.create(person=person, reason="later")
            return found
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        handed = [pk for pks in pool.map(work, people) for pk in pks]
    assert None not in handed
    assert len(set(handed)) == len(handed) == 40


def test_turns_go_round():
    people = [moderator() for _ in range(3)]
    turns = round_robin(count=7)
    assert [turns.count(person) for person in people] == [3, 2, 2]
