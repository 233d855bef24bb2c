from django.urls import path

from responses.desk import views

urlpatterns = [
    path("", views.desk, name="desk"),
    path("<int:pk>/", views.desk, name="desk-review"),
    path("<int:pk>/response/", views.respond, name="desk-response"),
    path("<int:pk>/translation/", views.translation, name="desk-translation"),
    path("glossary/", views.glossary, name="desk-glossary"),
    path("<int:pk>/withdraw/", views.withdraw, name="desk-withdraw"),
    path("<int:pk>/flag/", views.flag_review, name="desk-flag"),
]
