"""Translations as a reader, a moderator and a vendor's agent meet them, in a browser."""

import re
import shutil

import pytest
from playwright.sync_api import expect

from responses.models import TranslatedDraft
from reviews.models import MemorySegment, Review, TranslationJob, TranslationReport
from tests import processes
from tests.factories import ReviewFactory, lead, moderator, vendor_staff

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(shutil.which("lt-proc") is None, reason="Apertium is not installed"),
]
ASKED = "How do you find the price? Write to help@nimbo.example 😀"


@pytest.fixture
def review(reasons):
    return ReviewFactory(
        title="It is slow.",
        overall=f"{ASKED}\n\n- The house is big.\n- It is 5 GB.",
        reviewer_name="Mason B.",
    )


def test_a_reader_has_a_review_translated_sees_the_original_and_reports(visit, worker, review):
    reader = visit()
    page = reader.go(f"/products/{review.product.slug}/")
    card = page.locator(f"#card-{review.pk}")
    card.get_by_role("button", name="Traducir al español").click()
    expect(card.locator(".prose").first).to_contain_text("La casa es grande.")
    expect(card.locator(".prose").first).to_contain_text("help@nimbo.example 😀")
    expect(card.locator(".translation")).to_contain_text("Traducción automática · Apertium")
    # Whoever comes next finds it translated, without asking.
    other = visit()
    page = other.go(f"/products/{review.product.slug}/")
    card = page.locator(f"#card-{review.pk}")
    expect(card.locator(".prose").first).to_contain_text("La casa es grande.")
    card.get_by_role("link", name="Ver el original en inglés").click()
    expect(card.locator(".prose").first).to_contain_text("The house is big.")
    page.reload()
    expect(card.locator(".prose").first).to_contain_text("The house is big.")
    card.get_by_role("link", name="Traducir al español").click()
    expect(card.locator(".prose").first).to_contain_text("La casa es grande.")
    page.get_by_role("link", name="Ver todas las opiniones en su idioma original").click()
    expect(card.locator(".prose").first).to_contain_text("The house is big.")
    page.get_by_role("link", name="Ver las traducciones disponibles").click()
    card.get_by_role("link", name="Denunciar traducción").click()
    page.get_by_label("¿Qué problema tiene la traducción?").fill("«Es lento» no es el título")
    page.get_by_role("button", name="Denunciar traducción").click()
    expect(page.get_by_role("status")).to_contain_text("Gracias")
    assert TranslationReport.objects.get().review == review


def test_a_moderator_matches_sentences_and_corrects_one(visit, worker, review):
    person = visit("es-ES")
    person.sign_in(moderator())
    page = person.go(f"/inbox/{review.pk}/")
    page.locator("#review").get_by_role("button", name="Traducir al español").click()
    expect(page.locator(".translated .segment")).to_have_count(5)
    page.locator(".original .segment").nth(3).hover()
    expect(page.locator(".segment.lit")).to_have_count(2)
    expect(page.locator(".translated .segment.lit")).to_have_text("La casa es grande.")
    # The same by keyboard: one stop, then the arrows.
    page.locator(".original .segment").first.focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator(".original .segment.lit")).to_have_text("How do you find the price?")
    page.keyboard.press("ArrowUp")
    expect(page.locator(".translated .segment.lit")).to_have_text("Es lento.")
    page.keyboard.press("e")
    expect(page).to_have_url(re.compile("translation/edit/"))
    page.locator("#segment-0").fill("Va lento.")
    page.get_by_role("button", name="Guardar traducción").click()
    expect(page.locator(".translated .prose").first).to_have_text("Va lento.")
    expect(page.locator(".translated .source")).to_contain_text("editada por una persona")
    assert MemorySegment.objects.get(target_text="Va lento.").origin == "human"
    # Wherever the sentence stands again, the correction holds.
    again = ReviewFactory(product=review.product, title="It is slow.")
    page = person.go(f"/inbox/{again.pk}/")
    page.locator("#review").get_by_role("button", name="Traducir al español").click()
    expect(page.locator(".translated .prose").first).to_have_text("Va lento.")


