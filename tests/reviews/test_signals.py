"""Signals: each with its evidence, none deciding anything."""

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from reviews.models import (
    Cluster,
    ClusterMember,
    Import,
    Review,
    Reviewer,
    ReviewTranslation,
    Signal,
)
from reviews.moderation import screening, signals
from reviews.moderation.signals import minhash
from tests import processes
from tests.factories import ProductFactory, ReviewFactory, moderator
from tests.reviews.dumps import csv_of, write
from tests.reviews.importing_helpers import import_reviews

pytestmark = pytest.mark.django_db

TEXT = (
    "We moved all of our newsletters here two years ago and have never looked back. The editor "
    "is quick, the reports tell what people read, and support answers within the hour."
)


def look(*reviews: Review) -> None:
    signals.compute([review.pk for review in reviews])


def kinds(review: Review) -> set[str]:
    return set(review.signals.values_list("kind", flat=True))


def evidence(review: Review, kind: str) -> dict:
    return review.signals.get(kind=kind).evidence


def test_texts_that_are_nearly_the_same_form_a_cluster_across_products():
    first = ReviewFactory(overall=TEXT)
    edited = ReviewFactory(overall=TEXT.replace("two years", "2 years").replace("quick", "fast"))
    shouted = ReviewFactory(overall=TEXT.upper() + "!!!")
    other = ReviewFactory(overall="Invoices come late and the phone app forgets who I am, daily.")
    look(first, edited, shouted, other)
    cluster = Cluster.objects.get()
    assert cluster.size == 3
    members = set(cluster.members.values_list("review_id", flat=True))
    assert members == {first.pk, edited.pk, shouted.pk}
    assert evidence(edited, "near_duplicate")["similarity"] > 0.6
    assert kinds(other) == set()
    # A text that changes leaves its cluster.
    Review.objects.filter(pk=shouted.pk).update(overall="Something else entirely, short.")
    look(shouted)
    cluster.refresh_from_db()
    assert cluster.size == 2
    Review.objects.filter(pk=edited.pk).update(overall="Nothing of the kind any more, really.")
    look(edited)
    assert not Cluster.objects.exists()
    assert kinds(first) == set()


def test_a_copy_in_another_language_is_found_by_their_translations():
    first = ReviewFactory(overall=TEXT, language="en", title="")
    copy = ReviewFactory(overall="Hemos movido todos los boletines", language="es", title="")
    ReviewTranslation.objects.create(
        review=copy,
        target_language="en",
        status="done",
        requested_at=timezone.now(),
        texts={"overall": TEXT.replace("quick", "fast")},
    )
    look(first, copy)
    assert Cluster.objects.get().size == 2


def test_short_praise_that_everybody_writes_is_no_lookalike():
    reviews = [ReviewFactory(title="", overall="Very good app, I like it") for _ in range(3)]
    look(*reviews)
    assert not Cluster.objects.exists()


def test_a_burst_stands_out_against_what_is_usual():
    product = ProductFactory()
    day = datetime.date(2026, 5, 1)
    for n in range(40):
        ReviewFactory(
            product=product, title=f"t{n}", reviewed_on=day - datetime.timedelta(2 * n + 1)
        )
    burst = [ReviewFactory(product=product, title=f"b{n}", reviewed_on=day) for n in range(12)]
    look(*Review.objects.all())
    assert all(kinds(review) == {"burst"} for review in burst)
    assert evidence(burst[0], "burst")["count"] == 12
    assert Signal.objects.count() == 12


def test_the_first_days_of_a_product_are_no_burst():
    product = ProductFactory()
    day = datetime.date(2026, 5, 1)
    reviews = [ReviewFactory(product=product, title=f"b{n}", reviewed_on=day) for n in range(12)]
    look(*reviews)
    assert not Signal.objects.exists()


def test_one_reviewer_over_many_products_in_a_week():
    day = datetime.date(2026, 5, 1)
    review = ReviewFactory()
    reviewer = Reviewer.objects.create(source=review.source, external_id="busy")
    for n in range(5):
        last = ReviewFactory(reviewer=reviewer, reviewed_on=day + datetime.timedelta(n))
    look(last)
    assert kinds(last) == {"many_products"}
    assert evidence(last, "many_products")["products"] == 5


