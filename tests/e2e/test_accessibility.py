"""Every page, in both languages: axe finds nothing, nothing overflows, nothing errors."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from reviews.choices import ImportStatus
from reviews.models import Import, ModerationReason, Review
from reviews.moderation.decisions import Order, decide
from reviews.moderation.flags import flag
from tests.factories import ResponseFactory, ReviewFactory, UserFactory, moderator, vendor_staff
from tests.reviews.dumps import GETAPP, csv_of, write
from tests.reviews.importing_helpers import import_reviews

WIDE, PHONE = {"width": 1440, "height": 900}, {"width": 360, "height": 760}


def check(visitor, path: str) -> None:
    page = visitor.go(path)
    # Preloading, axe would put style sheets into the page, against its policy.
    results = Axe().run(page, options={"preload": False})
    assert results.violations_count == 0, f"{path}: {results.generate_report()}"
    overflow = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert overflow <= 0, f"{path} is {overflow} px too wide"


@pytest.fixture
def site(reasons, tmp_path):
    """A product with reviews in all states, an answer, a flag, and imports."""
    import_reviews(write(tmp_path / "page.txt", GETAPP), status="published")
    import_reviews(write(tmp_path / "t.csv", csv_of(60)), product="nimbo-desk", status="pending")
    bad = "id,rating,text\n1,11,Fine with us\n"
    import_reviews(write(tmp_path / "bad.csv", bad), product="nimbo-desk")
    return Review.objects.get(title="Never again")


@pytest.mark.parametrize("language", ["es-ES", "en-US"])
@pytest.mark.parametrize("viewport", [WIDE, PHONE], ids=["wide", "phone"])
def test_public_pages(visit, site, language, viewport):
    visitor = visit(language, viewport=viewport)
    path = f"/products/{site.product.slug}/"
    for page in ("/", "/?q=zzz", path, f"{path}?rating=1", f"{path}?company_size=11_50&q=list",
                 "/accounts/login/", "/api/v1/"):  # fmt: skip
        check(visitor, page)


@pytest.mark.parametrize("language", ["es-ES", "en-US"])
@pytest.mark.parametrize("viewport", [WIDE, PHONE], ids=["wide", "phone"])
def test_workspaces(visit, site, language, viewport):
    staff = vendor_staff(site.product.vendor)
    flag(review=site, reason=ModerationReason.objects.first(), note="Not ours", actor=staff)
    visitor = visit(language, viewport=viewport)
    visitor.sign_in(moderator())
    imports = Import.objects.order_by("pk")
    waiting = Import.objects.create(file_name="lost.csv", stored_as="imports/none")
    running = Import.objects.create(
        file_name="long.csv", status=ImportStatus.RUNNING, progress=0.4, product=site.product
    )
    for page in ("/inbox/", "/inbox/?status=pending", f"/inbox/{site.pk}/", "/imports/",
                 f"/imports/{imports[0].pk}/", f"/imports/{imports[2].pk}/",
                 f"/imports/{waiting.pk}/", f"/imports/{running.pk}/"):  # fmt: skip
        check(visitor, page)
    agent = visit(language, viewport=viewport)
    agent.sign_in(staff)
    for page in ("/desk/", f"/desk/{site.pk}/"):
        check(agent, page)


def test_dark_pages(visit, site):
    visitor = visit(color_scheme="dark")
    check(visitor, f"/products/{site.product.slug}/")
    visitor.sign_in(moderator())
    check(visitor, f"/inbox/{site.pk}/")


def test_the_admin(visit, site):
    ResponseFactory(review=ReviewFactory())
    admin = visit()
    admin.sign_in(UserFactory(is_staff=True, is_superuser=True))
    page = admin.go("/admin/")
    links = page.locator("#content-main th a").evaluate_all("els => els.map(e => e.pathname)")
    assert len(links) >= 20
    review = ReviewFactory()
    reason = ModerationReason.objects.first()
    decide(review=review, order=Order("removed", actor=moderator(), reason=reason))
    for link in (*links, f"/admin/reviews/review/{review.pk}/change/",
                 f"/admin/reviews/vendor/{review.product.vendor_id}/change/"):  # fmt: skip
        check(admin, link)
