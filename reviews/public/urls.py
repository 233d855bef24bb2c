from django.urls import path

from reviews.public import views

urlpatterns = [
    path("", views.product_list, name="product-list"),
    path("products/<slug:slug>/", views.product, name="product"),
    path("reviews/<int:pk>/translation/", views.review_translation, name="review-translation"),
]
