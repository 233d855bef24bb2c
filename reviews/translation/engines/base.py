"""The protocol of translation engines. Each engine is one file in this folder."""

import re
from collections.abc import Sequence
from typing import NamedTuple, Protocol

from django.db import models
from django.utils.translation import gettext_lazy as _

from reviews.translation.protection import MARK, ProtectedSegment, mark


class EngineFailure(models.TextChoices):
    """Why an engine could not translate, with a message for the reader."""

    MISSING = "missing", _("Translation is not available: no engine is installed.")
    NO_PAIR = "no_pair", _("The translation engine does not support this language pair.")
    FAILED = "failed", _("The translation engine failed. Try again in a few minutes.")
    DOWN = "down", _("The translation engine is not responding. Try again in a few minutes.")
    BUSY = "busy", _("The translation engine is overloaded. Try again in a few minutes.")
    REFUSED = (
        "refused",
        _("The translation engine rejected our API key. An administrator must renew it."),
    )
    QUOTA = "quota", _("The translation engine's quota is used up.")
    BUDGET = "budget", _("The translation engine's budget for this month is used up.")
    VENDOR_BUDGET = "vendor_budget", _("The vendor's translation budget for this month is used up.")
    LATE = "late", _("The translation is taking too long. Try again in a few minutes.")


# Failures that may pass: a later attempt can succeed.
PASSING = {EngineFailure.FAILED, EngineFailure.DOWN, EngineFailure.BUSY}


class EngineError(Exception):
    """The engine could not translate. `code` is an `EngineFailure`, `detail` for the log."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(detail or code)
        self.code = EngineFailure(code)
        self.detail = detail


class Style(NamedTuple):
    """How to translate, for engines that support it."""

    formal: bool = False
    # The (source, target) terms of the vendor's glossary, and a hash of its state.
    terms: tuple[tuple[str, str], ...] = ()
    glossary: str = ""


class Engine(Protocol):
    """Translates segments between languages named by BCP 47 codes.

    `max_segments` and `max_characters` limit one call, `parallel` the concurrent calls of all
    processes. An engine with `knows_glossaries` gets terms in its `Style`; for others they
    are protected.
    """

    key: str
    label: str
    max_segments: int
    max_characters: int
    parallel: int
    knows_glossaries: bool

    def pairs(self) -> set[tuple[str, str]]:
        """Return the supported (source, target) language pairs. Raises EngineError."""
        ...

    def translate(
        self, segments: Sequence[ProtectedSegment], source: str, target: str, style: Style
    ) -> list[str]:
        """Return the segments' texts in the target language, in their order, with their marks.

        Raises EngineError; then no segment of the batch counts as translated.
        """
        ...


TOKEN = re.compile(r"\[\s*[Xx]\s*(\d+)\s*[Xx]\s*\]")


def with_tokens(text: str) -> str:
    """Replace marks by tokens such as `[X0X]`, for engines that take plain text."""
    return MARK.sub(lambda m: f"[X{ord(m[0]) - ord(mark(0))}X]", text)


def without_tokens(text: str) -> str:
    """Replace tokens by marks."""
    return TOKEN.sub(lambda m: mark(int(m[1])) if int(m[1]) < 1000 else "", text)
