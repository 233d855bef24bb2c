"""A review as a dump tells it, and how its values are read."""

import datetime
import hashlib
import json
import re
import unicodedata
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from reviews.choices import Criterion
from reviews.storable_text import storable

# Longer than any review marketplace accepts; a broken quote makes such a "text".
LONGEST_TEXT = 100_000


class RowError(Exception):
    """One row cannot be stored: which field, what it holds, and why."""

    def __init__(self, field: str, value: object, reason: str) -> None:
        super().__init__(reason)
        self.field = field
        self.value = "" if value is None else str(value)
        self.reason = reason


@dataclass(slots=True)
class Record:
    """A review and its reply, unknown values empty. Dates are dates, instants UTC."""

    external_id: str = ""
    title: str = ""
    overall: str = ""
    pros: str = ""
    cons: str = ""
    reasons_for_choosing: str = ""
    reasons_for_switching: str = ""
    alternatives: list[str] = field(default_factory=list)
    previous_software: list[str] = field(default_factory=list)
    ratings: dict[str, float] = field(default_factory=dict)
    rated_criteria: list[str] = field(default_factory=list)
    recommendation: float | None = None
    reviewed_on: datetime.date | None = None
    frequency: str = ""
    duration: str = ""
    industry: str = ""
    company_size: str = ""
    country: str = ""
    reviewer_id: str = ""
    reviewer_name: str = ""
    reviewer_email: str = ""
    language: str = ""  # the source's label
    invited: bool | None = None
    rewarded: bool | None = None
    verified: bool | None = None
    verification: str = ""
    source_values: dict[str, Any] = field(default_factory=dict)
    reply: str = ""
    reply_author: str = ""
    reply_language: str = ""
    replied_at: datetime.datetime | None = None
    reply_updated_at: datetime.datetime | None = None

    def check(self) -> None:
        """Raise RowError if this is no review."""
        texts = (
            self.title,
            self.overall,
            self.pros,
            self.cons,
            self.reasons_for_choosing,
            self.reasons_for_switching,
        )
        if not any(map(str.strip, texts)) and not self.ratings and self.recommendation is None:
            raise RowError("text", "", _("the review has neither text nor a rating"))
        longest = max((*texts, self.reply), key=len)
        if len(longest) > LONGEST_TEXT:
            raise RowError(
                "text",
                longest[:200],
                _("a text is longer than %(most)s characters; check for an unclosed quotation mark")
                % {"most": f"{LONGEST_TEXT:,}"},
            )
        for name, value, most in (
            ("external_id", self.external_id, 200),
            ("reviewer.id", self.reviewer_id, 200),
            ("reviewer.name", self.reviewer_name, 200),
            ("reviewer.industry", self.industry, 120),
            ("response.author_name", self.reply_author, 200),
        ):
            if len(value) > most:
                raise RowError(
                    name,
                    value[:200],
                    _("longer than %(most)s characters") % {"most": most},
                )

    def content_id(self, product: str) -> str:
        """An id from who wrote what about which product, the same each time."""
        parts = (
            product,
            self.reviewer_id,
            self.reviewer_name,
            str(self.reviewed_on or ""),
            self.title,
            self.overall,
            self.pros,
            self.cons,
            self.reasons_for_choosing,
            self.reasons_for_switching,
        )
        return "c-" + hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:32]

    def fingerprint(self) -> bytes:
        """16 bytes that differ when anything that the source says of the review does."""
        said = (
            self.title,
            self.overall,
            self.pros,
            self.cons,
            self.reasons_for_choosing,
            self.reasons_for_switching,
            "\x1e".join(self.alternatives),
            "\x1e".join(self.previous_software),
            repr(sorted(self.ratings.items())),
            ",".join(self.rated_criteria),
            repr(self.recommendation),
            str(self.reviewed_on),
            self.frequency,
            self.duration,
            self.industry,
            self.company_size,
            self.country,
            self.reviewer_id,
            self.reviewer_name,
            self.language,
            repr((self.invited, self.rewarded, self.verified)),
            json.dumps(self.source_values, sort_keys=True, ensure_ascii=False),
            *([self.verification] if self.verification else []),
        )
        return hashlib.blake2b("\x1f".join(said).encode(), digest_size=16).digest()


def text(value: object) -> str:
    """Return a value as text, as it came, without what cannot be stored."""
    if isinstance(value, str):
        # Most texts hold nothing that cannot be stored: those are told quickly.
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
    said = text(value).casefold()
    if not said.isascii():
        folded = unicodedata.normalize("NFKD", said)
        said = "".join(char for char in folded if not unicodedata.combining(char))
    return " ".join(said.replace("_", " ").replace("’", "'").split())


def number(value: object, name: str) -> float:
    """Return a decimal number. A comma is a decimal mark: no rating has thousands."""
    try:
        found = float(text(value).strip().replace(",", "."))
    except ValueError:
        found = float("nan")
    if found != found or found in (float("inf"), float("-inf")):
        raise RowError(name, value, _("not a number"))
    return found


def rating(value: object, name: str, best: float = 5) -> float:
    """Return a rating, 1.0 to 5.0 by halves, of one given out of `best`."""
    found = number(value, name) * 5 / best
    if not 1 <= found <= 5 or found * 2 != int(found * 2):
        raise RowError(name, value, _("must be between 1 and 5, in steps of 0.5"))
    return found


def recommendation(value: object) -> float:
    found = number(value, "recommendation")
    if not 0 <= found <= 10:
        raise RowError("recommendation", value, _("must be between 0 and 10"))
    return round(found, 1)


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
    said = text(value).strip()
    try:
        if match := ISO.match(said):
            return datetime.date(*map(int, match.groups()))
        said = plain(said)
        if match := IN_NUMBERS.match(said):
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
        if match := IN_WORDS.search(said):
            before, word, after, year = match.groups()
            if word in MONTHS and (before or after):
                return datetime.date(int(year), MONTHS[word], int(before or after))
    except ValueError:
        raise RowError(name, value, _("no such date")) from None
    raise RowError(name, value, _("not a date; write it as 2024-12-31"))


def instant(value: object, name: str) -> datetime.datetime:
    """Return an instant in UTC; a date alone is its midnight, a time alone is UTC."""
    if isinstance(value, datetime.datetime):
        found = value
    else:
        said = text(value).strip()
        try:
            found = datetime.datetime.fromisoformat(re.sub(r"\s+(?=[+-]\d{4}$)", "", said))
        except ValueError:
            found = datetime.datetime.combine(date(value, name), datetime.time())
    if found.tzinfo is None:
        return found.replace(tzinfo=datetime.UTC)
    return found.astimezone(datetime.UTC)


YES = {"true", "yes", "si", "1", "verdadero", "oui", "sim", "ja"}
NO = {"false", "no", "0", "falso", "non", "nao", "nein"}


def boolean(value: object) -> bool | None:
    """Return yes or no, None where the value says neither."""
    said = plain(value)
    return True if said in YES else False if said in NO else None


def listing(value: object) -> list[str]:
    """Return the items of a list, or of a text that separates them by `,` `;` or lines."""
    if not value:
        return []
    items = value if isinstance(value, list) else re.split(r"[;\n]|,\s", text(value))
    return [item for item in (text(i).strip() for i in items) if item]


CRITERIA = tuple(Criterion.values)
