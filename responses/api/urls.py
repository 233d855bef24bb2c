from django.urls import path

from responses.api.views import ReviewResponse

urlpatterns = [
    path("reviews/<int:pk>/response/", ReviewResponse.as_view(), name="api-response"),
]
