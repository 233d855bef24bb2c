"""Who reaches what of the desk: every address and API call, every role, own and foreign.

The matrix is made of the URL configuration: a new address without a line here fails.
"""

import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from responses.models import ReplyRule, ResponseJob
from reviews.api.keys import create_key
from reviews.choices import VendorRole
from reviews.models import Invitation, Partner, SavedView, VendorMembership
from tests.factories import ResponseFactory, UserFactory, lead, moderator
from tests.responses.desks import Desk

pytestmark = pytest.mark.django_db

AGENT, MANAGER = VendorRole.AGENT, VendorRole.MANAGER
# Address → from which role on. What one address does may need more: see below.
DESK = {
    "desk": AGENT,
    "desk-review": AGENT,
    "desk-response": AGENT,
    "desk-draft": AGENT,
    "desk-discard": AGENT,
    "desk-insert": AGENT,
    "desk-translation": AGENT,
    "desk-consent": AGENT,
    "desk-presence": AGENT,
    "desk-suggestions": AGENT,
    "desk-revisions": AGENT,
    "desk-withdraw": AGENT,
    "desk-flag": AGENT,
    "desk-assign": AGENT,
    "desk-tag": AGENT,
    "desk-view-save": AGENT,
    "desk-view-delete": AGENT,
    "desk-templates": AGENT,
    "desk-template-new": AGENT,
    "desk-template": AGENT,
    "desk-template-archive": AGENT,
    "desk-bulk": AGENT,
    "desk-bulk-start": AGENT,
    "desk-bulk-job": AGENT,
    "desk-bulk-steer": AGENT,
    "desk-me": AGENT,
    "desk-numbers": AGENT,
    "desk-export": AGENT,
    "desk-flags": AGENT,
    "desk-glossary": AGENT,
    "desk-rules": MANAGER,
    "desk-rule-new": MANAGER,
    "desk-rule": MANAGER,
    "desk-rule-act": MANAGER,
    "desk-members": MANAGER,
    "desk-member": MANAGER,
    "desk-invitation": MANAGER,
    "desk-settings": MANAGER,
    "desk-assignment": MANAGER,
}
# API call → the scope that it needs.
API = {"api-response": "responses:write"}
METHODS = ("get", "post", "put", "patch", "delete")
# Only its owner's, or only with something to act on.
PERSONAL = {
    "desk-view-delete", "desk-bulk-steer", "desk-insert", "desk-assignment", "desk-withdraw",
    "desk-flag",
}  # fmt: skip


def patterns(start: str, resolver: Any = None, before: str = "") -> dict[str, URLPattern]:
    """All named addresses whose path begins so."""
    found: dict[str, URLPattern] = {}
    for entry in (resolver or get_resolver()).url_patterns:
        path = before + str(entry.pattern)
        if isinstance(entry, URLResolver):
            found |= patterns(start, entry, path)
        elif path.startswith(start):
            found[entry.name] = entry
    return found


def test_every_address_of_the_desk_and_call_of_its_api_has_its_line():
    assert set(patterns("desk/")) == set(DESK)
    ours = [
        name
        for name, entry in patterns("api/v1/").items()
        if getattr(entry.callback, "__module__", "").startswith("responses.")
    ]
    assert set(ours) == set(API)


class World:
    """A vendor with one of everything that an address can name."""

    def __init__(self) -> None:
        self.desk = Desk(title=f"Review {uuid.uuid4()}")
        vendor, manager = self.desk.vendor, self.desk.manager
        ResponseFactory(review=self.desk.review)
        self.template = self.desk.template("Hello")
        self.rule = ReplyRule.objects.create(vendor=vendor, name="r", changed_by=manager)
        self.job = ResponseJob.objects.create(
            vendor=vendor, template=self.template, outcome="draft", started_by=manager
        )
        self.view = SavedView.objects.create(owner=manager, name="v", vendor=vendor)
        self.invitation = Invitation.objects.create(
            vendor=vendor,
            email="a@b.example",
            role="agent",
            invited_by=manager,
            created_at=timezone.now(),
        )
        self.member = VendorMembership.objects.get(user=self.desk.katie)

    def path(self, name: str) -> str:
        about = {
            "desk-template": self.template,
            "desk-template-archive": self.template,
            "desk-rule": self.rule,
            "desk-rule-act": self.rule,
            "desk-bulk-job": self.job,
            "desk-bulk-steer": self.job,
            "desk-view-delete": self.view,
            "desk-invitation": self.invitation,
            "desk-member": self.member,
        }
        has_id = "pk" in patterns("desk/")[name].pattern.converters
        return reverse(name, args=[about.get(name, self.desk.review).pk] if has_id else [])


