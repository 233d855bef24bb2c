"""Create an API key. Only the key is printed; it is not shown again."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils.translation import gettext as _

from reviews.api.keys import create_key
from reviews.choices import Scope
from reviews.models import Partner, Vendor


class Command(BaseCommand):
    help = "Create an API key for a partner. The partner is created if it does not exist."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--partner", required=True, metavar="NAME")
        parser.add_argument("--vendor", metavar="SLUG", help="limit the key to a vendor's reviews")
        parser.add_argument(
            "--scope", required=True, nargs="+", action="extend", choices=Scope.values
        )

    @transaction.atomic
    def handle(self, *_args: Any, **options: Any) -> None:
        vendor = None
        if options["vendor"]:
            vendor = Vendor.objects.filter(slug=options["vendor"]).first()
            if vendor is None:
                raise CommandError(
                    _("No vendor has the slug %(vendor)s.") % {"vendor": options["vendor"]}
                )
        partner, _created = Partner.objects.get_or_create(name=options["partner"])
        scopes = list(dict.fromkeys(options["scope"]))
        self.stdout.write(create_key(partner=partner, scopes=scopes, vendor=vendor))
