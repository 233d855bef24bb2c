"""Pages of translations: what readers see, what moderators and leads do, what files hold."""

import pytest
from django.utils import timezone

from responses.models import ResponseTranslation
from reviews.api.keys import create_key
from reviews.models import (
    AuditEntry,
    MemorySegment,
    Partner,
    Review,
    ReviewTranslation,
    TranslationBudget,
    TranslationJob,
)
from reviews.moderation.erasure import erase
from reviews.tasks import check_engines
from reviews.translation import engine_cache, job_runs, service
from reviews.translation.corrections import stored_for, version_token
from tests.factories import ResponseFactory, ReviewFactory, VendorFactory, lead, moderator
from tests.reviews.engines import engine_of, use
from tests.reviews.translating import translate_now

pytestmark = pytest.mark.django_db

SPANISH = {"HTTP_ACCEPT_LANGUAGE": "es"}


def page_of(client, review, **query):
    return client.get(review.product.get_absolute_url(), query, **SPANISH).content.decode()


def correction(subject, *texts, target="es", **more):
    result = {f"segment-{n}": text for n, text in enumerate(texts)}
    return {
        **result,
        "expected_version": version_token(subject, stored_for(subject, target)),
        **more,
    }


def test_a_correction_is_a_persons_kept_and_remembered(client, translated):
    person = moderator()
    client.force_login(person)
    path = f"/inbox/{translated.pk}/translation/edit/?into=es"
    texts = ["Es lento.", "Pregunta a help@nimbo.example", "O déjalo."]
    client.post(path, correction(translated, *texts))
    done = translated.translations.get()
    assert (done.origin, done.author) == ("human", person)
    assert done.texts["overall"] == "- Pregunta a help@nimbo.example\n\nO déjalo."
    assert AuditEntry.objects.filter(action="translation_corrected").get().review_id
    again = ReviewFactory(title="It is slow.", overall="Ask team@other.example")
    other = translate_now(subject=again, target="es")
    assert other.texts == {"title": "Es lento.", "overall": "Pregunta a team@other.example"}
    assert translate_now(subject=translated, target="es").texts == done.texts


def test_a_correction_that_comes_too_late_is_refused_and_kept(client, translated):
    client.force_login(moderator())
    path = f"/inbox/{translated.pk}/translation/edit/?into=es"
    late = correction(translated, "Mío.", "Pregunta", "O no.")
    client.post(path, correction(translated, "Es lento.", "Pregunta", "O déjalo."))
    answer = client.post(path, late)
    assert answer.status_code == 409
    assert "Mío." in answer.content.decode()
    assert translated.translations.get().texts["title"] == "Es lento."


def test_an_empty_sentence_is_refused_with_what_to_do(client, translated):
    client.force_login(moderator())
    path = f"/inbox/{translated.pk}/translation/edit/?into=es"
    answer = client.post(path, correction(translated, "Es lento.", "", "O no."))
    assert answer.status_code == 409
    assert "Translate every sentence" in answer.content.decode()
    assert translated.translations.get().origin == "machine"


def test_a_wording_without_the_address_is_marked_and_not_remembered(client, translated):
    client.force_login(moderator())
    path = f"/inbox/{translated.pk}/translation/edit/?into=es"
    client.post(path, correction(translated, "Es lento.", "Pregunta", "O déjalo."))
    assert translated.translations.get().failed == ["marks"]
    assert not MemorySegment.objects.filter(target_text="Pregunta").exists()


def test_a_person_translates_where_no_engine_can(client, libre):
    review = ReviewFactory(title="Habari.", language="sw")
    assert translate_now(subject=review, target="es").failure == "no_pair"
    client.force_login(moderator())
    client.post(f"/inbox/{review.pk}/translation/edit/?into=es", correction(review, "Noticias."))
    assert review.translations.get().texts == {"title": "Noticias."}
    assert "Traducido por una persona" in page_of(client, review)


