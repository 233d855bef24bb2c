"""A review as a dump tells it.

Each field of `Record` is declared once, by `stored`: from the declarations follow how tables are
read (`formats/table.py`), what makes a review changed (`fingerprint`), what is stored (`merge.py`)
and what the preview shows. docs/architecture.md has the steps for adding one.
"""

# ruff: noqa: RUF009 (`stored` makes a dataclass field, as `field` does)

import dataclasses
import datetime
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from reviews.choices import Criterion
from reviews.importing import vocabulary
from reviews.importing.addresses import email
from reviews.importing.values import RowError, boolean, recommendation
from reviews.models.review import TEXT_FIELDS

CRITERIA = tuple(Criterion.values)
# Longer than any review marketplace accepts; a broken quote makes such a "text".
LONGEST_TEXT = 100_000
# Type of a field → type of its column.
SQL_TYPES: dict[Any, str] = {
    str: "text",
    list[str]: "text[]",
    bool | None: "boolean",
    float | None: "numeric",
    datetime.date | None: "date",
    datetime.datetime | None: "timestamptz",
    dict[str, Any]: "jsonb",
}


def stored(
    default: Any = "",
    *,
    header: str | None = None,
    of: str = "review",
    max_length: int | None = None,
    read: Callable[[str], Any] | None = None,
    verbatim: bool = False,
) -> Any:
    """Declare a field of `Record`. A callable default makes the value.

    `header` is its name in tables and exports, where that differs from the field's; "" for a
    field that tables do not have. `of` is what holds it in the database: "review", where its
    name is the model field's, "reviewer" or "response". `read` makes its value from a table's
    cell, stripped; a `verbatim` text keeps its spaces.
    """
    metadata = {
        "header": header,
        "of": of,
        "max_length": max_length,
        "read": read,
        "verbatim": verbatim,
    }
    if callable(default):
        return field(default_factory=default, metadata=metadata)
    return field(default=default, metadata=metadata)


@dataclass(slots=True)
class Record:
    """A review and its reply, unknown values empty. Dates are dates, instants UTC."""

    external_id: str = stored(max_length=200)
    title: str = stored(verbatim=True)
    overall: str = stored(verbatim=True)
    pros: str = stored(verbatim=True)
    cons: str = stored(verbatim=True)
    reasons_for_choosing: str = stored(verbatim=True)
    reasons_for_switching: str = stored(verbatim=True)
    alternatives: list[str] = stored(list)
    previous_software: list[str] = stored(list)
    # By criterion, 1.0 to 5.0. The one field that is several columns (`RATING_FIELDS`).
    ratings: dict[str, float] = field(default_factory=dict)
    rated_criteria: list[str] = stored(list)
    recommendation: float | None = stored(None, read=recommendation)
    reviewed_on: datetime.date | None = stored(None)
    usage_frequency: str = stored(header="usage.frequency", read=vocabulary.frequency)
    usage_duration: str = stored(header="usage.duration", read=vocabulary.duration)
    industry: str = stored(header="reviewer.industry", read=vocabulary.industry, max_length=120)
    company_size: str = stored(header="reviewer.company_size", read=vocabulary.company_size)
    country: str = stored(header="reviewer.country", read=vocabulary.country)
    # The source's id of the reviewer. A name alone identifies nobody: it stays on the review.
    reviewer_key: str = stored(header="reviewer.id", of="reviewer", max_length=200)
    reviewer_name: str = stored(header="reviewer.name", max_length=200)
    reviewer_email: str = stored(header="reviewer.email", of="reviewer", read=email)
    language: str = stored()  # the source's label
    invited: bool | None = stored(None, read=boolean)
    rewarded: bool | None = stored(None, read=boolean)
    verified: bool | None = stored(None, read=boolean)
    verification: str = stored()
    source_values: dict[str, Any] = stored(dict, header="")
    reply: str = stored(header="response.body", of="response", verbatim=True)
    reply_author: str = stored(header="response.author_name", of="response", max_length=200)
    reply_language: str = stored(header="response.language", of="response")
    replied_at: datetime.datetime | None = stored(
        None, header="response.published_at", of="response"
    )
    reply_updated_at: datetime.datetime | None = stored(
        None, header="response.updated_at", of="response"
    )

    def check(self) -> None:
        """Raise RowError if this is not a review."""
        texts = [getattr(self, name) for name in TEXT_FIELDS]
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
        for column in LIMITED_COLUMNS:
            value = getattr(self, column.field)
            if len(value) > column.max_length:
                raise RowError(
                    column.header,
                    value[:200],
                    _("longer than %(most)s characters") % {"most": column.max_length},
                )

    @property
    def provenance(self) -> tuple[bool | None, bool | None, bool | None]:
        """Whether the review was invited, rewarded and verified."""
        return self.invited, self.rewarded, self.verified

    def content_id(self, product: str) -> str:
        """Return an id from who wrote what about which product, the same each time."""
        texts = (getattr(self, name) for name in FIRST_TEXTS)
        date = str(self.reviewed_on or "")
        parts = (product, self.reviewer_key, self.reviewer_name, date, *texts)
        return "c-" + hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:32]

    def fingerprint(self) -> bytes:
        """Return 16 bytes that differ when anything the source says about the review does."""
        parts = [encode(getattr(self, name)) for name, encode in FIRST_PARTS.items()]
        if self.verification:
            parts.append(self.verification)
        for name in LATER_FIELDS:
            value = getattr(self, name)
            if value not in (None, "", [], {}):
                parts.append(f"{name}={value!r}")
        return hashlib.blake2b("\x1f".join(parts).encode(), digest_size=16).digest()


