"""The demo: invented reviews, people to sign in as, the same when run again."""

import pytest
from django.contrib.auth import authenticate
from django.core.management import call_command

from reviews.models import Review, VendorMembership
from reviews.permissions import is_lead, is_moderator, vendor_ids
from tests.factories import ProductFactory

pytestmark = pytest.mark.django_db


def test_it_makes_products_and_people_and_changes_nothing_the_second_time(monkeypatch, capsys):
    monkeypatch.setenv("OPINA_DEMO_PASSWORD", "for the demo")
    call_command("seed_demo")
    assert "password for the demo" in capsys.readouterr().out
    before = list(Review.objects.order_by("pk").values())
    assert {review["status"] for review in before} == {"pending", "published"}
    people = {
        name: authenticate(username=name, password="for the demo")
        for name in ("moderator", "lead", "katie", "manager", "admin")
    }
    assert all(people.values())
    assert is_moderator(people["moderator"])
    assert not is_lead(people["moderator"])
    assert is_lead(people["lead"])
    assert people["admin"].is_superuser
    assert vendor_ids(people["katie"]) == vendor_ids(people["manager"]) != []
    call_command("seed_demo")
    assert list(Review.objects.order_by("pk").values()) == before


def test_it_makes_the_demos_staff_members_of_vendors_without_any(monkeypatch):
    monkeypatch.setenv("OPINA_DEMO_PASSWORD", "for the demo")
    product = ProductFactory()
    call_command("seed_demo", verbosity=0)
    roles = VendorMembership.objects.filter(vendor=product.vendor).values_list(
        "user__username", "role"
    )
    assert set(roles) == {("katie", "agent"), ("manager", "manager")}


def test_the_password_that_was_printed_at_the_start_is_kept(monkeypatch, settings, tmp_path):
    monkeypatch.delenv("OPINA_DEMO_PASSWORD", raising=False)
    settings.OPINA_HOME = tmp_path
    (tmp_path / "demo_password").write_text("printed before")
    call_command("seed_demo", verbosity=0)
    assert authenticate(username="katie", password="printed before")
