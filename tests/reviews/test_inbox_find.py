"""Finding: filters with counts, words, saved views, the queue."""

import re
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.urls import reverse
from django.utils import timezone

from reviews.choices import RedactionKind
from reviews.models import (
    ModerationReason,
    Review,
    ReviewAssignment,
    ReviewTranslation,
    SavedView,
    Signal,
)
from reviews.moderation.assignment import assign_many
from reviews.moderation.flags import flag
from reviews.moderation.notes import tag_many, write_note
from reviews.moderation.redactions import redact
from tests.factories import (
    ProductFactory,
    ResponseFactory,
    ReviewFactory,
    lead,
    moderator,
    vendor_staff,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def person(client):
    person = moderator()
    client.force_login(person)
    return person


def page(client, **query) -> str:
    path = f"{reverse('inbox')}?{urlencode(query, doseq=True)}"
    return client.get(path, HTTP_ACCEPT_LANGUAGE="en").content.decode()


def titles(html: str) -> list[str]:
    found = re.findall(r'class="row-title"[^>]*>(.*?)</span>', html, re.DOTALL)
    return [re.sub("<.*?>", "", title).strip() for title in found]


def count_of(html: str, facet: str, label: str) -> int | None:
    section = re.search(rf'id="facet-{facet}".*?</section>', html, re.DOTALL)
    if section is None:
        return None
    choice = re.search(
        rf"<span>{re.escape(label)}</span>\s*<span class=\"count\">([\d,]+)<", section[0]
    )
    return int(choice[1].replace(",", "")) if choice else None


def test_each_choice_is_counted_with_the_other_filters_in_force(client, person):
    product = ProductFactory(name="Nimbo")
    for n in range(6):
        review = ReviewFactory(
            product=product if n < 4 else ProductFactory(name="Faro"),
            title=f"r{n}",
            status="pending",
            language="es" if n % 2 else "en",
            overall_rating=1 if n < 3 else 5,
        )
        if n in (0, 1, 3):
            tag_many(ids=[review.pk], name="urgent", actor=person)
        if n in (1, 5):
            Signal.objects.create(
                review=review, kind="promotion", score=1, evidence={"found": ["x.example"]}
            )
        if n == 1:
            assign_many(people={review.pk: person}, actor=person)
    html = page(client, status="pending")
    assert count_of(html, "tag", "urgent") == 3
    assert count_of(html, "signal", "Promotional link") == 2
    assert count_of(html, "assigned", "Unassigned") == 5
    assert count_of(html, "assigned", person.username) == 1
    assert count_of(html, "product", "Nimbo") == 4
    # With a tag chosen, the tag's own counts stay, the others follow.
    html = page(client, tag="urgent", language=["es", "en"])
    assert set(titles(html)) == {"r0", "r1", "r3"}
    assert count_of(html, "language", "Spanish") == 2
    assert count_of(html, "language", "English") == 1
    assert count_of(html, "signal", "Promotional link") == 1
    assert count_of(html, "assigned", "Unassigned") == 2
    assert set(titles(page(client, tag="urgent", assigned="nobody"))) == {"r0", "r3"}
    assert titles(page(client, assigned="me")) == ["r1"]
    assert set(titles(page(client, signal="promotion"))) == {"r1", "r5"}
    # A review with two signals is one review.
    Signal.objects.create(
        review=Review.objects.get(title="r1"),
        kind="burst",
        score=1,
        evidence={"day": "2026-01-01", "count": 9, "usual": 1},
    )
    both = page(client, signal=["promotion", "burst"])
    assert sorted(titles(both)) == ["r1", "r5"]
    assert count_of(both, "status", "Pending") == 2


def test_reviews_are_found_by_external_id_reviewer_import_and_age(client, person):
    old = timezone.now().date() - timedelta(days=4)
    ReviewFactory(title="old", external_id="X-1", reviewer_name="Marta Vidal", reviewed_on=old)
    ReviewFactory(title="new", external_id="X-2", reviewed_on=timezone.now().date())
    assert titles(page(client, external_id="X-1")) == ["old"]
    assert titles(page(client, reviewer="marta")) == ["old"]
    assert titles(page(client, older_than="3")) == ["old"]
    assert titles(page(client, imported_by="1")) == []
    assert len(titles(page(client, older_than="many", external_id="X-2"))) == 1


def test_words_are_found_in_reviews_answers_and_translations_in_any_form(client, person):
    product = ProductFactory()
    ReviewFactory(product=product, title="A", overall="The campaigns were crashing.")
    b = ReviewFactory(product=product, title="B", overall="Los envíos fallaban", language="es")
    c = ReviewFactory(product=product, title="C", overall="Nothing to say")
    ResponseFactory(review=c, body="We are refunding everybody.")
    d = ReviewFactory(product=product, title="D", overall="Très lent", language="fr")
    ReviewTranslation.objects.create(
        review=d,
        target_language="en",
        status="done",
        texts={"overall": "Very slow sending"},
        requested_at=timezone.now(),
    )
    assert titles(page(client, q="crash")) == ["A"]
    assert titles(page(client, q="ENVIO")) == ["B"]
    assert titles(page(client, q="fallar")) == ["B"]
    assert titles(page(client, q="refund")) == ["C"]
    assert titles(page(client, q="slow")) == ["D"]
    assert titles(page(client, q="lentes or refunds")) == ["D", "C"]
    assert titles(page(client, q='"were crashing"')) == ["A"]
    assert titles(page(client, q='"crashing were"')) == []
    assert set(titles(page(client, q="-crash -envío"))) == {"C", "D"}
    assert "<mark>crashing</mark>" in page(client, q="crash")
    pane = client.get(f"{reverse('inbox-review', args=[b.pk])}?q=envio").content.decode()
    assert "Los <mark>envíos</mark> fallaban" in pane
    # A changed response is found by its new words alone.
    c.responses.update(body="We apologise.")
    assert titles(page(client, q="refund")) == []
    assert titles(page(client, q="apologising")) == ["C"]


def test_a_passage_blocked_out_leaves_the_translations_of_the_answer_too(client, person):
    review = ReviewFactory(title="x", overall="Marta answered", language="en")
    answer = ResponseFactory(review=review, body="Marta says thanks")
    answer.translations.create(
        target_language="es",
        status="done",
        texts={"body": "Marta da las gracias"},
        requested_at=timezone.now(),
    )
    assert titles(page(client, q="gracias")) == ["x"]
    redact(review=review, passage="Marta", kind=RedactionKind.NAME, actor=person)
    assert titles(page(client, q="Marta")) == []
    assert titles(page(client, q="gracias")) == []


def test_an_article_of_another_language_is_a_word_and_no_operator(client, person):
    ReviewFactory(title="A", overall="abrir o aplicativo", language="pt")
    ReviewFactory(title="B", overall="abrir", language="pt")
    assert titles(page(client, q="abrir o aplicativo")) == ["A"]


def test_hits_are_marked_and_what_readers_wrote_is_not_trusted(client, person):
    ReviewFactory(title="<script>alert(1)</script> crash", overall="\x02crash\x03 <b>")
    html = page(client, q="crash")
    assert "<script>alert" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt; <mark>crash</mark>" in html


def test_the_address_always_holds_the_view_and_each_role_has_its_own(client, person):
    assert client.get(reverse("inbox")).url == "/inbox/?queue=true"
    chief = lead()
    client.force_login(chief)
    save = {
        "name": "Bad and Spanish",
        "query": "rating=1&language=es&cursor=x",
        "shared": "on",
        "default_for": "leads",
    }
    answer = client.post(reverse("inbox-view-save"), save)
    assert answer.url == "/inbox/?rating=1&language=es"
    assert client.get(reverse("inbox")).url == "/inbox/?rating=1&language=es"
    client.force_login(person)
    assert client.get(reverse("inbox")).url == "/inbox/?queue=true"


def test_views_are_saved_shared_counted_and_forgotten(client, person):
    ReviewFactory(overall_rating=1, language="es", status="published")
    ReviewFactory(overall_rating=5, language="es", status="published")
    query = "rating=1&rating=2&language=es&has_response=false&older_than=3"
    client.post(reverse("inbox-view-save"), {"name": "Sad Spanish", "query": query, "shared": "on"})
    client.post(reverse("inbox-view-save"), {"name": "Own", "query": "language=es"})
    colleague = moderator()
    client.force_login(colleague)
    html = page(client, sort="newest")
    side = re.search(r'class="views saved".*?</ul>', html, re.DOTALL)[0]
    assert "Sad Spanish" in side
    assert "Own" not in side
    assert re.search(r"Sad Spanish.*?class=\"count\">\s*1\s*<", side, re.DOTALL)
    view = SavedView.objects.get(name="Sad Spanish")
    assert client.post(reverse("inbox-view-delete", args=[view.pk])).status_code == 404
    client.force_login(person)
    client.post(reverse("inbox-view-delete", args=[view.pk]))
    assert not SavedView.objects.filter(pk=view.pk).exists()


def test_the_queue_begins_with_what_most_needs_a_person_and_says_why(client, person):
    reason = ModerationReason.objects.first()
    ReviewFactory(title="calm", status="pending")
    suspicious = ReviewFactory(title="suspicious", status="pending")
    Signal.objects.create(review=suspicious, kind="unusable", score=1, evidence={"why": "no_words"})
    ReviewFactory(title="unanswered", overall_rating=1)
    ReviewFactory(title="fine", overall_rating=5)
    answered = ReviewFactory(title="answered", overall_rating=1)
    ResponseFactory(review=answered)
    for title in ("flagged first", "flagged second"):
        review = ReviewFactory(title=title)
        flag(review=review, reason=reason, note="", actor=vendor_staff(review.product.vendor))
    html = page(client, queue="true")
    assert titles(html) == ["flagged first", "flagged second", "unanswered", "suspicious", "calm"]
    # Counted without reading them all, and the same number as when they are.
    assert "5 reviews" in html
    assert count_of(html, "status", "Pending") == 2
    assert count_of(html, "status", "Published") == 3
    assert count_of(html, "signal", "Unusable text") == 1
    assert "5 reviews" in page(client, queue="true", older_than="0")
    assert re.search(r"Needs attention</span>\s*<span class=\"count\">\s*5\s*<", html)
    assert "flagged 0 d ago" in html
    assert "low rating, no response" in html
    assert "Unusable text" in html


def test_a_mention_is_found_until_it_is_read(client, person):
    review = ReviewFactory(title="look")
    write_note(review=review, author=lead(), body=f"@{person.username}, what is this?")
    assert titles(page(client, mentioned="true")) == ["look"]
    client.get(reverse("inbox-review", args=[review.pk]))
    assert titles(page(client, mentioned="true")) == []


def test_a_redacted_passage_is_found_by_nobody(client, person):
    review = ReviewFactory(title="x", overall="Call Marta on 600 111 222 now")
    assert titles(page(client, q="Marta")) == ["x"]
    redact(review=review, passage="Marta", kind=RedactionKind.NAME, actor=person)
    assert titles(page(client, q="Marta")) == []


def test_nobody_is_handed_what_a_colleague_has(client, person):
    for n in range(3):
        ReviewFactory(title=f"n{n}", status="pending")
    colleague = moderator()
    start = f"{reverse('inbox-start')}?status=pending"
    first = client.post(start).url
    again = client.post(start).url
    assert first == again  # one's own is handed out again
    client.force_login(colleague)
    second = client.post(start).url
    assert second != first
    # One passes it on: it is counted, and another comes.
    pk = int(re.search(r"/inbox/(\d+)/", second)[1])
    skipped = client.post(
        f"{reverse('inbox-skip', args=[pk])}?status=pending&work=1", {"reason": "language"}
    )
    third = skipped.url
    assert third not in (first, second)
    assert Review.objects.get(pk=pk).skips.get().reason == "language"
    # What is left open goes back after a while.
    client.post(
        f"{reverse('inbox-skip', args=[int(re.search(r'/inbox/(\d+)/', third)[1])])}"
        "?status=pending&work=1",
        {"reason": "unsure"},
    )
    assert "done=1" in client.post(start).url
    ReviewAssignment.objects.update(reserved_until=timezone.now() - timedelta(seconds=1))
    assert client.post(start).url == first


def test_hits_in_translation_and_response_are_marked_beside_the_original(client, person):
    review = ReviewFactory(title="Lent", overall="Très lent", language="fr")
    ReviewTranslation.objects.create(
        review=review,
        target_language="en",
        status="done",
        texts={"overall": "Very slow <i>"},
        requested_at=timezone.now(),
        finished_at=timezone.now(),
    )
    ResponseFactory(review=review, body="It is slow no more.")
    html = client.get(
        f"{reverse('inbox-review', args=[review.pk])}?q=slow", HTTP_ACCEPT_LANGUAGE="en"
    ).content.decode()
    assert "Very <mark>slow</mark> &lt;i&gt;" in html
    assert "It is <mark>slow</mark> no more." in html


def test_the_page_at_hand_is_chosen_as_a_whole(client, person):
    pks = [ReviewFactory(status="pending").pk for _ in range(3)]
    query = "&".join(f"on_page={pk}" for pk in pks[:2])
    html = client.get(f"{reverse('inbox-bulk')}?{query}&scope=page", HTTP_ACCEPT_LANGUAGE="en")
    assert re.search(r"<h1>\s*2 reviews\s*</h1>", html.content.decode())
