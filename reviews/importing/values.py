"""How the values of a dump are read: texts, numbers, dates, lists."""

import datetime
import re
import unicodedata

from django.utils.translation import gettext as _

from reviews.storable_text import storable


class RowError(Exception):
    """One row cannot be stored: which field, what it holds, and why."""

    def __init__(self, field: str, value: object, reason: str) -> None:
        super().__init__(reason)
        self.field = field
        self.value = "" if value is None else str(value)
        self.reason = reason


def text(value: object) -> str:
    """Return a value as text, as it came, without what cannot be stored."""
    if isinstance(value, str):
        # Most texts hold nothing that cannot be stored, which is quick to see.
        if value.isascii() and "\0" not in value:
            return value
        return storable(value)
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)  # a workbook's 5 arrives as 5.0
    return storable(str(value))


def plain(value: object) -> str:
    """Return a label as it can be compared: case, accents and odd spaces gone."""
    words = text(value).casefold()
    if not words.isascii():
        folded = unicodedata.normalize("NFKD", words)
        words = "".join(char for char in folded if not unicodedata.combining(char))
    return " ".join(words.replace("_", " ").replace("’", "'").split())


def number(value: object, name: str) -> float:
    """Return a decimal number. A comma is a decimal mark: no rating has thousands."""
    try:
        result = float(text(value).strip().replace(",", "."))
    except ValueError:
        result = float("nan")
    if result != result or result in (float("inf"), float("-inf")):
        raise RowError(name, value, _("not a number"))
    return result


def rating(value: object, name: str, best: float = 5) -> float:
    """Return a rating, 1.0 to 5.0 by halves, of one given out of `best`."""
    result = number(value, name) * 5 / best
    if not 1 <= result <= 5 or result * 2 != int(result * 2):
        raise RowError(name, value, _("must be between 1 and 5, in steps of 0.5"))
    return result


def recommendation(value: object) -> float:
    result = number(value, "recommendation")
    if not 0 <= result <= 10:
        raise RowError("recommendation", value, _("must be between 0 and 10"))
    return round(result, 1)


MONTHS = {
    name: month
    for month, names in enumerate(
        [
            "january enero janvier janeiro januar gennaio",
            "february febrero fevrier fevereiro februar febbraio",
            "march marzo mars marco marz",
            "april abril avril aprile",
            "may mayo mai maio maggio",
            "june junio juin junho juni giugno",
            "july julio juillet julho juli luglio",
            "august agosto aout",
            "september septiembre setiembre septembre setembro settembre",
            "october octubre octobre outubro oktober ottobre",
            "november noviembre novembre novembro",
            "december diciembre decembre dezembro dezember dicembre",
        ],
        1,
    )
    for full in names.split()
    for name in {full, full[:3]}
}
ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?!\d)")
IN_WORDS = re.compile(r"(?:(\d{1,2})\D{1,5})?([a-z]{3,10})\.?(?:\D{1,5}(\d{1,2}))?\D{1,5}(\d{4})$")
IN_NUMBERS = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2(\d{4})(?!\d)")


def date(value: object, name: str, order: str = "") -> datetime.date:
    """Return the date of a value: ISO 8601, words in several languages, or numbers.

    `order` says how numbers are meant, `dmy` or `mdy`. Without it, one that could be
    either is not guessed at.
    """
    if isinstance(value, datetime.datetime):
        return value.date()
    if isinstance(value, datetime.date):
        return value
    words = text(value).strip()
    try:
        if match := ISO.match(words):
            return datetime.date(*map(int, match.groups()))
        words = plain(words)
        if match := IN_NUMBERS.match(words):
            first, mark, second, year = match.groups()
            if mark == ".":
                order = order or "dmy"
            elif not order and int(first) > 12:
                order = "dmy"
            elif not order and int(second) > 12:
                order = "mdy"
            elif not order:
                raise RowError(
                    name,
                    value,
                    _("day and month are ambiguous; write it as 2024-12-31 or use a mapping file"),
                )
            day, month = (first, second) if order == "dmy" else (second, first)
            return datetime.date(int(year), int(month), int(day))
        if match := IN_WORDS.search(words):
            before, word, after, year = match.groups()
            if word in MONTHS and (before or after):
                return datetime.date(int(year), MONTHS[word], int(before or after))
    except ValueError:
        raise RowError(name, value, _("no such date")) from None
    raise RowError(name, value, _("not a date; write it as 2024-12-31"))


def instant(value: object, name: str) -> datetime.datetime:
    """Return an instant in UTC; a date alone is its midnight, a time alone is UTC."""
    if isinstance(value, datetime.datetime):
        result = value
    else:
        words = text(value).strip()
        try:
            result = datetime.datetime.fromisoformat(re.sub(r"\s+(?=[+-]\d{4}$)", "", words))
        except ValueError:
            result = datetime.datetime.combine(date(value, name), datetime.time())
    if result.tzinfo is None:
        return result.replace(tzinfo=datetime.UTC)
    return result.astimezone(datetime.UTC)


YES = {"true", "yes", "si", "1", "verdadero", "oui", "sim", "ja"}
NO = {"false", "no", "0", "falso", "non", "nao", "nein"}


def boolean(value: object) -> bool | None:
    """Return yes or no, None if the value is neither."""
    words = plain(value)
    return True if words in YES else False if words in NO else None


def listing(value: object) -> list[str]:
    """Return the items of a list, or of a text that separates them by `,` `;` or lines."""
    if not value:
        return []
    items = value if isinstance(value, list) else re.split(r"[;\n]|,\s", text(value))
    return [item for item in (text(i).strip() for i in items) if item]
