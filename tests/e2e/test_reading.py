"""Filters, pages and keys in the browser: the address bar stays true."""

import re

from playwright.sync_api import expect

from tests.factories import ProductFactory, ReviewFactory, moderator


def test_filters_and_pages_keep_the_address_and_the_way_back(visit):
    product = ProductFactory()
    for n in range(30):
        ReviewFactory(product=product, company_size="11_50", title=f"Title {n}")
    ReviewFactory(product=product, company_size="2_10")
    visitor = visit("en-US")
    page = visitor.go(f"/products/{product.slug}/")
    expect(page.locator("article.card")).to_have_count(25)
    page.locator("#rail").get_by_role("link", name=re.compile("11–50")).click()
    expect(page).to_have_url(re.compile(r"\?company_size=11_50$"))
    expect(page.locator(".result")).to_contain_text("30 reviews")
    page.get_by_role("link", name="Next").click()
    expect(page.locator("article.card")).to_have_count(5)
    expect(page).to_have_url(re.compile("cursor="))
    page.go_back()
    expect(page.locator("article.card")).to_have_count(25)
    page.get_by_role("link", name="remove 11–50").click()
    expect(page.locator(".result")).to_contain_text("31 reviews")
    page.select_option("#id_sort", "oldest")
    expect(page).to_have_url(re.compile("sort=oldest"))


def test_a_phone_has_its_filters_behind_one_button(visit):
    product = ProductFactory()
    ReviewFactory(product=product, company_size="11_50")
    visitor = visit("en-US", viewport={"width": 380, "height": 800})
    page = visitor.go(f"/products/{product.slug}/")
    expect(page.locator("#rail")).to_be_hidden()
    page.get_by_role("button", name="Filters").click()
    page.locator("#rail").get_by_role("link", name=re.compile("11–50")).click()
    expect(page.get_by_role("button", name="Filters (1)")).to_be_visible()
    expect(page.locator("#rail")).to_be_hidden()


def test_the_inbox_by_keyboard(visit):
    for n in range(3):
        ReviewFactory(status="pending", title=f"Number {n}")
    desk = visit("en-US")
    desk.sign_in(moderator())
    page = desk.go("/inbox/?status=pending")
    page.keyboard.press("j")
    expect(page.locator("#review h2").first).to_have_text("Number 2")
    page.keyboard.press("j")
    expect(page.locator("#review h2").first).to_have_text("Number 1")
    page.keyboard.press("k")
    expect(page.locator("#review h2").first).to_have_text("Number 2")
    page.keyboard.press("p")
    expect(page.locator("#review .badge.published")).to_be_visible()
    expect(page.locator("a.row[aria-current] .badge.published")).to_be_visible()
    expect(page.locator("#views a", has_text="Published").locator(".count")).to_have_text("1")
    page.keyboard.press("j")
    expect(page.locator("#review h2").first).to_have_text("Number 1")
    page.keyboard.press("r")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#review .badge.rejected")).to_be_visible()


def test_the_pages_work_without_scripts(visit):
    product = ProductFactory()
    for n in range(30):
        ReviewFactory(product=product, company_size="11_50" if n else "2_10")
    visitor = visit("en-US", java_script_enabled=False)
    page = visitor.go(f"/products/{product.slug}/")
    page.locator("#rail").get_by_role("link", name=re.compile("2–10")).click()
    expect(page.locator("article.card")).to_have_count(1)
    visitor.go(f"/products/{product.slug}/")
    page.get_by_role("link", name="Next").click()
    expect(page.locator("article.card")).to_have_count(5)
    visitor.sign_in_by_form(moderator())
    review = ReviewFactory(status="pending")
    page = visitor.go(f"/inbox/{review.pk}/")
    page.get_by_role("button", name="Publish P").click()
    expect(page.locator("#review .badge.published")).to_be_visible()