@dataclass(frozen=True)
class Column:
    """A field of `Record` as it is read and stored (see `stored`)."""

    field: str
    kind: str  # PostgreSQL type
    header: str
    of: str
    max_length: int
    read: Callable[[str], Any] | None
    verbatim: bool

    @classmethod
    def of_field(cls, declared: "dataclasses.Field[Any]") -> "Column":
        options = dict(declared.metadata)
        if options["header"] is None:
            options["header"] = declared.name
        return cls(field=declared.name, kind=SQL_TYPES[declared.type], **options)


COLUMNS = tuple(Column.of_field(f) for f in dataclasses.fields(Record) if f.name != "ratings")
LIMITED_COLUMNS = tuple(column for column in COLUMNS if column.max_length)
# The fields of `Record` that are fields of `Review` with the same name.
REVIEW_FIELDS = tuple(column.field for column in COLUMNS if column.of == "review")

# Ids and fingerprints that are stored were made of the following, in this order. A field added
# since does not belong here: it joins the fingerprint, by its name, where it is known, so that
# reviews without it stay unchanged.
FIRST_TEXTS = (
    "title",
    "overall",
    "pros",
    "cons",
    "reasons_for_choosing",
    "reasons_for_switching",
)
FIRST_PARTS: dict[str, Callable[[Any], str]] = {
    **dict.fromkeys(FIRST_TEXTS, str),
    "alternatives": "\x1e".join,
    "previous_software": "\x1e".join,
    "ratings": lambda ratings: repr(sorted(ratings.items())),
    "rated_criteria": ",".join,
    "recommendation": repr,
    "reviewed_on": str,
    "usage_frequency": str,
    "usage_duration": str,
    "industry": str,
    "company_size": str,
    "country": str,
    "reviewer_key": str,
    "reviewer_name": str,
    "language": str,
    "provenance": repr,
    "source_values": lambda values: json.dumps(values, sort_keys=True, ensure_ascii=False),
}
LATER_FIELDS = tuple(
    name
    for name in REVIEW_FIELDS
    if name not in {*FIRST_PARTS, "external_id", "invited", "rewarded", "verified", "verification"}
)
