"""A moderator's day in the browser."""

import re

import pytest
from playwright.sync_api import expect

from reviews.models import BulkJob, Cluster, ModerationDecision, Review, SavedView, Statement
from reviews.moderation import signals, statements
from reviews.moderation.decisions import DecisionRequest, decide
from tests.factories import ProductFactory, ReviewFactory, SourceFactory, lead, moderator

TEXT = (
    "We moved all of our newsletters here two years ago and have never looked back. The editor "
    "is quick, the reports tell what people read, and support answers within the hour."
)


def focus_is_kept(page) -> bool:
    return page.evaluate("document.activeElement !== document.body")


def test_twenty_decisions_by_keyboard_alone_from_a_saved_view(visit):
    for n in range(22):
        ReviewFactory(status="pending", title=f"Número {n}", language="es", overall_rating=1)
    ReviewFactory(status="pending", title="Another", language="en", overall_rating=5)
    desk = visit("en-US")
    desk.sign_in(moderator())
    page = desk.go("/inbox/?language=es&rating=1&status=pending")

    # Keep the view, without a pointer.
    page.locator(".save-view summary").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("Sad and Spanish")
    page.keyboard.press("Enter")
    expect(page.locator(".views.saved a")).to_contain_text("Sad and Spanish")
    expect(page.locator(".views.saved .count")).to_have_text(re.compile("22"))
    assert SavedView.objects.get().query == "language=es&rating=1&status=pending"

    # Start, then decide on twenty: publish, or reject with a reason chosen by arrows.
    page.keyboard.press("w")
    seen = set()
    for n in range(20):
        expect(page).to_have_url(re.compile(r"/inbox/\d+/\?.*work=1"))
        pk = int(re.search(r"/inbox/(\d+)/", page.url)[1])
        assert pk not in seen
        seen.add(pk)
        if n % 2:
            page.keyboard.press("r")
            expect(page.locator("#against input[type=radio]").first).to_be_focused()
            page.keyboard.press("ArrowDown")
            page.keyboard.press("Enter")
        else:
            page.keyboard.press("p")
        expect(page).not_to_have_url(re.compile(rf"/inbox/{pk}/"))
        expect(page.locator(".decided")).to_be_visible()
        assert focus_is_kept(page)
    assert Review.objects.filter(status="published").count() == 10
    assert Review.objects.filter(status="rejected").count() == 10
    assert {d.reason.code for d in ModerationDecision.objects.filter(to_status="rejected")} == {
        "conflict_of_interest"
    }
    # The counts at the side have followed; the last decision is taken back.
    expect(page.locator(".views.saved .count")).to_have_text(re.compile(r"^\s*2\s*$"))
    page.keyboard.press("u")
    expect(page.locator(".decided")).to_have_count(0)
    expect(page.locator("#review .badge.pending")).to_be_visible()
    assert Review.objects.filter(status="rejected").count() == 9
    # A note, a tag, to me, and the sheet of keys.
    page.keyboard.press("n")
    page.keyboard.type("Look at this")
    page.keyboard.press("Enter")
    expect(page.locator(".timeline div.note")).to_contain_text("Look at this")
    assert focus_is_kept(page)
    page.keyboard.press("g")
    page.keyboard.type("series")
    page.keyboard.press("Enter")
    expect(page.locator("#review .badge.tag")).to_have_text("series")
    page.keyboard.press("a")
    page.keyboard.press("Enter")
    expect(page.locator("#review .badge.assigned")).to_be_visible()
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    page.keyboard.press("Escape")
    # Skip says why.
    page.keyboard.press("w")
    expect(page).to_have_url(re.compile(r"work=1"))
    before = page.url
    page.keyboard.press("s")
    page.keyboard.press("Enter")
    expect(page).not_to_have_url(before)


def test_two_people_on_one_review_do_not_overwrite_each_other(visit):
    review = ReviewFactory(status="pending", title="Contested")
    ana, ben = moderator(), moderator()
    first, second = visit("en-US"), visit("es-ES")
    first.sign_in(ana)
    second.sign_in(ben)
    first.go(f"/inbox/{review.pk}/?status=pending")
    second.go(f"/inbox/{review.pk}/?status=pending")
    expect(first.page.locator("#presence")).to_contain_text(ben.username)
    expect(second.page.locator("#presence")).to_contain_text(f"{ana.username} también está viendo")
    # Ben types a reason while Ana publishes: his decision is refused, his words are kept.
    second.page.keyboard.press("r")
    second.page.keyboard.press("ArrowDown")
    second.page.fill("#id_explanation", "Es publicidad")
    first.page.keyboard.press("p")
    expect(first.page.locator("#review .badge.published")).to_be_visible()
    expect(second.page.locator("#presence")).to_contain_text("Pendiente → Publicada")
    second.page.locator("#against button.danger").click()
    expect(second.page.locator("#review [role=alert]")).to_contain_text("No se ha guardado nada")
    expect(second.page.locator("#id_explanation")).to_have_value("Es publicidad")
    review.refresh_from_db()
    assert review.status == "published"
    assert ModerationDecision.objects.count() == 1
    # Who leaves is not seen any more.
    second.page.close()
    expect(first.page.locator("#presence")).not_to_contain_text(ben.username)


