"""Apertium behind its HTTP service, APy (wiki.apertium.org, "Apertium-apy")."""

import re
from collections.abc import Sequence
from html import escape, unescape
from typing import Any

import requests

from reviews.translation.engines.apertium import CODES, restore_case
from reviews.translation.engines.base import EngineError, EngineFailure, Style
from reviews.translation.engines.http import ask, expect, mount_retries
from reviews.translation.protection import FIRST, MARK, ProtectedSegment, mark

# APy names languages by three-letter codes.
LONG = {short: long for long, short in CODES.items()}
KEPT = re.compile(r'<i id="(\d+)"/>')


class ApertiumApy:
    key = "apertium_apy"
    label = "Apertium APy"
    max_segments = 50
    max_characters = 8_000  # in the body of a form
    parallel = 2
    knows_glossaries = False

    def __init__(self, options: dict[str, Any]) -> None:
        self.url = options["url"].rstrip("/")
        self._session = mount_retries(requests.Session())

    def pairs(self) -> set[tuple[str, str]]:
        rows = ask(self._session, "GET", f"{self.url}/listPairs")["responseData"]
        return {
            (
                CODES.get(row["sourceLanguage"], row["sourceLanguage"]),
                CODES.get(row["targetLanguage"], row["targetLanguage"]),
            )
            for row in rows
        }

    def translate(
        self, segments: Sequence[ProtectedSegment], source: str, target: str, style: Style
    ) -> list[str]:
        data = {
            "langpair": f"{LONG.get(source, source)}|{LONG.get(target, target)}",
            "q": "".join(f"<p>{to_html(segment.text)}</p>" for segment in segments),
            "format": "html",
            "markUnknown": "no",
        }
        response = ask(self._session, "POST", f"{self.url}/translate", data=data)
        try:
            html = response["responseData"]["translatedText"]
        except (KeyError, TypeError) as error:
            raise EngineError(EngineFailure.FAILED, str(response)[:200]) from error
        paragraphs = re.findall(r"<p>(.*?)</p>", html, re.DOTALL)
        texts = zip(segments, expect(paragraphs, len(segments)), strict=True)
        return [restore_case(segment.text, from_html(text)) for segment, text in texts]


def to_html(text: str) -> str:
    return MARK.sub(lambda m: f'<i id="{ord(m[0]) - FIRST}"/>', escape(text, quote=False))


def from_html(text: str) -> str:
    return unescape(KEPT.sub(lambda m: mark(int(m[1])), text)).strip()
