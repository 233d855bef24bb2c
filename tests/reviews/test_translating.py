"""How segments become translations: memory, glossary, checks, engines that fail, budgets."""

import threading
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.utils import timezone

from reviews.models import (
    EngineDay,
    GlossaryTerm,
    MemorySegment,
    TranslationBudget,
    TranslationSpending,
)
from reviews.translation import calling, guards, memory, routes, service, spending
from reviews.translation.engines import EngineError, EngineFailure
from reviews.translation.memory import Key
from tests.engine_servers import swapped
from tests.factories import ReviewFactory, moderator

pytestmark = pytest.mark.django_db


class Fake:
    """An engine of which a test says what it does; everything round it is real."""

    most, most_characters, parallel, knows_glossaries = 50, 5_000, 4, False

    def __init__(self, key="apertium", pairs=(("en", "es"),), does=swapped):
        self.key = self.label = key
        self._pairs, self.does, self.seen, self.styles = set(pairs), does, [], []

    def pairs(self):
        return self._pairs

    def translate(self, segments, source, target, style):
        self.seen += [segment.text for segment in segments]
        self.styles.append(style)
        return [self.does(segment.text) for segment in segments]


@pytest.fixture
def engines(monkeypatch, settings):
    """Put engines in use: `engines(Fake(…), Fake(…))`, in their order."""
    monkeypatch.setattr(guards, "BACKOFF", 0)

    def put(*found):
        by_key = {one.key: one for one in found}
        monkeypatch.setitem(settings.TRANSLATION, "order", {"*": list(by_key)})
        monkeypatch.setattr(routes, "engine", by_key.__getitem__)
        monkeypatch.setattr(calling, "engine", by_key.__getitem__)
        return found[0]

    return put


def translated(title, target="es", **more):
    review = ReviewFactory(title=title, **more)
    return service.translate_now(subject=review, target=target)


def failing(code):
    def fail(_text):
        raise EngineError(code)

    return fail


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
    done = service.translate_now(subject=review, target="es")
    assert done.texts["title"] == "Licencias end boards end thi trey"
    assert "eats" not in by.seen[0]


def test_a_changed_term_makes_only_its_own_segments_new(engines):
    by = engines(Fake())
    review = ReviewFactory(title="The seats. Good work.")
    pair = {"vendor": review.product.vendor, "source_language": "en", "target_language": "es"}
    term = GlossaryTerm.objects.create(term="seats", translation="asientos", **pair)
    service.translate_now(subject=review, target="es")
    term.translation = "licencias"
    term.save()
    other = ReviewFactory(title="The seats. Good work.", product=review.product)
    assert service.translate_now(subject=other, target="es").texts["title"].startswith("Thi lic")
    assert sum("work" in text for text in by.seen) == 1
    assert len(by.seen) == 3


def test_a_forbidden_wording_marks_the_translation(engines):
    engines(Fake())
    review = ReviewFactory(title="The app is good and fast")
    GlossaryTerm.objects.create(
        vendor=review.product.vendor, source_language="en", target_language="es", term="app",
        kind="forbid", translation="epp",
    )  # fmt: skip
    assert service.translate_now(subject=review, target="es").failed == ["forbidden"]


def test_engines_that_know_glossaries_get_the_terms(engines):
    by = engines(Fake())
    by.knows_glossaries = True
    review = ReviewFactory(title="The seats")
    GlossaryTerm.objects.create(
        vendor=review.product.vendor, source_language="en", target_language="es", term="seats",
        translation="licencias",
    )  # fmt: skip
    service.translate_now(subject=review, target="es")
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
def test_what_cannot_be_mended_is_marked(engines, does, check):
    engines(Fake(does=does))
    assert check in translated("It is not what we had hoped for at all").failed


def test_the_next_engine_takes_over_and_the_first_is_left_alone(engines):
    broken, good = Fake("deepl", does=failing(EngineFailure.DOWN)), Fake("google")
    engines(broken, good)
    for n in range(3):
        assert translated(f"Text number {'abc'[n]} here").engine == "google"
    assert guards.is_open("deepl")
    before = EngineDay.objects.get(engine="deepl").failures
    assert translated("And another text").engine == "google"
    assert EngineDay.objects.get(engine="deepl").failures == before
    guards.close("deepl")
    assert not guards.is_open("deepl")


def test_one_poisoned_segment_does_not_take_the_others_with_it(engines):
    def does(text):
        if "poison" in text:
            raise EngineError(EngineFailure.FAILED)
        return swapped(text)

    engines(Fake(does=does))
    good, bad = ReviewFactory(title="Good text."), ReviewFactory(title="A poison.")
    work = service.translate(service.plans([good, bad], "es"), "es")
    assert service.compose(work.plans[0], work).texts["title"] == "Guud tixt."
    assert service.compose(work.plans[1], work).failure == "failed"


def test_a_third_language_is_gone_over_and_said(engines):
    engines(Fake(pairs=[("de", "en"), ("en", "es")]))
    done = translated("Das Haus", language="de")
    assert (done.status, done.via) == ("done", "en")
    assert MemorySegment.objects.get().via == "en"


