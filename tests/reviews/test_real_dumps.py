"""The real dumps, where they lie beside the project: their facts, twice, and the way back."""

import csv
import json
from collections import Counter
from io import StringIO
from unittest.mock import patch

import pytest
from django.core.management import call_command
from django.db.models import Count, Max, Min

from responses.models import Response
from reviews.models import Review
from tests.benchmarks.texts import MAPPINGS
from tests.reviews.importing_helpers import counts, import_reviews

pytestmark = pytest.mark.django_db

FACTS = {
    # file: mapping, read, distinct, replies, ratings from 1 to 5
    "getapp_es_salesforce_marketing_cloud.txt": ("", 25, 25, 1, {}),
    "trustpilot_majority.json": ("", 3000, 2994, 2571, (118, 39, 74, 177, 2586)),
    "trustpilot_moneylion.json": ("", 1000, 1000, 992, (188, 33, 28, 47, 704)),
    "capterra_chat.json": ("", 1200, 1200, 0, (4, 14, 67, 331, 784)),
    "google_play_tiktok.csv": ("", 600, 600, 506, (127, 33, 33, 47, 360)),
    "google_play_family_link_other_columns.csv": (
        "google_play_snake_case.toml", 2200, 2200, 1224, (1075, 417, 317, 191, 200),
    ),
    "shopify_app_store.csv": ("shopify_app_store.toml", 156, 154, 0, None),
}  # fmt: skip


@pytest.mark.parametrize("name", FACTS)
def test_its_facts_are_found_and_the_second_run_changes_nothing(shared_data, name):
    mapping, read, distinct, replies, ratings = FACTS[name]
    options = {"mapping": MAPPINGS / mapping} if mapping else {}
    report = import_reviews(shared_data / name, **options)
    assert report["exit"] == 0
    assert report["read"] == read
    assert counts(report) == (distinct, 0, 0, read - distinct, 0)
    assert report["responses"] == Response.objects.count() == replies
    assert Review.objects.filter(has_response=True).count() == replies
    if ratings is not None:
        found = Counter(Review.objects.exclude(stars=None).values_list("stars", flat=True))
        assert found == Counter(dict(enumerate(ratings, 1)) if ratings else {})
    again = import_reviews(shared_data / name, **options)
    assert counts(again) == (0, 0, distinct, read - distinct, 0)
    assert again["languages"] == report["languages"]


def test_the_spanish_page(shared_data):
    report = import_reviews(shared_data / "getapp_es_salesforce_marketing_cloud.txt")
    assert report["claimed_total"] == 368
    assert report["languages"] == {"en": 15, "es": 10}
    reviews = Review.objects.order_by("pk")
    languages = list(reviews.values_list("language", flat=True))
    assert languages == ["es"] * 10 + ["en"] * 15
    span = reviews.aggregate(
        Min("reviewed_on"),
        Max("reviewed_on"),
        Count("recommendation"),
        Min("recommendation"),
        Max("recommendation"),
    )
    assert [str(value) for value in span.values()] == [
        "2015-02-19",
        "2023-05-21",
        "24",
        "0.0",
        "10.0",
    ]
    worst = reviews.get(industry="")
    assert worst.title == "The worst...."
    assert (worst.usage_duration, worst.recommendation) == ("", None)
    assert worst.company_size == "11_50"
    assert "\n-Lag time: It can take" in worst.overall
    assert worst.published_response.body.endswith("Thanks,\nKatie")
    assert reviews.get(company_size="").title == "Fantastic Platform For Marketing"
    assert [r.alternatives for r in reviews if r.alternatives] == [
        ["HubSpot CRM"],
        ["SendGrid"],
        ["Outreach"],
    ]
    assert [r.previous_software for r in reviews if r.previous_software] == [
        ["SendGrid"],
        ["Groove"],
    ]
    assert reviews.exclude(reasons_for_choosing="").count() == 3
    assert reviews.exclude(reasons_for_switching="").count() == 3
    assert not reviews.exclude(alternatives=[]).filter(overall__contains="Razones").exists()
    assert all(
        key in dict(Review.industry.field.choices or {}) or " " not in key
        for key in reviews.values_list("industry", flat=True)
    )


def exported(product: str) -> dict[str, dict]:
    out = StringIO()
    with patch("sys.stdout", out):
        call_command("export_reviews", format="jsonl", product=product)
    return {line["external_id"]: line for line in map(json.loads, out.getvalue().splitlines())}


def test_an_export_gives_back_what_trustpilot_has(shared_data):
    path = shared_data / "trustpilot_majority.json"
    import_reviews(path, product="m")
    lines = exported("m")
    result = {review["id"]: review for review in json.loads(path.read_text())}
    assert lines.keys() == result.keys()
    for key, review in result.items():
        line = lines[key]
        assert line["title"] == review["title"]
        assert line["overall"] == review["text"]
        assert line["ratings"]["overall"] == review["rating"]
        assert line["reviewed_on"] == review["dates"]["publishedDate"][:10]
        assert line["reviewer"]["name"] == review["consumer"]["displayName"]
        assert line["reviewer"]["country"] == review["consumer"]["countryCode"]
        reply = review["reply"]
        if reply is None:
            assert line["response"] is None
        else:
            assert line["response"]["body"] == reply["message"]
            assert line["response"]["published_at"][:19] == reply["publishedDate"][:19]
            assert bool(line["response"]["updated_at"]) == bool(reply["updatedDate"])


def test_an_export_gives_back_what_google_play_has(shared_data):
    path = shared_data / "google_play_tiktok.csv"
    import_reviews(path, product="t")
    lines = exported("t")
    with open(path, encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(lines) == len(rows)
    for row in rows:
        line = lines[row["reviewId"]]
        assert line["overall"] == row["content"]
        assert line["ratings"]["overall"] == float(row["score"])
        assert line["reviewer"]["name"] == row["userName"]
        assert line["reviewed_on"] == row["at"][:10]
        assert (line["response"] or {"body": ""})["body"] == row["replyContent"]
