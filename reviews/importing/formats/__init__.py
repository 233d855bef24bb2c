"""The formats, tried in this order when none is named."""

from reviews.importing.files import Dump
from reviews.importing.formats.base import About, Format, RawRow
from reviews.importing.formats.capterra import Capterra
from reviews.importing.formats.getapp_page import GetAppPage
from reviews.importing.formats.google_play import GooglePlay
from reviews.importing.formats.table import Table
from reviews.importing.formats.trustpilot import Trustpilot
from reviews.importing.mapping import Mapping

FORMATS: dict[str, type[Format]] = {
    format.name: format for format in (GetAppPage, Trustpilot, Capterra, GooglePlay, Table)
}

__all__ = ["FORMATS", "About", "Format", "RawRow", "open_format"]


def open_format(dump: Dump, name: str = "auto", mapping: Mapping | None = None) -> Format:
    """Return the reader of a dump, found from its content when not named.

    Raises UnusableFile where the content is of no known shape.
    """
    if name != "auto":
        return FORMATS[name](dump, mapping)
    if mapping is None:
        for format in FORMATS.values():
            if format.recognises(dump):
                return format(dump)
    # What is nothing else is read as a table, or refused with what a table lacks.
    return Table(dump, mapping)
