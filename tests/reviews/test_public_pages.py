"""The visitor's page: what it shows, counts and links to."""

import base64
import datetime
import itertools
import json
import re

import pytest

from reviews.models import FacetCount, Review
from tests.factories import ProductFactory, ResponseFactory, ReviewFactory, SourceFactory

pytestmark = pytest.mark.django_db


def body(client, path: str, **headers) -> str:
    answer = client.get(path, **headers)
    assert answer.status_code == 200, answer
    return answer.content.decode()


def titles(html: str) -> list[str]:
    return re.findall(r'<h2 class="title"[^>]*>([^<]*)</h2>', html)


def test_only_published_reviews_are_shown(client):
    product = ProductFactory()
    for status in ("published", "pending", "rejected", "removed"):
        ReviewFactory(product=product, status=status, title=status)
    assert titles(body(client, product.get_absolute_url())) == ["published"]


def test_reviews_in_the_readers_language_come_first_and_newest_first(client):
    product = ProductFactory()
    for title, language, day in (
        ("old English", "en", 1),
        ("new Spanish", "es", 9),
        ("new English", "en", 8),
        ("old Spanish", "es", 2),
    ):
        ReviewFactory(
            product=product,
            title=title,
            language=language,
            reviewed_on=datetime.date(2024, 1, day),
        )
    url = product.get_absolute_url()
    spanish = titles(body(client, url, HTTP_ACCEPT_LANGUAGE="es"))
    assert spanish == ["new Spanish", "old Spanish", "new English", "old English"]
    english = titles(body(client, url, HTTP_ACCEPT_LANGUAGE="en"))
    assert english == ["new English", "old English", "new Spanish", "old Spanish"]


def test_pages_go_through_every_review_once_and_back(client):
    product = ProductFactory()
    for n in range(60):
        ReviewFactory(
            product=product,
            title=f"t{n}",
            language="en" if n % 2 else "es",
            overall_rating=n % 5 + 1 if n % 7 else None,
            reviewed_on=datetime.date(2024, 1, n % 28 + 1) if n % 3 else None,
        )
    for sort in ("newest", "oldest", "highest", "lowest"):
        url = f"{product.get_absolute_url()}?sort={sort}"
        pages = []
        while url:
            html = body(client, url)
            pages.append(titles(html))
            found = re.search(r'rel="next" href="([^"]+)"', html)
            url = found[1].replace("&amp;", "&") if found else None
            back = re.search(r'rel="prev" href="([^"]+)"', html)
        assert sorted(itertools.chain(*pages)) == sorted(f"t{n}" for n in range(60))
        assert [len(page) for page in pages] == [25, 25, 10]
        assert titles(body(client, back[1].replace("&amp;", "&"))) == pages[1]


def test_a_false_cursor_leads_to_the_first_page(client):
    product = ProductFactory()
    ReviewFactory(product=product)
    made = [
        [],
        {"a": 1},
        [0, None],
        [0, 0, "a"],
        [0, 9, "2024-01-01", 1],
        [0, 0, "never", 1],
        [0, 0, 7, 1],
        [0, 0, "2024-01-01", "x"],
        [0, 0, "2024-01-01", 10**30],
    ]
    packed = [base64.urlsafe_b64encode(json.dumps(cursor).encode()).decode() for cursor in made]
    for cursor in ("x", "é", *packed):
        answer = client.get(product.get_absolute_url(), {"cursor": cursor}, follow=True)
        assert answer.status_code == 200, cursor


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("company_size=11_50", {"a"}),
        ("company_size=11_50&company_size=2_10", {"a", "b"}),
        ("duration=over_1_year", {"b"}),
        ("rating=4", {"a"}),
        ("rating=1&rating=4", {"a", "b"}),
        ("industry=banking", {"a"}),
        ("frequency=daily", {"b"}),
        ("language=es", {"b"}),
        ("source=trustpilot", {"b"}),
        ("has_response=true", {"a"}),
        ("has_response=false", {"b", "c"}),
        ("reviewed_after=2024-02-01", {"b"}),
        ("reviewed_before=2024-01-31", {"a"}),
        ("q=envios", {"b"}),
        ("q=%22large+sends%22", {"a"}),
        ("q=sends+-large", {"c"}),
        ("rating=nonsense", {"a", "b", "c"}),
        ("reviewed_after=never", {"a", "b", "c"}),
    ],
)
def test_each_filter_finds_its_reviews_and_the_counts_agree(client, query, expected):
    product = ProductFactory()
    a = ReviewFactory(
        product=product,
        title="a",
        company_size="11_50",
        overall_rating=4.5,
        industry="banking",
        overall="Large sends stop.",
        reviewed_on=datetime.date(2024, 1, 5),
    )
    ResponseFactory(review=a)
    ReviewFactory(
        product=product,
        title="b",
        company_size="2_10",
        usage_duration="over_1_year",
        overall_rating=1,
        usage_frequency="daily",
        language="es",
        overall="Los envíos fallan.",
        source=SourceFactory(key="trustpilot", name="Trustpilot"),
        reviewed_on=datetime.date(2024, 2, 5),
    )
    ReviewFactory(product=product, title="c", overall="sends are fine", reviewed_on=None)
    html = body(client, f"{product.get_absolute_url()}?{query}", HTTP_ACCEPT_LANGUAGE="en")
    assert set(titles(html)) == expected
    count = re.search(r'class="result"[^>]*>\s*(\d+) review', html)
    assert int(count[1]) == len(expected)