def statuses(client: Client, path: str) -> set[int]:
    return {getattr(client, method)(path).status_code for method in METHODS}


@pytest.mark.parametrize("name", DESK)
def test_each_role_reaches_what_is_for_it_and_nothing_else(name):
    world = World()
    path = world.path(name)
    visitor = Client()
    for method in METHODS:
        answer = getattr(visitor, method)(path)
        assert answer.status_code == 302, method
        assert answer.url.startswith("/accounts/login/")
    outsiders = {"nobody": UserFactory(), "moderator": moderator(), "lead": lead()}
    if DESK[name] == MANAGER:
        outsiders["agent"] = world.desk.katie
    for role, person in outsiders.items():
        client = Client()
        client.force_login(person)
        assert statuses(client, path) == {404}, role
    insiders = [world.desk.manager, *([world.desk.katie] if DESK[name] == AGENT else [])]
    for person in insiders:
        client = Client()
        client.force_login(person)
        found = statuses(client, path)
        assert found - {404, 405} or name in PERSONAL, person


@pytest.mark.parametrize("name", [n for n, p in patterns("desk/").items() if p.pattern.converters])
@pytest.mark.parametrize("role", [AGENT, MANAGER])
def test_what_is_another_vendors_is_not_found_whatever_the_role(name, role):
    world, foreign = World(), World()
    client = Client()
    client.force_login(foreign.desk.manager if role == MANAGER else foreign.desk.katie)
    before = untouched(world)
    found = statuses(client, world.path(name))
    # An unknown method is refused for everyone.
    assert found <= {404, 405}
    assert 404 in found
    assert untouched(world) == before


@pytest.mark.parametrize(
    "name", [n for n, p in patterns("desk/").items() if not p.pattern.converters]
)
def test_another_vendor_cannot_be_named_in_an_address(name):
    world, foreign = World(), World()
    client = Client()
    client.force_login(foreign.desk.manager)
    before = untouched(world)
    path = f"{world.path(name)}?vendor={world.desk.vendor.slug}"
    result = {
        "member": world.member.pk,
        "remove": "1",
        "template": world.template.pk,
        "query": f"id={world.desk.review.pk}",
        "outcome": "publish",
        "email": "e@f.example",
        "role": "manager",
        "name": "x",
    }
    for answer in (client.get(path), client.post(path, result)):
        secrets = (world.desk.review.title, world.desk.vendor.name, world.template.name)
        body = b"".join(answer).decode() if answer.streaming else answer.content.decode()
        assert answer.status_code in (302, 404, 405, 409, 200)
        assert not any(f">{secret}<" in body for secret in secrets)
    assert untouched(world) == before


def untouched(world: World) -> list[Any]:
    """What a foreign hand could have changed."""
    vendor = world.desk.vendor
    return [
        list(world.desk.review.responses.values_list("status", "body")),
        list(vendor.memberships.values_list("user", "role")),
        list(vendor.reply_templates.values_list("body", "archived")),
        list(vendor.reply_rules.values_list("name", "active_since")),
        list(vendor.assignment_rules.values_list("query")),
        list(vendor.invitations.values_list("email", "role", "withdrawn_at")),
        list(vendor.responsejob_set.values_list("status", "cancel_requested")),
        list(vendor.cases.values_list("assignee", "tags")),
        SavedView.objects.filter(vendor=vendor).count(),
        world.desk.review.flags.count(),
    ]


@pytest.mark.parametrize("name", API)
@pytest.mark.parametrize(
    ("scope", "vendor", "status"),
    [
        (None, None, 401),
        ("a made-up key", None, 401),
        ("reviews:read", "own", 403),
        ("responses:write", "own", 200),
        ("responses:write", "none", 200),
        ("responses:write", "foreign", 404),
    ],
)
def test_each_key_reaches_what_is_for_it_and_nothing_else(name, scope, vendor, status):
    world, foreign = World(), World()
    vendors = {"own": world.desk.vendor, "foreign": foreign.desk.vendor, "none": None}
    headers = {}
    if scope == "a made-up key":
        headers = {"Authorization": "Bearer made-up"}
    elif scope:
        partner = Partner.objects.create(name="P")
        secret = create_key(partner=partner, scopes=[scope], vendor=vendors[vendor])
        headers = {"Authorization": f"Bearer {secret}"}
    path = reverse(name, args=[world.desk.review.pk])
    before = untouched(world)
    result = {"author_name": "Katie", "body": "Hello again"}
    put = Client().put(path, result, content_type="application/json", headers=headers)
    assert put.status_code == status
    gone = Client().delete(path, headers=headers)
    assert gone.status_code == (204 if status == 200 else status)
    assert (untouched(world) == before) is (status != 200)
