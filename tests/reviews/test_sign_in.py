"""Signing in: second factor, single sign-on, lock-out, sessions."""

import re

import pytest
import requests
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.contrib.auth.models import User
from django.core import mail
from django.test import Client
from django.urls import reverse

from reviews.models import Invitation, VendorMembership
from tests.factories import UserFactory, VendorFactory, lead, vendor_staff
from tests.reviews.oidc import provider

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery"


def person(**more) -> User:
    user = UserFactory(email="ana@vendor.example", **more)
    user.set_password(PASSWORD)
    user.save()
    return user


def sign_in(client, name: str, password: str = PASSWORD):
    return client.post(reverse("account_login"), {"login": name, "password": password})


def is_in(client) -> bool:
    return client.get("/accounts/workspace/").url != "/accounts/login/?next=/accounts/workspace/"


@pytest.mark.parametrize("by", ["username", "email"])
def test_by_name_or_address_and_password(client, by):
    user = person()
    assert sign_in(client, getattr(user, by)).status_code == 302
    assert is_in(client)


def test_nobody_signs_up_by_themselves(client):
    sent = {"username": "eve", "email": "eve@example.org", "password1": PASSWORD}
    client.post(reverse("account_signup"), sent)
    assert not User.objects.exists()


def test_five_wrong_passwords_lock_the_name_even_for_the_right_one(client):
    user = person()
    for _ in range(5):
        result = sign_in(client, user.username, "wrong")
        assert "password" in result.content.decode()
    result = sign_in(client, user.username)
    assert "Too many failed login attempts" in result.content.decode()
    assert not is_in(client)
    # Others are not kept out.
    other = UserFactory()
    other.set_password(PASSWORD)
    other.save()
    sign_in(client, other.username)
    assert is_in(client)


def code_of(secret: str) -> str:
    counter = next(iter(yield_hotp_counters_from_time()))
    return format_hotp_value(hotp_value(secret, counter))


def set_up_second_factor(client) -> str:
    """Set up an authenticator app as its page says; returns the secret.

    It asks for the password again: an open browser alone sets up nothing.
    """
    asked = client.get(reverse("mfa_activate_totp"))
    client.post(asked.url, {"password": PASSWORD})
    page = client.get(reverse("mfa_activate_totp")).content.decode()
    secret = re.search(r'value="([A-Z2-7]{32})"', page)[1]
    assert "data:image/svg+xml" in page
    client.post(reverse("mfa_activate_totp"), {"code": code_of(secret)})
    return secret


def test_who_has_a_second_factor_is_asked_for_it_at_the_admin_too(client):
    user = person(is_staff=True, is_superuser=True)
    sign_in(client, user.username)
    secret = set_up_second_factor(client)
    assert Authenticator.objects.filter(user=user, type="totp").exists()
    client.post(reverse("account_logout"))
    assert sign_in(client, user.username).url == reverse("mfa_authenticate")
    assert not is_in(client)
    client.post(reverse("mfa_authenticate"), {"code": "000000"})
    assert not is_in(client)
    # A code counts once; the next is due half a minute later.
    from django.core.cache import cache

    cache.clear()
    client.post(reverse("mfa_authenticate"), {"code": code_of(secret)})
    assert is_in(client)
    stranger = Client()
    result = stranger.post("/admin/login/", {"username": user.username, "password": PASSWORD})
    assert result.status_code == 302
    assert stranger.get("/admin/").status_code == 302


def test_recovery_codes_open_where_the_app_is_lost(client):
    user = person()
    sign_in(client, user.username)
    set_up_second_factor(client)
    page = client.get(reverse("mfa_view_recovery_codes")).content.decode()
    code = re.search(r"\b([0-9a-f]{8})\b", page[page.index("<main") :])[1]
    client.post(reverse("account_logout"))
    sign_in(client, user.username)
    client.post(reverse("mfa_authenticate"), {"code": code})
    assert is_in(client)