def test_a_lead_runs_a_job_pauses_it_and_sees_its_result(visit, worker, review):
    Review.objects.bulk_create(
        Review(
            product=review.product,
            source=review.source,
            external_id=f"x{n}",
            language="en",
            status="published",
            title=f"The invoice {n} was late and {n} was wrong, too.",
            overall=f"Nobody answered the {n} mails. We had to pay {n} invoices twice this year.",
        )
        for n in range(2_500)
    )
    person = visit("en-US")
    person.sign_in(lead())
    page = person.go("/inbox/?sort=newest")
    page.get_by_role("button", name=re.compile("All 2,501 reviews in this view")).click()
    page.locator("#id_bulk_language").select_option("es")
    page.get_by_role("button", name="Translate…").click()
    expect(page.get_by_text("Estimated characters to send to an engine")).to_be_visible()
    page.get_by_role("button", name="Start").click()
    expect(page.locator("#progress progress")).to_be_visible()
    # It moves without anybody doing anything.
    expect(page.locator("label[for=bar]")).to_contain_text(re.compile(r"^\s*[1-9]"))
    page.get_by_role("button", name="Pause").click()
    expect(page.locator("#progress .badge").first).to_have_text("Paused")
    job = TranslationJob.objects.get()
    assert 0 < job.gone_through < 2_501
    page.get_by_role("button", name="Resume").click()
    expect(page.locator("#progress .badge").first).to_have_text("Done", timeout=90_000)
    expect(page.locator("#progress")).to_contain_text("2,501")
    page = person.go("/inbox/engines/")
    expect(page.locator("table").first).to_contain_text("Apertium")


def test_an_agent_writes_in_her_language_and_checks_the_translation(visit, worker):
    review = ReviewFactory(title="Es lento.", language="es", reviewer_name="Óscar V.")
    katie = visit("en-US")
    katie.sign_in(vendor_staff(review.product.vendor))
    page = katie.go(f"/desk/{review.pk}/")
    page.fill("#id_body", "Hi Óscar, the house is big.\n\nThanks, Katie")
    page.get_by_role("button", name="Translate to Spanish").click()
    there = page.get_by_label("What the reviewer will read (Spanish)")
    expect(there).to_have_value(re.compile("Óscar, la casa es grande.*Katie", re.DOTALL))
    expect(page.locator(".back-translation")).to_contain_text("the house is big")
    there.fill("Hola, Óscar: la casa es muy grande.\n\nGracias, Katie")
    page.get_by_role("button", name="Translate again or check your edits").click()
    expect(page.locator(".back-translation")).to_contain_text("very big")
    # A draft survives a closed tab.
    page.reload()
    expect(there).to_have_value(re.compile("muy grande"))
    page.fill("#id_author_name", "Katie")
    page.get_by_role("button", name="Publish response").click()
    expect(page.get_by_role("status").first).to_contain_text("Response published.")
    reader = visit()
    page = reader.go(f"/products/{review.product.slug}/")
    answer = page.locator(f"#card-{review.pk} .response")
    expect(answer).to_contain_text("la casa es muy grande")
    expect(answer).to_contain_text("editada por una persona")
    answer.get_by_role("link", name="Ver el original en inglés").click()
    expect(answer).to_contain_text("the house is big")


def test_without_scripts_a_draft_is_translated_too(visit, worker):
    review = ReviewFactory(title="Es lento.", language="es")
    katie = visit("en-US", java_script_enabled=False)
    katie.sign_in(vendor_staff(review.product.vendor))
    page = katie.go(f"/desk/{review.pk}/")
    page.fill("#id_body", "The house is big.")
    page.get_by_role("button", name="Translate to Spanish").click()
    processes.wait_for(
        TranslatedDraft.objects.filter(status="done").exists, what="the draft is translated"
    )
    page.reload()
    expect(page.locator("#id_translation")).to_have_value("La casa es grande.")
