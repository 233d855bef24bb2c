"""Finding at the desk: every filter, views of one's own and the vendor's, similar answers."""

from datetime import timedelta

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from responses import key_terms, statistics, suggestions
from responses.filters import DeskFilter
from responses.models import Response, VendorDesk
from responses.tasks import send_due_reports
from reviews.models import Review, ReviewRevision, SavedView
from tests.factories import ProductFactory, ResponseFactory, ReviewFactory, vendor_staff
from tests.responses.desks import Desk
from tests.responses.responding import publish

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", DeskFilter.base_filters)
def test_whatever_is_filtered_by_no_foreign_review_is_found(client, name):
    desk = Desk(title="Ours")
    ReviewFactory(title="Theirs", language="es", overall_rating=5)
    ReviewFactory(title="Unpublished", product=desk.review.product, status="pending")
    client.force_login(desk.katie)
    for value in ("true", "false", "es", "5", "me", "nobody", "newest", "2020-01-01", "x", "none"):
        answer = client.get(reverse("desk"), {name: value})
        assert answer.status_code == 200
        html = answer.content.decode()
        assert "Theirs" not in html
        assert "Unpublished" not in html
    assert client.get(reverse("desk"), {"status": "pending"}).context["total"] == 0


def test_the_filters_find_what_they_say(client):
    desk = Desk(title="A", overall_rating=1, language="es")
    product = desk.review.product
    drafted = ReviewFactory(product=product, title="B", overall_rating=4)
    Response.objects.create(review=drafted, status="draft", body="x", origin="desk")
    waiting = ReviewFactory(product=product, title="C", overall_rating=4)
    Response.objects.create(review=waiting, status="in_approval", body="x", origin="desk")
    publish(ReviewFactory(product=product, title="D", reviewer_name="Ana P."))
    client.force_login(desk.katie)

    def found(query: str) -> str:
        page = client.get(f"/desk/?{query}").context["page"]
        return "".join(sorted(review.title for review in page.items))

    assert found("sort=newest") == "ABCD"
    assert found("drafts=true") == "B"
    assert found("approval=true") == "C"
    assert found("has_response=true") == "D"
    assert found("rating=1&has_response=false") == "A"
    assert found("owed=true") == "ABC"
    assert found("reviewer=ana") == "D"
    assert found("not_language=en") == "A"
    assert found("translation=none") == "A"
    assert found("assigned=nobody") == "ABCD"
    assert found("older_than=1") == "ABCD"
    assert found(f"product={product.slug}&language=es") == "A"


def test_queues_are_counted_for_ones_own_vendors_alone(client):
    desk = Desk(overall_rating=1)
    publish(ReviewFactory(product=desk.review.product))
    for _ in range(3):
        ReviewFactory(overall_rating=1)
    client.force_login(desk.katie)
    views = {view.label: view.count for view in client.get("/desk/").context["views"]}
    assert views["Low rating, no response"] == 1
    assert views["No response"] == 1
    assert views["All"] == 2


def test_a_saved_view_is_ones_own_or_the_vendors(client):
    desk, foreign = Desk(), Desk()
    colleague = vendor_staff(desk.vendor)
    client.force_login(desk.katie)
    path = reverse("desk-view-save")
    client.post(path, {"name": "Mine", "query": "rating=1&cursor=x"})
    client.post(path, {"name": "Ours", "query": "language=es", "shared": "on"})
    assert SavedView.objects.get(name="Mine").query == "rating=1"

    def names(person) -> set[str]:
        client.force_login(person)
        return {view.label for view in client.get("/desk/").context["views"] if view.saved}

    assert names(desk.katie) == {"Mine", "Ours"}
    assert names(colleague) == {"Ours"}
    assert names(foreign.katie) == set()
    shared = SavedView.objects.get(name="Ours")
    client.force_login(colleague)
    assert client.post(reverse("desk-view-delete", args=[shared.pk])).status_code == 404


def test_past_answers_to_similar_reviews_are_offered_with_the_review(client):
    desk = Desk(title="Sending stops", overall="The queue stops and no campaign leaves.")
    product = desk.review.product
    like = ReviewFactory(
        product=product, overall_rating=1, title="Queue", overall="Our campaign queue stops."
    )
    publish(like, "We rebuilt the queue.")
    other = ReviewFactory(product=product, overall_rating=1, overall="The invoice was wrong.")
    publish(other, "We sent another invoice.")
    five = ReviewFactory(product=product, overall_rating=5, overall="The queue of campaigns stops")
    publish(five, "Glad to hear.")
    foreign = ReviewFactory(overall_rating=1, overall="The queue stops and no campaign leaves.")
    publish(foreign, "A foreign answer.")
    client.force_login(desk.katie)
    html = client.get(desk.path("desk-suggestions")).content.decode()
    assert "We rebuilt the queue." in html
    assert reverse("desk-review", args=[like.pk]) in html
    for text in ("another invoice", "Glad to hear", "A foreign answer"):
        assert text not in html


