"""How segments become translations: memory, glossary, checks, engines that fail, budgets."""

import threading

import pytest
from django.db import connection

from reviews.models import (
    GlossaryTerm,
    MemorySegment,
)
from reviews.translation import memory, routes, service
from reviews.translation.memory import Key
from tests.engine_servers import swapped
from tests.factories import ReviewFactory, moderator
from tests.reviews.translating import Fake, translate_now, translated

pytestmark = pytest.mark.django_db


def test_addresses_and_names_are_no_part_of_what_is_remembered(engines):
    by = engines(Fake())
    assert translated("Mail ana@one.example now").texts["title"] == "Meol ana@one.example nuw"
    assert translated("Mail bob@two.example now").texts["title"] == "Meol bob@two.example nuw"
    assert len(by.seen) == 1
    assert "example" not in MemorySegment.objects.get().source_text


def test_a_glossary_holds_with_an_engine_that_knows_none(engines):
    by = engines(Fake())
    review = ReviewFactory(title="Seats and boards and the tray")
    add = GlossaryTerm.objects.create
    pair = {"vendor": review.product.vendor, "source_language": "en", "target_language": "es"}
    add(term="seats", kind="translate", translation="licencias", **pair)
    add(term="boards", kind="keep", **pair)
    done = translate_now(subject=review, target="es")
    assert done.texts["title"] == "Licencias end boards end thi trey"
    assert "eats" not in by.seen[0]


def test_a_changed_term_makes_only_its_own_segments_new(engines):
    by = engines(Fake())
    review = ReviewFactory(title="The seats. Good work.")
    pair = {"vendor": review.product.vendor, "source_language": "en", "target_language": "es"}
    term = GlossaryTerm.objects.create(term="seats", translation="asientos", **pair)
    translate_now(subject=review, target="es")
    term.translation = "licencias"
    term.save()
    other = ReviewFactory(title="The seats. Good work.", product=review.product)
    assert translate_now(subject=other, target="es").texts["title"].startswith("Thi lic")
    assert sum("work" in text for text in by.seen) == 1
    assert len(by.seen) == 3


def test_a_forbidden_wording_marks_the_translation(engines):
    engines(Fake())
    review = ReviewFactory(title="The app is good and fast")
    GlossaryTerm.objects.create(
        vendor=review.product.vendor,
        source_language="en",
        target_language="es",
        term="app",
        kind="forbid",
        translation="epp",
    )
    assert translate_now(subject=review, target="es").failed == ["forbidden"]


def test_engines_that_know_glossaries_get_the_terms(engines):
    by = engines(Fake())
    by.knows_glossaries = True
    review = ReviewFactory(title="The seats")
    GlossaryTerm.objects.create(
        vendor=review.product.vendor,
        source_language="en",
        target_language="es",
        term="seats",
        translation="licencias",
    )
    translate_now(subject=review, target="es")
    assert by.styles[0].terms == (("seats", "licencias"),)
    assert by.seen == ["The seats"]


@pytest.mark.parametrize(
    "does",
    [
        lambda text: text.replace("\ue000", ""),
        lambda text: text + text,
        lambda text: text.replace("3", "4"),
        lambda text: "",
    ],
)
def test_whatever_an_engine_does_addresses_and_figures_stay(engines, does):
    engines(Fake(does=does))
    done = translated("See https://one.example for 3 days now")
    assert done.status == "done"
    assert "https://one.example" in done.texts["title"]
    assert "3" in done.texts["title"]
    assert "4" not in done.texts["title"]


@pytest.mark.parametrize(
    ("does", "check"),
    [(lambda text: text, "same"), (lambda text: "ja " * 90, "length")],
)
def test_what_cannot_be_repaired_is_marked(engines, does, check):
    engines(Fake(does=does))
    assert check in translated("It is not what we had hoped for at all").failed


def test_a_translation_by_way_of_a_third_language_is_marked(engines):
    engines(Fake(pairs=[("de", "en"), ("en", "es")]))
    done = translated("Das Haus", language="de")
    assert (done.status, done.via) == ("done", "en")
    assert MemorySegment.objects.get().via == "en"


