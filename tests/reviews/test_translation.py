"""Translating: parts kept, memory, engines that fail, and what the reader sees."""

import shutil
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone
from rest_framework.settings import api_settings

from reviews.models import MemorySegment, ReviewTranslation
from reviews.tasks import translate
from reviews.translation import routes, service
from reviews.translation.engines import EngineError, EngineFailure
from reviews.translation.engines.apertium import Apertium
from tests.factories import ReviewFactory, moderator
from tests.reviews.translating import translate_now

pytestmark = pytest.mark.django_db
needs_apertium = pytest.mark.skipif(
    shutil.which("lt-proc") is None, reason="Apertium is not installed"
)


@needs_apertium
def test_a_sentence_is_translated_once_wherever_it_stands(monkeypatch):
    first = ReviewFactory(title="It is slow.", overall="We like it.\n\nIt is slow.")
    second = ReviewFactory(title="", overall="It is slow. We like it.")
    done = translate_now(subject=first, target="es")
    assert done.status == "done"
    assert done.texts["overall"].count("\n\n") == 1
    assert MemorySegment.objects.count() == 2

    def fail(*_args):
        raise AssertionError("the engine was asked again")

    monkeypatch.setattr(Apertium, "translate", fail)
    again = service.request_translation(subject=second, target="es")
    assert again.status == "done"
    assert service.request_translation(subject=first, target="es").pk == done.pk


@needs_apertium
def test_a_changed_review_is_translated_anew():
    review = ReviewFactory(title="It is slow.")
    translate_now(subject=review, target="es")
    review.title = "The house is big."
    review.save()
    assert translate_now(subject=review, target="es").texts == {"title": "La casa es grande."}


@needs_apertium
def test_the_task_may_run_twice():
    review = ReviewFactory(title="It is slow.")
    asked = service.request_translation(subject=review, target="es", queue=False)
    for _ in range(2):
        translate("reviews.ReviewTranslation", asked.pk)
    assert ReviewTranslation.objects.get().status == "done"
    translate("reviews.ReviewTranslation", 0)


@pytest.mark.parametrize(
    ("engine", "language", "sentence"),
    [
        (Apertium({"modes": "/nowhere"}), "en", "La traducción no está disponible"),
        (None, "sw", "no admite este par de idiomas"),
    ],
)
def test_an_engine_that_cannot_gives_the_reader_a_sentence(
    client, monkeypatch, engine, language, sentence
):
    if engine is None and shutil.which("lt-proc") is None:
        pytest.skip("Apertium is not installed")
    if engine is not None:
        monkeypatch.setattr(routes, "engine", lambda _key: engine)
    review = ReviewFactory(title="Habari", language=language)
    asked = service.request_translation(subject=review, target="es", queue=False)
    service.run_translation(asked, review)
    html = client.get(
        f"/reviews/{review.pk}/translation/",
        headers={"HX-Request": "true"},
        HTTP_ACCEPT_LANGUAGE="es",
    ).content.decode()
    assert sentence.lower() in html.lower()
    assert "Traducir al español" in html
    assert "spinner" not in html


def test_an_engine_that_breaks_is_a_sentence_too(monkeypatch):
    def fail(*_args):
        raise EngineError(EngineFailure.FAILED)

    monkeypatch.setattr(Apertium, "pairs", lambda _self: {("en", "es")})
    monkeypatch.setattr(Apertium, "translate", fail)
    monkeypatch.setattr("reviews.translation.resilience.BACKOFF", 0)
    review = ReviewFactory(title="It is slow.")
    assert translate_now(subject=review, target="es").failure == "failed"


def test_no_spinner_is_without_end(client):
    review = ReviewFactory(title="It is slow.")
    asked = service.request_translation(subject=review, target="es", queue=False)
    path = f"/reviews/{review.pk}/translation/"
    options = {"headers": {"HX-Request": "true"}, "HTTP_ACCEPT_LANGUAGE": "es"}
    assert "Traduciendo" in client.get(path, **options).content.decode()
    asked.requested_at = timezone.now() - timedelta(minutes=2)
    asked.save()
    html = client.get(path, **options).content.decode()
    assert "está tardando demasiado" in html
    assert "spinner" not in html


def test_stalled_translations_are_sent_again_and_given_up_in_the_end(monkeypatch):
    sent = []
    monkeypatch.setattr(service, "enqueue", sent.append)
    asked = service.request_translation(subject=ReviewFactory(), target="es", queue=False)
    service.resume_stalled(ReviewTranslation)
    assert sent == []
    ReviewTranslation.objects.update(requested_at=timezone.now() - timedelta(seconds=40))
    service.resume_stalled(ReviewTranslation)
    assert sent == [asked]
    ReviewTranslation.objects.update(requested_at=timezone.now() - timedelta(minutes=10))
    service.resume_stalled(ReviewTranslation)
    assert ReviewTranslation.objects.get().failure == "late"


def test_unpublished_reviews_are_translated_for_moderators_alone(client):
    review = ReviewFactory(status="pending")
    path = f"/reviews/{review.pk}/translation/"
    assert client.post(path).status_code == 404
    client.force_login(moderator())
    assert client.post(path, HTTP_ACCEPT_LANGUAGE="es").status_code == 302


def test_without_scripts_a_translation_is_a_page_with_a_true_address(client):
    review = ReviewFactory()
    answer = client.post(f"/reviews/{review.pk}/translation/", HTTP_ACCEPT_LANGUAGE="es")
    where = f"{review.product.get_absolute_url()}?translate=review-{review.pk}#review-{review.pk}"
    assert answer["Location"] == where
    html = client.get(where, HTTP_ACCEPT_LANGUAGE="es").content.decode()
    assert "Traduciendo" in html


def test_one_visitor_cannot_ask_without_end(client, monkeypatch):
    monkeypatch.setattr("reviews.pages.throttles.TranslationThrottle.rate", "2/min")
    options = {"headers": {"HX-Request": "true"}, "HTTP_ACCEPT_LANGUAGE": "es"}
    answers = [
        client.post(f"/reviews/{ReviewFactory().pk}/translation/", **options).content.decode()
        for _ in range(3)
    ]
    assert "demasiadas traducciones" not in answers[1]
    assert "demasiadas traducciones" in answers[2]


@needs_apertium
def test_the_command_translates_what_is_published(capsys):
    ReviewFactory(title="It is slow.")
    ReviewFactory(title="It is fast.", status="pending")
    ReviewFactory(title="Es lento.", language="es")
    call_command("translate_reviews", to="es")
    assert ReviewTranslation.objects.get().texts == {"title": "Es lento."}


@pytest.mark.parametrize(("proxies", "told_apart"), [(0, False), (1, True)])
def test_visitors_behind_a_trusted_proxy_are_distinguished(
    client, monkeypatch, proxies, told_apart
):
    monkeypatch.setattr("reviews.pages.throttles.TranslationThrottle.rate", "1/min")
    monkeypatch.setattr(api_settings, "NUM_PROXIES", proxies)
    answers = [
        client.post(
            f"/reviews/{ReviewFactory().pk}/translation/",
            headers={"HX-Request": "true", "X-Forwarded-For": address},
            HTTP_ACCEPT_LANGUAGE="es",
        ).content.decode()
        for address in ("192.0.2.1", "192.0.2.2")
    ]
    assert ("demasiadas traducciones" not in answers[1]) == told_apart