def test_a_person_may_be_the_first_to_translate(client, libre):
    review = ReviewFactory(title="It is slow.")
    client.force_login(moderator())
    path = f"/inbox/{review.pk}/translation/edit/?into=es"
    client.post(path, correction(review, "Es lento."))
    assert review.translations.get().texts == {"title": "Es lento."}


def test_similar_sentences_are_shown_in_the_editor(client, translated):
    like = ReviewFactory(title="It is so slow.")
    client.force_login(moderator())
    html = client.get(f"/inbox/{like.pk}/translation/edit/?into=es").content.decode()
    assert "Similar sentences" in html
    assert "It os sluw." in html


def test_sentences_stand_side_by_side(client, translated):
    client.force_login(moderator())
    html = client.get(f"/inbox/{translated.pk}/", **SPANISH).content.decode()
    assert html.count('<span class="segment">') == 6
    html = client.get(f"/inbox/{translated.pk}/?q=slow", **SPANISH).content.decode()
    assert html.count('<span class="segment">') == 6
    assert "<mark>slow</mark>" in html


def test_the_language_of_a_text_is_corrected_by_hand(client, translated):
    client.force_login(moderator())
    client.post(f"/inbox/{translated.pk}/language/", {"language": "pt"})
    client.post(f"/inbox/{translated.pk}/response/language/", {"language": "fr"})
    translated.refresh_from_db()
    assert translated.language == "pt"
    assert translated.responses.get().language == "fr"
    assert translated.translations.get().stale_since is not None
    assert AuditEntry.objects.filter(action="language_corrected").count() == 2
    answer = client.post(f"/inbox/{translated.pk}/language/", {"language": "xx"})
    assert answer.status_code == 409


@pytest.mark.parametrize(
    ("state", "fits"),
    [("none", False), ("machine", True), ("person", False), ("doubtful", True), ("stale", True)],
)
def test_the_inbox_is_filtered_by_how_translations_are(client, translated, state, fits):
    ReviewTranslation.objects.update(failed=["same"], stale_since=timezone.now())
    client.force_login(moderator())
    html = client.get(f"/inbox/?translation={state}", **SPANISH).content.decode()
    assert (f"/inbox/{translated.pk}/" in html) == fits


def test_the_inbox_finds_translated_words(client, translated):
    client.force_login(moderator())
    assert f"/inbox/{translated.pk}/" in client.get("/inbox/?q=sluw").content.decode()
    assert f"/inbox/{translated.pk}/" in client.get("/inbox/?q=foxid").content.decode()
    ReviewFactory(language="fr", title="Lent")
    html = client.get("/inbox/?not_language=en,+es").content.decode()
    assert "Lent" in html
    assert f"/inbox/{translated.pk}/" not in html


def test_a_job_from_a_view_to_its_result(client, libre, django_capture_on_commit_callbacks):
    person = moderator()
    client.force_login(person)
    ReviewFactory(title="It is slow.")
    ReviewFactory(title="Habari", language="sw")
    answer = client.post("/inbox/translations/new/", {"query": "scope=all", "language": "es"})
    job = TranslationJob.objects.get()
    assert answer["Location"] == f"/inbox/translations/{job.pk}/"
    html = client.get(answer["Location"]).content.decode()
    assert "Estimated characters to send to an engine" in html
    assert "Estimated cost: none" in html
    client.post(f"/inbox/translations/{job.pk}/steer/", {"do": "start"})
    html = client.get(answer["Location"]).content.decode()
    assert 'hx-trigger="every 1s"' in html
    assert "Pause" in html
    job_runs.run(job.pk)
    html = client.get(answer["Location"], headers={"HX-Request": "true"}).content.decode()
    assert "every 1s" not in html
    assert "does not support this language pair" in html
    assert "Habari" in html
    assert "Done" in client.get("/inbox/translations/").content.decode()


