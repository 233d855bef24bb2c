"""Importing twice, corrected dumps, repeats, rejects, and nothing uncounted."""

import json

import pytest
from django.core.management import CommandError

from reviews.models import Import, Product, Review, ReviewRevision
from tests.factories import UserFactory
from tests.responses.responding import publish
from tests.reviews.dumps import csv_of, trustpilot_review, write
from tests.reviews.importing_helpers import counts, import_reviews

pytestmark = pytest.mark.django_db


def test_the_second_run_changes_nothing(tmp_path):
    dump = write(tmp_path / "t.csv", csv_of(50))
    assert counts(import_reviews(dump)) == (50, 0, 0, 0, 0)
    before = list(Review.objects.order_by("pk").values())
    assert counts(import_reviews(dump)) == (0, 0, 50, 0, 0)
    assert list(Review.objects.order_by("pk").values()) == before


def test_a_corrected_review_keeps_its_former_text(tmp_path):
    import_reviews(write(tmp_path / "t.csv", csv_of(3)))
    corrected = csv_of(3).replace("case 1.", "case one.")
    report = import_reviews(write(tmp_path / "t.csv", corrected))
    assert counts(report) == (0, 1, 2, 0, 0)
    review = Review.objects.get(external_id="1")
    assert review.overall == "The service worked well for us, case one."
    revision = ReviewRevision.objects.get()
    assert revision.former["overall"] == "The service worked well for us, case 1."
    assert revision.replaced_by_import_id == report["import"]


def test_a_changed_reply_updates_its_review_and_keeps_the_former_reply(tmp_path):
    import_reviews(write(tmp_path / "t.json", [trustpilot_review(1), trustpilot_review(2)]))
    changed = trustpilot_review(1)
    changed["reply"]["message"] = "We have looked again."
    report = import_reviews(write(tmp_path / "t.json", [changed, trustpilot_review(2)]))
    assert counts(report) == (0, 1, 1, 0, 0)
    response = Review.objects.get(external_id="id1").published_response
    assert response.body == "We have looked again."
    assert response.revisions.get().body == "Thank you for your review."


def test_an_answer_written_here_is_not_overwritten_by_a_dump(tmp_path):
    dump = write(tmp_path / "t.json", [trustpilot_review(1)])
    import_reviews(dump)
    publish(Review.objects.get(), "Our own word.", origin="desk", actor=UserFactory())
    assert counts(import_reviews(dump)) == (0, 0, 1, 0, 0)
    assert Review.objects.get().published_response.body == "Our own word."


def test_repeats_in_a_file_are_counted_as_duplicates(tmp_path):
    reviews = [trustpilot_review(1), trustpilot_review(2), trustpilot_review(1)]
    report = import_reviews(write(tmp_path / "t.json", reviews))
    assert counts(report) == (2, 0, 0, 1, 0)


def test_repeats_in_different_chunks_are_found_too(tmp_path, monkeypatch):
    monkeypatch.setattr("reviews.importing.reading.CHUNK", 10)
    dump = write(tmp_path / "t.csv", csv_of(25) + csv_of(5).split("\n", 1)[1])
    assert counts(import_reviews(dump)) == (25, 0, 0, 5, 0)


def test_reviews_without_an_id_get_the_same_one_each_time(tmp_path):
    content = "rating,text\n5,Good enough for us\n4,Also good enough\n5,Good enough for us\n"
    dump = write(tmp_path / "t.csv", content)
    assert counts(import_reviews(dump, product="p")) == (2, 0, 0, 1, 0)
    ids = set(Review.objects.values_list("external_id", flat=True))
    assert counts(import_reviews(dump, product="p")) == (0, 0, 2, 1, 0)
    assert set(Review.objects.values_list("external_id", flat=True)) == ids


