"""The API: keys, scopes, shape, and that page, export and API agree."""

import csv
import json
from io import StringIO

import pytest
from django.core.management import call_command
from jsonschema import Draft202012Validator

from reviews.models import ApiKey, Review
from tests.factories import ResponseFactory, ReviewFactory, VendorFactory
from tests.reviews.dumps import GETAPP, csv_of, trustpilot_review, write
from tests.reviews.importing_helpers import counts, import_reviews

pytestmark = pytest.mark.django_db


def make_key(*scopes: str, vendor=None) -> dict[str, str]:
    out = StringIO()
    arguments = ["--vendor", vendor.slug] if vendor else []
    call_command("create_api_key", "--partner", "Acme", "--scope", *scopes, *arguments, stdout=out)
    return {"HTTP_AUTHORIZATION": f"Bearer {out.getvalue().strip()}"}


def test_no_key_a_bad_key_a_missing_scope(client):
    assert client.get("/api/v1/reviews/").status_code == 401
    bad = {"HTTP_AUTHORIZATION": "Bearer opina_nothing"}
    assert client.get("/api/v1/reviews/", **bad).status_code == 401
    for garbage in ("Bearer", "Bearer a b", "Basic x", "Bearer \xff"):
        assert client.get("/api/v1/reviews/", HTTP_AUTHORIZATION=garbage).status_code in (401,)
    other = make_key("translations")
    assert client.get("/api/v1/reviews/", **other).status_code == 403
    key = make_key("reviews:read")
    assert client.get("/api/v1/reviews/", **key).status_code == 200
    ApiKey.objects.update(revoked_at="2024-01-01T00:00Z")
    assert client.get("/api/v1/reviews/", **key).status_code == 401


def test_a_vendors_key_sees_its_vendor_alone(client):
    own, other = ReviewFactory(), ReviewFactory()
    ResponseFactory(review=other)
    key = make_key("reviews:read", "responses:write", vendor=own.product.vendor)
    results = client.get("/api/v1/reviews/", **key).json()["results"]
    assert [review["id"] for review in results] == [own.pk]
    products = client.get("/api/v1/products/", **key).json()["results"]
    assert [product["slug"] for product in products] == [own.product.slug]
    assert client.get(f"/api/v1/reviews/{own.pk}/", **key).status_code == 200
    path = f"/api/v1/reviews/{other.pk}/"
    assert client.get(path, **key).status_code == 404
    body = {"author_name": "K", "body": "Hello", "language": "en"}
    put = client.put(f"{path}response/", body, content_type="application/json", **key)
    assert put.status_code == 404
    assert client.delete(f"{path}response/", **key).status_code == 404
    assert other.published_response.body == "Thank you for telling us."


def test_the_response_is_put_edited_and_deleted(client):
    review = ReviewFactory()
    path = f"/api/v1/reviews/{review.pk}/response/"
    read = make_key("reviews:read")
    write_key = make_key("responses:write")
    body = {"author_name": "Katie", "body": "Thanks a lot", "language": "en"}
    assert client.put(path, body, content_type="application/json", **read).status_code == 403
    made = client.put(path, body, content_type="application/json", **write_key)
    assert made.status_code == 201
    assert made.json()["status"] == "published"
    edited = client.put(
        path, {**body, "body": "Thanks"}, content_type="application/json", **write_key
    )
    assert (edited.status_code, edited.json()["body"]) == (200, "Thanks")
    shown = client.get(f"/api/v1/reviews/{review.pk}/", **read).json()["response"]
    assert shown["body"] == "Thanks"
    assert client.delete(path, **write_key).status_code == 204
    assert client.delete(path, **write_key).status_code == 404
    assert client.get(f"/api/v1/reviews/{review.pk}/", **read).json()["response"] is None


@pytest.mark.parametrize(
    "body",
    [{}, {"author_name": "K", "body": " "}, {"author_name": "K", "body": "x", "language": "!"},
     {"author_name": "K" * 201, "body": "x"}, "[", {"author_name": "K", "body": "a\0b"}],
)  # fmt: skip
def test_a_bad_response_is_refused_with_what_is_wrong(client, body):
    path = f"/api/v1/reviews/{ReviewFactory().pk}/response/"
    data = body if isinstance(body, str) else json.dumps(body)
    key = make_key("responses:write")
    answer = client.put(path, data, content_type="application/json", **key)
    assert answer.status_code == 400
    assert answer.json()


def test_filters_and_pages(client):
    for n in range(30):
        ReviewFactory(overall_rating=n % 5 + 1, company_size="11_50" if n % 2 else "")
    key = make_key("reviews:read")
    seen, url = [], "/api/v1/reviews/"
    while url:
        page = client.get(url, **key).json()
        seen += [review["id"] for review in page["results"]]
        url = page["next"]
    assert len(seen) == len(set(seen)) == 30
    page = client.get("/api/v1/reviews/?rating=5&rating=4&company_size=11_50", **key).json()
    ratings = {review["ratings"]["overall"] for review in page["results"]}
    assert ratings == {4.0, 5.0}
    assert client.get("/api/v1/reviews/?rating=6", **key).status_code == 400
    assert client.get("/api/v1/reviews/?cursor=nonsense", **key).status_code == 404


