"""The least that a test needs of each model."""

import datetime

import factory
from django.contrib.auth.models import Group, User
from factory.django import DjangoModelFactory

from responses.choices import ResponseOrigin, ResponseStatus
from responses.models import Response
from reviews.choices import ReviewStatus, VendorRole
from reviews.models import Product, Review, Source, Vendor, VendorMembership
from reviews.permissions import LEADS, MODERATORS


class UserFactory(DjangoModelFactory):
    class Meta:
        model = User

    username = factory.Sequence(lambda n: f"person{n}")


class VendorFactory(DjangoModelFactory):
    class Meta:
        model = Vendor

    name = factory.Sequence(lambda n: f"Vendor {n}")
    slug = factory.Sequence(lambda n: f"vendor-{n}")


class ProductFactory(DjangoModelFactory):
    class Meta:
        model = Product

    vendor = factory.SubFactory(VendorFactory)
    name = factory.Sequence(lambda n: f"Product {n}")
    slug = factory.Sequence(lambda n: f"product-{n}")


class SourceFactory(DjangoModelFactory):
    class Meta:
        model = Source
        django_get_or_create = ("key",)

    key = "getapp"
    name = "GetApp"


class ReviewFactory(DjangoModelFactory):
    class Meta:
        model = Review

    product = factory.SubFactory(ProductFactory)
    source = factory.SubFactory(SourceFactory)
    external_id = factory.Sequence(str)
    status = ReviewStatus.PUBLISHED
    language = "en"
    title = "Solid but pricey"
    reviewed_on = datetime.date(2024, 3, 1)


class ResponseFactory(DjangoModelFactory):
    class Meta:
        model = Response

    review = factory.SubFactory(ReviewFactory)
    status = ResponseStatus.PUBLISHED
    origin = ResponseOrigin.DESK
    author_name = "Katie"
    language = "en"
    body = "Thank you for telling us."


def moderator() -> User:
    user = UserFactory()
    user.groups.add(Group.objects.get(name=MODERATORS))
    return user


def lead() -> User:
    user = UserFactory()
    user.groups.add(Group.objects.get(name=LEADS))
    return user


def vendor_staff(vendor: Vendor, role: VendorRole = VendorRole.AGENT) -> User:
    user = UserFactory()
    VendorMembership.objects.create(vendor=vendor, user=user, role=role)
    return user