def test_rejected_rows_can_be_corrected_and_imported(tmp_path):
    content = (
        "id,rating,text,date\n"
        "1,5,Fine with us,2024-01-01\n"
        "2,11,=HYPERLINK(nothing),2024-01-01\n"
        "3,4,Fine too,yesterday\n"
    )
    rejects = tmp_path / "rejects.csv"
    report = import_reviews(write(tmp_path / "t.csv", content), rejects=rejects, product="p")
    assert report["exit"] == 3
    assert counts(report) == (1, 0, 0, 0, 2)
    text = rejects.read_text()
    assert '3,ratings.overall,11,"must be between 1 and 5, in steps of 0.5"' in text
    assert "'=HYPERLINK" in text
    corrected = text.replace("2,11,", "2,1,").replace("yesterday", "2024-01-03", 1)
    report = import_reviews(write(tmp_path / "fixed.csv", corrected), product="p")
    assert report["exit"] == 0
    assert counts(report) == (2, 0, 0, 0, 0)
    assert Review.objects.get(external_id="2").overall == "=HYPERLINK(nothing)"


def test_rejected_json_can_be_corrected_and_imported(tmp_path):
    reviews = [trustpilot_review(1), trustpilot_review(2, rating=0)]
    rejects = tmp_path / "rejects.jsonl"
    report = import_reviews(write(tmp_path / "t.json", reviews), rejects=rejects, product="p")
    assert counts(report) == (1, 0, 0, 0, 1)
    row = json.loads(rejects.read_text())
    assert row["_rejected"]["line"] == 2
    corrected = json.dumps({**row, "rating": 1})
    report = import_reviews(write(tmp_path / "fixed.jsonl", corrected), product="p")
    assert report["format"] == "trustpilot"
    assert counts(report) == (1, 0, 0, 0, 0)


def test_a_review_of_another_product_is_rejected_not_moved(tmp_path):
    dump = write(tmp_path / "t.json", [trustpilot_review(1)])
    import_reviews(dump, product="one")
    report = import_reviews(dump, product="two")
    assert counts(report) == (0, 0, 0, 0, 1)
    assert Review.objects.get().product.slug == "one"


def test_a_dry_run_counts_and_stores_nothing(tmp_path):
    report = import_reviews(write(tmp_path / "t.csv", csv_of(30)), dry_run=True)
    assert counts(report) == (30, 0, 0, 0, 0)
    assert report["import"] is None
    assert not Review.objects.exists()
    assert not Import.objects.exists()
    assert not Product.objects.exists()


def test_the_status_of_new_reviews_is_chosen(tmp_path):
    dump = write(tmp_path / "t.csv", csv_of(2))
    import_reviews(dump, status="published")
    assert set(Review.objects.values_list("status", flat=True)) == {"published"}
    import_reviews(dump, status="pending")
    assert set(Review.objects.values_list("status", flat=True)) == {"published"}


def test_a_run_goes_on_where_it_was_cut_off(tmp_path, monkeypatch):
    monkeypatch.setattr("reviews.importing.reading.CHUNK", 10)
    dump = write(tmp_path / "t.csv", csv_of(35))
    calls = []

    def break_off(**chunk):
        calls.append(chunk)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return store(**chunk)

    from reviews.importing import merge, pipeline
    from reviews.importing.files import Dump
    from reviews.importing.formats import open_format

    store = merge.store
    monkeypatch.setattr(merge, "store", break_off)
    with pytest.raises(KeyboardInterrupt):
        import_reviews(dump)
    cut_off = Import.objects.get()
    assert (cut_off.status, cut_off.read) == ("running", 20)
    pipeline.run(import_run=cut_off, format=open_format(Dump(dump)))
    cut_off.refresh_from_db()
    assert (cut_off.status, cut_off.read, cut_off.created) == ("done", 35, 35)
    assert Review.objects.count() == 35


def test_an_unwritable_file_for_rejects_is_refused_before_the_import(tmp_path):
    dump = write(tmp_path / "t.csv", csv_of(2))
    for paths, rejects in (
        ([dump], tmp_path),
        ([dump], tmp_path / "nowhere" / "rejects.csv"),
        ([dump, dump], tmp_path / "rejects.csv"),
    ):
        with pytest.raises(CommandError) as refused:
            import_reviews(*paths, rejects=rejects)
        assert refused.value.returncode == 2
    assert not Review.objects.exists()
