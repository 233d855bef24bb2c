"""Settings of signing in: passwords, second factor, single sign-on, lock-out.

Single sign-on by OpenID Connect is on where SSO_URL names the provider.
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
# Nobody signs up by themselves; what an invitation asks for is in `reviews/accounts/`.
ACCOUNT_SIGNUP_FIELDS = ["username*", "email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_SESSION_REMEMBER = True
# Five wrong passwords lock a name for a quarter of an hour, whoever knows the right one.
ACCOUNT_RATE_LIMITS = {"login_failed": "30/m/ip,5/15m/key"}

MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Opina"

SOCIALACCOUNT_ADAPTER = "reviews.accounts.adapters.SocialAccountAdapter"
# Who the provider says has an address is who has it here.
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
    # A form that is sent here goes on to the provider.
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
