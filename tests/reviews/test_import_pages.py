"""Importing on the pages: upload, preview, run, correct."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from reviews.models import Import, Product, Review
from reviews.tasks import run_import
from tests.factories import ProductFactory, moderator
from tests.reviews.dumps import GETAPP, csv_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client):
    client.force_login(moderator())
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def upload(desk, content: str, name: str = "t.csv") -> Import:
    desk.post(reverse("imports"), {"file": SimpleUploadedFile(name, content.encode())})
    return Import.objects.latest("pk")


def options(**changes) -> dict[str, str]:
    return {
        "format": "auto",
        "product": "",
        "product_name": "Nimbo",
        "vendor_name": "",
        "review_status": "pending",
        **changes,
    }


def test_the_first_rows_are_shown_and_nothing_is_stored(desk):
    waiting = upload(desk, GETAPP, "page.txt")
    html = desk.get(reverse("import", args=[waiting.pk])).content.decode()
    assert "Detected format: GetApp" in html
    assert "Buena herramienta para equipos pequeños" in html
    assert "Hi Mason" in html
    assert 'value="Nimbo Campaign"' in html
    assert not Review.objects.exists()


def test_the_import_runs_once_however_often_it_is_started(
    desk, monkeypatch, django_capture_on_commit_callbacks
):
    sent = []
    monkeypatch.setattr(run_import, "delay", lambda *words: sent.append(words))
    waiting = upload(desk, csv_of(5))
    with django_capture_on_commit_callbacks(execute=True):
        desk.post(reverse("import", args=[waiting.pk]), {**options(), "start": "1"})
        desk.post(reverse("import-start", args=[waiting.pk]))
    assert sent == [(waiting.pk, "en")]
    run_import(*sent[0])
    run_import(*sent[0])
    waiting.refresh_from_db()
    assert (waiting.status, waiting.created, waiting.product.name) == ("done", 5, "Nimbo")
    html = desk.get(reverse("import", args=[waiting.pk])).content.decode()
    assert "Moderate new reviews" in html


def test_an_unknown_file_is_kept_for_a_mapping(desk):
    waiting = upload(desk, "Words,Points\nGood enough for us,4\n")
    path = reverse("import", args=[waiting.pk])
    assert "has no recognizable column" in desk.get(path).content.decode()
    mapping = '[columns]\noverall = "Words"\n"ratings.overall" = "Points"\n'
    html = desk.post(
        path,
        {**options(vendor_name="Typed"), "mapping": SimpleUploadedFile("m.toml", mapping.encode())},
    ).content.decode()
    assert "Good enough for us" in html
    assert 'value="Typed"' in html
    assert not Product.objects.exists()
    assert "Good enough for us" in desk.get(path).content.decode()


def test_a_wrong_mapping_is_refused_with_what_is_wrong(desk):
    waiting = upload(desk, csv_of(1))
    mapping = SimpleUploadedFile("m.toml", b'[columns]\ncolour = "Words"\n')
    html = desk.post(reverse("import", args=[waiting.pk]), {**options(), "mapping": mapping})
    assert "colour" in html.content.decode()


def test_a_running_import_shows_how_far_it_is_and_can_be_cancelled(desk):
    running = Import.objects.create(
        file_name="t.csv",
        product=ProductFactory(),
        status="running",
        progress=0.42,
        read=42,
        created=42,
        started_at="2024-01-01T00:00Z",
    )
    html = desk.get(reverse("import", args=[running.pk])).content.decode()
    assert 'value="42"' in html
    assert "minutes left" in html
    desk.post(reverse("import-cancel", args=[running.pk]))
    running.refresh_from_db()
    assert running.cancel_requested


def test_a_cancelled_import_ends_after_its_chunk(desk, monkeypatch):
    monkeypatch.setattr("reviews.importing.reading.CHUNK", 10)
    waiting = upload(desk, csv_of(50))
    waiting.product = ProductFactory()
    waiting.status, waiting.cancel_requested = "queued", True
    waiting.save()
    run_import(waiting.pk, "en")
    waiting.refresh_from_db()
    assert (waiting.status, waiting.created) == ("cancelled", 0)


def test_rejected_rows_are_downloaded_corrected_and_imported(desk):
    waiting = upload(desk, "id,rating,text\n1,5,Fine with us\n2,9,Fine too\n")
    waiting.product, waiting.status = ProductFactory(), "queued"
    waiting.save()
    run_import(waiting.pk, "es")
    html = desk.get(reverse("import", args=[waiting.pk])).content.decode()
    assert "debe estar entre 1 y 5" in html
    answer = desk.get(reverse("import-rejected", args=[waiting.pk]))
    text = b"".join(answer.streaming_content).decode()
    assert answer["Content-Disposition"] == 'attachment; filename="t.rejected.csv"'
    corrected = upload(desk, text.replace("2,9,", "2,4,"))
    corrected.product, corrected.status = waiting.product, "queued"
    corrected.save()
    run_import(corrected.pk, "en")
    assert Review.objects.count() == 2


def test_a_file_that_is_gone_fails_the_import_in_one_sentence(desk):
    lost = Import.objects.create(
        file_name="t.csv", stored_as="imports/none", product=ProductFactory(), status="queued"
    )
    run_import(lost.pk, "en")
    lost.refresh_from_db()
    assert lost.status == "failed"
    assert "could not be read" in lost.failure