def test_a_glossary_holds_over_a_third_language(engines):
    by = engines(Fake(pairs=[("de", "en"), ("en", "es")]))
    review = ReviewFactory(title="Der Stuhl von Ana@x.example ist rot", language="de")
    GlossaryTerm.objects.create(
        vendor=review.product.vendor, source_language="de", target_language="es", term="Stuhl",
        translation="butaca",
    )  # fmt: skip
    done = service.translate_now(subject=review, target="es")
    assert "butaca" in done.texts["title"]
    assert "Ana@x.example" in done.texts["title"]
    assert not any("butaca" in text or "Stuhl" in text for text in by.seen)
    assert done.failed == []


def test_english_is_the_third_language_where_it_can_be(engines):
    engines(Fake(pairs=[("de", "ca"), ("ca", "es"), ("de", "en"), ("en", "es")]))
    assert routes.route("de", "es").via == "en"


def test_the_order_of_engines_is_by_pair(engines, settings):
    engines(Fake("deepl"), Fake("google"))
    settings.TRANSLATION["order"]["en>es"] = ["google", "deepl"]
    assert routes.route("en", "es").engines == ("google", "deepl")


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
    memory.remember({Key("en", "Good text.", b""): memory.Known("Guud", "x")}, "es")
    assert MemorySegment.objects.get().target_text == "Buen texto."


def test_segments_like_another_are_found_the_likest_first(engines):
    engines(Fake())
    translated("The support team answers fast. Something else entirely.")
    memory.correct(
        {Key("en", "The support team answers very fast.", b""): "Responde muy rápido."}, "es",
        author=None,
    )  # fmt: skip
    text = "The support team answers so fast."
    found = memory.matches([text, "Nothing like it"], "en", "es")[text]
    assert [match.is_human for match in found] == [False, True]
    assert found[0].likeness >= found[1].likeness > 60


def test_a_budget_refuses_with_a_sentence(engines, client):
    engines(Fake())
    TranslationBudget.objects.create(scope="engine:apertium", characters=30)
    assert translated("A text of twenty letters").status == "done"
    refused = translated("Another text of that length")
    assert refused.failure == "budget"
    assert str(EngineFailure.BUDGET.label).startswith("This month's budget")
    assert TranslationSpending.objects.get(scope="engine:apertium").characters == 24


def test_a_vendors_budget_is_the_vendors_alone(engines):
    engines(Fake())
    first = ReviewFactory(title="A text of twenty letters")
    TranslationBudget.objects.create(scope=f"vendor:{first.vendor_id}", characters=5)
    assert service.translate_now(subject=first, target="es").failure == "vendor_budget"
    assert translated("A text of twenty letters").status == "done"
    # What was refused was not spent.
    assert TranslationSpending.objects.get(scope="engine:apertium").characters == 24


def test_what_an_engine_failed_to_do_is_not_spent(engines):
    engines(Fake(does=failing(EngineFailure.QUOTA)))
    assert translated("A text").failure == "quota"
    assert set(TranslationSpending.objects.values_list("characters", flat=True)) == {0}


@pytest.mark.django_db(transaction=True)
def test_a_budget_is_not_overspent_by_many_at_once():
    TranslationBudget.objects.create(scope="engine:deepl", characters=1_000)
    done = []

    def spend():
        done.extend(spending.reserve("engine:deepl", 30) for _ in range(10))
        connection.close()

    threads = [threading.Thread(target=spend) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(done) == 33
    assert TranslationSpending.objects.get().characters == 990


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
        service.translate_now(subject=review, target="es")
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


def test_no_more_calls_at_once_than_an_engine_takes(engines, monkeypatch):
    monkeypatch.setattr(guards, "QUEUE", 0.05)
    by = engines(Fake())
    by.parallel = 1
    with guards.slot(by), pytest.raises(EngineError) as raised, guards.slot(by):
        pass
    assert raised.value.code == "busy"
    with guards.slot(by):
        pass


def test_a_day_of_an_engine_is_counted(engines):
    engines(Fake())
    translated("A text")
    translated("B text")
    day = EngineDay.objects.get()
    assert (day.calls, day.segments, day.characters, day.failures) == (2, 2, 12, 0)


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


def test_pairs_are_asked_for_once(engines):
    by = engines(Fake())
    assert routes.route("en", "es").engines == ("apertium",)
    by._pairs = set()
    assert routes.route("en", "es").engines == ("apertium",)
    cache.clear()
    with pytest.raises(EngineError) as raised:
        routes.route("en", "es")
    assert raised.value.code == "no_pair"


def test_a_translation_that_came_too_late_for_its_text_is_not_stored(engines):
    def meanwhile(text):
        type(review).objects.filter(pk=review.pk).update(title="Changed meanwhile")
        return swapped(text)

    engines(Fake(does=meanwhile))
    review = ReviewFactory(title="A text")
    assert service.translate_now(subject=review, target="es").status == "pending"


def test_old_spending_is_last_months(engines):
    TranslationBudget.objects.create(scope="engine:apertium", characters=10)
    TranslationSpending.objects.create(
        scope="engine:apertium", characters=10, month=(timezone.now() - timedelta(days=40)).date()
    )
    engines(Fake())
    assert translated("A text").status == "done"
