"""What is due when, whose it is, and what the reviewer has changed since."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from responses import cases, reminders
from responses.calendars import Calendar
from responses.models import AssignmentRule, Case, VendorDesk
from responses.tasks import open_cases, plan_cases, send_due_reports
from reviews.models import Import, ModerationReason, Review, ReviewRevision, VendorMembership
from reviews.moderation.decisions import DecisionRequest, decide
from reviews.moderation.redactions import redact
from tests.factories import ReviewFactory, lead, moderator, vendor_staff
from tests.responses.desks import Desk, typed
from tests.responses.responding import publish, withdraw

pytestmark = pytest.mark.django_db
WEEK = {str(day): ["09:00", "18:00"] for day in range(5)}
MADRID = ZoneInfo("Europe/Madrid")


def at(text: str, zone: ZoneInfo = MADRID) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        ("2026-03-02T10:00", 4, "2026-03-02T14:00"),  # a Monday
        ("2026-03-02T16:00", 4, "2026-03-03T11:00"),
        ("2026-03-02T06:00", 9, "2026-03-02T18:00"),
        ("2026-03-06T17:00", 2, "2026-03-09T10:00"),  # over a weekend
        ("2026-03-07T12:00", 1, "2026-03-09T10:00"),
        ("2026-03-02T20:00", 20, "2026-03-05T11:00"),
        ("2026-03-18T17:00", 2, "2026-03-20T10:00"),  # over a holiday
        ("2026-03-27T17:00", 9, "2026-03-30T17:00"),  # over the change to summer time
    ],
)
def test_office_time_goes_by_while_the_office_is_open(start, hours, end):
    calendar = Calendar(MADRID, WEEK, {date(2026, 3, 19)})
    assert calendar.after(at(start), timedelta(hours=hours)) == at(end)


def test_an_hour_that_the_clock_skips_is_none_and_one_it_repeats_is_two():
    nights = Calendar(MADRID, {"5": ["22:00", "06:00"]})
    spring = at("2026-03-28T22:00")  # the night of a Saturday
    assert nights.after(spring, timedelta(hours=7)) == at("2026-03-29T06:00")
    autumn = at("2026-10-24T22:00")
    assert nights.after(autumn, timedelta(hours=9)) == at("2026-10-25T06:00")


def test_without_office_hours_it_is_round_the_clock():
    start = datetime(2026, 3, 6, 23, tzinfo=UTC)
    assert Calendar(MADRID, {}).after(start, timedelta(hours=30)) == start + timedelta(hours=30)


def round_the_clock(**more) -> dict:
    return {"hours_to_respond": {"1": 8, "2": 8}, "office_hours": {}} | more


def test_a_published_review_gets_its_due_date_by_its_rating(client):
    desk = Desk(wish=round_the_clock())
    product = desk.review.product
    low = ReviewFactory(product=product, overall_rating=1)
    high = ReviewFactory(product=product, overall_rating=5)
    pending = ReviewFactory(product=product, overall_rating=1, status="pending")
    ReviewFactory(overall_rating=1)  # of a vendor without a desk
    plan_cases()
    assert low.case.due_at == low.case.opened_at + timedelta(hours=8)
    assert high.case.due_at is None
    assert not Case.objects.filter(review=pending).exists()
    decide(review=pending, request=DecisionRequest("published", actor=moderator()))
    plan_cases()
    assert Case.objects.get(review=pending).due_at
    assert Case.objects.count() == 3


def test_overdue_reviews_are_queued_longest_first_until_answered(client):
    desk = Desk(wish=round_the_clock())
    first, second, later = [
        ReviewFactory(product=desk.review.product, overall_rating=1, title=title)
        for title in ("The oldest", "The next", "Not yet due")
    ]
    plan_cases()
    now = timezone.now()
    Case.objects.filter(review=first).update(due_at=now - timedelta(hours=5))
    Case.objects.filter(review=second).update(due_at=now - timedelta(hours=1))
    client.force_login(desk.katie)
    html = client.get("/desk/?overdue=true").content.decode()
    assert html.index("The oldest") < html.index("The next")
    assert "Not yet due" not in html
    assert "overdue by 5 h" in html
    publish(first)
    html = client.get("/desk/?overdue=true").content.decode()
    assert "The oldest" not in html
    withdraw(first.responses.get())
    assert "The oldest" in client.get("/desk/?overdue=true").content.decode()
    assert later.case.awaits_response


def test_a_changed_service_level_is_reckoned_anew(client):
    desk = Desk(wish=round_the_clock())
    review = ReviewFactory(product=desk.review.product, overall_rating=1)
    plan_cases()
    client.force_login(desk.manager)
    result = {
        "approval": "never",
        "approval_stars": "2",
        "approval_responses": "10",
        "hours_1": "2",
        "time_zone": "Europe/Madrid",
        "holidays": "2026-12-25",
        "remind_before": "1",
        "link_domains": "https://Help.Vendor.example/",
        "weekly_mail": "on",
    }
    answer = client.post(reverse("desk-settings"), result)
    assert answer.status_code == 302, answer.context["form"].errors
    plan_cases()
    case = Case.objects.get(review=review)
    assert case.due_at == case.opened_at + timedelta(hours=2)
    stored = VendorDesk.objects.get()
    assert (stored.link_domains, stored.holidays) == (
        ["help.vendor.example"],
        [date(2026, 12, 25)],
    )


@pytest.mark.parametrize(
    ("field", "value", "result"),
    [
        ("hours_1", "soon", "whole hours"),
        ("link_domains", "not a domain", "is not valid"),
        ("holidays", "Christmas", "is not valid"),
        ("from_0", "09:00", "enter both a start and an end time"),
        ("time_zone", "Mars/Olympus", "Mars/Olympus"),
    ],
)
def test_settings_that_make_no_sense_are_refused_and_kept_in_the_form(client, field, value, result):
    desk = Desk()
    client.force_login(desk.manager)
    sent = {
        "approval": "never",
        "approval_stars": "2",
        "approval_responses": "10",
        "time_zone": "UTC",
        "remind_before": "1",
        field: value,
    }
    answer = client.post(reverse("desk-settings"), sent)
    html = answer.content.decode()
    assert answer.status_code == 409
    assert result in html
    assert value in html


def test_the_first_desk_of_a_vendor_opens_cases_of_what_waits():
    review = ReviewFactory(overall_rating=1)
    publish(ReviewFactory(product=review.product))
    vendor = review.product.vendor
    cases.open_desk(vendor.pk)
    for _ in range(2):
        open_cases(vendor.pk)
    (case,) = Case.objects.all()
    assert (case.review, case.opened_at) == (review, review.created_at)


def test_the_first_fitting_rule_assigns_new_reviews_but_not_to_the_absent(client):
    desk = Desk(wish={"time_zone": "Europe/Madrid"})
    ana = vendor_staff(desk.vendor)
    member = {m.user_id: m for m in VendorMembership.objects.filter(vendor=desk.vendor)}
    client.force_login(desk.manager)
    path = reverse("desk-assignment")
    client.post(path, {"member": member[ana.pk].pk, "query": "language=es&cursor=x"})
    client.post(path, {"member": member[desk.katie.pk].pk, "query": "rating=1&rating=2"})
    assert AssignmentRule.objects.first().query == "language=es"
    assert "Spanish" in client.get(reverse("desk-settings")).content.decode()

    def assignee(**more):
        review = ReviewFactory(product=desk.review.product, **more)
        plan_cases()
        return Case.objects.get(review=review).assignee

    assert assignee(language="es", overall_rating=1) == ana
    assert assignee(language="en", overall_rating=1) == desk.katie
    assert assignee(language="en", overall_rating=5) is None
    today = timezone.localdate(timezone=MADRID).isoformat()
    client.force_login(ana)
    client.post(reverse("desk-me"), {"language": "es", "away_from": today, "away_until": today})
    assert assignee(language="es", overall_rating=1) == desk.katie


def test_a_review_is_given_to_a_colleague_by_hand_never_to_anybody_else(client):
    desk = Desk()
    client.force_login(desk.katie)
    client.post(desk.path("desk-assign"), {"to": desk.manager.pk})
    assert desk.review.case.assignee == desk.manager
    assert "Solid" in client.get(f"/desk/?assigned={desk.manager.username}").content.decode()
    assert "Solid" not in client.get("/desk/?assigned=me").content.decode()
    assert client.post(desk.path("desk-assign"), {"to": lead().pk}).status_code == 404
    client.post(desk.path("desk-assign"), {"to": ""})
    assert Case.objects.get().assignee is None


def test_what_the_vendor_does_among_its_own_gets_in_no_moderators_way(client):
    desk = Desk(wish={"approval": "always"})
    person = moderator()
    client.force_login(person)
    seen = client.get(f"/inbox/{desk.review.pk}/").context["expected_version"]
    client.force_login(desk.katie)
    client.post(desk.path("desk-assign"), {"to": desk.katie.pk})
    client.post(desk.path("desk-tag"), {"name": "call back"})
    client.post(desk.path("desk-response"), typed("Sorry."))
    client.force_login(person)
    assert client.get(f"/inbox/{desk.review.pk}/").context["expected_version"] == seen
    reason = ModerationReason.objects.for_reviews().first()
    decide(
        review=desk.review,
        request=DecisionRequest("removed", actor=person, reason=reason),
        expected_version=seen,
    )
    labels = client.get(f"/inbox/{desk.review.pk}/").content.decode()
    assert "call back" not in labels


def test_tags_are_the_vendors_own(client):
    desk = Desk()
    client.force_login(desk.katie)
    client.post(desk.path("desk-tag"), {"name": "call back"})
    assert "Solid" in client.get("/desk/?tag=call+back").content.decode()
    assert "Solid" not in client.get("/desk/?tag=other").content.decode()
    client.force_login(moderator())
    assert "Solid" not in client.get("/inbox/?tag=call+back").content.decode()
    client.force_login(desk.katie)
    client.post(desk.path("desk-tag"), {"remove": "call back"})
    assert Case.objects.get().tags == []


def change(review: Review, **values) -> None:
    """Change a review as an import of its source does."""
    run = Import.objects.create(file_name="x.json", product=review.product)
    ReviewRevision.objects.create(
        review=review,
        number=review.revisions.count() + 1,
        replaced_by_import=run,
        former={"overall_rating": float(review.overall_rating), "title": review.title},
    )
    Review.objects.filter(pk=review.pk).update(**values)


def test_a_review_changed_after_its_answer_is_queued_until_answered_again(client):
    desk = Desk(wish=round_the_clock())
    client.force_login(desk.katie)
    client.post(desk.path("desk-response"), typed("Sorry."))
    response = desk.review.responses.get()
    assert "Solid" not in client.get("/desk/?outdated=true").content.decode()
    change(desk.review, overall_rating=2)
    plan_cases()
    html = client.get("/desk/?outdated=true").content.decode()
    assert "Solid" in html
    assert "changed since the response" in html
    case = Case.objects.get(review=desk.review)
    assert case.due_at == case.opened_at + timedelta(hours=8)
    # Sent again, changed or not, it is an answer to the review as it now is.
    mark = response.version_token
    client.post(desk.path("desk-response"), typed("Sorry.", expected_version=mark))
    assert "Solid" not in client.get("/desk/?outdated=true").content.decode()
    assert not Case.objects.get(review=desk.review).awaits_response


@pytest.mark.parametrize("what", ["a fact", "a blocked out passage"])
def test_what_the_reviewer_did_not_say_otherwise_outdates_no_answer(what):
    desk = Desk()
    publish(desk.review)
    if what == "a fact":
        change(desk.review, industry="x")
    else:
        redact(review=desk.review, passage="Solid", kind="other", actor=moderator())
    assert not Case.objects.filter(outdated_since__isnull=False).exists()


def test_agents_or_else_managers_are_reminded_once_of_what_is_soon_due(client):
    desk = Desk(wish=round_the_clock(remind_before=9))
    review = ReviewFactory(product=desk.review.product, overall_rating=1, title="Broken")
    plan_cases()
    cases.assign(review=review, to=desk.katie, actor=desk.manager)
    ReviewFactory(product=desk.review.product, overall_rating=1, title="Nobody's")
    plan_cases()
    VendorMembership.objects.filter(user=desk.katie).update(language="es")
    for _ in range(2):
        send_due_reports()
    by_person = {sent.to[0]: sent for sent in mail.outbox}
    assert len(mail.outbox) == 2
    assert "Broken" in by_person[desk.katie.email].body
    assert "Nobody" not in by_person[desk.katie.email].body
    assert "Nobody's" in by_person[desk.manager.email].body
    assert reminders.due()


def test_who_leaves_a_vendor_has_no_cases_left(client):
    desk = Desk()
    cases.assign(review=desk.review, to=desk.katie, actor=desk.manager)
    member = VendorMembership.objects.get(user=desk.katie)
    client.force_login(desk.manager)
    client.post(reverse("desk-member", args=[member.pk]), {"do": "remove"})
    assert Case.objects.get().assignee is None