def test_leads_see_how_engines_are_and_set_budgets(client, translated, settings, monkeypatch):
    monkeypatch.setitem(settings.TRANSLATION, "prices", {"libretranslate": 20})
    client.force_login(lead())
    assert "not checked yet" in client.get("/inbox/engines/").content.decode()
    check_engines()
    engine_cache.put("engine-open:libretranslate", True, 30)
    html = client.get("/inbox/engines/").content.decode()
    assert "LibreTranslate" in html
    assert "paused after failures" in html
    client.post("/inbox/engines/act/", {"close": "libretranslate"})
    assert "available" in client.get("/inbox/engines/").content.decode()
    scope = f"vendor:{translated.vendor_id}"
    client.post("/inbox/engines/act/", {"scope": scope, "characters": "5000"})
    assert TranslationBudget.objects.get().characters == 5000
    client.post("/inbox/engines/act/", {"scope": scope, "characters": ""})
    assert not TranslationBudget.objects.exists()
    bad = client.post("/inbox/engines/act/", {"scope": "engine:nobody", "characters": "1"})
    assert bad.status_code == 400
    assert AuditEntry.objects.filter(action="translation_budget_set").count() == 2


def test_an_engines_quota_and_what_it_failed_by_are_shown(client, monkeypatch, tmp_path):
    client.force_login(lead())
    with engine_of("deepl", tmp_path) as (engine, server):
        use(monkeypatch, "deepl", engine)
        monkeypatch.setattr("reviews.translation.health.engine", lambda _key: engine)
        check_engines()
        html = client.get("/inbox/engines/").content.decode()
        assert "1,200 of 500,000 characters used" in html
        server.speak = lambda *_asked: (403, {"message": "no"})
        check_engines()
    html = client.get("/inbox/engines/").content.decode()
    assert "unavailable" in html
    assert "rejected our API key" in html


def test_an_erased_persons_sentences_leave_the_memory(translated):
    translated.overall = "My Mason colleague laughed."
    translated.save()
    translate_now(subject=translated, target="es")
    assert MemorySegment.objects.filter(source_text__contains="Mason").exists()
    erase(ids=[translated.pk], keep_texts=True, actor=lead())
    assert not MemorySegment.objects.filter(source_text__contains="Mason").exists()
    assert MemorySegment.objects.filter(source_text="It is slow.").exists()
    other = ReviewFactory(title="It is fast.")
    translate_now(subject=other, target="es")
    erase(ids=[other.pk], keep_texts=False, actor=lead())
    assert not MemorySegment.objects.filter(source_text="It is fast.").exists()


def test_partners_read_translations_and_ask_for_them(client, libre):
    partner = Partner.objects.create(name="P")
    secret = create_key(partner=partner, scopes=["translations"])
    auth = {"headers": {"Authorization": f"Bearer {secret}"}}
    review = ReviewFactory(title="It is slow.")
    ResponseFactory(review=review)
    path = f"/api/v1/reviews/{review.pk}/translations/"
    asked = client.put(f"{path}es/", **auth)
    assert asked.status_code == 202
    assert [row["status"] for row in asked.json()] == ["pending", "pending"]
    for model in (ReviewTranslation, ResponseTranslation):
        found = model.objects.get()
        service.run_translation(found, found.subject)
    done = client.put(f"{path}es/", **auth)
    assert done.status_code == 200
    assert done.json()[0]["texts"] == {"title": "It os sluw."}
    assert done.json()[0]["engine"] == "LibreTranslate"
    assert client.get(path, **auth).json() == client.get(f"{path}es/", **auth).json()
    assert client.put(f"{path}xx/", **auth).status_code == 400
    assert client.get(path).status_code == 401
    other = create_key(partner=partner, scopes=["reviews:read"])
    assert client.get(path, headers={"Authorization": f"Bearer {other}"}).status_code == 403
    vendors = create_key(partner=partner, scopes=["translations"], vendor=VendorFactory())
    foreign = {"headers": {"Authorization": f"Bearer {vendors}"}}
    assert client.put(f"{path}es/", **foreign).status_code == 404
    assert Review.objects.count() == 1
