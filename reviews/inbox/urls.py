from django.urls import path

from reviews.inbox import views

urlpatterns = [
    path("", views.inbox, name="inbox"),
    path("<int:pk>/", views.inbox, name="inbox-review"),
    path("<int:pk>/decision/", views.decision, name="inbox-decision"),
    path("<int:pk>/translation/", views.translation, name="inbox-translation"),
    path("<int:pk>/flags/", views.dismiss_flags, name="inbox-flags"),
]