def test_counts_beside_choices_respect_the_other_filters(client):
    product = ProductFactory()
    ReviewFactory(product=product, company_size="11_50", language="es")
    ReviewFactory(product=product, company_size="11_50", language="en")
    ReviewFactory(product=product, company_size="2_10", language="en")
    html = body(client, f"{product.get_absolute_url()}?company_size=11_50")
    choices = dict(
        re.findall(r'\?([^"]*)" rel="nofollow"[^>]*>.*?class="count">(\d+)<', html, re.DOTALL)
    )
    assert choices["company_size=11_50&amp;company_size=2_10"] == "1"
    assert choices["company_size=11_50&amp;language=en"] == "1"


def test_averages_distribution_and_net_promoter_score(client):
    product = ProductFactory()
    for overall, recommendation in ((5, 10), (4.5, 9), (3, 7), (1, 0), (None, None)):
        ReviewFactory(
            product=product,
            overall_rating=overall,
            recommendation=recommendation,
            value_for_money_rating=overall,
        )
    html = body(client, product.get_absolute_url(), HTTP_ACCEPT_LANGUAGE="en")
    assert '<p class="average">3.4</p>' in html
    assert "25 <span" in html  # 2 promoters, 1 detractor of 4: 50 % − 25 %
    assert "(n = 4)" in html
    data = json.loads(re.search(r"ld\+json\">(.*?)</script>", html)[1])
    assert data["aggregateRating"]["ratingValue"] == 3.38
    assert data["aggregateRating"]["ratingCount"] == 4
    assert data["aggregateRating"]["reviewCount"] == 5
    assert len(data["review"]) == 5


def test_a_hostile_review_stays_text(client):
    product = ProductFactory(name="</script><script>alert(1)</script>")
    ReviewFactory(product=product, title="<img src=x onerror=alert(1)>", overall="<b>x</b>\n\ny")
    html = body(client, product.get_absolute_url())
    assert "<script>alert" not in html
    assert "<img src=x" not in html
    assert "&lt;b&gt;x&lt;/b&gt;" in html
    assert "unsafe-inline" not in client.get("/")["Content-Security-Policy"]


def test_each_language_has_an_address_and_the_switch_is_kept(client):
    product = ProductFactory()
    ReviewFactory(product=product)
    url = product.get_absolute_url()
    html = body(client, f"{url}?hl=es", HTTP_ACCEPT_LANGUAGE="en")
    assert '<html lang="es">' in html
    assert f'<link rel="canonical" href="http://testserver{url}?hl=es">' in html
    assert f'hreflang="en" href="http://testserver{url}?hl=en"' in html
    assert '<html lang="es">' in body(client, "/", HTTP_ACCEPT_LANGUAGE="en")


def test_a_card_shows_what_is_known_and_nothing_else(client):
    product = ProductFactory()
    ReviewFactory(product=product, title="Bare")
    html = body(client, product.get_absolute_url(), HTTP_ACCEPT_LANGUAGE="en")
    card = re.search(r"<article.*?</article>", html, re.DOTALL)[0]
    for absent in ("Pros", "Cons", "Alternatives", "Reasons", "Recommendation", "stars", "None"):
        assert absent not in card
    review = Review.objects.get()
    for field in ("pros", "cons", "overall", "reasons_for_choosing", "reasons_for_switching"):
        setattr(review, field, f"text in {field}")
    review.alternatives, review.previous_software = ["Mandil"], ["Carta"]
    review.industry, review.company_size = "banking", "11_50"
    review.usage_frequency, review.usage_duration = "weekly", "6_12_months"
    review.recommendation, review.invited, review.rewarded = 7, True, False
    review.rated_criteria, review.ease_of_use_rating = ["overall", "functionality"], 4
    review.save()
    html = body(client, product.get_absolute_url(), HTTP_ACCEPT_LANGUAGE="en")
    for outcome in (
        "text in pros",
        "text in cons",
        "text in overall",
        "text in reasons_for_choosing",
        "text in reasons_for_switching",
        "Mandil",
        "Carta",
        "Banking",
        "11–50 employees",
        "Weekly, 6–12 months",
        "7/10",
        "invited",
        "not incentivized",
        "verification not stated",
        "Functionality",
        "March 1, 2024",
        "Source: GetApp",
    ):
        assert outcome in html, outcome


def test_more_reviews_cost_no_more_queries(client, django_assert_max_num_queries):
    product = ProductFactory()
    for n in range(30):
        review = ReviewFactory(product=product, industry=f"i{n}")
        if n % 2:
            ResponseFactory(review=review)
    with django_assert_max_num_queries(9):
        body(client, product.get_absolute_url())


def test_ids_beyond_a_thousand_stay_whole_and_counts_are_grouped(client):
    product = ProductFactory()
    ReviewFactory(pk=123_456, product=product)
    FacetCount.objects.update(n=1_234)
    html = body(client, product.get_absolute_url(), HTTP_ACCEPT_LANGUAGE="es")
    assert 'id="card-123456"' in html
    assert "1\xa0234 opiniones" in html
