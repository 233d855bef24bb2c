"""Translate published reviews into a language, in this process."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db.models import Q
from django.utils.translation import gettext as _

from reviews.choices import ReviewStatus, TranslationStatus
from reviews.models import Review
from reviews.translation.service import translate_now


class Command(BaseCommand):
    help = "Translate published reviews. What is translated already is left as it is."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--to", required=True, metavar="LANG")
        parser.add_argument("--product", metavar="SLUG")
        parser.add_argument("--from", dest="source", metavar="LANG")

    def handle(self, *_args: Any, **options: Any) -> None:
        target = options["to"]
        reviews = (
            Review.objects.with_names()
            .filter(status=ReviewStatus.PUBLISHED)
            .exclude(Q(language=target) | Q(language="und"))
            .order_by("pk")
        )
        if options["product"]:
            reviews = reviews.filter(product__slug=options["product"])
        if options["source"]:
            reviews = reviews.filter(language=options["source"])
        counts = dict.fromkeys(TranslationStatus.values, 0)
        for review in reviews.iterator(chunk_size=500):
            counts[translate_now(subject=review, target=target).status] += 1
        self.stdout.write(
            _("translated %(done)d, failed %(failed)d")
            % {"done": counts["done"], "failed": counts["failed"]}
        )
