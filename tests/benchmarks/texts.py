"""Rows of real text where the real dumps lie beside the project, else of the sample."""

import csv
import itertools
import json
from collections.abc import Iterator
from pathlib import Path

from reviews.importing.files import Dump
from reviews.importing.formats import open_format
from reviews.importing.mapping import Mapping
from tests.conftest import SHARED
from tests.processes import ROOT

MAPPINGS = ROOT / "reviews" / "importing" / "mappings"


def sources() -> Iterator[tuple[Path, Mapping | None]]:
    if not SHARED.is_dir():
        for path in sorted((ROOT / "reviews" / "sample").glob("*.jsonl")):
            yield path, None
        return
    for name in (
        "trustpilot_majority.json",
        "trustpilot_moneylion.json",
        "capterra_chat.json",
        "google_play_tiktok.csv",
    ):
        yield SHARED / name, None
    yield (
        SHARED / "google_play_family_link_other_columns.csv",
        Mapping.load(MAPPINGS / "google_play_snake_case.toml"),
    )


def write_csv(path: Path, rows: int) -> None:
    """Write a table of `rows` reviews, real texts over and over under ids of their own."""
    texts = []
    for source, mapping in sources():
        format = open_format(Dump(source), mapping=mapping)
        for _line, raw in format.rows():
            record = format.record(raw)
            texts.append((record.title, record.overall, record.pros, record.cons, record.reply))
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(
            ["review_id", "rating", "title", "text", "pros", "cons", "date", "author", "reply"]
        )
        for number, (title, overall, pros, cons, _reply) in zip(
            range(rows), itertools.cycle(texts), strict=False
        ):
            day = f"20{10 + number % 15}-{number % 12 + 1:02}-{number % 28 + 1:02}"
            writer.writerow(
                [
                    f"b{number}",
                    number % 5 + 1,
                    title,
                    overall,
                    pros,
                    cons,
                    day,
                    f"Person {number % 5000}",
                    "",
                ]
            )


def describe(path: Path) -> str:
    megabytes = path.stat().st_size / 1e6
    kind = "real" if SHARED.is_dir() else "sample"
    return json.dumps({"texts": kind, "megabytes": round(megabytes, 1)})
