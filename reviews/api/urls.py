from django.urls import path
from drf_spectacular.views import SpectacularAPIView

from reviews.api import flags, schema, translations, views  # noqa: F401  the schema describes our keys

urlpatterns = [
    path("", views.reference, name="api-reference"),
    path(
        "schema/",
        SpectacularAPIView.as_view(
            authentication_classes=[], permission_classes=[], throttle_classes=[]
        ),
        name="api-schema",
    ),
    path("products/", views.ProductList.as_view(), name="api-products"),
    path("reviews/", views.ReviewList.as_view(), name="api-reviews"),
    path("reviews/<int:pk>/flags/", flags.ReviewFlags.as_view(), name="api-flags"),
    path(
        "reviews/<int:pk>/translations/",
        translations.ReviewTranslationsView.as_view(),
        name="api-translations",
    ),
    path(
        "reviews/<int:pk>/translations/<str:language>/",
        translations.ReviewTranslationView.as_view(),
        name="api-translation",
    ),
    path("reviews/<int:pk>/", views.ReviewDetail.as_view(), name="api-review"),
]
