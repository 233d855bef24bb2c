"""API keys: shown once, stored as a digest, limited by scopes."""

import hashlib
import secrets
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from reviews.models import ApiKey, Partner, Vendor

PREFIX = "opina_"


def create_key(*, partner: Partner, scopes: list[str], vendor: Vendor | None = None) -> str:
    """Create a key and return it; it cannot be read again."""
    key = PREFIX + secrets.token_urlsafe(32)
    ApiKey.objects.create(
        partner=partner, vendor=vendor, scopes=scopes, prefix=key[:12], digest=digest(key)
    )
    return key


def digest(key: str) -> bytes:
    # A key has 256 random bits, so a plain digest is enough, without salt or stretching.
    return hashlib.sha256(key.encode()).digest()


class ApiKeyAuthentication(BaseAuthentication):
    """Authenticate by `Authorization: Bearer KEY`. A missing or invalid key is a 401."""

    def authenticate(self, request: Request) -> tuple[ApiKey, ApiKey] | None:
        parts = get_authorization_header(request).split()
        if not parts:
            return None
        if len(parts) != 2 or parts[0].lower() != b"bearer":
            raise AuthenticationFailed(
                _("Send the key in the header: “Authorization: Bearer KEY”.")
            )
        key = (
            ApiKey.objects.select_related("partner", "vendor")
            .filter(digest=digest(parts[1].decode("latin-1")), revoked_at=None)
            .first()
        )
        if key is None:
            raise AuthenticationFailed(_("This API key is invalid or has been revoked."))
        return key, key

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="Opina"'


class HasScope(BasePermission):
    """Require the scope that the view names for the method in `scopes`."""

    message = gettext_lazy("This API key doesn't have the required scope.")

    def has_permission(self, request: Request, view: Any) -> bool:
        if not isinstance(request.auth, ApiKey):
            return False
        scopes: dict[str, str] = getattr(view, "scopes", {})
        needed: Any = scopes.get(request.method or "", scopes.get("*"))
        return needed in request.auth.scopes
