from django.contrib import admin
from django.urls import include, path

from config import health

urlpatterns = [
    path("", include("reviews.public.urls")),
    path("", include("responses.urls")),
    path("inbox/", include("reviews.inbox.urls")),
    path("imports/", include("reviews.imports.urls")),
    path("accounts/", include("reviews.accounts.urls")),
    path("api/v1/", include("reviews.api.urls")),
    path("api/v1/", include("responses.api.urls")),
    path("admin/", admin.site.urls),
    path("healthz/live", health.live),
    path("healthz/ready", health.ready),
]
