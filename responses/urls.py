from django.urls import include, path

from responses import views

urlpatterns = [
    path(
        "responses/<int:pk>/translation/", views.response_translation, name="response-translation"
    ),
    path("inbox/<int:pk>/response/", views.inbox_response, name="inbox-response"),
    path(
        "inbox/<int:pk>/response/translation/edit/",
        views.edit_translation,
        name="inbox-response-translation-edit",
    ),
    path("inbox/<int:pk>/response/language/", views.language, name="inbox-response-language"),
    path("inbox/<int:pk>/response/revisions/", views.former, name="inbox-response-revisions"),
    path("inbox/<int:pk>/response/removal/", views.remove, name="inbox-response-removal"),
    path("responses/mails/<str:token>/", views.stop_mails, name="response-mails-stop"),
    path("desk/", include("responses.desk.urls")),
]
