"""An answer in one's own language: translated, checked, edited, published beside its original."""

import pytest

from responses.models import Response, TranslatedDraft
from responses.tasks import translate_draft
from reviews.models import GlossaryTerm, MemorySegment
from tests.factories import ReviewFactory, UserFactory, vendor_staff

pytestmark = pytest.mark.django_db
HTMX = {"headers": {"HX-Request": "true"}}


@pytest.fixture
def review(client):
    found = ReviewFactory(language="es", title="Es lento.", reviewer_name="Eva Ruiz")
    client.force_login(vendor_staff(found.product.vendor))
    return found


def written(**more) -> dict[str, str]:
    return {
        "body": "Hi Eva, it is fixed.",
        "author_name": "Katie",
        "language": "en",
        "expected_version": "none",
        **more,
    }


def asked(client, review, **more) -> str:
    html = client.post(f"/desk/{review.pk}/translation/", written(**more), **HTMX).content.decode()
    assert "Translating" in html
    translate_draft(TranslatedDraft.objects.get().pk)
    return client.get(f"/desk/{review.pk}/translation/", **HTMX).content.decode()


def test_the_writer_sees_what_the_reviewer_will_read_and_the_way_back(client, libre, review):
    html = asked(client, review)
    assert "Ho Eva, ot os foxid." in html
    assert "Translated back into English" in html
    assert "Hu Eva, ut us fuxod." in html


def test_both_are_published_the_machines_as_the_machines(client, libre, review):
    asked(client, review)
    client.post(f"/desk/{review.pk}/response/", written(translation="Ho Eva, ot os foxid."))
    response = Response.objects.get()
    assert (response.language, response.body) == ("en", "Hi Eva, it is fixed.")
    stored = response.translations.get()
    assert (stored.target_language, stored.origin, stored.author) == ("es", "machine", None)
    assert stored.engine == "LibreTranslate"
    assert not TranslatedDraft.objects.exists()
    html = client.get(review.product.get_absolute_url(), HTTP_ACCEPT_LANGUAGE="es").content.decode()
    assert "Ho Eva, ot os foxid." in html
    assert "Ver el original en inglés" in html


def test_an_edited_translation_is_checked_again_and_is_a_persons(client, libre, review):
    asked(client, review)
    html = asked(client, review, translation="Hola Eva, ya funciona.")
    assert "You edited this translation" in html
    assert "Hule Eva, ye fancounacoune" not in html
    client.post(f"/desk/{review.pk}/response/", written(translation="Hola Eva, ya funciona."))
    stored = Response.objects.get().translations.get()
    assert (stored.origin, stored.author.pk) == ("edited", int(client.session["_auth_user_id"]))
    assert stored.texts == {"body": "Hola Eva, ya funciona."}
    assert MemorySegment.objects.filter(origin="human").count() == 1


def test_a_changed_text_is_translated_anew(client, libre, review):
    asked(client, review)
    html = asked(client, review, body="Sorry.", translation="Ho Eva, ot os foxid.")
    assert "Surry." in html
    assert "foxid" not in html


def test_the_glossary_holds_in_answers(client, libre, review):
    GlossaryTerm.objects.create(
        vendor=review.product.vendor,
        source_language="en",
        target_language="es",
        term="fixed",
        translation="arreglado",
    )
    assert "Ho Eva, ot os arreglado." in asked(client, review)


def test_where_no_engine_can_one_publishes_all_the_same(client, libre, review):
    review.language = "sw"
    review.save()
    html = asked(client, review)
    assert "does not support this language pair" in html
    assert "id_translation" in html
    client.post(f"/desk/{review.pk}/response/", written(translation="Samahani Eva."))
    assert Response.objects.get().translations.get().texts == {"body": "Samahani Eva."}


@pytest.mark.parametrize(
    ("result", "sentence"),
    [({"body": ""}, "Write your response"), ({"language": "es"}, "nothing to translate")],
)
def test_what_cannot_be_translated_gets_a_sentence(client, libre, review, result, sentence):
    path = f"/desk/{review.pk}/translation/"
    assert sentence in client.post(path, written(**result), **HTMX).content.decode()
    assert not TranslatedDraft.objects.exists()


def test_a_draft_is_its_writers_own(client, libre, review):
    asked(client, review)
    client.force_login(vendor_staff(review.product.vendor))
    html = client.get(f"/desk/{review.pk}/").content.decode()
    assert "foxid" not in html
    assert "fixed" not in html


def test_staff_keep_their_own_vendors_glossary_alone(client, libre, review):
    other = ReviewFactory().product.vendor
    assert client.get("/desk/glossary/").status_code == 200
    assert client.get(f"/desk/glossary/?vendor={other.slug}").status_code == 404
    term = {"source_language": "en", "target_language": "es", "term": "seat", "kind": "keep"}
    client.post("/desk/glossary/", term)
    assert GlossaryTerm.objects.get().vendor == review.product.vendor
    client.force_login(UserFactory())
    assert client.get("/desk/glossary/").status_code == 404
