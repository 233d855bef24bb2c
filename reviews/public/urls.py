from django.urls import path

from reviews.public import flags, statements, translations, transparency, views

urlpatterns = [
    path("", views.product_list, name="product-list"),
    path("products/<slug:slug>/", views.product, name="product"),
    path("transparency/", transparency.everything, name="transparency"),
    path("products/<slug:slug>/transparency/", transparency.product, name="product-transparency"),
    path("reviews/<int:pk>/flag/", flags.flag_review, name="flag-review"),
    path("flags/<str:token>/", flags.flag, name="flag"),
    path("statements/<str:token>/", statements.statement, name="statement"),
    path("statements/<str:token>/appeal/", statements.appeal, name="statement-appeal"),
    path("statements/<str:token>/edit/", statements.edit_text, name="statement-edit"),
    path("reviews/<int:pk>/translation/report/", translations.report, name="report-translation"),
    path("reviews/<int:pk>/translation/", views.review_translation, name="review-translation"),
]
