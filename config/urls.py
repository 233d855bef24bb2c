from allauth.account.decorators import secure_admin_login
from django.conf import settings
from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

from config import health

urlpatterns = [
    path("", include("reviews.public.urls")),
    path("", include("responses.urls")),
    path("inbox/", include("reviews.inbox.urls")),
    path("imports/", include("reviews.imports.urls")),
    path("accounts/", include("reviews.accounts.urls")),
    path("api/v1/", include("reviews.api.urls")),
    path("api/v1/", include("responses.api.urls")),
    # The admin has the same sign-in as the site, with lockout and second factor.
    path("admin/login/", secure_admin_login(admin.site.login)),
    path("admin/", admin.site.urls),
    path("favicon.ico", RedirectView.as_view(url=f"{settings.STATIC_URL}icons/opina.svg")),
    path("healthz/live", health.live),
    path("healthz/ready", health.ready),
]
