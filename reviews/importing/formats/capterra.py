"""Capterra: scraped reviews, an object keyed by the page's address."""

import re
from collections.abc import Iterator
from typing import Any

from reviews.importing import vocabulary
from reviews.importing.files import Dump
from reviews.importing.formats.base import About, Format, RawRow
from reviews.importing.formats.json_stream import objects, require_reviews
from reviews.importing.formats.trustpilot import known
from reviews.importing.records import Record
from reviews.importing.values import date, rating, text

ADDRESS = re.compile(r'"https?://[^"]*capterra[^"/]*/p/\d+/([^"/]+)/')


class Capterra(Format):
    name = "capterra"
    source = ("capterra", "Capterra")

    @classmethod
    def recognises(cls, dump: Dump) -> bool:
        if dump.is_workbook:
            return False
        sample = dump.sample()
        return sample.lstrip().startswith("{") and all(
            f'"{key}"' in sample for key in ("pros", "cons", "time_used_product", "reviewer")
        )

    def about(self) -> About:
        sample = self.dump.sample()
        address = ADDRESS.search(sample)
        claimed = re.search(r'"review_count"\s*:\s*(\d+)', sample)
        return About(
            product=address[1].replace("-", " ") if address else "",
            claimed_total=int(claimed[1]) if claimed else None,
        )

    def check(self) -> None:
        require_reviews(self.dump, self._is_review, self.source[1])

    def rows(self) -> Iterator[RawRow]:
        for number, review in enumerate(objects(self.dump, self._is_review), 1):
            yield RawRow(number, review)

    def _is_review(self, place: str) -> bool:
        # The page nests its reviews; a file of rejected rows has one a line.
        is_rejects_file = '"_rejected"' in self.dump.sample()
        return place == "" if is_rejects_file else place.endswith("data.reviews")

    def record(self, raw: dict[str, Any]) -> Record:
        used = text(raw.get("time_used_product"))
        return Record(
            # The page puts titles into curly quotes; they aren't the reviewer's.
            title=re.sub(r"^“(.*)”$", r"\1", text(raw.get("title")), flags=re.DOTALL),
            overall=text(raw.get("text")),
            pros=text(raw.get("pros")),
            cons=text(raw.get("cons")),
            ratings={"overall": rating(raw.get("rating"), "rating")},
            rated_criteria=["overall"],
            reviewed_on=date(raw.get("datetime"), "datetime"),
            usage_duration=vocabulary.duration(used),
            reviewer_name=text(raw.get("reviewer")),
            source_values=known({"duration": used}),
        )
