"""Reading: a product's page at the beginning and deep inside, filtered and not."""

import re
import statistics
import time
from html import unescape

from django.test import Client

from reviews.facets import compact
from reviews.models import Review


def milliseconds(client: Client, path: str, rounds: int = 15) -> float:
    took = []
    for _ in range(rounds):
        started = time.perf_counter()
        assert client.get(path).status_code == 200
        took.append(1000 * (time.perf_counter() - started))
    return statistics.median(took)


def deep(client: Client, path: str, pages: int) -> str:
    """Return the address of a page that many pages on."""
    for _ in range(pages):
        html = client.get(path).content.decode()
        path = unescape(re.search(r'rel="next" href="([^"]+)"', html)[1])
    return path


def run() -> None:
    from django.conf import settings
    from django.db import connection

    settings.STORAGES["staticfiles"] = {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
    }
    compact()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    client = Client(headers={"accept-language": "en", "host": "localhost"})
    path = "/products/bench/"
    first = milliseconds(client, path)
    far = milliseconds(client, deep(client, path, 200))
    print(f"  {Review.objects.count():,} reviews of one product")
    print(f"  first page {first:.0f} ms; 200 pages on {far:.0f} ms (ratio {far / first:.2f})")
    for query in ("rating=1", "rating=1&language=es", "sort=lowest", "q=excellent+service"):
        took = milliseconds(client, f"{path}?{query}")
        print(f"  {query}: {took:.0f} ms (ratio {took / first:.2f})")
