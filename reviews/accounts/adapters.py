"""Who may sign in: people with an account, and people who were invited."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from django.contrib.auth.models import User
from django.http import HttpRequest

from reviews.accounts import members


class AccountAdapter(DefaultAccountAdapter):
    """Nobody can sign up without an invitation."""

    def is_open_for_signup(self, _request: HttpRequest) -> bool:
        return False


class SocialAccountAdapter(DefaultSocialAccountAdapter):
    """Single sign-on admits people who have an account here or were invited."""

    def is_open_for_signup(self, _request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return any(members.is_invited(email) for email in verified(sociallogin))

    def save_user(self, request: HttpRequest, sociallogin: SocialLogin, form: Any = None) -> User:
        user = super().save_user(request, sociallogin, form)
        for email in verified(sociallogin):
            members.accept_all(email=email, user=user)
        return user


def verified(sociallogin: SocialLogin) -> list[str]:
    """Return the addresses that the provider has verified."""
    return [address.email for address in sociallogin.email_addresses if address.verified]
