"""What stands round engines: which is called, when it is left alone, what may be spent."""

import threading
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.utils import timezone

from reviews.models import (
    EngineDay,
    TranslationBudget,
    TranslationSpending,
)
from reviews.translation import resilience, routes, service, spending
from reviews.translation.engines import EngineError, EngineFailure
from tests.engine_servers import swapped
from tests.factories import ReviewFactory
from tests.reviews.translating import Fake, failing, translate_now, translated

pytestmark = pytest.mark.django_db


def test_the_next_engine_takes_over_and_the_first_is_left_alone(engines):
    broken, good = Fake("deepl", does=failing(EngineFailure.DOWN)), Fake("google")
    engines(broken, good)
    for n in range(3):
        assert translated(f"Text number {'abc'[n]} here").engine == "google"
    assert resilience.is_open("deepl")
    before = EngineDay.objects.get(engine="deepl").failures
    assert translated("And another text").engine == "google"
    assert EngineDay.objects.get(engine="deepl").failures == before
    resilience.close("deepl")
    assert not resilience.is_open("deepl")


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


def test_the_order_of_engines_is_by_pair(engines, settings):
    engines(Fake("deepl"), Fake("google"))
    settings.TRANSLATION["order"]["en>es"] = ["google", "deepl"]
    assert routes.route("en", "es").engines == ("google", "deepl")


def test_a_budget_refuses_with_a_sentence(engines, client):
    engines(Fake())
    TranslationBudget.objects.create(scope="engine:apertium", characters=30)
    assert translated("A text of twenty letters").status == "done"
    refused = translated("Another text of that length")
    assert refused.failure == "budget"
    assert str(EngineFailure.BUDGET.label).startswith(
        "The translation engine's budget for this month"
    )
    assert TranslationSpending.objects.get(scope="engine:apertium").characters == 24


def test_a_vendors_budget_is_the_vendors_alone(engines):
    engines(Fake())
    first = ReviewFactory(title="A text of twenty letters")
    TranslationBudget.objects.create(scope=f"vendor:{first.vendor_id}", characters=5)
    assert translate_now(subject=first, target="es").failure == "vendor_budget"
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


def test_no_more_calls_at_once_than_an_engine_takes(engines, monkeypatch):
    monkeypatch.setattr(resilience, "QUEUE", 0.05)
    by = engines(Fake())
    by.parallel = 1
    with resilience.slot(by), pytest.raises(EngineError) as raised, resilience.slot(by):
        pass
    assert raised.value.code == "busy"
    with resilience.slot(by):
        pass


def test_a_day_of_an_engine_is_counted(engines):
    engines(Fake())
    translated("A text")
    translated("B text")
    day = EngineDay.objects.get()
    assert (day.calls, day.segments, day.characters, day.failures) == (2, 2, 12, 0)


def test_pairs_are_asked_for_once(engines):
    by = engines(Fake())
    assert routes.route("en", "es").engines == ("apertium",)
    by._pairs = set()
    assert routes.route("en", "es").engines == ("apertium",)
    cache.clear()
    with pytest.raises(EngineError) as raised:
        routes.route("en", "es")
    assert raised.value.code == "no_pair"


def test_old_spending_is_last_months(engines):
    TranslationBudget.objects.create(scope="engine:apertium", characters=10)
    TranslationSpending.objects.create(
        scope="engine:apertium", characters=10, month=(timezone.now() - timedelta(days=40)).date()
    )
    engines(Fake())
    assert translated("A text").status == "done"
