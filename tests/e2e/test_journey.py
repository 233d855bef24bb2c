"""From a dump to an answered review that a visitor reads in their language."""

import re
import shutil

import pytest
from playwright.sync_api import expect

from reviews.models import Review
from tests.conftest import SHARED
from tests.factories import moderator, vendor_staff
from tests.reviews.dumps import GETAPP, write

REAL = SHARED / "getapp_es_salesforce_marketing_cloud.txt"


@pytest.mark.skipif(shutil.which("lt-proc") is None, reason="Apertium is not installed")
@pytest.mark.parametrize("dump", ["ours", "real"])
def test_a_dump_becomes_an_answered_review_read_in_spanish(visit, worker, tmp_path, dump):
    title = {"ours": "Never again", "real": "The worst...."}[dump]
    if dump == "real" and not REAL.exists():
        pytest.skip("the real dump does not lie beside the project")
    file = REAL if dump == "real" else write(tmp_path / "page.txt", GETAPP)

    # A moderator imports the page …
    desk = visit()
    desk.sign_in(moderator())
    page = desk.go("/imports/")
    page.set_input_files("input[type=file]", file)
    page.get_by_role("button", name="Subir y previsualizar").click()
    expect(page.get_by_text("Formato detectado: GetApp")).to_be_visible()
    expect(page.locator("article.card").first).to_be_visible()
    page.get_by_role("button", name="Importar", exact=True).click()
    expect(page.locator("#progress .badge")).to_have_text("Terminada", timeout=30_000)
    review = Review.objects.get(title=title)

    # … finds the review by the company's size, reads it in Spanish, publishes it.
    page = desk.go("/inbox/?status=pending")
    page.get_by_role("button", name="Filtros").click()
    page.locator("#rail").get_by_role("link", name=re.compile("11–50")).click()
    expect(page).to_have_url(re.compile("company_size=11_50"))
    page.locator("a.row", has_text=title).click()
    expect(page.locator("#review h2").first).to_have_text(title)
    expect(page).to_have_url(re.compile(rf"/inbox/{review.pk}/\?.*company_size=11_50"))
    page.locator("#review").get_by_role("button", name="Traducir al español").click()
    expect(page.locator("#review .translated .source")).to_contain_text("Apertium")
    expect(page.locator("#review .translated .prose").first).to_be_visible()
    page.locator("#review").get_by_role("button", name="Publicar P").click()
    expect(page.locator("#review .badge.published")).to_be_visible()

    # The vendor's agent answers it …
    katie = vendor_staff(review.product.vendor)
    agent = visit("en-US")
    agent.sign_in_by_form(katie)
    expect(agent.page).to_have_url(re.compile("/desk/$"))
    agent.page.locator("a.row", has_text=title).click()
    agent.page.fill(
        "#id_body", "Thank you for the list. The new editor works in every browser. Katie"
    )
    agent.page.get_by_role("button", name="Update response").click()
    expect(agent.page.get_by_role("status").first).to_contain_text("Response published.")

    # … and a visitor reads review and answer in Spanish, and back.
    visitor = visit()
    page = visitor.go(f"/products/{review.product.slug}/?company_size=11_50")
    card = page.locator(f"#card-{review.pk}")
    expect(card.locator(".response")).to_contain_text("The new editor works in every browser")
    card.locator(".response").get_by_role("button", name="Traducir al español").click()
    response = card.locator(".response .prose")
    expect(response).to_have_attribute("lang", "es")
    expect(response).to_contain_text("navegador")
    expect(page).to_have_url(re.compile("company_size=11_50&translate=response-"))
    expect(card.locator(".response .translation")).to_contain_text("Traducción automática")
    page.reload()
    expect(page.locator(f"#card-{review.pk} .response .prose")).to_contain_text("navegador")
    page.locator(f"#card-{review.pk} .response").get_by_role("link", name="Ver el original").click()
    expect(page.locator(f"#card-{review.pk} .response .prose")).to_have_attribute("lang", "en")