def test_a_glossary_holds_over_a_third_language(engines):
    by = engines(Fake(pairs=[("de", "en"), ("en", "es")]))
    review = ReviewFactory(title="Der Stuhl von Ana@x.example ist rot", language="de")
    GlossaryTerm.objects.create(
        vendor=review.product.vendor,
        source_language="de",
        target_language="es",
        term="Stuhl",
        translation="butaca",
    )
    done = translate_now(subject=review, target="es")
    assert "butaca" in done.texts["title"]
    assert "Ana@x.example" in done.texts["title"]
    assert not any("butaca" in text or "Stuhl" in text for text in by.seen)
    assert done.failed == []


def test_english_is_the_third_language_where_it_can_be(engines):
    engines(Fake(pairs=[("de", "ca"), ("ca", "es"), ("de", "en"), ("en", "es")]))
    assert routes.route("de", "es").via == "en"


def test_a_paragraph_in_another_language_is_translated_from_its_own(engines):
    by = engines(Fake(pairs=[("en", "es"), ("fr", "es")]))
    spanish = "Este párrafo está escrito en español de principio a fin, sin ninguna duda posible."
    french = "Ce paragraphe est écrit en français du début à la fin, sans aucun doute possible."
    done = translated("", overall=f"It is good.\n\n{spanish}\n\n{french}")
    assert done.texts["overall"].split("\n\n")[1] == spanish
    assert not any("Este" in text for text in by.seen)
    assert set(MemorySegment.objects.values_list("source_language", flat=True)) == {"en", "fr"}


def test_a_persons_wording_wins_over_a_machines(engines):
    engines(Fake())
    translated("Good text.")
    memory.correct({Key("en", "Good text.", b""): "Buen texto."}, "es", author=moderator())
    again = translated("Good text.")
    assert (again.texts["title"], again.origin) == ("Buen texto.", "human")
    memory.remember({Key("en", "Good text.", b""): memory.KnownTranslation("Guud", "x")}, "es")
    assert MemorySegment.objects.get().target_text == "Buen texto."


def test_segments_like_another_are_found_the_likest_first(engines):
    engines(Fake())
    translated("The support team answers fast. Something else entirely.")
    memory.correct(
        {Key("en", "The support team answers very fast.", b""): "Responde muy rápido."},
        "es",
        author=None,
    )
    text = "The support team answers so fast."
    found = memory.matches([text, "Nothing like it"], "en", "es")[text]
    assert [match.is_human for match in found] == [False, True]
    assert found[0].likeness >= found[1].likeness > 60


@pytest.mark.django_db(transaction=True)
def test_two_that_want_the_same_sentence_pay_once(engines):
    waiting, go = threading.Event(), threading.Event()

    def slowly(text):
        waiting.set()
        go.wait(10)
        return swapped(text)

    by = engines(Fake(does=slowly))
    reviews = [ReviewFactory(title="The same sentence.") for _ in range(3)]

    def run(review):
        translate_now(subject=review, target="es")
        connection.close()

    threads = [threading.Thread(target=run, args=[review]) for review in reviews]
    for thread in threads:
        thread.start()
    assert waiting.wait(10)
    go.set()
    for thread in threads:
        thread.join()
    assert by.seen == ["The same sentence."]
    assert {r.translations.get().texts["title"] for r in reviews} == {"Thi semi sintinci."}


def test_a_changed_review_makes_its_translation_stale_and_a_persons_stays(engines):
    engines(Fake())
    done = translated("A text")
    review = done.review
    review.usage_frequency = "daily"
    review.save()
    done.refresh_from_db()
    assert done.stale_since is None
    review.title = "Other text"
    review.save()
    done.refresh_from_db()
    assert done.stale_since is not None
    done.author, done.origin = moderator(), "edited"
    done.save()
    assert service.request_translation(subject=review, target="es").texts["title"] == "A tixt"


def test_a_translation_that_came_too_late_for_its_text_is_not_stored(engines):
    def meanwhile(text):
        type(review).objects.filter(pk=review.pk).update(title="Changed meanwhile")
        return swapped(text)

    engines(Fake(does=meanwhile))
    review = ReviewFactory(title="A text")
    assert translate_now(subject=review, target="es").status == "pending"
