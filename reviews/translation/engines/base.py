"""What the service asks of a translation engine. Each engine is one file beside this."""

from collections.abc import Sequence
from typing import Protocol


class EngineError(Exception):
    """The engine could not translate. `code` says why, for a sentence to the reader."""

    MISSING = "missing"  # not installed or not reachable
    NO_PAIR = "no_pair"  # not between these languages
    FAILED = "failed"  # it broke while translating

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(detail or code)
        self.code = code


class Engine(Protocol):
    """Translates segments between languages named by BCP 47 codes."""

    name: str

    def translate(
        self, segments: Sequence[str], source: str, target: str, keep: Sequence[str]
    ) -> list[str]:
        """Return the segments in the target language, in their order.

        `keep` are names that come back unchanged. Raises EngineError.
        """
        ...
