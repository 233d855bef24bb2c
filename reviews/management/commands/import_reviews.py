"""Import review dumps in this process, by the same pipeline as the imports page."""

import json
import os
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from reviews.choices import ImportStatus, ReviewStatus
from reviews.importing import pipeline, products, rejects
from reviews.importing.files import Dump, UnusableFile
from reviews.importing.formats import FORMATS, Format, open_format
from reviews.importing.mapping import Mapping
from reviews.models import Import
from reviews.models.imports import COUNTERS

ALL_STORED, UNUSABLE, SOME_REJECTED = 0, 2, 3


class Command(BaseCommand):
    help = "Import review dumps. A second run over the same file changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("paths", nargs="+", type=Path, metavar="PATH")
        parser.add_argument("--format", default="auto", choices=["auto", *FORMATS])
        parser.add_argument("--product", default="", metavar="SLUG")
        parser.add_argument("--vendor", default="", metavar="NAME")
        parser.add_argument("--mapping", type=Path, metavar="FILE")
        parser.add_argument(
            "--status",
            default=ReviewStatus.PENDING,
            choices=[ReviewStatus.PENDING.value, ReviewStatus.PUBLISHED.value],
        )
        parser.add_argument("--dry-run", action="store_true", help="store nothing")
        parser.add_argument("--rejects", type=Path, metavar="FILE")
        parser.add_argument("--json", action="store_true", help="print one object")

    def handle(self, *_args: Any, **options: Any) -> None:
        if slugify(options["product"]) != options["product"]:
            raise CommandError(
                _("%(product)s is not a valid slug. Use lowercase letters, digits and hyphens.")
                % {"product": options["product"]},
                returncode=UNUSABLE,
            )
        if options["rejects"]:
            self._check_rejects(options["rejects"], options["paths"])
        try:
            mapping = Mapping.load(options["mapping"]) if options["mapping"] else None
            # All files are checked before the first is stored.
            formats = [self._open(path, options, mapping) for path in options["paths"]]
            runs = [self._run(format, options) for format in formats]
        except UnusableFile as error:
            raise CommandError(str(error), returncode=UNUSABLE) from error
        if options["json"]:
            reports = [self._report(run) for run in runs]
            self.stdout.write(
                json.dumps(reports[0] if len(reports) == 1 else reports, ensure_ascii=False)
            )
        else:
            for run in runs:
                self.stdout.write(self._sentence(run))
        if any(run.rejected for run in runs):
            raise SystemExit(SOME_REJECTED)

    def _check_rejects(self, rejects: Path, paths: list[Path]) -> None:
        """Raise CommandError, before anything is stored, if the rejected rows cannot be written."""
        if len(paths) > 1:
            raise CommandError(
                _(
                    "Rejected rows can be saved for one file at a time. Import the "
                    "files separately."
                ),
                returncode=UNUSABLE,
            )
        folder = rejects.absolute().parent
        if rejects.is_dir() or not os.access(rejects if rejects.exists() else folder, os.W_OK):
            raise CommandError(
                _("%(file)s can't be written. Choose another file for the rejected rows.")
                % {"file": rejects},
                returncode=UNUSABLE,
            )

    def _open(self, path: Path, options: dict[str, Any], mapping: Mapping | None) -> Format:
        format = open_format(Dump(path), options["format"], mapping)
        format.check()
        return format

    def _run(self, format: Format, options: dict[str, Any]) -> Import:
        with transaction.atomic(durable=True) if options["dry_run"] else nullcontext():
            import_run = Import.objects.create(
                file_name=format.dump.name[:255],
                product=products.product_for(
                    format, slug=options["product"], vendor=options["vendor"]
                ),
                review_status=options["status"],
                status=ImportStatus.RUNNING,
            )
            pipeline.run(import_run=import_run, format=format)
            if options["rejects"] and import_run.rejected:
                self._write_rejects(import_run, format, options["rejects"])
            if options["dry_run"]:
                transaction.set_rollback(True)
                import_run.pk = None
        if import_run.status == ImportStatus.FAILED:
            raise UnusableFile(import_run.failure)
        return import_run

    def _write_rejects(self, import_run: Import, format: Format, path: Path) -> None:
        lines = rejects.lines(
            import_run.rejected_rows.all(),
            kind=format.rejects_as,
            heading=format.about().product,
        )
        with open(path, "w", encoding="utf-8", newline="") as file:
            file.writelines(lines)

    def _report(self, run: Import) -> dict[str, Any]:
        return {
            "import": run.pk,
            "format": run.format,
            "read": run.read,
            **{name: getattr(run, name) for name in COUNTERS},
            "responses": run.responses,
            "languages": dict(sorted(run.languages.items(), key=lambda item: -item[1])),
            "claimed_total": run.claimed_total,
            "seconds": round(run.seconds or 0, 3),
        }

    def _sentence(self, run: Import) -> str:
        languages = ", ".join(f"{code} {count}" for code, count in run.languages.items())
        return _(
            "%(file)s (%(format)s): read %(read)d, created %(created)d, updated %(updated)d, "
            "unchanged %(unchanged)d, duplicates %(duplicates)d, rejected %(rejected)d; "
            "responses %(responses)d; languages %(languages)s; %(seconds).1f s"
        ) % {
            **{name: getattr(run, name) for name in ("read", *COUNTERS, "responses")},
            "file": run.file_name,
            "format": run.format,
            "languages": languages or "–",
            "seconds": run.seconds or 0,
        }