def test_five_thousand_are_decided_at_once_watched_and_undone(visit, worker):
    product, source = ProductFactory(), SourceFactory()
    Review.objects.bulk_create(
        Review(
            product=product,
            source=source,
            external_id=f"x{n}",
            title=f"Spam {n}",
            status="pending",
            language="en",
        )
        for n in range(5000)
    )
    ReviewFactory(product=product, title="Spam already out")
    desk = visit("en-US")
    desk.sign_in(moderator())
    page = desk.go(f"/inbox/?product={product.slug}&q=spam")
    page.keyboard.press("m")
    expect(page.locator("h1")).to_have_text("5,001 reviews")
    page.select_option("#id_to_status", "rejected")
    page.get_by_role("button", name="Decide", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("Choose a reason")
    expect(page.locator("#id_to_status")).to_have_value("rejected")
    page.select_option("#id_bulk_reason", "spam")
    page.get_by_role("button", name="Decide", exact=True).click()
    expect(page.locator("progress")).to_be_visible()
    expect(page.locator("#progress .badge")).to_have_text("Done", timeout=60_000)
    passed_over = "current status doesn't allow it: 1"
    expect(page.locator("#progress")).to_contain_text(passed_over)
    assert Review.objects.filter(status="rejected").count() == 5000
    assert Statement.objects.count() == 5000
    page.keyboard.press("u")
    expect(page.locator("#progress .badge")).to_have_text("Undone", timeout=60_000)
    assert Review.objects.filter(status="pending").count() == 5000
    assert Review.objects.filter(status="published").count() == 1
    assert BulkJob.objects.get().undone == 5000


def test_one_author_corrects_a_passage_and_another_appeals(visit):
    first, second = moderator(), moderator()
    review = ReviewFactory(
        status="pending", language="es", title="Buena", overall="Funciona. Llamad al 600 111 222."
    )
    # The moderator marks the passage and rejects for personal data.
    desk = visit("es-ES")
    desk.sign_in(first)
    page = desk.go(f"/inbox/{review.pk}/?status=pending")
    page.keyboard.press("r")
    page.get_by_role("radio", name=re.compile("Datos personales")).check()
    page.fill("#id_passage", "600 111 222")
    page.locator("#against button.danger").click()
    expect(page.locator("#review .badge.rejected")).to_be_visible()
    page.get_by_role("link", name="Exposición de motivos").click()
    link = page.locator("#id_link").input_value()

    author = visit("es-ES")
    page = author.go(link.removeprefix("http://localhost:8000"))
    expect(page.locator("mark").first).to_have_text("600 111 222")
    page.fill("#id_overall", "Funciona.")
    page.get_by_role("button", name="Enviar la opinión corregida").click()
    expect(page.get_by_role("status")).to_contain_text("Hemos recibido tu opinión corregida")
    review.refresh_from_db()
    assert (review.status, review.overall) == ("pending", "Funciona.")
    page = desk.go(f"/inbox/{review.pk}/?status=pending")
    expect(page.locator(".timeline del")).to_contain_text("600 111 222")

    # Another is rejected and appeals; who decided may not decide the appeal, a colleague does.
    other = ReviewFactory(status="pending", title="Dura pero cierta")
    from reviews.models import ModerationReason

    spam = ModerationReason.objects.get(code="off_topic")
    decide(review=other, request=DecisionRequest("rejected", actor=first, reason=spam))
    link = statements.link(Statement.objects.get(review=other))
    page = author.go(link.removeprefix("http://localhost:8000"))
    page.fill("#id_text", "Habla del producto, y de nada más.")
    page.get_by_role("button", name="Enviar recurso").or_(
        page.get_by_role("button", name="Recurso")
    ).click()
    expect(page.locator("blockquote")).to_contain_text("Habla del producto")
    page = desk.go(f"/inbox/{other.pk}/?appealed=true")
    expect(page.locator("#review")).to_contain_text("el recurso lo debe resolver otra persona")
    colleague = visit("es-ES")
    colleague.sign_in(second)
    page = colleague.go("/inbox/?appealed=true")
    page.keyboard.press("j")
    page.fill("#id_appeal_answer", "Tienes razón.")
    page.get_by_role("button", name="Estimar el recurso y volver a publicarla").click()
    expect(page.locator("#review .badge.published")).to_be_visible()
    page = author.go(link.removeprefix("http://localhost:8000"))
    expect(page.locator("main")).to_contain_text("Tienes razón.")


def test_a_cluster_of_lookalikes_is_decided_together(visit, worker):
    reviews = [
        ReviewFactory(status="pending", overall=TEXT.replace("two", str(n + 2))) for n in range(4)
    ]
    signals.compute([review.pk for review in reviews])
    desk = visit("en-US")
    desk.sign_in(moderator())
    page = desk.go(f"/inbox/{reviews[1].pk}/?signal=lookalike")
    page.get_by_role("link", name="Compare them").click()
    expect(page.locator("h1")).to_have_text("4 possible duplicates")
    expect(page.locator(".members ins").first).to_be_visible()
    page.select_option("#id_to_status", "rejected")
    page.select_option("#id_bulk_reason", "duplicate")
    page.get_by_role("button", name="Decide", exact=True).click()
    expect(page.locator("#progress .badge")).to_have_text("Done", timeout=30_000)
    assert Review.objects.filter(status="rejected").count() == 4
    assert Cluster.objects.get().size == 4


def test_a_marked_passage_is_blocked_out_for_readers(visit):
    review = ReviewFactory(title="Fine", overall="Marta Vidal answered at once.")
    desk = visit("en-US")
    desk.sign_in(moderator())
    page = desk.go(f"/inbox/{review.pk}/?status=published")
    page.evaluate(
        """() => {
            const text = document.querySelector('#original .prose:not(.strong) p').firstChild;
            getSelection().setBaseAndExtent(text, 0, text, 11);
        }"""
    )
    page.keyboard.press("d")
    expect(page.locator("#id_redact")).to_have_value("Marta Vidal")
    page.locator("#redacting button", has_text="Redact").last.click()
    expect(page.locator(".redactions mark")).to_have_text("Marta Vidal")
    visitor = visit("en-US")
    page = visitor.go(review.product.get_absolute_url())
    expect(page.locator(f"#card-{review.pk}")).to_contain_text("█████ answered at once.")


def test_on_a_phone_the_list_comes_first_and_the_way_back_to_it_is_there(visit):
    ReviewFactory(status="pending", title="Only one")
    phone = visit("es-ES", viewport={"width": 390, "height": 844})
    phone.sign_in(moderator())
    page = phone.go("/inbox/?status=pending")
    row = page.locator("a.row")
    assert row.bounding_box()["y"] < 600
    tools = page.get_by_role("link", name="Posibles duplicados")
    assert tools.bounding_box()["y"] > row.bounding_box()["y"]
    page.get_by_role("button", name="Revisar la siguiente W").click()
    page.get_by_role("button", name="Publicar P").click()
    expect(page.locator("#review")).to_contain_text("Has terminado con esta vista")
    page.get_by_role("link", name="Volver a la lista").click()
    expect(page).to_have_url(re.compile(r"/inbox/\?status=pending$"))


def test_the_workspace_works_without_scripts(visit):
    review = ReviewFactory(status="pending", title="Plain")
    visitor = visit("en-US", java_script_enabled=False)
    visitor.sign_in(moderator())
    page = visitor.go("/inbox/?status=pending")
    page.get_by_role("button", name="Review next W").click()
    expect(page.locator("#review h2").first).to_have_text("Plain")
    page.fill("#id_note_body", "Noted")
    page.get_by_role("button", name="Add note N").click()
    expect(page.locator(".timeline div.note")).to_contain_text("Noted")
    page.get_by_role("button", name="Publish P").click()
    expect(page.locator("#review")).to_contain_text("You're done with this view")
    review.refresh_from_db()
    assert review.status == "published"


@pytest.mark.parametrize("language", ["es-ES", "en-US"])
def test_a_lead_makes_a_rule_of_a_view_and_tries_it(visit, language):
    ReviewFactory(status="pending", overall_rating=5)
    desk = visit(language)
    desk.sign_in(lead())
    page = desk.go("/inbox/?rating=5&status=pending")
    page.locator(".tools a[href*='rules/new']").click()
    page.fill("#id_name", "Fives")
    page.select_option("#id_action", "publish")
    page.locator("main form button.primary").click()
    page.locator("button[value=try]").click()
    expect(page.locator("main")).to_contain_text(re.compile("1 (of|de) 1"))
    page.locator("button[value=on]").click()
    expect(page.locator("button[value=off]")).to_be_visible()
