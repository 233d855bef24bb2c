"""Running imports as an operator does: by the command."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

from django.core.management import call_command


def import_reviews(*paths: Path, **options: Any) -> dict[str, Any]:
    """Run the command and return its report, its exit status as `exit`."""
    out = StringIO()
    status = 0
    try:
        call_command("import_reviews", *map(str, paths), json=True, stdout=out, **options)
    except SystemExit as ended:
        status = int(ended.code or 0)
    return {**json.loads(out.getvalue()), "exit": status}


def counts(report: dict[str, Any]) -> tuple[int, ...]:
    """created, updated, unchanged, duplicates, rejected"""
    names = ("created", "updated", "unchanged", "duplicates", "rejected")
    return tuple(report[name] for name in names)
