"""Trustpilot: a company page's data, a list of review objects (or one a line)."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from reviews.choices import Verification
from reviews.importing.files import Dump
from reviews.importing.formats.base import Format, RawRow
from reviews.importing.formats.json_stream import objects, require_reviews
from reviews.importing.records import Record
from reviews.importing.values import RowError, date, instant, rating, text

# Trustpilot's "review source" → was the reviewer invited by the company? A source
# that isn't here leaves it unknown.
INVITED = {
    "Organic": False,
    "AFSv1": True,
    "AFSv2": True,
    "BasicLink": True,
    "InvitationApi": True,
    "InvitationLinkApi": True,
    "ManualInputInvitation": True,
    "FileUploadInvitation": True,
}


def verification_of(verified: object, invited: bool | None) -> str:
    """Return how a reviewer was verified: Trustpilot says so of who was invited alone."""
    if verified is not True:
        return ""
    return Verification.INVITATION if invited else Verification.SOURCE


class Trustpilot(Format):
    name = "trustpilot"
    source = ("trustpilot", "Trustpilot")

    @classmethod
    def recognises(cls, dump: Dump) -> bool:
        sample = dump.sample() if not dump.is_workbook else ""
        return sample.lstrip()[:1] in ("[", "{") and all(
            f'"{key}"' in sample for key in ("consumer", "dates", "publishedDate", "rating")
        )

    def check(self) -> None:
        require_reviews(self.dump, at_top, self.source[1])

    def rows(self) -> Iterator[RawRow]:
        for number, review in enumerate(objects(self.dump, at_top), 1):
            yield RawRow(number, review)

    def record(self, raw: dict[str, Any]) -> Record:
        consumer = part(raw, "consumer")
        dates = part(raw, "dates")
        verification = part(part(raw, "labels"), "verification")
        reply = part(raw, "reply")
        came_by = text(verification.get("reviewSourceName") or raw.get("source"))
        verified = verification.get("isVerified")
        external_id = text(raw.get("id"))
        if not external_id:
            raise RowError("id", "", _("the review has no ID"))
        return Record(
            external_id=external_id,
            title=text(raw.get("title")),
            overall=text(raw.get("text")),
            ratings={"overall": rating(raw.get("rating"), "rating")},
            rated_criteria=["overall"],
            reviewed_on=date(dates.get("publishedDate"), "dates.publishedDate"),
            country=text(consumer.get("countryCode")).upper()[:2],
            reviewer_key=text(consumer.get("id")),
            reviewer_name=text(consumer.get("displayName")),
            language=text(raw.get("language")),
            invited=INVITED.get(came_by),
            verified=verified if isinstance(verified, bool) else None,
            verification=verification_of(verified, INVITED.get(came_by)),
            source_values=known(
                {
                    "language": raw.get("language"),
                    "review_source": came_by,
                    "verification_level": verification.get("verificationLevel"),
                    "verification_source": verification.get("verificationSource"),
                    "experienced_on": dates.get("experiencedDate"),
                    "updated_at": dates.get("updatedDate"),
                    "location": part(raw, "location").get("name"),
                    "likes": raw.get("likes"),
                    "reviewer_reviews": consumer.get("numberOfReviews"),
                }
            ),
            reply=text(reply.get("message")),
            replied_at=instant(reply["publishedDate"], "reply.publishedDate")
            if reply.get("publishedDate")
            else None,
            reply_updated_at=instant(reply["updatedDate"], "reply.updatedDate")
            if reply.get("updatedDate")
            else None,
        )


def at_top(place: str) -> bool:
    return place == ""


def part(of: dict[str, Any], name: str) -> dict[str, Any]:
    """Return an object within an object, an empty one where there is none."""
    value = of.get(name)
    return value if isinstance(value, dict) else {}


def known(values: dict[str, Any]) -> dict[str, Any]:
    """Return the values that a source has, as they can be stored."""
    return {
        name: text(value) if isinstance(value, str) else value
        for name, value in values.items()
        if value not in (None, "")
    }
