"""What a format gives the pipeline. Each format is one file beside this one."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

from reviews.importing.files import Dump
from reviews.importing.mapping import Mapping
from reviews.importing.records import Record


class RawRow(NamedTuple):
    """A row as it came: the line where it begins (1 is the first) and its content."""

    line: int
    raw: Any


@dataclass(frozen=True)
class About:
    """What a file says about itself; unknown values are empty."""

    product: str = ""
    vendor: str = ""
    claimed_total: int | None = None


class Format:
    """A shape of dump. `rows` and `record` are separate so that a row whose record
    cannot be made is still there to be returned to the user."""

    name: ClassVar[str]
    source: tuple[str, str]  # key and name of the source
    # How rejected rows are returned to the user: "csv", "jsonl" or "page".
    rejects_as: str = "jsonl"

    def __init__(self, dump: Dump, mapping: Mapping | None = None) -> None:
        self.dump = dump

    @classmethod
    def recognises(cls, dump: Dump) -> bool:
        """Return whether the file is of this shape, from its beginning."""
        raise NotImplementedError

    def about(self) -> About:
        """Return what the file says about itself. Raises UnusableFile."""
        return About()

    def check(self) -> None:
        """Read the file as far as is needed to know that it can be used whole.

        Raises UnusableFile.
        """

    def rows(self) -> Iterator[RawRow]:
        """Yield the rows in the file's order, in constant memory. Raises UnusableFile."""
        raise NotImplementedError

    def record(self, raw: Any) -> Record:
        """Return what a row says. Raises RowError."""
        raise NotImplementedError
