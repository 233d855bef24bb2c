"""What readers see of translations, how they get to the original, what they report."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from reviews.models import (
    ReviewTranslation,
    TranslationReport,
)
from tests.factories import ResponseFactory, ReviewFactory, moderator
from tests.reviews.translating import translate_now

pytestmark = pytest.mark.django_db

SPANISH = {"HTTP_ACCEPT_LANGUAGE": "es"}


def page_of(client, review, **query):
    return client.get(review.product.get_absolute_url(), query, **SPANISH).content.decode()


def test_a_page_is_in_the_readers_language_from_what_is_stored(client, translated, libre):
    asked = len(libre.asked)
    html = page_of(client, translated)
    assert "It os sluw." in html
    assert "Ho Mason, ot os foxid." in html
    assert "Ver el original en inglés" in html
    assert "Traducción automática" in html
    assert "LibreTranslate" in html
    assert len(libre.asked) == asked


def test_translations_of_a_page_come_in_one_query(client, translated):
    for _ in range(5):
        other = ReviewFactory(product=translated.product, title="Good.")
        translate_now(subject=other, target="es")
        ResponseFactory(review=other)
    with CaptureQueriesContext(connection) as captured:
        page_of(client, translated)
    asked = [q["sql"] for q in captured if "reviews_reviewtranslation" in q["sql"]]
    assert len(asked) == 1
    assert "responses_responsetranslation" in asked[0]


def test_the_original_is_one_step_away_for_one_and_for_all(client, translated):
    html = page_of(client, translated, original=f"review-{translated.pk}")
    assert "It is slow." in html
    assert "Ho Mason" in html
    html = page_of(client, translated, original="all")
    assert "Hi Mason" in html
    assert "It os sluw" not in html


def test_a_translation_is_labelled(client, translated):
    ReviewTranslation.objects.update(
        via="fr", failed=["numbers"], stale_since=timezone.now(), origin="edited"
    )
    html = page_of(client, translated)
    assert "a través del francés" in html
    assert "Puede contener errores" in html
    assert "Desactualizada" in html
    assert "editada por una persona" in html


def test_a_reader_reports_a_bad_translation_and_a_moderator_settles_it(client, translated):
    path = f"/reviews/{translated.pk}/translation/report/"
    assert "It os sluw." in client.get(path, **SPANISH).content.decode()
    client.post(path, {"note": "No se entiende"}, **SPANISH)
    client.post(f"{path}?about=response", {}, **SPANISH)
    assert TranslationReport.objects.count() == 2
    person = moderator()
    client.force_login(person)
    found = client.get("/inbox/?translation=reported", **SPANISH).content.decode()
    assert f"/inbox/{translated.pk}/" in found
    assert "No se entiende" in client.get(f"/inbox/{translated.pk}/", **SPANISH).content.decode()
    edit = f"/inbox/{translated.pk}/translation/edit/?into=es"
    assert "No se entiende" in client.get(edit).content.decode()
    client.post(edit, {"do": "fine"})
    assert TranslationReport.objects.filter(settled_by=person, about="review").exists()
    assert TranslationReport.objects.filter(settled_at=None).get().about == "response"


def test_only_a_translation_that_is_there_can_be_reported(client, libre):
    review = ReviewFactory(title="It is slow.")
    assert client.get(f"/reviews/{review.pk}/translation/report/", **SPANISH).status_code == 404
    hidden = ReviewFactory(status="pending")
    assert client.get(f"/reviews/{hidden.pk}/translation/report/").status_code == 404


def test_where_there_are_no_words_no_machine_is_named(client, libre):
    review = ReviewFactory(title="😀 5/5", overall="👍👍")
    translate_now(subject=review, target="es")
    html = page_of(client, review)
    assert "Nada que traducir" in html
    assert "Traducción automática" not in html
    assert libre.asked == []