def test_several_reviewers_who_rate_the_same_products():
    day = datetime.date(2026, 5, 1)
    products = [ProductFactory() for _ in range(3)]
    source = ReviewFactory().source
    people = [Reviewer.objects.create(source=source, external_id=f"p{n}") for n in range(3)]
    reviews = [
        ReviewFactory(product=product, reviewer=person, reviewed_on=day)
        for person in people
        for product in products
    ]
    look(*reviews)
    assert kinds(reviews[0]) == {"many_products"}
    assert evidence(reviews[0], "many_products") == {"reviewers": 3, "products": 3}


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ({"overall": "The worst scam I know", "overall_rating": 5}, "contradiction"),
        ({"overall": "Excelente, maravilloso", "language": "es", "overall_rating": 1},
         "contradiction"),
        ({"overall_rating": 5, "ease_of_use_rating": 1, "functionality_rating": 2},
         "contradiction"),
        ({"overall": "Not the worst, not terrible", "overall_rating": 5}, None),
        ({"overall": "Never a scam", "overall_rating": 5}, None),
        ({"overall": "The worst scam I know", "overall_rating": 1}, None),
        ({"title": "", "overall": "👍👍👍"}, "unusable"),
        ({"title": "", "overall": "good good good good good good good good"}, "unusable"),
        ({"title": "", "overall": "asdfgh qwerty zxcvbn"}, "unusable"),
        ({"title": "", "overall": ""}, None),
        ({"title": "", "overall": "很好用，推荐给大家"}, None),
        ({"overall": "Buy cheaper at https://deals.example/x today"}, "promotion"),
        ({"overall": "Write me: seller@mail.example"}, "promotion"),
        ({"overall": "Use promo code SAVE20NOW"}, "promotion"),
        ({"overall": "WhatsApp +34 600 111 222"}, "promotion"),
        ({"overall": "It costs 20.50 a month, v2.1 is fine"}, None),
    ],
)  # fmt: skip
def test_what_a_text_says_against_itself(fields, kind):
    review = ReviewFactory(**fields)
    look(review)
    assert kinds(review) == ({kind} if kind else set())


def test_signals_decide_nothing_and_are_shown_with_their_evidence(client):
    review = ReviewFactory(status="pending", overall="See https://deals.example/x")
    look(review)
    review.refresh_from_db()
    assert review.status == "pending"
    client.force_login(moderator())
    html = client.get(f"{reverse('inbox-review', args=[review.pk])}?queue=true").content.decode()
    assert "https://deals.example/x" in html


def test_an_import_is_screened_once_it_has_ended(tmp_path):
    text = "id,rating,text\n" + "".join(f'{n},5,"{TEXT} {n}"\n' for n in range(3))
    import_reviews(write(tmp_path / "t.csv", text), product="nimbo")
    assert screening.unscreened() == [Import.objects.get().pk]
    for _ in range(2):  # safe to run twice
        screening.screen_import(Import.objects.get().pk)
    assert screening.unscreened() == []
    assert Cluster.objects.get().size == 3
    screening.screen_nightly()
    assert Cluster.objects.get().size == 3


@pytest.mark.django_db(transaction=True)
def test_what_a_command_imported_is_screened_by_the_worker(tmp_path, worker):
    import_reviews(write(tmp_path / "t.csv", csv_of(30)), product="nimbo-desk")
    from reviews.tasks import screen_new

    screen_new()
    processes.wait_for(lambda: not screening.unscreened())


def test_a_sketch_is_the_same_each_time_and_alike_texts_share_bands():
    bands = minhash.bands(TEXT)
    assert bands == minhash.bands(f"  {TEXT.upper()} ")
    assert len(bands) == minhash.BANDS
    edited = minhash.bands(TEXT.replace("newsletters", "mailings"))
    assert len(set(enumerate(bands)) & set(enumerate(edited))) >= 3
    assert minhash.bands("short") == []


def test_a_cluster_is_decided_together(client):
    reviews = [ReviewFactory(overall=TEXT + f" {n}", status="pending") for n in range(3)]
    look(*reviews)
    cluster = Cluster.objects.get()
    client.force_login(moderator())
    assert f"/inbox/clusters/{cluster.pk}/" in client.get("/inbox/clusters/").content.decode()
    html = client.get(reverse("inbox-cluster", args=[cluster.pk])).content.decode()
    assert html.count('class="card"') == 3
    result = {
        "query": f"cluster={cluster.pk}",
        "action": "decide",
        "to_status": "rejected",
        "reason": "duplicate",
    }
    assert client.post(reverse("inbox-bulk-start"), result).status_code == 302
    from reviews.models import BulkJob
    from reviews.moderation import bulk

    bulk.run(BulkJob.objects.get().pk)
    assert Review.objects.filter(status="rejected").count() == 3
    assert ClusterMember.objects.count() == 3
