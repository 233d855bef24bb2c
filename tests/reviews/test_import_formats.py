"""What each format takes from its dumps."""

import datetime

import pytest
from django.core.management import CommandError
from openpyxl import Workbook

from reviews.models import Import, Product, Review
from tests.reviews.dumps import GETAPP, trustpilot_review, write
from tests.reviews.importing_helpers import counts, import_reviews

pytestmark = pytest.mark.django_db


def test_a_getapp_page_keeps_all_it_says(tmp_path):
    report = import_reviews(write(tmp_path / "page.txt", GETAPP))
    assert report["format"] == "getapp_page"
    assert counts(report) == (2, 0, 0, 0, 0)
    assert report["claimed_total"] == 1204
    assert report["languages"] == {"es": 1, "en": 1}
    first, second = Review.objects.order_by("pk")
    assert first.product.name == "Nimbo Campaign"
    assert first.product.vendor.name == "Nimbo"
    assert first.reviewed_on == datetime.date(2023, 1, 11)
    assert first.industry == "marketing_advertising"
    assert first.company_size == "2_10"
    assert (first.usage_frequency, first.usage_duration) == ("daily", "over_1_year")
    assert first.source_values["company_size"] == "2-10 empleados"
    assert first.recommendation == 8
    assert first.rated_criteria == ["overall", "value_for_money", "ease_of_use"]
    assert set(first.ratings.values()) == {None}
    assert first.alternatives == ["Mandil", "Correo Veloz"]
    assert first.reasons_for_choosing == "Porque contestan en español."
    assert first.previous_software == ["Carta"]
    assert first.reasons_for_switching == "Se quedó pequeña."
    assert second.title == "Never again"
    assert second.industry == ""
    assert second.company_size == "11_50"
    assert second.overall.splitlines()[1].startswith("-It is slow")
    assert second.recommendation is None


def test_a_getapp_reply_becomes_a_published_response(tmp_path):
    import_reviews(write(tmp_path / "page.txt", GETAPP))
    review = Review.objects.get(title="Never again")
    response = review.published_response
    assert response.author_name == "Nimbo"
    assert response.body == "Hi Mason,\nwe are sorry to hear of this.\nThanks,\nKatie"
    assert response.language == "en"
    assert response.published_at is None
    assert review.has_response


def test_an_impossible_date_rejects_one_review_of_a_page_alone(tmp_path):
    page = GETAPP.replace("11/1/2023", "31/2/2023")
    rejects = tmp_path / "rejects.txt"
    report = import_reviews(write(tmp_path / "page.txt", page), rejects=rejects)
    assert report["exit"] == 3
    assert counts(report) == (1, 0, 0, 0, 1)
    corrected = rejects.read_text().replace("31/2/2023", "28/2/2023")
    report = import_reviews(write(tmp_path / "fixed.txt", corrected), product="nimbo-campaign")
    assert counts(report) == (1, 0, 0, 0, 0)
    review = Review.objects.get(reviewed_on=datetime.date(2023, 2, 28))
    assert review.reasons_for_switching == "Se quedó pequeña."


def test_trustpilot_keeps_how_a_review_came_about(tmp_path):
    organic = trustpilot_review(2, reply=None)
    organic["labels"]["verification"] = {"isVerified": False, "reviewSourceName": "Organic"}
    unknown = trustpilot_review(3)
    unknown["labels"]["verification"] = {"reviewSourceName": "DomainLink"}
    report = import_reviews(write(tmp_path / "acme.json", [trustpilot_review(1), organic, unknown]))
    assert report["format"] == "trustpilot"
    assert report["responses"] == 2
    message = Review.objects.order_by("pk").values_list("invited", "verified")
    assert list(message) == [(True, True), (False, False), (None, None)]
    review = Review.objects.order_by("pk").first()
    assert review.country == "US"
    assert review.overall_rating == 5
    assert review.reviewer.external_id == "c1"
    assert review.published_response.published_at == datetime.datetime(
        2025, 6, 1, 10, tzinfo=datetime.UTC
    )


def test_capterra_titles_lose_the_quotes_of_the_page(tmp_path):
    dump = {
        "https://www.capterra.com/p/1/Nimbo-Chat/reviews/": {
            "status": "success",
            "data": {
                "totals": {"review_count": 2370},
                "reviews": [
                    {
                        "title": "“Not quite, but worth it”",
                        "text": "It has been a helpful tool for our organisation.",
                        "reviewer": "Chen D.",
                        "time_used_product": "2+ years",
                        "datetime": "2025-01-27 00:00:00 +0000",
                        "rating": "4.0",
                        "pros": None,
                        "cons": "It was a hard transition.",
                    }
                ],
            },
        }
    }
    report = import_reviews(write(tmp_path / "chat.json", dump))
    assert report["format"] == "capterra"
    assert report["claimed_total"] == 2370
    review = Review.objects.get()
    assert review.title == "Not quite, but worth it"
    assert review.product.slug == "nimbo-chat"
    assert review.usage_duration == "over_2_years"
    assert review.source_values == {"duration": "2+ years"}
    assert review.external_id.startswith("c-")


