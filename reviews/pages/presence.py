"""Who is looking at a review right now: kept in Valkey, gone seconds after they leave."""

import time
from functools import cache

import redis
from django.conf import settings
from django.contrib.auth.models import User

# The page says once a second that it is there; after this long without, nobody is.
GONE_AFTER = 3  # seconds


@cache
def _client() -> redis.Redis:
    return redis.Redis.from_url(settings.REDIS_URL, decode_responses=True)


def look(*, place: str, review_id: int, person: User) -> list[str]:
    """Note that a person looks at a review, and return who else does, by name.

    `place` is where: who is in the inbox and who is at the desk do not see each other.
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
