"""Sign-in settings: passwords, second factor, single sign-on, lockout.

Single sign-on by OpenID Connect is enabled if SSO_URL names the provider.
"""

import os
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

AUTHENTICATION_BACKENDS = ["reviews.accounts.backends.Backend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "workspace"
ACCOUNT_LOGOUT_REDIRECT_URL = "product-list"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]

ACCOUNT_ADAPTER = "reviews.accounts.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
# There is no public sign-up; `reviews/accounts/` has the form of invitations.
ACCOUNT_SIGNUP_FIELDS = ["username*", "email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_SESSION_REMEMBER = True
# Five wrong passwords lock a user name for 15 minutes, even for the right password.
ACCOUNT_RATE_LIMITS = {"login_failed": "30/m/ip,5/15m/key"}

MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Opina"

SOCIALACCOUNT_ADAPTER = "reviews.accounts.adapters.SocialAccountAdapter"
# The provider is trusted to have verified addresses: an equal address is the same account.
SOCIALACCOUNT_EMAIL_AUTHENTICATION = True
SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = True
SSO_URL = os.environ.get("SSO_URL", "").rstrip("/")
SSO_ORIGIN: list[str] = []
SOCIALACCOUNT_PROVIDERS: dict[str, Any] = {}
if SSO_URL:
    parts = urlsplit(SSO_URL)
    for name in ("SSO_CLIENT_ID", "SSO_SECRET"):
        if not os.environ.get(name):
            raise ImproperlyConfigured(f"SSO_URL is set: set {name}, too.")
    # The sign-in form redirects to the provider, which the content security policy must allow.
    SSO_ORIGIN = [f"{parts.scheme}://{parts.netloc}"]
    SOCIALACCOUNT_PROVIDERS = {
        "openid_connect": {
            "OAUTH_PKCE_ENABLED": True,
            "APPS": [
                {
                    "provider_id": "sso",
                    "name": os.environ.get("SSO_NAME") or parts.hostname,
                    "client_id": os.environ["SSO_CLIENT_ID"],
                    "secret": os.environ["SSO_SECRET"],
                    "settings": {"server_url": SSO_URL},
                }
            ],
        }
    }
