"""Who may come in: who has an account, and who was invited."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from django.contrib.auth.models import User
from django.http import HttpRequest

from reviews.accounts import members


class AccountAdapter(DefaultAccountAdapter):
    """Nobody signs up by themselves."""

    def is_open_for_signup(self, _request: HttpRequest) -> bool:
        return False


class SocialAccountAdapter(DefaultSocialAccountAdapter):
    """Single sign-on lets in who has an account here, and who was invited."""

    def is_open_for_signup(self, _request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return any(members.is_invited(email) for email in verified(sociallogin))

    def save_user(self, request: HttpRequest, sociallogin: SocialLogin, form: Any = None) -> User:
        user = super().save_user(request, sociallogin, form)
        for email in verified(sociallogin):
            members.accept_all(email=email, user=user)
        return user


def verified(sociallogin: SocialLogin) -> list[str]:
    """Return the addresses that the provider has made sure of."""
    return [address.email for address in sociallogin.email_addresses if address.verified]
