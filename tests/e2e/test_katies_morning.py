"""A morning at the vendor's desk: what is overdue, answered well, agreed to, read, and again."""

import json
import re
import shutil
from datetime import timedelta

import pytest
from celery import current_app
from django.utils import timezone
from playwright.sync_api import expect

from responses.choices import Approval, TemplateKind
from responses.models import Case, ReplyTemplate, Response, VendorDesk
from reviews.choices import VendorRole
from reviews.models import Review
from tests import processes
from tests.factories import ProductFactory, ReviewFactory, VendorFactory, vendor_staff
from tests.reviews.importing_helpers import import_reviews

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(shutil.which("lt-proc") is None, reason="Apertium is not installed"),
]
REVIEW = {
    "external_id": "n-1", "language": "es", "reviewed_on": "2026-10-01",
    "title": "Se cayó en plena campaña", "overall": "El envío quedó a medias. La casa es grande.",
    "pros": "", "cons": "Nadie respondió al teléfono.", "ratings": {"overall": 1},
    "reviewer": {"name": "Óscar V.", "country": "ES"},
}  # fmt: skip


def imported(folder, product, **changes) -> Review:
    """Take the review in as its source has it now."""
    dump = folder / "reviews.jsonl"
    dump.write_text(json.dumps(REVIEW | changes, ensure_ascii=False) + "\n")
    report = import_reviews(dump, product=product.slug, status="published")
    assert report["exit"] == 0
    return Review.objects.get(external_id="n-1")


@pytest.fixture
def vendor(reasons):
    vendor = VendorFactory(name="Nimbo Software")
    VendorDesk.objects.create(
        vendor=vendor,
        approval=Approval.BY_RULE,
        approval_responses=0,
        hours_to_respond={"1": 8},
        office_hours={},
        link_domains=["nimbo.example"],
    )
    return vendor


def named(vendor, name: str, role: VendorRole):
    person = vendor_staff(vendor, role)
    person.first_name = name
    person.save()
    return person


def test_katies_morning(visit, worker, vendor, tmp_path):
    product = ProductFactory(vendor=vendor, name="Nimbo Campaign")
    marta = named(vendor, "Marta", VendorRole.MANAGER)
    katie = named(vendor, "Katie", VendorRole.AGENT)
    for kind, name, body in (
        (TemplateKind.GREETING, "Hello", "Hi {{ reviewer.first_name }},"),
        (TemplateKind.SIGNATURE, "Bye", "Thanks, {{ agent.first_name }}"),
        (TemplateKind.RESPONSE, "Outage", "the house is big. See nimbo.example/status."),
        (TemplateKind.RESPONSE, "Price", "the price is what it is."),
    ):
        ReplyTemplate.objects.create(
            vendor=vendor, kind=kind, name=name, language="en", body=body, changed_by=marta
        )
    ReviewFactory(product=product, title="Lovely", overall_rating=5)
    review = imported(tmp_path, product)
    Case.objects.update(opened_at=timezone.now() - timedelta(days=2))
    # What the clock does every few seconds.
    current_app.send_task("responses.tasks.plan_cases")

    # She signs in and takes what is overdue first.
    agent = visit("en-US")
    agent.sign_in_by_form(katie)
    page = agent.page
    expect(page).to_have_url(re.compile("/desk/$"))
    overdue = page.locator(".views a", has_text="Overdue")
    # Until the worker has planned the case.
    processes.wait_for(lambda: not Case.objects.filter(is_scheduled=False).exists())
    page.reload()
    expect(overdue.locator(".count")).to_have_text("1")
    overdue.click()
    expect(page.locator(".rows")).not_to_contain_text("Lovely")
    expect(page.locator(".rows")).to_contain_text("overdue by")

    # A Spanish review of one star, read in English.
    page.keyboard.press("j")
    pane = page.locator("#review")
    expect(pane.locator(".stars").first).to_have_attribute("aria-label", re.compile("1"))
    pane.get_by_role("button", name="Translate to English").click()
    expect(pane.locator(".card .prose").first).to_contain_text("The house is big.")

    # A template by "/", the one that she types the beginning of; then her own words.
    page.keyboard.press("e")
    body = page.locator("#id_body")
    expect(body).to_be_focused()
    expect(body).to_have_value(re.compile("^Hi Óscar,\n\n.*Thanks, Katie$", re.DOTALL))
    body.fill("")
    body.press_sequentially("/out")
    expect(page.get_by_role("option", name=re.compile("Outage"))).to_be_visible()
    expect(page.get_by_role("option", name=re.compile("Price"))).to_be_hidden()
    page.keyboard.press("Enter")
    written = "Hi Óscar,\n\nthe house is big. See nimbo.example/status.\n\nThanks, Katie"
    expect(body).to_have_value(written)
    written = written.replace("big.", "big, and the telephone is new.")
    body.fill(written)
    expect(page.locator("#draft-state")).to_contain_text("Draft saved at")
    expect(page.locator(".preview")).to_contain_text("the telephone is new")
    # It is still there in another tab.
    other = agent.context.new_page()
    other.goto(page.url)
    expect(other.locator("#id_body")).to_have_value(written)
    other.close()

    # What he will read, and the way back.
    page.get_by_role("button", name="Translate to Spanish").click()
    there = page.get_by_label("What the reviewer will read (Spanish)")
    expect(there).to_have_value(
        re.compile("Óscar.*casa es grande.*nimbo.example/status", re.DOTALL)
    )
    expect(page.locator(".back-translation")).to_contain_text("nimbo.example/status")
    there.fill(there.input_value().replace("grande", "muy grande"))
    page.get_by_role("button", name="Translate again or check your edits").click()
    expect(page.locator(".back-translation")).to_contain_text("very big")

    # One star: the manager is asked.
    page.get_by_role("button", name="Submit for approval").click()
    expect(page.get_by_role("status").first).to_contain_text("Response submitted for approval.")
    assert Response.objects.get().status == "in_approval"

    # The manager, in another browser, reads both and agrees.
    manager = visit("es-ES")
    manager.sign_in(marta)
    desk = manager.go("/desk/?approval=true")
    desk.locator("a.row").click()
    consent = desk.locator(".consent")
    expect(consent).to_contain_text("muy grande")
    expect(desk.locator("#id_body")).to_have_value(written)
    desk.locator("#review").focus()
    desk.keyboard.press("p")
    expect(desk.get_by_role("status").first).to_contain_text("publicada")
    first = Response.objects.get()
    assert (first.status, first.author, first.approved_by) == ("published", katie, marta)

    # What readers see, in both languages.
    for language, seen in (("es-ES", "muy grande"), ("en-US", "the telephone is new")):
        reader = visit(language)
        public = reader.go(f"/products/{product.slug}/")
        expect(public.locator(f"#card-{review.pk} .response")).to_contain_text(seen)

    # He changes his review: it stands in a queue again.
    imported(tmp_path, product, ratings={"overall": 4}, overall="Lo arreglaron. La casa es grande.")
    page.goto(f"{agent.url}/desk/?outdated=true")
    expect(page.locator(".rows")).to_contain_text("changed since the response")
    page.locator("a.row").click()
    expect(page.locator(".case")).to_contain_text("review changed on")
    expect(page.locator("#id_body")).to_have_value(written)

    # Four stars need nobody's consent: the second answer takes the place of the first.
    page.locator("#id_body").fill("Hi Óscar,\n\nthe house is new.\n\nThanks, Katie")
    page.get_by_role("button", name="Translate to Spanish").click()
    expect(page.locator(".back-translation")).to_contain_text("new")
    page.get_by_role("button", name="Update response").click()
    expect(page.get_by_role("status").first).to_contain_text("Response published.")
    second = Response.objects.get()
    assert (second.pk, second.revisions.get().body) == (first.pk, written)
    page.goto(f"{agent.url}/desk/?outdated=true")
    expect(page.locator(".empty").first).to_be_visible()
    reader = visit("es-ES")
    public = reader.go(f"/products/{product.slug}/")
    expect(public.locator(f"#card-{review.pk} .response")).to_contain_text("nueva")


