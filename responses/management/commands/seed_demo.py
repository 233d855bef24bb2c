"""The demo: invented products and reviews, and people to sign in as."""

import os
import secrets
from pathlib import Path
from typing import Any, NamedTuple

from django.conf import settings
from django.contrib.auth.models import Group, User
from django.core.management.base import BaseCommand
from django.db import transaction
from django.db.models import Count
from django.utils.translation import gettext as _

from responses import demo_desk
from reviews.choices import ImportStatus, ReviewStatus, VendorRole
from reviews.importing import pipeline
from reviews.importing.files import Dump
from reviews.importing.formats import open_format
from reviews.importing.products import free_slug
from reviews.models import Import, Product, Vendor, VendorMembership
from reviews.moderation import screening
from reviews.permissions import LEADS, MODERATORS

SAMPLE = settings.BASE_DIR / "reviews" / "sample"


class SampleProduct(NamedTuple):
    """One product of the sample. The last reviews of `pending` wait for moderation."""

    slug: str
    name: str
    vendor: str
    category: str
    status: ReviewStatus


PRODUCTS = (
    SampleProduct(
        "nimbo-campaign", "Nimbo Campaign", "Nimbo Software", "Marketing automation",
        ReviewStatus.PUBLISHED,
    ),
    SampleProduct(
        "nimbo-desk", "Nimbo Desk", "Nimbo Software", "Help desk", ReviewStatus.PENDING
    ),
    SampleProduct(
        "faro-metrics", "Faro Metrics", "Faro Labs", "Business intelligence",
        ReviewStatus.PUBLISHED,
    ),
)  # fmt: skip
STAFF = {"katie": VendorRole.AGENT, "manager": VendorRole.MANAGER}


class Command(BaseCommand):
    help = (
        "Load the sample data and the demo's accounts. Run again, it changes no review, sets "
        "the accounts' password anew, and makes katie and manager staff of vendors without any."
    )

    def handle(self, *_args: Any, **options: Any) -> None:
        # `make up` saves the password that it printed.
        saved = Path(settings.OPINA_HOME) / "demo_password"
        password = os.environ.get("OPINA_DEMO_PASSWORD") or (
            saved.read_text() if saved.exists() else secrets.token_urlsafe(9)
        )
        for product in PRODUCTS:
            self._product(product)
        self._accounts(password)
        demo_desk.set_up(vendor=Vendor.objects.get(name="Nimbo Software"), manager="manager")
        if options["verbosity"]:
            self.stdout.write(
                _(
                    "Sign in as moderator, lead, katie, manager or admin with the "
                    "password %(password)s"
                )
                % {"password": password}
            )

    def _product(self, sample: SampleProduct) -> None:
        if Product.objects.filter(slug=sample.slug).exists():
            return
        with transaction.atomic():
            vendor, _created = Vendor.objects.get_or_create(
                name=sample.vendor, defaults={"slug": free_slug(sample.vendor)}
            )
            product = Product.objects.create(
                slug=sample.slug, name=sample.name, vendor=vendor, category=sample.category
            )
            import_run = Import.objects.create(
                file_name=f"{sample.slug}.jsonl",
                product=product,
                review_status=sample.status,
                status=ImportStatus.RUNNING,
            )
            format = open_format(Dump(SAMPLE / import_run.file_name), "table")
            format.source = ("opina", "Opina")
            pipeline.run(import_run=import_run, format=format)
        screening.screen_import(import_run.pk)

    @transaction.atomic
    def _accounts(self, password: str) -> None:
        for name, group in (
            ("moderator", MODERATORS),
            ("lead", LEADS),
            *((n, None) for n in STAFF),
        ):
            user = self._account(name, password, is_staff=group == LEADS)
            if group:
                user.groups.add(Group.objects.get(name=group))
        self._account("admin", password, is_staff=True, is_superuser=True)
        unstaffed = Vendor.objects.annotate(staff=Count("memberships")).filter(staff=0)
        for vendor in unstaffed:
            for name, role in STAFF.items():
                VendorMembership.objects.get_or_create(
                    vendor=vendor, user=User.objects.get(username=name), defaults={"role": role}
                )

    def _account(self, name: str, password: str, **rights: bool) -> User:
        user, _created = User.objects.get_or_create(
            username=name,
            defaults={"first_name": name.capitalize(), "email": f"{name}@example.com", **rights},
        )
        if not user.check_password(password):
            user.set_password(password)
            user.save()
        return user