def test_google_play_reviews_come_with_the_developers_reply(tmp_path):
    content = (
        "reviewId,userName,userImage,content,score,thumbsUpCount,reviewCreatedVersion,at,"
        "replyContent,repliedAt,appVersion\n"
        'a1,Yara J.,,"very good app,\nI use it daily 👍",5,3,34.8.0,2026-01-21 12:56:01,'
        "Hi! Thanks.,2026-01-21 13:20:05,34.8.0\n"
    )
    report = import_reviews(write(tmp_path / "play.csv", content))
    assert report["format"] == "google_play"
    review = Review.objects.get()
    assert review.overall == "very good app,\nI use it daily 👍"
    assert review.source.key == "google_play"
    assert review.source_values["thumbsUpCount"] == "3"
    assert review.published_response.body == "Hi! Thanks."


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_a_table_in_any_encoding_and_with_any_delimiter(tmp_path, delimiter, encoding):
    rows = [
        ["Título", "Valoración", "Puntos a favor", "Fecha", "Tamaño de la empresa"],
        ["Muy útil", "4,5", '"Línea una;\nlínea dos, con | y más"', "2024-02-01", "11-50"],
    ]
    content = "\n".join(delimiter.join(row) for row in rows) + "\n"
    if delimiter == ",":
        content = content.replace("4,5", '"4,5"')
    report = import_reviews(write(tmp_path / "t.csv", content, encoding), product="util")
    assert counts(report) == (1, 0, 0, 0, 0)
    review = Review.objects.get()
    assert review.title == "Muy útil"
    assert review.pros == "Línea una;\nlínea dos, con | y más"
    assert review.overall_rating == 4.5
    assert review.company_size == "11_50"


def test_a_workbook_is_a_table_too(tmp_path):
    book = Workbook()
    book.active.append(["Review ID", "Rating", "Text", "Date"])
    book.active.append([7, 4, "The board understands our reports now.", datetime.date(2024, 5, 1)])
    book.save(tmp_path / "r.xlsx")
    report = import_reviews(tmp_path / "r.xlsx")
    assert counts(report) == (1, 0, 0, 0, 0)
    review = Review.objects.get()
    assert (review.external_id, review.reviewed_on) == ("7", datetime.date(2024, 5, 1))


def test_nul_bytes_short_and_long_rows(tmp_path):
    content = (
        "id,rating,text,date\n"
        "1,5,All is\0 well with it,2024-01-01\n"
        "2,4,Ends early\n"
        "3,4,Has one more,2024-01-01,surplus\n"
        "4,4,Empty cells behind,2024-01-01,,\n"
    )
    report = import_reviews(write(tmp_path / "t.csv", content))
    assert counts(report) == (3, 0, 0, 0, 1)
    assert Review.objects.get(external_id="1").overall == "All is well with it"
    assert Review.objects.get(external_id="2").reviewed_on is None
    rejected = Import.objects.get(pk=report["import"]).rejected_rows.get()
    assert (rejected.line, rejected.value) == (4, "surplus")


def test_an_id_column_named_id_identifies_a_review(tmp_path):
    import_reviews(write(tmp_path / "t.csv", "id,text,rating\nx1,Good enough for us,4\n"))
    assert Review.objects.get().external_id == "x1"


def test_a_mapping_names_columns_values_and_dates(tmp_path):
    mapping = write(
        tmp_path / "m.toml",
        'source = "shop"\n[columns]\noverall = "Words"\n"ratings.overall" = "Out of ten"\n'
        '"usage.duration" = "Since"\nreviewed_on = "When"\n[dates]\n'
        'reviewed_on = ["%d %b %y"]\n[values."usage.duration"]\n"/^[23] years/" = "over_2_years"\n',
    )
    mapping.write_text("best_rating = 10\n" + mapping.read_text())
    dump = write(tmp_path / "t.csv", "Words,Out of ten,Since,When\nFine by us,8,3 years,4 Mar 24\n")
    report = import_reviews(dump, mapping=mapping, product="x")
    assert counts(report) == (1, 0, 0, 0, 0)
    review = Review.objects.get()
    assert review.overall_rating == 4
    assert review.usage_duration == "over_2_years"
    assert review.source_values["duration"] == "3 years"
    assert review.reviewed_on == datetime.date(2024, 3, 4)
    assert review.source.key == "shop"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("empty.csv", b""),
        ("picture.png", b"\x89PNG\r\n\x1a\n\x81\x8d\x8f" * 50),
        ("columns.csv", b"colour,weight\nred,2\n"),
        ("half.json", b'[{"id": "1", "consumer": {}, "dates": {"publishedDate": "2024"}, "rat'),
        ("half2.json", b'[{"id": "1", "consumer": {}, "rating": 5, "dates": '
                       b'{"publishedDate": "2024-01-01"}}, {"id'),
        ("broken.xlsx", b"PK\x03\x04 not really"),
    ],
)  # fmt: skip
def test_an_unusable_file_is_refused_whole(tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(CommandError) as refused:
        import_reviews(tmp_path / name)
    assert refused.value.returncode == 2
    assert "\n" not in str(refused.value)
    assert not Review.objects.exists()
    assert not Product.objects.exists()


def test_a_missing_file_is_reported_in_one_line(tmp_path):
    with pytest.raises(CommandError, match="could not be read"):
        import_reviews(tmp_path / "nothing.csv")
