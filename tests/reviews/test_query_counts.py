"""How many queries the pages of the workspaces cost, kept in a file.

After a change that is meant, running this test with UPDATE_QUERY_COUNTS=1 in the environment
writes the file anew; the difference shows in the commit.
"""

import json
import os
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from reviews.models import (
    ModerationReason,
    Review,
    ReviewTranslation,
    SavedView,
    Signal,
    TranslationItem,
    TranslationJob,
)
from reviews.moderation.assignment import assign_many
from reviews.moderation.decisions import DecisionRequest, decide
from reviews.moderation.flags import flag
from reviews.moderation.notes import tag_many, write_note
from reviews.translation.storing import store_many
from reviews.translation.translator import Composed
from tests.factories import ProductFactory, ResponseFactory, ReviewFactory, lead, vendor_staff

pytestmark = pytest.mark.django_db

FILE = Path(__file__).resolve().parents[1] / "query_counts.json"
MOST = 12

PAGES = {
    "inbox, all": "/inbox/?sort=newest",
    "inbox, queue": "/inbox/?queue=true",
    "inbox, pending, filtered": "/inbox/?status=pending&tag=urgent&language=en",
    "inbox, words": "/inbox/?q=solid",
    "inbox, a review beside the list": "/inbox/{pk}/?sort=newest",
    "inbox, a review beside the queue": "/inbox/{pk}/?queue=true",
    "inbox, a review beside words": "/inbox/{pk}/?q=solid",
    "inbox, look-alikes": "/inbox/clusters/",
    "inbox, translation editor": "/inbox/{pk}/translation/edit/?into=es",
    "inbox, translation jobs": "/inbox/translations/",
    "inbox, translation job": "/inbox/translations/{job}/",
    "inbox, engines": "/inbox/engines/",
    "inbox, glossaries": "/inbox/glossaries/",
    "inbox, translated words": "/inbox/?translation=machine&translation=reported&q=solid",
    "desk, a review": "/desk/{own}/",
    "inbox, rules": "/inbox/rules/",
    "inbox, second look": "/inbox/blind-review/",
    "inbox, presence": "/inbox/{pk}/presence/?expected_version=0.0",
    "desk": "/desk/",
    "desk, overdue": "/desk/?overdue=true&assigned=me",
    "desk, presence": "/desk/{own}/presence/?expected_version=none",
    "desk, templates": "/desk/templates/",
    "desk, rules": "/desk/rules/",
    "desk, people": "/desk/members/",
    "desk, settings": "/desk/settings/",
    "desk, numbers": "/desk/numbers/?months=all",
    "desk, flags": "/desk/flags/",
    "product": "/products/{slug}/",
    "transparency": "/products/{slug}/transparency/",
}


def fill(product, person, count: int) -> int:
    """Reviews of all sorts, each with all that can hang on it."""
    reason = ModerationReason.objects.first()
    staff = vendor_staff(product.vendor)
    for n in range(count):
        status = ("pending", "published")[n % 2]
        review = ReviewFactory(
            product=product if n % 3 else ProductFactory(),
            status=status,
            overall_rating=1 + n % 5,
            industry=f"i{n}",
        )
        tag_many(ids=[review.pk], name="urgent" if n % 2 else f"t{n}", actor=person)
        Signal.objects.create(review=review, kind="promotion", score=1, evidence={"found": ["x"]})
        write_note(review=review, author=person, body="Look")
        assign_many(people={review.pk: person}, actor=person)
        if n % 4 == 0:
            flag(review=review, reason=reason, note="", actor=staff)
        # A translation with a sentence more each time, and a job.
        Review.objects.filter(pk=review.pk).update(overall=" ".join(["So it is."] * n))
        store_many(ReviewTranslation, [(review, Composed({"title": "x"}, {}))], "es")
        TranslationJob.objects.create(target_language="es", started_by=person, total=n)
        if n % 2:
            ResponseFactory(review=review)
        else:
            request = DecisionRequest("published", actor=person)
            decide(review=review, request=request)
    TranslationItem.objects.create(
        job=TranslationJob.objects.last(), review=review, outcome="failed", skip_reason="no_pair"
    )
    SavedView.objects.create(owner=person, name=f"v{count}", query="rating=1")
    return review.pk


def counted(client, pk: int, slug: str) -> dict[str, int]:
    found = {}
    job = TranslationJob.objects.first().pk
    own = Review.objects.published().filter(product__slug=slug).last().pk
    for name, path in PAGES.items():
        address = path.format(pk=pk, slug=slug, job=job, own=own)
        client.get(address)  # what is cached, is
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200, address
        found[name] = len(captured)
    return found


def test_the_pages_cost_the_queries_that_the_file_says_whatever_the_rows(client):
    product, person = ProductFactory(), lead()
    product.vendor.memberships.create(user=person, role="manager")
    client.force_login(person)
    pk = fill(product, person, 5)
    few = counted(client, pk, product.slug)
    pk = fill(product, person, 40)
    many = counted(client, pk, product.slug)
    if os.environ.get("UPDATE_QUERY_COUNTS"):
        FILE.write_text(json.dumps(many, indent=2) + "\n")
    assert many == json.loads(FILE.read_text())
    for name in PAGES:
        assert many[name] <= few[name] or many[name] <= MOST, name
    assert max(count for name, count in many.items() if name.startswith("inbox")) <= MOST
