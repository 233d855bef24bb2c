"""JSON of any size, an object at a time."""

from collections.abc import Callable, Iterator
from typing import Any

import ijson
from django.utils.translation import gettext as _

from reviews.importing.files import Dump, UnusableFile


def objects(dump: Dump, wanted: Callable[[str], bool]) -> Iterator[dict[str, Any]]:
    """Yield the objects of the arrays whose place (as ijson writes it) is `wanted`.

    An array at the top has the place "", as have objects one after the other (JSON
    lines). Raises UnusableFile where the file stops being JSON.
    """
    builder: ijson.ObjectBuilder | None = None
    depth = 0
    with dump.utf8() as file:
        try:
            for prefix, event, value in ijson.parse(file, multiple_values=True, use_float=True):
                if builder is None and event == "start_map" and _is_wanted(prefix, wanted):
                    builder, depth = ijson.ObjectBuilder(), 0
                if builder is None:
                    continue
                builder.event(event, value)
                depth += event in ("start_map", "start_array")
                depth -= event in ("end_map", "end_array")
                if depth == 0:
                    yield builder.value
                    builder = None
        except ijson.JSONError as error:
            raise UnusableFile(
                _("%(file)s is not valid JSON: %(problem)s.")
                % {"file": dump.name, "problem": str(error).strip().splitlines()[0]}
            ) from error


def require_reviews(dump: Dump, wanted: Callable[[str], bool], name: str) -> None:
    """Read a file to its end before any of it is stored.

    Raises UnusableFile where it is not whole JSON or holds no review.
    """
    if sum(1 for _object in objects(dump, wanted)) == 0:
        raise UnusableFile(
            _("%(file)s contains no reviews in the %(format)s format.")
            % {"file": dump.name, "format": name}
        )


def _is_wanted(prefix: str, wanted: Callable[[str], bool]) -> bool:
    if prefix in ("", "item"):
        return wanted("")
    return prefix.endswith(".item") and wanted(prefix.removesuffix(".item"))
