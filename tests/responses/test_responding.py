"""Writing an answer: kept as it is typed, looked at before it is published."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from responses import checks
from responses.choices import ResponseStatus
from responses.lifecycle import version_token
from responses.models import Response
from reviews.models import Reviewer
from tests.factories import ResponseFactory, ReviewFactory, SourceFactory, moderator, vendor_staff
from tests.responses.desks import Desk, typed
from tests.responses.responding import publish, withdraw

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


def page(client, desk: Desk) -> str:
    return client.get(desk.path("desk-review")).content.decode()


def test_what_is_typed_survives_a_closed_tab(client):
    desk = Desk()
    client.force_login(desk.katie)
    result = client.post(desk.path("desk-draft"), typed("Hi Ana, we are"), headers=HTMX)
    assert "Draft saved at" in result.content.decode()
    draft = Response.objects.get()
    assert (draft.status, draft.author, draft.body) == ("draft", desk.katie, "Hi Ana, we are")
    html = page(client, desk)
    assert "Hi Ana, we are</textarea>" in html
    # The public sees nothing of it.
    assert "Hi Ana" not in client.get(desk.review.product.get_absolute_url()).content.decode()


def test_the_same_editor_goes_on_writing_whatever_it_saved_before(client):
    desk = Desk()
    client.force_login(desk.katie)
    for body in ("H", "Hi", "Hi there"):
        client.post(desk.path("desk-draft"), typed(body), headers=HTMX)
    client.post(desk.path("desk-response"), typed("Hi there, Ana"))
    response = Response.objects.get()
    assert (response.status, response.body) == ("published", "Hi there, Ana")


def test_an_emptied_editor_lets_go_of_the_draft(client):
    desk = Desk()
    client.force_login(desk.katie)
    client.post(desk.path("desk-draft"), typed("H"), headers=HTMX)
    client.post(desk.path("desk-draft"), typed(""), headers=HTMX)
    assert not Response.objects.exists()


def test_emptying_the_editor_and_starting_again_warns_of_nobody_else(client):
    desk = Desk()
    client.force_login(desk.katie)
    client.post(desk.path("desk-draft"), typed("H"), headers=HTMX)
    mark = version_token(None, Response.objects.get())
    for body in ("", "Hello"):
        sent = typed(body, expected_version=mark, editor="another tab")
        result = client.post(desk.path("desk-draft"), sent, headers=HTMX)
        assert "Somebody else" not in result.content.decode()
    assert Response.objects.get().body == "Hello"


def test_an_edit_of_an_answer_that_a_colleague_withdrew_is_refused(client):
    desk = Desk()
    published = publish(desk.review, "First")
    withdraw(published)
    client.force_login(desk.katie)
    sent = typed("Second", expected_version=published.version_token)
    assert client.post(desk.path("desk-response"), sent).status_code == 409
    assert [each.status for each in Response.objects.all()] == ["withdrawn"]


@pytest.mark.parametrize("name", ["desk-draft", "desk-response", "desk-discard"])
def test_a_stale_save_is_refused_and_nothing_typed_is_lost(client, name):
    desk = Desk()
    ana = vendor_staff(desk.vendor)
    client.force_login(ana)
    client.post(desk.path("desk-draft"), typed("Version by Ana", editor="ana"), headers=HTMX)
    client.force_login(desk.katie)
    answer = client.post(desk.path(name), typed("Version by Katie"))
    html = answer.content.decode()
    assert answer.status_code == 409
    assert "Someone else has responded or edited the response in the meantime." in html
    assert "Version by Katie</textarea>" in html
    assert "Version by Ana" in html
    assert Response.objects.get().body == "Version by Ana"


def test_who_has_seen_the_others_text_may_go_on_with_their_own(client):
    desk = Desk()
    client.force_login(vendor_staff(desk.vendor))
    client.post(desk.path("desk-draft"), typed("Version by Ana", editor="ana"), headers=HTMX)
    client.force_login(desk.katie)
    html = client.post(desk.path("desk-response"), typed("Mine")).content.decode()
    seen = version_token(None, Response.objects.get())
    assert f'value="{seen}"' in html
    client.post(desk.path("desk-response"), typed("Mine", expected_version=seen))
    response = Response.objects.get()
    assert (response.status, response.body, response.author) == ("published", "Mine", desk.katie)


def test_an_edit_is_a_draft_beside_the_answer_until_it_is_published(client):
    desk = Desk()
    published = publish(desk.review, "First")
    client.force_login(desk.katie)
    mark = published.version_token
    client.post(desk.path("desk-draft"), typed("Second", expected_version=mark), headers=HTMX)
    assert desk.review.responses.count() == 2
    assert "First" in client.get(desk.review.product.get_absolute_url()).content.decode()
    client.post(desk.path("desk-response"), typed("Second", expected_version=mark))
    response = Response.objects.get()
    assert (response.pk, response.body) == (published.pk, "Second")
    assert response.revisions.get().body == "First"
    html = client.get(desk.path("desk-revisions")).content.decode()
    assert "First" in html
    client.force_login(moderator())
    address = reverse("inbox-response-revisions", args=[desk.review.pk])
    assert "First" in client.get(address).content.decode()


def test_the_database_keeps_one_unfinished_answer(client):
    response = ResponseFactory(status=ResponseStatus.DRAFT)
    with pytest.raises(IntegrityError), transaction.atomic():
        ResponseFactory(review=response.review, status=ResponseStatus.IN_APPROVAL)


def test_a_discarded_draft_is_gone(client):
    desk = Desk()
    client.force_login(desk.katie)
    client.post(desk.path("desk-draft"), typed("H"), headers=HTMX)
    client.post(desk.path("desk-discard"), typed("H"))
    assert not Response.objects.exists()


def test_the_limit_is_the_sources(client):
    desk = Desk(source=SourceFactory(key="google_play", name="Google Play"))
    client.force_login(desk.katie)
    assert "/350" in page(client, desk)
    result = client.post(desk.path("desk-response"), typed("x" * 351))
    assert result.status_code == 409
    assert (
        "Google Play allows at most 350 characters. Shorten the response by 1."
        in result.content.decode()
    )
    assert ("x" * 351) in result.content.decode()
    client.post(desk.path("desk-response"), typed("x" * 350))
    assert Response.objects.get().status == "published"


@pytest.mark.parametrize(
    ("body", "allowed"),
    [
        ("See https://help.vendor.example/x", True),
        ("See vendor.example/x", True),
        ("See https://vendor.example.evil.example/x", False),
        ("See http://evil.example/?vendor.example", False),
        ("See https://vendor.example@evil.example/", False),
        ("See www.evil.example", False),
        ("Nothing to see. Version 2.0 is out", True),
    ],
)
def test_links_lead_to_allowed_domains_alone(body, allowed):
    desk = Desk(wish={"link_domains": ["vendor.example"]})
    assert (checks.check(body, desk.review, desk.desk).problems == []) is allowed


def test_what_the_reviewer_will_read_is_looked_at_like_the_answer_itself(client):
    desk = Desk(language="es")
    client.force_login(desk.katie)
    sent = typed("Thank you", language="en", translation="Gracias, mira evil.example/x")
    result = client.post(desk.path("desk-response"), sent)
    assert "Links to evil.example are not allowed" in result.content.decode()
    sent["translation"] = "Gracias. Te hacemos un descuento si cambias tu reseña."
    result = client.post(desk.path("desk-response"), sent)
    assert "offer something" in result.content.decode()
    assert not Response.objects.published().exists()


def test_a_variable_without_a_value_is_never_published(client):
    desk = Desk()
    client.force_login(desk.katie)
    body = "Hi {{ reviewer.first_name }}, thanks"
    result = client.post(desk.path("desk-response"), typed(body)).content.decode()
    assert "has no value for this review" in result
    assert not Response.objects.published().exists()


@pytest.mark.parametrize(
    ("body", "warning"),
    [
        ("Write to ana.perez@example.org", "personal data"),
        ("We called you at +34 600 123 456", "personal data"),
        ("Dear Ana María Pérez, sorry", "personal data"),
        ("Change your review and we refund the month.", "offer something"),
        ("Te hacemos un descuento si cambias tu reseña.", "offer something"),
        ("**Sorry** about that", "appear as typed"),
    ],
)
def test_doubtful_answers_are_asked_about_once(client, body, warning):
    desk = Desk(reviewer_name="Ana P.")
    desk.review.reviewer = Reviewer.objects.create(
        source=desk.review.source, external_id="a", name="Ana María Pérez"
    )
    desk.review.save()
    client.force_login(desk.katie)
    asked = client.post(desk.path("desk-response"), typed(body))
    assert asked.status_code == 409
    assert warning in asked.content.decode()
    assert not Response.objects.published().exists()
    confirmed = asked.context["confirmation"]
    client.post(desk.path("desk-response"), typed(body, confirmed=confirmed))
    assert Response.objects.get().status == "published"


def test_what_is_no_bargain_and_no_datum_is_not_asked_about():
    desk = Desk(reviewer_name="Ana P.")
    for body in (
        "We refunded your invoice of March and changed the plan.",
        "In 2024 we rewrote the report.",
        "Hi Ana, thank you. The discount is on our page of plans.",
    ):
        assert checks.check(body, desk.review, desk.desk).warnings == [], body


def test_an_empty_apology_is_noticed_the_tenth_time():
    desk = Desk()
    body = "Hi {}, we are sorry to hear that. We value your feedback. Thanks, Katie"
    for n in range(8):
        publish(ReviewFactory(product=desk.review.product), body.format(f"Ana{n}"))
    found = checks.check(body.format("Eva"), desk.review, desk.desk)
    assert found.warnings == []
    publish(ReviewFactory(product=desk.review.product), body.format("Luis"))
    found = checks.check(body.format("Eva"), desk.review, desk.desk)
    assert "already use this apology" in found.warnings[0]
    # Another vendor's apologies are not this one's.
    other = Desk()
    assert checks.check(body.format("Eva"), other.review, other.desk).warnings == []


def test_the_preview_is_what_readers_will_see_and_never_markup(client):
    desk = Desk()
    client.force_login(desk.katie)
    result = client.post(
        desk.path("desk-draft"), typed("<b>Hi</b>\n\nthere"), headers=HTMX
    ).content.decode()
    assert "Preview" in result
    assert "&lt;b&gt;Hi&lt;/b&gt;" in result
    assert "<b>Hi</b>" not in result


def test_two_agents_see_each_other_and_what_the_other_wrote(client):
    desk = Desk()
    ana = vendor_staff(desk.vendor)
    path = desk.path("desk-presence") + "?expected_version=none&editor=e1"
    client.force_login(ana)
    client.get(path)
    client.force_login(desk.katie)
    html = client.get(path).content.decode()
    assert f"{ana.username} is also viewing this review." in html
    client.force_login(ana)
    client.post(desk.path("desk-draft"), typed("Hello", editor="ana"), headers=HTMX)
    client.force_login(desk.katie)
    assert f"{ana.username} edited this response" in client.get(path).content.decode()
    # Moderators and the vendor's people do not see each other.
    client.force_login(moderator())
    html = client.get(f"/inbox/{desk.review.pk}/presence/?expected_version=0.0").content.decode()
    assert "is also viewing" not in html


def test_a_template_is_put_in_without_scripts(client):
    desk = Desk(reviewer_name="Ana P.")
    template = desk.template("we fixed {{ product }}.")
    client.force_login(desk.katie)
    html = client.post(
        desk.path("desk-insert"), typed("/", insert=str(template.pk))
    ).content.decode()
    assert f"we fixed {desk.review.product.name}.</textarea>" in html
    assert not Response.objects.exists()
