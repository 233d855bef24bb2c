"""Translate published reviews and their responses into a language, in this process."""

import math
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import Q
from django.utils.translation import gettext as _

from reviews.choices import ReviewStatus, TranslationJobStatus
from reviews.language import UNDETERMINED
from reviews.models import Review
from reviews.translation import job_runs, jobs
from reviews.translation.engines import EngineFailure


class Command(BaseCommand):
    help = "Translate published reviews. Existing translations are left as they are."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--to", required=True, metavar="LANG")
        parser.add_argument("--product", metavar="SLUG")
        parser.add_argument("--from", dest="source", metavar="LANG")

    def handle(self, *_args: Any, **options: Any) -> None:
        target = options["to"]
        reviews = Review.objects.filter(status=ReviewStatus.PUBLISHED).exclude(
            Q(language=target) | Q(language=UNDETERMINED)
        )
        if options["product"]:
            reviews = reviews.filter(product__slug=options["product"])
        if options["source"]:
            reviews = reviews.filter(language=options["source"])
        job = jobs.choose(reviews=reviews, target=target)
        jobs.start(job=job, here=True)
        job_runs.run(job.pk, seconds=math.inf)
        job.refresh_from_db()
        self.stdout.write(
            _("translated %(done)d, failed %(failed)d, skipped %(skipped)d")
            % {"done": job.done, "failed": job.failed, "skipped": job.skipped}
        )
        if job.status != TranslationJobStatus.DONE:
            raise CommandError(
                _(
                    "Some reviews were not translated. %(why)s Run this command again "
                    "to translate the rest."
                )
                % {"why": EngineFailure(job.problem).label if job.problem else ""}
            )
