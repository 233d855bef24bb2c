"""Export reviews in the API's shape, one per line, in constant memory."""

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from reviews import exporting
from reviews.choices import ReviewStatus
from reviews.models import Review

FILTERS = {"product": "product__slug", "status": "status", "language": "language"}


class Command(BaseCommand):
    help = "Export reviews as JSON lines or CSV. The table importer reads both."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--product", metavar="SLUG")
        parser.add_argument("--status", choices=ReviewStatus.values)
        parser.add_argument("--language")
        parser.add_argument("--format", required=True, choices=list(exporting.FORMATS))
        parser.add_argument("--output", type=Path, metavar="FILE")

    def handle(self, *_args: Any, **options: Any) -> None:
        conditions = {field: options[name] for name, field in FILTERS.items() if options[name]}
        reviews = Review.objects.with_names().filter(**conditions)
        lines = exporting.FORMATS[options["format"]](exporting.rows(reviews))
        if options["output"] is None:
            sys.stdout.writelines(lines)
            return
        try:
            with open(options["output"], "w", encoding="utf-8", newline="") as file:
                file.writelines(lines)
        except OSError as error:
            raise CommandError(
                _("%(file)s could not be written: %(problem)s.")
                % {"file": options["output"], "problem": error.strerror}
            ) from error
