"""Google Play: CSV with the columns of google-play-scraper."""

from typing import ClassVar

from reviews.importing.files import Dump, UnusableFile
from reviews.importing.formats.table import Table
from reviews.importing.mapping import Mapping


class GooglePlay(Table):
    name = "google_play"
    source = ("google_play", "Google Play")
    MAPPING: ClassVar = Mapping(
        columns={
            "external_id": "reviewId",
            "reviewer.name": "userName",
            "overall": "content",
            "ratings.overall": "score",
            "reviewed_on": "at",
            "response.body": "replyContent",
            "response.published_at": "repliedAt",
        },
        source="google_play",
        source_name="Google Play",
    )

    def __init__(self, dump: Dump, mapping: Mapping | None = None) -> None:
        super().__init__(dump, mapping or self.MAPPING)

    @classmethod
    def recognises(cls, dump: Dump) -> bool:
        try:
            return cls(dump).kind == "csv"
        except UnusableFile:
            return False