def test_of_two_alike_answers_the_one_with_a_better_rating_comes_first():
    desk = Desk(overall="The queue stops and no campaign leaves.")
    product = desk.review.product
    for n, (now, was) in enumerate(((2, 2), (2, 1))):
        review = ReviewFactory(
            product=product, overall_rating=now, overall="The queue stops, no campaign leaves."
        )
        publish(review, f"Answer {n}")
        ReviewRevision.objects.create(review=review, number=1, former={"overall_rating": was})
    found = suggestions.similar(desk.review, vendors=[desk.vendor.pk])
    assert [(each.response.body, each.helped) for each in found] == [
        ("Answer 1", True),
        ("Answer 0", False),
    ]


def answered_after(review: Review, hours: float, **more) -> Response:
    response = ResponseFactory(review=review, **more)
    when = review.created_at + timedelta(hours=hours)
    Response.objects.filter(pk=response.pk).update(published_at=when)
    return response


def test_rates_and_times_are_shown_by_product_language_rating_and_agent(client):
    desk = Desk(overall_rating=1, language="es")
    product = desk.review.product
    second = ProductFactory(vendor=desk.vendor, name="Another")
    for hours in (2, 4, 9):
        review = ReviewFactory(product=product, overall_rating=5)
        answered_after(review, hours, author=desk.katie)
    ReviewFactory(product=second, overall_rating=5)
    ReviewFactory(overall_rating=5)
    today = timezone.now().date()
    found = statistics.of_vendor(desk.vendor.pk, today.replace(year=2000), today)
    assert (found.all.reviews, found.all.answered, found.all.hours) == (5, 3, 4)
    assert {r.choice: (r.reviews, r.answered) for r in found.by["product"]} == {
        product.name: (4, 3),
        "Another": (1, 0),
    }
    assert {r.choice: (r.reviews, r.answered) for r in found.by["rating"]} == {
        "5": (4, 3),
        "1": (1, 0),
    }
    assert {r.choice: r.reviews for r in found.by["language"]} == {"en": 4, "es": 1}
    (agent,) = found.by["agent"]
    assert (agent.choice, agent.answered, agent.hours) == (desk.katie.username, 3, 4)
    client.force_login(desk.katie)
    html = client.get("/desk/numbers/?months=all").content.decode()
    assert "3 of 5 reviews have a response (60.0%)" in html
    assert "Median response time: 4 h." in html
    table = client.get("/desk/numbers/?months=all&csv=product").content.decode().splitlines()
    assert table[1] == f"{product.name},4,3,4"


def test_what_changed_after_an_answer_and_by_how_much(client):
    desk = Desk()
    product = desk.review.product
    for now, was in ((4, 1), (2, 2), (1, 3)):
        review = ReviewFactory(product=product, overall_rating=now)
        answered_after(review, 1)
        revision = ReviewRevision.objects.create(
            review=review, number=1, former={"overall_rating": float(was)}
        )
        ReviewRevision.objects.filter(pk=revision.pk).update(
            replaced_at=timezone.now() + timedelta(hours=2)
        )
    answered_after(ReviewFactory(product=product, overall_rating=5), 1)
    today = timezone.now().date()
    changes = statistics.of_vendor(desk.vendor.pk, today.replace(year=2000), today).changes
    assert (changes.answered, changes.changed, changes.raised, changes.lowered) == (4, 3, 1, 1)
    assert (changes.before, round(changes.after, 2)) == (2.0, 2.33)


def test_words_tell_low_ratings_from_high_ones_by_month():
    desk = Desk(overall="The support never answers the phone")
    product = desk.review.product
    for n in range(8):
        ReviewFactory(
            product=product,
            overall_rating=1,
            overall=f"Support answering slowly {n}",
            reviewed_on=f"2024-0{1 + n % 2}-05",
            title="",
        )
        ReviewFactory(
            product=product,
            overall_rating=5,
            overall=f"Templates are great with reports {n}",
            reviewed_on=f"2024-0{1 + n % 2}-05",
            title="",
        )
    ReviewFactory(overall_rating=1, overall="A foreign word " * 5)
    today = timezone.now().date()
    found = key_terms.find_terms(desk.vendor.pk, "en", today.replace(year=2000), today)
    assert {"templates", "great", "reports"} == {term.word for term in found.praise}
    complaints = {term.word: term for term in found.complaints}
    assert {"support", "slowly"} <= set(complaints)
    assert set(complaints["support"].by_month.values()) <= {0.5, 1.0}
    assert "with" not in {term.word for term in found.praise}, "a stop word"


def test_the_weeks_numbers_go_to_the_managers_who_want_them_once_a_week():
    desk = Desk(wish={"weekly_mail": True, "time_zone": "Europe/Madrid"})
    Desk()  # who wants none
    week_ago = timezone.now() - timedelta(days=7)
    Review.objects.filter(pk=desk.review.pk).update(created_at=week_ago)
    VendorDesk.objects.update(weekly_sent_on=None)
    for _ in range(2):
        send_due_reports()
    sent = [each for each in mail.outbox if "Weekly report" in each.subject]
    assert [each.to for each in sent] == [[desk.manager.email]]
    assert "Reviews waiting for a response:" in sent[0].body
    assert desk.vendor.slug in sent[0].body