def test_two_agents_meet_over_one_review(visit, vendor):
    review = ReviewFactory(product=ProductFactory(vendor=vendor), title="Slow")
    katie, ana = named(vendor, "Katie", VendorRole.AGENT), named(vendor, "Ana", VendorRole.AGENT)
    first, second = visit("en-US"), visit("en-US")
    for each, person in ((first, ana), (second, katie)):
        each.sign_in(person)
        each.go(f"/desk/{review.pk}/")
    # Each sees the other within two seconds.
    for each, person in ((first, katie), (second, ana)):
        notice = each.page.locator("#presence")
        expect(notice).to_contain_text(f"{person.username} is also viewing", timeout=2_500)
    first.page.fill("#id_body", "Version by Ana")
    expect(first.page.locator("#draft-state")).to_contain_text("Draft saved")
    expect(second.page.locator("#presence")).to_contain_text(f"{ana.username} edited this response")
    second.page.fill("#id_body", "Version by Katie")
    state = second.page.locator("#draft-state")
    expect(state).to_contain_text("Someone else has responded or edited the response")
    expect(state).to_contain_text("Version by Ana")
    second.page.get_by_role("button", name="Publish response").click()
    expect(second.page.locator(".editor > .bad")).to_contain_text("Your text is still here")
    expect(second.page.locator("#id_body")).to_have_value("Version by Katie")
    second.page.get_by_role("button", name="Publish response").click()
    expect(second.page.get_by_role("status").first).to_contain_text("Response published.")
    assert Response.objects.get().body == "Version by Katie"


def test_without_scripts_a_template_is_put_in_and_published(visit, vendor):
    review = ReviewFactory(product=ProductFactory(vendor=vendor), reviewer_name="Ana P.")
    katie = named(vendor, "Katie", VendorRole.AGENT)
    ReplyTemplate.objects.create(
        vendor=vendor, name="Thanks", body="Hi {{ reviewer.first_name }}!", changed_by=katie
    )
    agent = visit("en-US", java_script_enabled=False)
    agent.sign_in(katie)
    page = agent.go(f"/desk/{review.pk}/")
    page.locator(".response-form summary", has_text="Reply templates").click()
    page.locator(".response-form").get_by_role("button", name="Thanks").click()
    expect(page.locator("#id_body")).to_have_value("Hi Ana!")
    page.get_by_role("button", name="Save draft").click()
    expect(page.locator("#id_body")).to_have_value("Hi Ana!")
    page.get_by_role("button", name="Publish response").click()
    assert Response.objects.get().status == "published"
