from django.urls import include, path

from reviews.accounts import views

urlpatterns = [
    path("workspace/", views.workspace, name="workspace"),
    path("invitations/<str:token>/", views.invitation, name="invitation"),
    path("", include("allauth.urls")),
]
