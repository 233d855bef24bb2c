"""Who is looking at a review right now: stored in Valkey, forgotten seconds after they leave."""

import time
from functools import cache

import redis
from django.conf import settings
from django.contrib.auth.models import User

# An open page reports once a second; after this long without a report, its reader has left.
GONE_AFTER = 3  # seconds


@cache
def _client() -> redis.Redis:
    return redis.Redis.from_url(settings.REDIS_URL, decode_responses=True)


def see(*, place: str, review_id: int, person: User) -> list[str]:
    """Record that a person is looking at a review, and return the names of the others who are.

    `place` is "inbox" or "desk": people in one do not see those in the other.
    """
    key = f"presence:{place}:{review_id}"
    now = time.time()
    with _client().pipeline() as pipe:
        pipe.zadd(key, {person.get_username(): now})
        pipe.zremrangebyscore(key, 0, now - GONE_AFTER)
        pipe.zrange(key, 0, 20)
        pipe.expire(key, 10)
        names = pipe.execute()[2]
    return [name for name in names if name != person.get_username()]
