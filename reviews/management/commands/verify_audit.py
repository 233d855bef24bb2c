"""Verify the chains of audit entries."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from reviews.audit import verify
from reviews.models import AuditEntry, Product


class Command(BaseCommand):
    help = (
        "Verify the audit entries and list each changed or missing one. "
        "Exit status 1 if there are any."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--product", metavar="SLUG")

    def handle(self, *_args: Any, **options: Any) -> None:
        key = None
        if options["product"]:
            product = Product.objects.filter(slug=options["product"]).first()
            if product is None:
                raise CommandError(
                    _("No product has the slug %(slug)s.") % {"slug": options["product"]},
                    returncode=2,
                )
            key = product.pk
        names = dict(Product.objects.values_list("pk", "slug"))
        faults = verify.find_faults(key)
        for fault in faults:
            self.stdout.write(f"{names.get(fault.chain, '–')} #{fault.number}: {fault.what}")
        if faults:
            raise CommandError(
                ngettext("%(n)d problem found.", "%(n)d problems found.", len(faults))
                % {"n": len(faults)},
                returncode=1,
            )
        entries = AuditEntry.objects.filter(product_id=key) if key else AuditEntry.objects.all()
        count = entries.count()
        self.stdout.write(
            ngettext(
                "%(n)d entry checked, no problems found.",
                "%(n)d entries checked, no problems found.",
                count,
            )
            % {"n": count}
        )
