"""A vendor's people: invited by mail, with a role, in several vendors, gone without a trace
of their answers."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from reviews.accounts.members import VALID
from reviews.models import AuditEntry, Invitation, VendorMembership
from reviews.tasks import send_due_mails
from tests.factories import UserFactory
from tests.responses.desks import Desk, typed

pytestmark = pytest.mark.django_db
NEW = {"username": "ana", "first_name": "Ana", "password": "correct horse battery"}


def invite(client, desk: Desk, email: str = "ana@vendor.example", role: str = "agent") -> str:
    """Invite somebody and return the path of the link that they got."""
    client.force_login(desk.manager)
    client.post(reverse("desk-members"), {"email": email, "role": role})
    send_due_mails()
    client.logout()
    return re.search(r"https?://[^/]+(/\S+)", mail.outbox[-1].body)[1]


def test_who_is_invited_makes_an_account_and_works_at_the_desk_at_once(client):
    desk = Desk()
    path = invite(client, desk)
    assert mail.outbox[-1].to == ["ana@vendor.example"]
    assert desk.vendor.name in client.get(path).content.decode()
    answer = client.post(path, NEW)
    assert answer.url == "/desk/"
    assert "Solid" in client.get("/desk/").content.decode()
    ana = User.objects.get(username="ana")
    assert (ana.email, ana.vendor_memberships.get().role) == ("ana@vendor.example", "agent")
    # The link is good for one person, once.
    client.logout()
    assert client.get(path).status_code == 404
    actions = list(AuditEntry.objects.order_by("pk").values_list("action", flat=True))
    assert actions == ["member_invited", "member_joined"]


def test_who_has_an_account_takes_a_second_vendor(client):
    desk, other = Desk(title="Here"), Desk(title="There")
    path = invite(client, desk, role="manager")
    client.force_login(other.katie)
    client.post(path)
    html = client.get("/desk/").content.decode()
    assert "Here" in html
    assert "There" in html
    roles = dict(other.katie.vendor_memberships.values_list("vendor", "role"))
    assert roles == {desk.vendor.pk: "manager", other.vendor.pk: "agent"}


@pytest.mark.parametrize(
    ("given", "result"),
    [
        ({"username": "katie2"}, "That username is taken"),
        ({"password": "12345"}, "This password is too short"),
        ({"username": "with spaces"}, "slug"),
    ],
)
def test_a_wrong_invitation_is_explained_and_not_made(client, given, result):
    desk = Desk()
    UserFactory(username="Katie2")
    path = invite(client, desk)
    answer = client.post(path, NEW | given)
    assert answer.status_code == 409
    assert result in answer.content.decode()
    assert not User.objects.filter(email="ana@vendor.example").exists()


def test_an_old_or_withdrawn_invitation_opens_nothing(client, settings):
    desk = Desk()
    path = invite(client, desk)
    invitation = Invitation.objects.get()
    client.force_login(desk.manager)
    client.post(reverse("desk-invitation", args=[invitation.pk]))
    client.logout()
    assert client.post(path, NEW).status_code == 404
    assert client.get("/accounts/invitations/x/").status_code == 404
    late = timezone.now() + VALID + timedelta(days=1)
    path = invite(client, desk)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("django.core.signing.time.time", late.timestamp)
        assert client.get(path).status_code == 404


def test_invited_again_the_same_place_is_offered_again(client):
    desk = Desk()
    invite(client, desk)
    invite(client, desk, role="manager")
    assert Invitation.objects.get().role == "manager"
    client.force_login(desk.manager)
    result = client.post(reverse("desk-members"), {"email": desk.katie.email, "role": "agent"})
    assert "is already on your team" in result.content.decode()


def test_agents_keep_no_people_no_rules_and_no_settings(client):
    desk = Desk()
    client.force_login(desk.katie)
    for name in ("desk-members", "desk-rules", "desk-settings"):
        assert client.get(reverse(name)).status_code == 404


def test_who_is_removed_is_out_at_once_and_their_answers_stay(client):
    desk = Desk()
    client.force_login(desk.katie)
    client.post(desk.path("desk-response"), typed("Sorry, Ana"))
    member = VendorMembership.objects.get(user=desk.katie)
    manager = Client()
    manager.force_login(desk.manager)
    manager.post(reverse("desk-member", args=[member.pk]), {"do": "remove"})
    assert client.get("/desk/").status_code == 404
    assert "Sorry, Ana" in client.get(desk.review.product.get_absolute_url()).content.decode()
    assert desk.review.responses.get().author == desk.katie


def test_a_vendor_keeps_a_manager(client):
    desk = Desk()
    client.force_login(desk.manager)
    own = VendorMembership.objects.get(user=desk.manager)
    path = reverse("desk-member", args=[own.pk])
    for do in ("remove", "agent"):
        result = client.post(path, {"do": do})
        assert result.status_code == 409
        assert "A vendor needs at least one manager" in result.content.decode()
    other = VendorMembership.objects.get(user=desk.katie)
    client.post(reverse("desk-member", args=[other.pk]), {"do": "manager"})
    client.post(path, {"do": "agent"})
    own.refresh_from_db()
    assert own.role == "agent"


def test_days_that_make_no_sense_are_refused(client):
    desk = Desk()
    client.force_login(desk.katie)
    for days in (
        {"away_from": "2026-05-01"},
        {"away_from": "2026-05-02", "away_until": "2026-05-01"},
        {"away_from": "tomorrow", "away_until": "2026-05-01"},
    ):
        assert client.post(reverse("desk-me"), days).status_code == 409
