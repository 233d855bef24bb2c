"""A manager's consent, where the vendor wants it; publishing at a time; who may move what."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from responses import drafting
from responses.choices import Approval, ResponseStatus
from responses.lifecycle import Refused, ResponseContent
from responses.models import Response, ResponseTranslation
from responses.tasks import publish_due_responses
from responses.transitions import TRANSITIONS, ActorRole, allows
from reviews.choices import VendorRole
from reviews.models import AuditEntry
from tests.factories import ResponseFactory, ReviewFactory, vendor_staff
from tests.responses.desks import Desk, typed
from tests.responses.responding import publish

pytestmark = pytest.mark.django_db
SOON = timezone.now() + timedelta(days=1)


def test_an_agents_answer_waits_and_a_manager_publishes_it(client):
    desk = Desk(wish={"approval": Approval.ALWAYS})
    client.force_login(desk.katie)
    assert "Submit for approval" in client.get(desk.path("desk-review")).content.decode()
    client.post(desk.path("desk-response"), typed("Sorry, Ana"))
    response = Response.objects.get()
    assert response.status == ResponseStatus.IN_APPROVAL
    assert "Sorry, Ana" not in client.get(desk.review.product.get_absolute_url()).content.decode()
    waiting = client.get("/desk/?approval=true").content.decode()
    assert "waiting for approval" in waiting
    # Handed in, it is not written in by an agent; taken back, it is.
    assert client.post(desk.path("desk-response"), typed("Other")).status_code == 409
    client.force_login(desk.manager)
    assert "Approve and publish" in client.get(desk.path("desk-review")).content.decode()
    client.post(
        desk.path("desk-consent"), {"do": "approve", "expected_version": response.version_token}
    )
    response.refresh_from_db()
    assert (response.status, response.author, response.approved_by) == (
        "published",
        desk.katie,
        desk.manager,
    )
    actions = list(AuditEntry.objects.order_by("pk").values_list("action", flat=True))
    assert actions == ["response_submitted", "response_approved", "response_published"]


def test_an_agent_cannot_consent(client):
    desk = Desk(wish={"approval": Approval.ALWAYS})
    client.force_login(desk.katie)
    client.post(desk.path("desk-response"), typed("Sorry"))
    mark = Response.objects.get().version_token
    result = client.post(desk.path("desk-consent"), {"do": "approve", "expected_version": mark})
    assert "Only managers can approve responses." in result.content.decode()
    assert Response.objects.get().status == "in_approval"


def test_a_consent_is_to_what_was_seen(client):
    desk = Desk(wish={"approval": Approval.ALWAYS})
    client.force_login(desk.katie)
    client.post(desk.path("desk-response"), typed("Sorry"))
    seen = Response.objects.get().version_token
    client.post(desk.path("desk-consent"), {"do": "take_back"})
    mark = Response.objects.get().version_token
    client.post(desk.path("desk-response"), typed("Something else", expected_version=mark))
    client.force_login(desk.manager)
    result = client.post(desk.path("desk-consent"), {"do": "approve", "expected_version": seen})
    assert result.status_code == 409
    assert Response.objects.get().status == "in_approval"


def test_sent_back_with_a_word_it_is_a_draft_that_says_so(client):
    desk = Desk(wish={"approval": Approval.ALWAYS})
    client.force_login(desk.katie)
    client.post(desk.path("desk-response"), typed("Sorry"))
    client.force_login(desk.manager)
    result = client.post(desk.path("desk-consent"), {"do": "send_back"})
    assert "Tell the agent what to change" in result.content.decode()
    client.post(desk.path("desk-consent"), {"do": "send_back", "note": "Name the fix"})
    assert Response.objects.get().status == "draft"
    client.force_login(desk.katie)
    html = client.get(desk.path("desk-review")).content.decode()
    assert "Name the fix" in html
    assert "Sorry</textarea>" in html


def test_a_manager_edits_what_waits_and_publishes_that(client):
    desk = Desk(wish={"approval": Approval.ALWAYS})
    client.force_login(desk.katie)
    client.post(desk.path("desk-response"), typed("Sorry"))
    mark = Response.objects.get().version_token
    client.force_login(desk.manager)
    client.post(desk.path("desk-response"), typed("Sorry, Ana", expected_version=mark))
    response = Response.objects.get()
    assert (response.status, response.body, response.author) == (
        "published",
        "Sorry, Ana",
        desk.katie,
    )


@pytest.mark.parametrize(
    ("stars", "told_before", "waits"), [(1, 3, True), (2, 3, True), (3, 3, False), (5, 2, True)]
)
def test_by_rule_low_ratings_and_new_agents_are_looked_at(client, stars, told_before, waits):
    desk = Desk(
        wish={"approval": Approval.BY_RULE, "approval_stars": 2, "approval_responses": 3},
        overall_rating=stars,
    )
    for _ in range(told_before):
        ResponseFactory(review=ReviewFactory(product=desk.review.product), author=desk.katie)
    client.force_login(desk.katie)
    client.post(desk.path("desk-response"), typed("Hello"))
    status = desk.review.responses.get().status
    assert (status == "in_approval") is waits


def test_an_edit_needs_consent_and_the_old_answer_stays_meanwhile(client):
    desk = Desk(wish={"approval": Approval.ALWAYS})
    published = publish(desk.review, "First")
    client.force_login(desk.katie)
    mark = published.version_token
    client.post(desk.path("desk-response"), typed("Second", expected_version=mark))
    assert "First" in client.get(desk.review.product.get_absolute_url()).content.decode()
    waiting = Response.objects.get(status="in_approval")
    client.force_login(desk.manager)
    client.post(
        desk.path("desk-consent"), {"do": "approve", "expected_version": waiting.version_token}
    )
    response = Response.objects.get()
    assert (response.pk, response.body) == (published.pk, "Second")
    assert response.revisions.get().body == "First"


def test_a_translation_comes_with_the_answer_through_consent(client):
    desk = Desk(wish={"approval": Approval.ALWAYS}, language="es")
    client.force_login(desk.katie)
    sent = typed("Sorry, Ana", language="en", translation="Lo sentimos, Ana")
    client.post(desk.path("desk-response"), sent)
    waiting = Response.objects.get()
    client.force_login(desk.manager)
    assert "Lo sentimos, Ana" in client.get(desk.path("desk-review")).content.decode()
    client.post(
        desk.path("desk-consent"), {"do": "approve", "expected_version": waiting.version_token}
    )
    made = ResponseTranslation.objects.get()
    assert (made.response.status, made.texts) == ("published", {"body": "Lo sentimos, Ana"})


def test_an_unchanged_answer_keeps_its_language_and_translation(client):
    desk = Desk(language="es")
    client.force_login(desk.katie)
    sent = typed("Sorry, Ana", language="en", translation="Lo sentimos, Ana")
    client.post(desk.path("desk-response"), sent)
    mark = Response.objects.get().version_token
    html = client.get(desk.path("desk-review"), headers={"Accept-Language": "es"}).content.decode()
    assert '<option value="en" selected>' in html
    again = typed("Sorry, Ana", language="en", expected_version=mark)
    client.post(desk.path("desk-response"), again)
    assert ResponseTranslation.objects.get().texts == {"body": "Lo sentimos, Ana"}


def test_an_answer_is_published_at_its_time_once(client):
    desk = Desk()
    client.force_login(desk.katie)
    when = f"{SOON:%Y-%m-%dT%H:%M}"
    client.post(desk.path("desk-response"), typed("Hello", publish_at=when))
    response = Response.objects.get()
    assert (response.status, f"{response.publish_at:%Y-%m-%dT%H:%M}") == ("draft", when)
    assert "scheduled" in client.get("/desk/?scheduled=true").content.decode()
    publish_due_responses()
    assert Response.objects.get().status == "draft"
    Response.objects.update(publish_at=timezone.now())
    publish_due_responses()
    publish_due_responses()
    assert Response.objects.get().status == "published"
    assert AuditEntry.objects.filter(action="response_published").count() == 1


def test_a_time_is_meant_as_the_vendors_clock_shows_it(client):
    desk = Desk(wish={"time_zone": "America/Bogota"})
    client.force_login(desk.katie)
    client.post(desk.path("desk-response"), typed("Hello", publish_at="2090-05-01T10:00"))
    assert f"{Response.objects.get().publish_at:%H:%M}" == "15:00"
    html = client.get(desk.path("desk-review")).content.decode()
    assert "May 1, 2090, 10 a.m. (America/Bogota)" in html


def test_a_time_that_is_over_is_refused_and_the_text_kept(client):
    desk = Desk()
    client.force_login(desk.katie)
    result = client.post(desk.path("desk-response"), typed("Hello", publish_at="2020-01-01T10:00"))
    assert "Choose a date and time in the future" in result.content.decode()
    assert "Hello</textarea>" in result.content.decode()


def test_a_scheduled_answer_that_is_edited_or_called_off_is_not_published(client):
    desk = Desk()
    client.force_login(desk.katie)
    when = f"{SOON:%Y-%m-%dT%H:%M}"
    for undo in ("edit", "unschedule"):
        Response.objects.all().delete()
        client.post(desk.path("desk-response"), typed("Hello", publish_at=when))
        if undo == "edit":
            client.post(desk.path("desk-draft"), typed("Hello, Ana"))
        else:
            client.post(desk.path("desk-consent"), {"do": "unschedule"})
        response = Response.objects.get()
        assert response.publish_at is None
        drafting.publish_due(response.pk)
        assert Response.objects.get().status == "draft"


def test_a_scheduled_answer_that_needs_consent_waits_for_that_first(client):
    desk = Desk(wish={"approval": Approval.ALWAYS})
    client.force_login(desk.katie)
    when = f"{SOON:%Y-%m-%dT%H:%M}"
    client.post(desk.path("desk-response"), typed("Hello", publish_at=when))
    response = Response.objects.get()
    assert response.status == "in_approval"
    Response.objects.update(publish_at=timezone.now())
    publish_due_responses()
    assert Response.objects.get().status == "in_approval"
    Response.objects.update(publish_at=SOON)
    client.force_login(desk.manager)
    client.post(
        desk.path("desk-consent"), {"do": "approve", "expected_version": response.version_token}
    )
    response.refresh_from_db()
    assert (response.status, response.approved_by) == ("draft", desk.manager)


STATUSES = [None, *ResponseStatus]


def test_the_database_lets_through_exactly_the_moves_of_the_table():
    allowed = {(move.from_status, move.to_status) for move in TRANSITIONS if move.from_status}
    for start in ResponseStatus:
        for end in ResponseStatus:
            if start == end:
                continue
            response = ResponseFactory(status=start)
            try:
                with transaction.atomic():
                    Response.objects.filter(pk=response.pk).update(status=end)
                went = True
            except DatabaseError:
                went = False
            # A removal is a decision's alone.
            assert went is ((start, end) in allowed and end != ResponseStatus.REMOVED), (start, end)


def test_no_mover_moves_what_the_table_does_not_say():
    for start in STATUSES:
        for end in ResponseStatus:
            for role in ActorRole:
                moves = [
                    move
                    for move in TRANSITIONS
                    if (move.from_status, move.to_status) == (start, end) and role in move.roles
                ]
                assert allows(start, end, role) is bool(moves)
    assert not allows("in_approval", "published", ActorRole.AGENT)
    assert not allows("published", "withdrawn", ActorRole.MODERATOR)
    assert not allows("withdrawn", "published", ActorRole.MANAGER)


@pytest.mark.parametrize("role", VendorRole.values)
def test_what_cannot_be_moved_is_refused_with_a_sentence(role):
    desk = Desk()
    person = vendor_staff(desk.vendor, role)
    with pytest.raises(Refused, match="Write a response first"):
        drafting.submit(review=desk.review, content=ResponseContent("", "K"), actor=person)
    response = ResponseFactory(review=desk.review, status="draft", author=person)
    with pytest.raises(Refused, match="no longer waiting"):
        drafting.approve(response=response, actor=person, expected_version="x")
    with pytest.raises(Refused, match="no longer waiting"):
        drafting.send_back(response=response, actor=person)
    with pytest.raises(Refused, match="no longer scheduled"):
        drafting.unschedule(review=desk.review, actor=person)
