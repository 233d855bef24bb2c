from django.urls import path

from reviews.imports import views

urlpatterns = [
    path("", views.import_list, name="imports"),
    path("<int:pk>/", views.import_detail, name="import"),
    path("<int:pk>/start/", views.start, name="import-start"),
    path("<int:pk>/cancel/", views.cancel, name="import-cancel"),
    path("<int:pk>/rejected/", views.rejected, name="import-rejected"),
]