def test_sessions_are_listed_and_ended(client):
    user = person()
    elsewhere = Client(headers={"User-Agent": "Another browser"})
    for each in (elsewhere, client):
        sign_in(each, user.username)
    page = client.get(reverse("usersessions_list")).content.decode()
    assert "Another browser" in page
    client.post(reverse("usersessions_list"))
    assert is_in(client)
    assert not is_in(elsewhere)


def test_a_forgotten_password_is_reset_by_mail(client):
    user = person()
    client.post(reverse("account_reset_password"), {"email": user.email})
    path = re.search(r"https?://[^/]+(/accounts/password/reset/key/\S+)", mail.outbox[0].body)[1]
    page = client.get(path, follow=True)
    client.post(
        page.redirect_chain[-1][0],
        {"password1": "a new one, longer", "password2": "a new one, longer"},
    )
    sign_in(client, user.username, "a new one, longer")
    assert is_in(client)
    # Nobody learns whether an address is known.
    mail.outbox.clear()
    result = client.post(reverse("account_reset_password"), {"email": "nobody@example.org"})
    assert result.status_code == 302


@pytest.fixture
def sso(settings):
    with provider() as found:
        settings.SOCIALACCOUNT_PROVIDERS = {
            "openid_connect": {
                "OAUTH_PKCE_ENABLED": True,
                "APPS": [
                    {
                        "provider_id": "sso",
                        "name": "Acme",
                        "client_id": "opina",
                        "secret": "s",
                        "settings": {"server_url": found.url},
                    }
                ],
            }
        }
        yield found


def through(client) -> None:
    """Sign in by the provider, as a browser is sent there and back."""
    assert "Sign in with Acme" in client.get(reverse("account_login")).content.decode()
    there = client.post("/accounts/oidc/sso/login/?process=login").url
    back = requests.get(there, allow_redirects=False, timeout=10).headers["Location"]
    client.get(back[back.index("/accounts/") :], follow=True)


def test_single_sign_on_admits_accounts_with_a_verified_address(client, sso):
    person()
    sso.claims = {"sub": "1", "email": "ana@vendor.example", "email_verified": True}
    through(client)
    assert is_in(client)
    assert User.objects.count() == 1


@pytest.mark.parametrize(
    "claims",
    [
        {"email": "ana@vendor.example", "email_verified": False},
        {"email": "eve@example.org", "email_verified": True},
        {},
    ],
)
def test_single_sign_on_lets_nobody_else_in(client, sso, claims):
    person()
    sso.claims = {"sub": "2"} | claims
    through(client)
    assert not is_in(client)
    assert User.objects.count() == 1


def test_who_is_invited_comes_in_by_single_sign_on(client, sso):
    vendor = VendorFactory()
    Invitation.objects.create(
        vendor=vendor, email="ana@vendor.example", role="agent", invited_by=vendor_staff(vendor)
    )
    sso.claims = {
        "sub": "3",
        "email": "ana@vendor.example",
        "email_verified": True,
        "given_name": "Ana",
    }
    through(client)
    assert client.get("/accounts/workspace/").url == "/desk/"
    member = VendorMembership.objects.get(user__email="ana@vendor.example")
    assert (member.vendor, member.user.first_name) == (vendor, "Ana")


def test_a_single_sign_on_asks_for_the_second_factor_all_the_same(client, sso):
    user = person()
    sign_in(client, user.username)
    set_up_second_factor(client)
    client.post(reverse("account_logout"))
    sso.claims = {"sub": "1", "email": user.email, "email_verified": True}
    through(client)
    assert not is_in(client)


def test_pages_of_the_account_are_there_in_both_languages(client):
    client.force_login(lead())
    for name in ("mfa_index", "usersessions_list", "account_change_password", "account_email"):
        for language in ("es", "en"):
            answer = client.get(reverse(name), headers={"Accept-Language": language}, follow=True)
            assert answer.status_code == 200, name
