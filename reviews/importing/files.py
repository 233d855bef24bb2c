"""Opening a dump: its encoding, its lines, how much of it has been read."""

import codecs
import csv
import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from django.utils.translation import gettext as _

SAMPLE = 64 * 1024  # bytes from which a format is recognised
BLOCK = 1024 * 1024
BOMS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
DELIMITERS = ",;\t|"
# A cell may hold a long review; a broken quote must not swallow a whole file.
csv.field_size_limit(1_000_000)


class UnusableFile(Exception):
    """The file cannot be imported; the message says why in one sentence."""


class CountingFile(io.RawIOBase):
    """A binary file that knows how many bytes have been taken from it."""

    def __init__(self, raw: BinaryIO) -> None:
        self._raw = raw
        self.taken = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:
        count = self._raw.readinto(buffer)  # type: ignore[attr-defined]
        self.taken += count
        return count

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._raw.seek(offset, whence)

    def tell(self) -> int:
        return self._raw.tell()

    def close(self) -> None:
        self._raw.close()
        super().close()


class Dump:
    """A file to import. Every read starts anew, so a dump can be read twice."""

    def __init__(self, path: Path, name: str | None = None) -> None:
        self.path = path
        self.name = name or path.name
        try:
            self.size = path.stat().st_size
            with open(path, "rb") as file:
                self.head = file.read(SAMPLE)
        except OSError as error:
            raise UnusableFile(
                _("%(file)s could not be read: %(problem)s.")
                % {"file": path, "problem": error.strerror}
            ) from error
        if not self.head.strip():
            raise UnusableFile(_("%(file)s is empty.") % {"file": self.name})
        self._encoding: str | None = None
        self._counter: CountingFile | None = None

    @property
    def stem(self) -> str:
        return Path(self.name).stem

    @property
    def is_workbook(self) -> bool:
        return self.head.startswith(b"PK\x03\x04") and zipfile.is_zipfile(self.path)

    @property
    def encoding(self) -> str:
        """The text's encoding: by its mark, else UTF-8 if all of it is, else Windows-1252."""
        if self._encoding is None:
            self._encoding = self._find_encoding()
        return self._encoding

    @property
    def progress(self) -> float:
        """The share of the file that the latest read has taken, 0.0 to 1.0."""
        taken = self._counter.taken if self._counter else 0
        return min(taken / self.size, 1.0)

    def sample(self) -> str:
        """The text at the file's beginning, for recognising what it is."""
        decoder = codecs.getincrementaldecoder(self.encoding)(errors="replace")
        return decoder.decode(self.head).replace("\0", "")

    def binary(self) -> BinaryIO:
        self._counter = CountingFile(self.path.open("rb"))
        return io.BufferedReader(self._counter, BLOCK)

    def text(self) -> io.TextIOWrapper:
        # newline="" leaves line breaks inside quoted cells as they are.
        return io.TextIOWrapper(self.binary(), encoding=self.encoding, newline="")

    def utf8(self) -> BinaryIO:
        """The file as UTF-8, whatever it is in, for readers of bytes."""
        if self.encoding == "utf-8":
            return self.binary()
        if self.encoding == "utf-8-sig":
            file = self.binary()
            file.read(len(codecs.BOM_UTF8))
            return file
        return io.BufferedReader(Recoded(self.text()))

    def lines(self) -> Iterator[str]:
        """Lines without their ends and without NUL."""
        with self.text() as file:
            for line in file:
                yield line.rstrip("\r\n").replace("\0", "")

    def _find_encoding(self) -> str:
        for mark, encoding in BOMS.items():
            if self.head.startswith(mark):
                return self._if_whole(encoding)
        odd, even = self.head[1::2], self.head[0::2]
        # UTF-16 without a mark: every other byte of Latin text is NUL.
        if len(odd) > 8 and odd.count(0) > len(odd) * 0.4 and even.count(0) < len(even) * 0.1:
            return self._if_whole("utf-16-le")
        if len(even) > 8 and even.count(0) > len(even) * 0.4 and odd.count(0) < len(odd) * 0.1:
            return self._if_whole("utf-16-be")
        return "utf-8" if self._decodes("utf-8") else self._if_whole("cp1252")

    def _if_whole(self, encoding: str) -> str:
        if not self._decodes(encoding):
            raise UnusableFile(
                _("%(file)s has an invalid text encoding. Save it as UTF-8 and try again.")
                % {"file": self.name}
            )
        return encoding

    def _decodes(self, encoding: str) -> bool:
        decoder = codecs.getincrementaldecoder(encoding)()
        with open(self.path, "rb") as file:
            try:
                while block := file.read(BLOCK):
                    decoder.decode(block)
                decoder.decode(b"", final=True)
            except UnicodeDecodeError:
                return False
        return True


class Recoded(io.RawIOBase):
    """The UTF-8 bytes of a text file."""

    def __init__(self, text: io.TextIOWrapper) -> None:
        self._text = text
        self._rest = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:
        if not self._rest:
            self._rest = self._text.read(BLOCK).encode("utf-8", "replace")
        count = min(len(buffer), len(self._rest))
        buffer[:count] = self._rest[:count]
        self._rest = self._rest[count:]
        return count

    def close(self) -> None:
        self._text.close()
        super().close()


def find_delimiter(sample: str) -> str:
    """Return the delimiter that the first record holds most often outside quotes."""
    quoted = False
    counts = dict.fromkeys(DELIMITERS, 0)
    for char in sample:
        if char == '"':
            quoted = not quoted
        elif not quoted and char in counts:
            counts[char] += 1
        elif not quoted and char in "\r\n" and any(counts.values()):
            break
    return max(counts, key=lambda delimiter: counts[delimiter])