def export(fmt: str, **options) -> str:
    out = StringIO()
    from unittest.mock import patch

    with patch("sys.stdout", out):
        call_command("export_reviews", format=fmt, **options)
    return out.getvalue()


@pytest.fixture
def imported(tmp_path):
    import_reviews(write(tmp_path / "page.txt", GETAPP), status="published")
    import_reviews(
        write(tmp_path / "tp.json", [trustpilot_review(n) for n in range(4)]), status="published"
    )
    import_reviews(write(tmp_path / "t.csv", csv_of(10)), product="p", status="published")


def test_page_export_and_api_agree_on_every_review(client, imported):
    key = make_key("reviews:read")
    lines = [json.loads(line) for line in export("jsonl").splitlines()]
    assert len(lines) == Review.objects.count() == 16
    for line in lines:
        assert client.get(f"/api/v1/reviews/{line['id']}/", **key).json() == line
        page = client.get(f"/products/{line['product']}/").content.decode()
        card = page.split(f'id="card-{line["id"]}"')[1].split("</article>")[0]
        for field in ("title", "overall", "pros", "cons", "reasons_for_choosing"):
            for part in line[field].splitlines():
                assert part.strip() in card
        if line["response"]:
            assert line["response"]["body"].splitlines()[0] in card


def test_an_export_has_every_field_and_gives_back_what_was_imported(imported, tmp_path):
    line = next(r for r in map(json.loads, export("jsonl").splitlines()) if r["source"] == "getapp")
    assert line["title"] == "Buena herramienta para equipos pequeños"
    assert line["reviewer"] == {
        "name": "",
        "industry": "marketing_advertising",
        "company_size": "2_10",
        "country": None,
    }
    assert line["usage"] == {"frequency": "daily", "duration": "over_1_year"}
    assert line["ratings"] == dict.fromkeys(line["ratings"])
    assert line["rated_criteria"] == ["overall", "value_for_money", "ease_of_use"]
    assert line["recommendation"] == 8.0
    assert line["alternatives"] == ["Mandil", "Correo Veloz"]


@pytest.mark.parametrize("fmt", ["jsonl", "csv"])
def test_an_export_imported_elsewhere_exports_the_same(imported, tmp_path, fmt):
    """The way back: what comes out goes in again, field by field."""
    before = [json.loads(line) for line in export("jsonl", product="nimbo-campaign").splitlines()]
    dump = tmp_path / f"export.{fmt}"
    call_command("export_reviews", format=fmt, product="nimbo-campaign", output=dump)
    report = import_reviews(dump, product="copy", status="published")
    assert counts(report) == (len(before), 0, 0, 0, 0)
    after = [json.loads(line) for line in export("jsonl", product="copy").splitlines()]
    for old, new in zip(before, after, strict=True):
        for own in ("id", "product", "source"):
            old.pop(own), new.pop(own)
        for answer in (old["response"], new["response"]):
            if answer:
                answer.pop("id")
        assert new == old


def test_a_csv_export_holds_no_formulas(tmp_path):
    ReviewFactory(title="=1+1", overall="@SUM(A1)", pros="'quoted", cons="-a list")
    row = next(csv.DictReader(StringIO(export("csv"))))
    assert row["title"] == "'=1+1"
    assert row["overall"] == "'@SUM(A1)"
    assert row["pros"] == "'quoted"
    assert row["cons"] == "'-a list"


def test_the_schema_describes_what_comes(client, imported):
    schema = client.get("/api/v1/schema/?format=json").json()
    key = make_key("reviews:read")
    review = client.get("/api/v1/reviews/", **key).json()["results"][0]
    described = schema["components"]["schemas"]["Review"]
    assert set(described["properties"]) == set(review)
    Draft202012Validator.check_schema(described)
    assert set(schema["paths"]) == {
        "/api/v1/products/",
        "/api/v1/reviews/",
        "/api/v1/reviews/{id}/",
        "/api/v1/reviews/{id}/flags/",
        "/api/v1/reviews/{id}/response/",
        "/api/v1/reviews/{id}/translations/",
        "/api/v1/reviews/{id}/translations/{language}/",
    }
    names = {p["name"] for p in schema["paths"]["/api/v1/reviews/"]["get"]["parameters"]}
    assert {"product", "rating", "has_response", "reviewed_after", "q", "sort"} <= names


def test_the_reference_page_fetches_nothing_from_elsewhere(client):
    html = client.get("/api/v1/").content.decode()
    assert "PUT /api/v1/reviews/{id}/response/" in html
    assert "//cdn" not in html


def test_the_reference_page_lists_the_responses_of_each_operation(client):
    html = client.get("/api/v1/").content.decode()
    section = html.partition('id="write_response"')[2].partition("</section>")[0]
    assert "Response 200" in section
    assert "Response 201" in section
    assert "published_at" in section


def test_a_key_for_an_unknown_vendor_is_not_made():
    from django.core.management import CommandError

    with pytest.raises(CommandError):
        call_command("create_api_key", "--partner", "A", "--scope", "imports", "--vendor", "none")
    assert not ApiKey.objects.exists()
    VendorFactory()
